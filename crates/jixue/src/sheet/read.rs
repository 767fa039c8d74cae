//! Reading: the text of each cell, row by row, never more than the caller's bounds.

use super::{SheetRefusal, archive, plain_text};
use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::io::Cursor;

/// Cells of one file that are looked at, empty ones included. Spreadsheets carry formats far below the last row.
const CELLS_MAX: usize = 2_000_000;
/// Sheets of one file that are looked at.
const SHEETS_MAX: usize = 16;

/// How much of a sheet is kept.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Rows with something in them; later ones are counted only.
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
}

/// Reads the visible sheets of an `.xlsx` file. Blocks.
///
/// # Errors
/// [`SheetRefusal`]; a file without any filled cell is refused as empty.
pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Vec<Sheet>, SheetRefusal> {
    archive::measure(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .take(SHEETS_MAX)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut cells_left = CELLS_MAX;
    let mut sheets = Vec::new();
    for name in names {
        let sheet = read_sheet(&mut workbook, name, bounds, &mut cells_left)?;
        if sheet.rows_filled > 0 {
            sheets.push(sheet);
        }
    }
    if sheets.is_empty() { Err(SheetRefusal::Empty) } else { Ok(sheets) }
}

fn refusal(error: &XlsxError) -> SheetRefusal {
    match error {
        XlsxError::Password => SheetRefusal::Protected,
        _ => SheetRefusal::Damaged,
    }
}

fn read_sheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: String,
    bounds: Bounds,
    cells_left: &mut usize,
) -> Result<Sheet, SheetRefusal> {
    let mut sheet = Sheet { name, ..Sheet::default() };
    let mut reader = workbook.worksheet_cells_reader(&sheet.name).map_err(|error| refusal(&error))?;
    let mut row = Row { number: 0, cells: Vec::new() };
    while let Some(cell) = reader.next_cell().map_err(|error| refusal(&error))? {
        *cells_left = cells_left.checked_sub(1).ok_or(SheetRefusal::TooMuchInside)?;
        let (number, column) = cell.get_position();
        let number = number.saturating_add(1);
        if number < row.number {
            return Err(SheetRefusal::Damaged);
        }
        if number != row.number {
            let full = std::mem::replace(&mut row, Row { number, cells: Vec::new() });
            sheet.take_in(full, bounds);
        }
        let text = text(cell.get_value(), bounds.characters_max);
        let column = column as usize;
        if text.is_empty() {
            continue;
        }
        sheet.columns_filled = sheet.columns_filled.max(column + 1);
        if column < bounds.columns_max {
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            row.cells[column] = text;
        }
    }
    sheet.take_in(row, bounds);
    Ok(sheet)
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
}

/// What a person sees in the cell, as far as it matters for names and numbers; blank when it holds only spaces.
///
/// A long number that the spreadsheet kept as a number has lost its last digits: it is written out with the zeros that
/// it was left with, so that the reader of identity numbers sees them and says so.
fn text(value: &DataRef<'_>, characters_max: usize) -> String {
    let text = match value {
        DataRef::Empty => return String::new(),
        DataRef::String(text) => plain_text(text).to_owned(),
        DataRef::SharedString(text) => plain_text(text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(date) if date.is_datetime() => date_text(date),
        other => Data::from(other.clone()).to_string(),
    };
    if text.chars().all(char::is_whitespace) {
        return String::new();
    }
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
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
