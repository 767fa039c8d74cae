//! A table in a spreadsheet, its columns found by the words of its header.

use super::{LIST_ROWS_MAX, ListRow};
use crate::error::Result;
use crate::org::roster::meant;
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

/// The rows below the header: number in the margin, and the text of each wanted column, empty where the list has none.
///
/// # Errors
/// What is wrong with the file; [`ListRefusal`].
pub(super) fn rows(bytes: &[u8], wanted: &[Wanted]) -> Result<Vec<ListRow>> {
    let rows_max = LIST_ROWS_MAX + HEADER_ROWS_MAX;
    let bounds = Bounds { rows_max, columns_max: COLUMNS_MAX, characters_max: CELL_CHARACTERS_MAX };
    let sheet = sheet::read(bytes, bounds)?.into_iter().next().ok_or(sheet::SheetRefusal::Empty)?;
    let places = |cells: &[String]| {
        let heads: Vec<String> = cells.iter().map(|cell| meant(cell)).collect();
        let place = |one: &Wanted| one.words.iter().find_map(|word| heads.iter().position(|head| head == word));
        wanted.iter().map(place).collect::<Vec<_>>()
    };
    let headers = sheet.rows.iter().take(HEADER_ROWS_MAX).enumerate().map(|(at, row)| (at, places(&row.cells)));
    let best = headers.rev().max_by_key(|(_, places)| places.iter().flatten().count());
    let (header, places) = best.ok_or(sheet::SheetRefusal::Empty)?;
    if let Some((one, _)) = wanted.iter().zip(&places).find(|(one, place)| one.is_needed && place.is_none()) {
        return Err(ListRefusal::ColumnMissing { column: one.words[0] }.into());
    }
    let count = sheet.rows_filled - header - 1;
    if count > LIST_ROWS_MAX {
        return Err(ListRefusal::TooManyRows { rows: count }.into());
    }
    let text = |cells: &[String], place: Option<usize>| {
        place.and_then(|at| cells.get(at)).map(|cell| cell.trim().to_owned()).unwrap_or_default()
    };
    let row = |cells: &[String]| places.iter().map(|place| text(cells, *place)).collect::<Vec<_>>();
    let below = sheet.rows.iter().skip(header + 1);
    Ok(below
        .map(|one| ListRow { number: one.number, cells: row(&one.cells) })
        .filter(|row| !row.cells.iter().all(String::is_empty))
        .collect())
}
