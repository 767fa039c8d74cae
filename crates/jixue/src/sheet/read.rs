//! Reading: the text of each cell, row by row, never more than the caller's bounds.

use super::{SheetRefusal, archive, compound, plain_text};
use calamine::ExcelDateTime;
use std::collections::HashMap;

mod biff;
mod strings;
mod text;
mod xls;
mod xlsx;

/// Cells of one file that are looked at, empty ones included. Spreadsheets carry formats far below the last row.
const CELLS_MAX: usize = 2_000_000;
/// Sheets of one file that are looked at.
const SHEETS_MAX: usize = 16;
/// Cells hidden by merging that are remembered; a block merged over more of them is decoration.
const MERGED_CELLS_MAX: usize = 100_000;

/// How much of a sheet is kept.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Rows with something in them; later ones are counted only, and a text with more of them is refused.
    pub rows_max: usize,
    /// Columns from the first; cells further right are counted only.
    pub columns_max: usize,
    /// Characters of one cell.
    pub characters_max: usize,
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet's margin shows it, from 1.
    pub number: u32,
    /// The text of each cell, from the first column; cells behind the last filled one are left out.
    pub cells: Vec<String>,
}

/// One visible sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Row>,
    /// Rows with something in them, also beyond `rows_max`.
    pub rows_filled: usize,
    /// The furthest filled column, from 1.
    pub columns_filled: usize,
    /// Cells that are merged with one above them: by row number and column (from 0), the row that holds the text.
    pub merged_above: HashMap<(u32, usize), u32>,
}

impl Sheet {
    fn take_in(&mut self, row: Row, bounds: Bounds) {
        if row.cells.is_empty() {
            return;
        }
        self.rows_filled += 1;
        if self.rows.len() < bounds.rows_max {
            self.rows.push(row);
        }
    }

    /// Puts a text into its place in a row, when it is one that is kept.
    fn put(&mut self, row: &mut Row, column: usize, text: String, bounds: Bounds) {
        if text.is_empty() {
            return;
        }
        self.columns_filled = self.columns_filled.max(column + 1);
        if column < bounds.columns_max {
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            row.cells[column] = text;
        }
    }

    /// Remembers which cells a merged block hides below its first row; rows from 1, columns from 0, both ends included.
    fn merge(&mut self, rows: (u32, u32), columns: (usize, usize), bounds: Bounds) {
        let last_column = columns.1.min(bounds.columns_max.saturating_sub(1));
        for number in rows.0.saturating_add(1)..=rows.1 {
            for column in columns.0..=last_column {
                if self.merged_above.len() >= MERGED_CELLS_MAX {
                    return;
                }
                self.merged_above.insert((number, column), rows.0);
            }
        }
    }
}

/// Reads the visible sheets of an `.xlsx` or `.xls` file, or the one of a `.csv` file. Blocks.
///
/// What the file is its bytes say, not its name or the media type a browser gives it.
///
/// # Errors
/// [`SheetRefusal`]; a file without any filled cell is refused as empty.
pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Vec<Sheet>, SheetRefusal> {
    let sheets = if bytes.starts_with(archive::SIGNATURE) {
        xlsx::read(bytes, bounds)?
    } else if bytes.starts_with(&compound::SIGNATURE) {
        xls::read(bytes, bounds)?
    } else {
        text::read(bytes, bounds)?
    };
    let filled: Vec<Sheet> = sheets.into_iter().filter(|sheet| sheet.rows_filled > 0).collect();
    if filled.is_empty() { Err(SheetRefusal::Empty) } else { Ok(filled) }
}

/// The text of a cell as it is kept: without our own apostrophe, blank when it holds only spaces, cut at the bound.
fn kept(text: &str, characters_max: usize) -> String {
    let text = plain_text(text);
    if text.chars().all(char::is_whitespace) {
        return String::new();
    }
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A date that the spreadsheet keeps as a number, as people write it; its time of day only when there is one.
fn date_text(date: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let written = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second) {
        (0, 0, 0) => written,
        _ => format!("{written} {hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests;
