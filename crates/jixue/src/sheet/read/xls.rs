//! `.xls` as Excel 97 to 2003 and many personnel systems write it.
//!
//! Read here rather than by a library: libraries lay a sheet out cell by cell before anybody can look at its size, and a
//! file of a few kilobytes with one cell in each corner, or one long text named by each of a million cells, then takes
//! more memory than the machine has.

use super::super::{SheetRefusal, compound};
use super::biff::{Record, is_date_format, is_known_date_format, kind, records};
use super::strings::{Parts, shared_strings, short_text, text};
use super::{Bounds, CELLS_MAX, Row, SHEETS_MAX, Sheet, date_text, kept};
use calamine::{ExcelDateTime, ExcelDateTimeType};
use std::collections::{HashMap, HashSet};

const VERSION_OF_1997: u16 = 0x0600;
const WORKSHEET: u8 = 0;
/// The lower bits of a sheet's state; zero is visible.
const HIDDEN: u8 = 3;

pub(super) fn read(bytes: &[u8], bounds: Bounds) -> Result<Vec<Sheet>, SheetRefusal> {
    workbook(&compound::workbook(bytes)?, bounds)
}

fn workbook(stream: &[u8], bounds: Bounds) -> Result<Vec<Sheet>, SheetRefusal> {
    let globals = Globals::read(stream, bounds)?;
    let mut cells_left = CELLS_MAX;
    let mut sheets = Vec::new();
    for (name, at) in &globals.sheets {
        sheets.push(read_sheet(stream, *at, name.clone(), &globals, bounds, &mut cells_left)?);
    }
    Ok(sheets)
}

/// What holds for all sheets.
#[derive(Default)]
struct Globals {
    /// Name and place of each visible sheet.
    sheets: Vec<(String, usize)>,
    strings: Vec<String>,
    /// For each cell format whether it shows a date.
    dates: Vec<bool>,
    since_1904: bool,
}

impl Globals {
    fn read(stream: &[u8], bounds: Bounds) -> Result<Self, SheetRefusal> {
        let mut globals = Self::default();
        let (mut formats, mut written) = (Vec::new(), HashMap::new());
        let mut strings: Option<(&[u8], Vec<&[u8]>)> = None;
        let (mut before, mut has_ended) = (0, false);
        for record in records(stream, 0) {
            match record.kind {
                kind::BEGIN if record.short(0) != VERSION_OF_1997 => return Err(SheetRefusal::TooOld),
                kind::FILE_PASS => return Err(SheetRefusal::Protected),
                kind::DATE_MODE => globals.since_1904 = record.short(0) == 1,
                kind::NUMBER_FORMAT => {
                    let format = text(record.data.get(2..).unwrap_or_default(), 256);
                    written.insert(record.short(0), is_date_format(&format));
                }
                kind::CELL_FORMAT => formats.push(record.short(2)),
                kind::BOUND_SHEET if globals.sheets.len() < SHEETS_MAX => globals.note_sheet(record),
                kind::SHARED_STRINGS => strings = Some((record.data, Vec::new())),
                kind::CONTINUE if before == kind::SHARED_STRINGS => {
                    strings.iter_mut().for_each(|(_, following)| following.push(record.data));
                    continue;
                }
                kind::END => {
                    has_ended = true;
                    break;
                }
                _ => {}
            }
            before = record.kind;
        }
        if !has_ended {
            return Err(SheetRefusal::Damaged);
        }
        let is_date = |format: &u16| written.get(format).copied().unwrap_or_else(|| is_known_date_format(*format));
        globals.dates = formats.iter().map(is_date).collect();
        if let Some((first, following)) = strings {
            // One more than is kept, so that a longer text is seen to be cut.
            let read = shared_strings(Parts::new(first, following), bounds.characters_max + 1);
            globals.strings = read.iter().map(|text| kept(text, bounds.characters_max)).collect();
        }
        Ok(globals)
    }

    fn note_sheet(&mut self, record: Record<'_>) {
        if record.byte(4) & HIDDEN == 0 && record.byte(5) == WORKSHEET {
            let name = short_text(record.data.get(6..).unwrap_or_default());
            self.sheets.push((name, record.long(0) as usize));
        }
    }

    fn number_text(&self, number: f64, format: u16) -> String {
        let is_date = self.dates.get(usize::from(format)).copied().unwrap_or(false);
        match is_date && (0.0..2_958_466.0).contains(&number) {
            true => date_text(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, self.since_1904)),
            false => number.to_string(),
        }
    }
}

/// What a cell holds, small enough to keep a million of them until it is known which rows are wanted.
enum Held {
    Shared(u32),
    Number(f64, u16),
    Text(String),
}

impl Held {
    fn text(self, globals: &Globals) -> String {
        match self {
            Self::Shared(index) => globals.strings.get(index as usize).cloned().unwrap_or_default(),
            Self::Number(number, format) => globals.number_text(number, format),
            Self::Text(text) => text,
        }
    }

    fn is_blank(&self, globals: &Globals) -> bool {
        match self {
            Self::Shared(index) => globals.strings.get(*index as usize).is_none_or(String::is_empty),
            Self::Number(..) => false,
            Self::Text(text) => text.is_empty(),
        }
    }
}

/// Filled cells in the order of the file, which need not be that of the rows.
#[derive(Default)]
struct Cells {
    held: Vec<(u16, u16, Held)>,
    /// Rows and columns beyond the bound of columns, which are only counted.
    rows: HashSet<u16>,
    columns_filled: usize,
}

impl Cells {
    fn put(&mut self, (row, column): (u16, u16), held: Held, globals: &Globals, bounds: Bounds) {
        if held.is_blank(globals) {
            return;
        }
        self.columns_filled = self.columns_filled.max(usize::from(column) + 1);
        if usize::from(column) < bounds.columns_max {
            self.rows.insert(row);
            self.held.push((row, column, held));
        }
    }
}

fn read_sheet(
    stream: &[u8],
    at: usize,
    name: String,
    globals: &Globals,
    bounds: Bounds,
    cells_left: &mut usize,
) -> Result<Sheet, SheetRefusal> {
    let mut sheet = Sheet { name, ..Sheet::default() };
    let mut cells = Cells::default();
    let (mut depth, mut formula_at) = (0_usize, (0, 0));
    for record in records(stream, at) {
        match record.kind {
            kind::BEGIN => depth += 1,
            kind::END => depth = depth.saturating_sub(1),
            // Charts within the sheet have cells of their own.
            _ if depth > 1 => continue,
            kind::MERGED_CELLS => merge(&mut sheet, record, bounds),
            _ => {}
        }
        if depth == 0 {
            return Ok(in_rows(sheet, cells, globals, bounds));
        }
        let place = (record.short(0), record.short(2));
        match record.kind {
            kind::FORMULA => formula_at = place,
            kind::MANY_SMALL_NUMBERS => {
                for index in 0..record.data.len().saturating_sub(6) / 6 {
                    let at = 4 + index * 6;
                    let held = Held::Number(record.small_number(at + 2), record.short(at));
                    *cells_left = cells_left.checked_sub(1).ok_or(SheetRefusal::TooMuchInside)?;
                    let column = usize::from(place.1) + index;
                    cells.put((place.0, u16::try_from(column).unwrap_or(u16::MAX)), held, globals, bounds);
                }
                continue;
            }
            _ => {}
        }
        if let Some(held) = held(record, bounds) {
            *cells_left = cells_left.checked_sub(1).ok_or(SheetRefusal::TooMuchInside)?;
            let place = if record.kind == kind::FORMULA_TEXT { formula_at } else { place };
            cells.put(place, held, globals, bounds);
        }
    }
    // The end of the sheet never came.
    Err(SheetRefusal::Damaged)
}

fn held(record: Record<'_>, bounds: Bounds) -> Option<Held> {
    let own_text = |at: usize| {
        let text = text(record.data.get(at..).unwrap_or_default(), bounds.characters_max + 1);
        Held::Text(kept(&text, bounds.characters_max))
    };
    let truth = |at: usize| Held::Text((record.byte(at) != 0).to_string());
    Some(match record.kind {
        kind::SHARED_LABEL => Held::Shared(record.long(6)),
        kind::LABEL | kind::RICH_LABEL => own_text(6),
        kind::NUMBER => Held::Number(record.number(6), record.short(4)),
        kind::SMALL_NUMBER => Held::Number(record.small_number(6), record.short(4)),
        kind::BOOLEAN_OR_ERROR if record.byte(7) == 0 => truth(6),
        // Only a formula's last result is taken; a text follows in a record of its own.
        kind::FORMULA if record.short(12) != 0xffff => Held::Number(record.number(6), record.short(4)),
        kind::FORMULA if record.byte(6) == 1 => truth(8),
        kind::FORMULA_TEXT => own_text(0),
        // Errors such as #N/A are shown as such in no roster that is meant.
        kind::BOOLEAN_OR_ERROR => Held::Text("#".to_owned()),
        kind::FORMULA if record.byte(6) == 2 => Held::Text("#".to_owned()),
        _ => return None,
    })
}

fn merge(sheet: &mut Sheet, record: Record<'_>, bounds: Bounds) {
    for index in 0..usize::from(record.short(0)).min(record.data.len() / 8) {
        let [first, last, from, to] = [0, 2, 4, 6].map(|at| record.short(2 + index * 8 + at));
        sheet.merge((u32::from(first) + 1, u32::from(last) + 1), (usize::from(from), usize::from(to)), bounds);
    }
}

/// The cells row by row; texts are made only for rows that are kept.
fn in_rows(mut sheet: Sheet, mut cells: Cells, globals: &Globals, bounds: Bounds) -> Sheet {
    cells.held.sort_by_key(|(row, column, _)| (*row, *column));
    let mut row = Row { number: 0, cells: Vec::new() };
    for (number, column, held) in cells.held {
        let number = u32::from(number) + 1;
        if number != row.number {
            let full = std::mem::replace(&mut row, Row { number, cells: Vec::new() });
            sheet.take_in(full, bounds);
            if sheet.rows.len() >= bounds.rows_max {
                break;
            }
        }
        sheet.put(&mut row, usize::from(column), held.text(globals), bounds);
    }
    sheet.take_in(row, bounds);
    sheet.rows_filled = cells.rows.len();
    sheet.columns_filled = cells.columns_filled;
    sheet
}

#[cfg(test)]
mod tests;
