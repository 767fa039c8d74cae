//! `.xlsx`: a ZIP archive of XML, read cell by cell.

use super::super::{SheetRefusal, archive};
use super::{Bounds, CELLS_MAX, Row, SHEETS_MAX, Sheet, date_text, kept};
use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::io::Cursor;

pub(super) fn read(bytes: &[u8], bounds: Bounds) -> Result<Vec<Sheet>, SheetRefusal> {
    let measured = archive::measure(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .take(SHEETS_MAX)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut cells_left = CELLS_MAX;
    let mut sheets = Vec::with_capacity(names.len());
    for name in names {
        let mut sheet = read_sheet(&mut workbook, name, bounds, &mut cells_left)?;
        if measured.has_merged_cells {
            // Unreadable merges hide no text: the cells were read all the same.
            for merged in workbook.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default() {
                let rows = (merged.start.0.saturating_add(1), merged.end.0.saturating_add(1));
                sheet.merge(rows, (merged.start.1 as usize, merged.end.1 as usize), bounds);
            }
        }
        sheets.push(sheet);
    }
    Ok(sheets)
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
        let (number, column) = cell.get_position();
        let number = number.saturating_add(1);
        *cells_left = cells_left.checked_sub(1).ok_or(SheetRefusal::TooManyRows { row: number })?;
        if number < row.number {
            return Err(SheetRefusal::Damaged);
        }
        if number != row.number {
            let full = std::mem::replace(&mut row, Row { number, cells: Vec::new() });
            sheet.take_in(full, bounds);
        }
        sheet.put(&mut row, column as usize, text(cell.get_value(), bounds.characters_max), bounds);
    }
    sheet.take_in(row, bounds);
    Ok(sheet)
}

/// What a person sees in the cell, as far as it matters for names and numbers.
///
/// A long number that the spreadsheet kept as a number has lost its last digits: it is written out with the zeros that
/// it was left with, so that the reader of identity numbers sees them and says so.
fn text(value: &DataRef<'_>, characters_max: usize) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => kept(text, characters_max),
        DataRef::SharedString(text) => kept(text, characters_max),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(date) if date.is_datetime() => date_text(date),
        other => kept(&Data::from(other.clone()).to_string(), characters_max),
    }
}
