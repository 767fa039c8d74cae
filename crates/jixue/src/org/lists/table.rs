//! A table in a spreadsheet, its columns found by the words of its header.

use super::{LIST_ROWS_MAX, ListRow};
use crate::error::Result;
use crate::org::columns_form::Laid;
use crate::org::roster::{Grid, meant};
use crate::sheet::{self, Bounds};
use jixue_core::refusal::{Kind, Refusal};

/// The header stands within the first rows, below a title and perhaps a remark.
const HEADER_ROWS_MAX: usize = 12;
const COLUMNS_MAX: usize = 40;
const CELL_CHARACTERS_MAX: usize = 200;

/// Why a file is no such list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRefusal {
    /// No row names the columns that are needed; this one is missing from the best.
    ColumnMissing {
        column: &'static str,
    },
    TooManyRows {
        rows: usize,
    },
}

impl Refusal for ListRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::ColumnMissing { .. } => "list.column_missing",
            Self::TooManyRows { .. } => "list.too_many_rows",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::ColumnMissing { .. } => Kind::Invalid,
            Self::TooManyRows { .. } => Kind::TooLarge,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::ColumnMissing { column } => vec![("column", (*column).to_owned())],
            Self::TooManyRows { rows } => vec![("rows", rows.to_string()), ("rows_max", LIST_ROWS_MAX.to_string())],
        }
    }
}

/// A column: the words for it, the first of which is its name, and whether a list needs it.
pub(super) struct Wanted {
    pub words: &'static [&'static str],
    pub is_needed: bool,
}

/// Reads a table: its filled rows, and what its header says of each wanted column.
///
/// # Errors
/// What is wrong with the file; [`ListRefusal::TooManyRows`].
pub(super) fn read(bytes: &[u8], wanted: &[Wanted]) -> Result<(Grid, Laid)> {
    let rows_max = LIST_ROWS_MAX + HEADER_ROWS_MAX;
    let bounds = Bounds { rows_max, columns_max: COLUMNS_MAX, characters_max: CELL_CHARACTERS_MAX };
    let sheet = sheet::read(bytes, bounds)?.into_iter().next().ok_or(sheet::SheetRefusal::Empty)?;
    let filled = sheet.rows_filled;
    let grid = Grid::of(sheet)?;
    let laid = guess(&grid, wanted);
    match filled - laid.first {
        rows if rows > LIST_ROWS_MAX => Err(ListRefusal::TooManyRows { rows }.into()),
        _ => Ok((grid, laid)),
    }
}

/// The row among the first that names most of the wanted columns, and where each of them stands.
pub(super) fn guess(grid: &Grid, wanted: &[Wanted]) -> Laid {
    let places = |cells: &[String]| {
        let heads: Vec<String> = cells.iter().map(|cell| meant(cell)).collect();
        let place = |one: &Wanted| one.words.iter().find_map(|word| heads.iter().position(|head| head == word));
        wanted.iter().map(place).collect::<Vec<_>>()
    };
    let headers = grid.rows.iter().take(HEADER_ROWS_MAX).enumerate();
    let laid = headers.map(|(at, (_, cells))| Laid { first: at + 1, places: places(cells) });
    let laid: Vec<Laid> = laid.collect();
    let best = laid.into_iter().rev().max_by_key(|laid| laid.places.iter().flatten().count());
    best.filter(|laid| laid.places.iter().any(Option::is_some))
        .unwrap_or_else(|| Laid { first: 1, places: vec![None; wanted.len()] })
}

/// # Errors
/// [`ListRefusal::ColumnMissing`] for the first needed column without a place.
pub(super) fn complete(wanted: &[Wanted], laid: &Laid) -> Result<(), ListRefusal> {
    match wanted.iter().zip(&laid.places).find(|(one, place)| one.is_needed && place.is_none()) {
        Some((one, _)) => Err(ListRefusal::ColumnMissing { column: one.words[0] }),
        None => Ok(()),
    }
}

/// Whether a sheet has enough columns and rows to be such a list, whatever they are called.
pub(super) fn could_be(grid: &Grid, wanted: &[Wanted]) -> bool {
    grid.rows.len() > 1 && grid.columns >= wanted.iter().filter(|one| one.is_needed).count()
}

/// The rows: number in the margin, and the text of each wanted column, empty where the list has none.
pub(super) fn rows(grid: &Grid, laid: &Laid) -> Vec<ListRow> {
    let text = |cells: &[String], place: Option<usize>| {
        place.and_then(|at| cells.get(at)).map(|cell| cell.trim().to_owned()).unwrap_or_default()
    };
    let row = |cells: &[String]| laid.places.iter().map(|place| text(cells, *place)).collect::<Vec<_>>();
    let below = grid.rows.iter().skip(laid.first);
    below
        .map(|(number, cells)| ListRow { number: *number, cells: row(cells) })
        .filter(|row| !row.cells.iter().all(String::is_empty))
        .collect()
}
