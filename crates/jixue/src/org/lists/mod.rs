//! Lists of units and of employments, as operators and officers bring them from other systems: a header by its usual words,
//! an answer for each row, good rows kept.
//!
//! The operator's command takes a file in at once; an officer looks first: `receive` keeps a file with its answers, `apply`
//! brings its good rows in. Both judge rows by the same rules, within the reach of whoever asks.

pub(in crate::org) mod apply;
mod employments;
mod jobs;
mod kept;
mod pages;
mod receive;
mod store;
mod table;
mod table_file;
pub(in crate::org) mod undo;
mod undo_page;
mod units;

pub use apply::{apply, apply_in_background};
pub use jobs::{forget, go_on, go_on_undoing, sweep};
pub use kept::{KeptRow, ListImport, RowPage};
pub use pages::routes;
pub use receive::{receive, receive_laid};
pub use store::CATALOGUE;
pub use store::undo::CATALOGUE as UNDO_CATALOGUE;
pub use table::ListRefusal;
pub use undo::{UndoForecast, foresee_undo, undo, undo_in_background};

use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::org::roster::Grid;
use crate::org::{self, Laid, NewUnit, Region, Sought};
use crate::sheet;
use bytes::Bytes;
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;
use undo::Trace;

/// Rows of one list: more units than a province has, more people than a city.
pub const LIST_ROWS_MAX: usize = 50_000;
/// Rows judged or written in one transaction.
const CHUNK: usize = 200;

/// What a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    Units,
    Employments,
}

impl ListKind {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Employments => "employments",
        }
    }

    fn from_code(code: &str) -> Result<Self> {
        match code {
            "units" => Ok(Self::Units),
            "employments" => Ok(Self::Employments),
            _ => Err(Error::internal(format!("a list of {code:?}"))),
        }
    }

    const fn columns(self) -> &'static [table::Wanted] {
        match self {
            Self::Units => &units::COLUMNS,
            Self::Employments => &employments::COLUMNS,
        }
    }

    /// The names of its columns, by which a file is read again.
    fn heads(self) -> impl Iterator<Item = &'static str> {
        self.columns().iter().map(|column| column.words[0])
    }
}

/// A row of a list: the number in the margin, and the text of each column, empty where the list has none.
#[derive(Clone)]
struct ListRow {
    number: u32,
    cells: Vec<String>,
}

/// What became of a row, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    New,
    /// It is so already.
    Known,
    Refused(Refused),
}

/// The answer to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAnswer {
    /// As the spreadsheet's margin shows it.
    pub number: u32,
    pub outcome: Outcome,
    /// What it brought about; nothing when it was only looked at.
    trace: Trace,
}

/// A row that was understood.
enum Wish {
    Unit(NewUnit),
    Employment(employments::Row),
}

/// Rows with what they wish for, or why they are not understood.
type Wishes = Vec<(u32, Result<Wish, Refused>)>;

/// Registers the units of a list within reach, or with `check` only says what would become of each row.
///
/// # Errors
/// What is wrong with the file as a whole; a wrong row is an answer.
pub async fn import_units(app: &App, scope: &Scope, bytes: Bytes, check: bool) -> Result<Vec<RowAnswer>> {
    import(app, scope, ListKind::Units, bytes, check).await
}

/// Begins and ends employments of people who are known, within reach, or with `check` only says which rows are understood
/// and whose people and units are known.
///
/// # Errors
/// What is wrong with the file as a whole; a wrong row is an answer.
pub async fn import_employments(app: &App, scope: &Scope, bytes: Bytes, check: bool) -> Result<Vec<RowAnswer>> {
    import(app, scope, ListKind::Employments, bytes, check).await
}

async fn import(app: &App, scope: &Scope, kind: ListKind, bytes: Bytes, check: bool) -> Result<Vec<RowAnswer>> {
    let read = move || {
        let (grid, laid) = table::read(&bytes, kind.columns())?;
        table::complete(kind.columns(), &laid)?;
        Ok(table::rows(&grid, &laid))
    };
    let rows = sheet::in_background(read).await?;
    take_in_rows(app, scope, kind, &rows, check).await
}

/// Registers units within reach by their cells in the order of the list's columns, each with its number.
pub(super) async fn take_in_units(
    app: &App,
    scope: &Scope,
    rows: Vec<(u32, Vec<String>)>,
    check: bool,
) -> Result<Vec<RowAnswer>> {
    let rows: Vec<ListRow> = rows.into_iter().map(|(number, cells)| ListRow { number, cells }).collect();
    take_in_rows(app, scope, ListKind::Units, &rows, check).await
}

async fn take_in_rows(
    app: &App,
    scope: &Scope,
    kind: ListKind,
    rows: &[ListRow],
    check: bool,
) -> Result<Vec<RowAnswer>> {
    let regions = regions(app).await?;
    let mut answers = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(CHUNK) {
        let wishes = understood(app, kind, &regions, chunk)?;
        let (at, scope) = (app.at(), scope.clone());
        let judged = app.db.write_bulk(async move |tx: &Tx<'_>| judge(tx, &at, &scope, &wishes, check).await);
        answers.extend(judged.await?);
    }
    Ok(answers)
}

/// The columns of a list, as a form asks for them.
pub fn sought(t: &Texts, kind: ListKind) -> Vec<Sought> {
    let names = match kind {
        ListKind::Units => units::names(t).to_vec(),
        ListKind::Employments => employments::names(t).to_vec(),
    };
    let one = |((name, label), wanted): ((&'static str, &'static str), &table::Wanted)| Sought {
        name,
        label,
        is_needed: wanted.is_needed,
    };
    names.into_iter().zip(kind.columns()).map(one).collect()
}

/// What the header of a sheet says of the columns of a list.
pub fn guess(kind: ListKind, grid: &Grid) -> Laid {
    table::guess(grid, kind.columns())
}

async fn regions(app: &App) -> Result<Vec<Region>> {
    app.db.read(async move |tx: &Tx<'_>| org::regions(tx).await).await
}

fn understood(app: &App, kind: ListKind, regions: &[Region], rows: &[ListRow]) -> Result<Wishes> {
    let wish = |row: &ListRow| {
        let wish = match kind {
            ListKind::Units => units::understood(&row.cells, regions).map(Wish::Unit),
            ListKind::Employments => employments::understood(app, &row.cells).map(Wish::Employment),
        };
        Ok((row.number, no_is_an_answer(wish)?))
    };
    rows.iter().map(wish).collect()
}

/// Takes each row in, or with `check` only says what would become of it.
async fn judge(tx: &Tx<'_>, at: &At, scope: &Scope, wishes: &Wishes, check: bool) -> Result<Vec<RowAnswer>> {
    let mut answers = Vec::with_capacity(wishes.len());
    for (number, wish) in wishes {
        let done = match wish {
            Err(refused) => Err(refused.clone()),
            Ok(Wish::Unit(unit)) => no_is_an_answer(units::take_in(tx, at, scope, unit, check).await)?,
            Ok(Wish::Employment(row)) => no_is_an_answer(employments::take_in(tx, at, scope, row, check).await)?,
        };
        let (outcome, trace) = match done {
            Ok(Some(trace)) => (Outcome::New, trace),
            Ok(None) => (Outcome::Known, Trace::default()),
            Err(refused) => (Outcome::Refused(refused), Trace::default()),
        };
        answers.push(RowAnswer { number: *number, outcome, trace });
    }
    Ok(answers)
}

/// A rule's no is an answer to a row; anything else ends the import.
fn no_is_an_answer<T>(result: Result<T>) -> Result<Result<T, Refused>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Refused(refused)) => Ok(Err(refused)),
        Err(error) => Err(error),
    }
}

fn unknown(code: &'static str, word: &str) -> Error {
    let word: String = word.trim().chars().take(20).collect();
    Refused::new(code, Kind::Invalid).with("word", word).into()
}
