//! Lists that are kept: what they are, how far they are, and their rows.

use super::{ListKind, Outcome, RowAnswer, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::keys::Keys;
use crate::org::roster::{ImportState, Progress, RowState, SILENT_MS};
use jixue_core::id::{AccountId, ImportId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A list with the number of its rows in each state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListImport {
    pub id: ImportId,
    pub kind: ListKind,
    /// Of the officer who sent it.
    pub region_code: String,
    pub file_name: String,
    pub state: ImportState,
    pub uploaded_at: Timestamp,
    pub applied_by: Option<AccountId>,
    pub applied_at: Option<Timestamp>,
    /// Good rows that are not brought in yet.
    pub new: i64,
    pub known: i64,
    pub refused: i64,
    pub imported: i64,
    /// Rows that were taken back with the list, and those that stay all the same.
    pub undone: i64,
    pub stayed: i64,
    /// The last sign of life of whoever brings its rows in, or takes them back.
    pub alive_at: Option<Timestamp>,
    pub undone_by: Option<AccountId>,
    pub undone_at: Option<Timestamp>,
}

impl ListImport {
    pub fn rows(&self) -> i64 {
        self.new + self.known + self.refused + self.imported + self.undone + self.stayed
    }
}

/// A row that is kept.
#[derive(Clone)]
pub struct KeptRow {
    /// As the spreadsheet's margin shows it.
    pub number: i64,
    /// In the order of the list's columns.
    pub cells: Vec<String>,
    pub refusal: Option<KeptAnswer>,
}

/// Shows no cell: a row may hold an identity number.
impl std::fmt::Debug for KeptRow {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "row {} {:?}", self.number, self.refusal)
    }
}

/// What is wrong with a row, as it is kept: code and values, so that any language can say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    pub code: String,
    pub arguments: Vec<(String, String)>,
}

impl KeptAnswer {
    fn of(refused: &Refused) -> Self {
        let arguments = refused.arguments.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        Self { code: refused.code.to_owned(), arguments: arguments.collect() }
    }

    pub fn sentence(&self, t: &Texts) -> String {
        let arguments: Vec<(&str, String)> =
            self.arguments.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        t.code(&self.code, &arguments)
    }
}

/// The state in which a row is kept, and what is wrong with it. `done`: it has been taken in, not only looked at.
pub(super) fn state_of(answer: &RowAnswer, done: bool) -> (RowState, Option<KeptAnswer>) {
    match &answer.outcome {
        Outcome::New if done => (RowState::Imported, None),
        Outcome::New => (RowState::New, None),
        Outcome::Known => (RowState::Known, None),
        Outcome::Refused(refused) => (RowState::Refused, Some(KeptAnswer::of(refused))),
    }
}

/// The context in which rows are sealed.
const SEALED_AS: &str = "list row";

pub(super) fn seal(keys: &Keys, cells: &[String]) -> Result<Vec<u8>> {
    Ok(keys.seal(SEALED_AS, &serde_json::to_vec(cells).map_err(Error::internal)?))
}

/// The cells that `seal` was given.
pub(super) fn open(keys: &Keys, sealed: &[u8]) -> Result<Vec<String>> {
    serde_json::from_slice(&keys.open(SEALED_AS, sealed)?).map_err(Error::internal)
}

/// A list within reach.
///
/// # Errors
/// Not found.
pub(super) async fn list(app: &App, scope: &Scope, import: ImportId) -> Result<ListImport> {
    let scope = scope.clone();
    let found = app.db.read(async move |tx: &Tx<'_>| store::list(tx, &scope, import).await).await?;
    found.ok_or_else(|| Refused::not_found().into())
}

/// Lists of a kind within reach, the newest first; fifty at most.
pub(super) async fn lists(app: &App, scope: &Scope, kind: ListKind) -> Result<Vec<ListImport>> {
    let scope = scope.clone();
    app.db.read(async move |tx: &Tx<'_>| store::lists(tx, &scope, kind).await).await
}

/// Some rows, and the number after which the next ones begin.
#[derive(Debug, Clone)]
pub struct RowPage {
    pub rows: Vec<KeptRow>,
    pub next: Option<i64>,
}

/// Rows of a list in a state by their number, after `after`; at most `limit`.
pub(super) async fn rows(
    app: &App,
    scope: &Scope,
    import: ImportId,
    state: RowState,
    (after, limit): (i64, i64),
) -> Result<RowPage> {
    let scope = scope.clone();
    let page = async move |tx: &Tx<'_>| store::rows(tx, &scope, import, state, (after, limit + 1)).await;
    let mut sealed = app.db.read(page).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = sealed.len() > wanted;
    sealed.truncate(wanted);
    let next = sealed.last().filter(|_| more).map(|row| row.number);
    let open = |row: store::SealedRow| {
        Ok(KeptRow { number: row.number, cells: open(&app.keys, &row.sealed)?, refusal: row.refusal })
    };
    Ok(RowPage { rows: sealed.into_iter().map(open).collect::<Result<_>>()?, next })
}

/// How far a list within reach is.
///
/// # Errors
/// Not found.
pub(super) async fn progress(app: &App, scope: &Scope, import: ImportId) -> Result<Progress> {
    let (asker, now) = (scope.clone(), app.clock.now());
    let read = async move |tx: &Tx<'_>| {
        let found = store::list(tx, &asker, import).await?.ok_or_else(Refused::not_found)?;
        // The counts of the list are those of before, until it is over.
        let (all, waiting) = match found.state {
            ImportState::Applying => (found.new, Some(RowState::New)),
            ImportState::Undoing => (found.imported, Some(RowState::Imported)),
            _ => (found.rows(), None),
        };
        let left = match waiting {
            Some(state) => store::undo::left(tx, &asker, import, state).await?,
            None => 0,
        };
        let is_silent = waiting.is_some() && found.alive_at.is_some_and(|at| at.plus_ms(SILENT_MS) < now);
        Ok(Progress { state: found.state, done: (all - left).max(0), all, is_silent })
    };
    app.db.read(read).await
}
