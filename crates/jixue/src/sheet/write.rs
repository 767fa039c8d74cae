//! Writing: tables of text and numbers. Whatever a person once typed stays text, in any program that opens the file.

use crate::error::{Error, Result};
use rust_xlsxwriter::{Color, Format, FormatAlign};
use std::borrow::Cow;

mod workbook;

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    pub title: String,
    /// In characters of the usual type.
    pub width: f64,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A sheet to be written.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    /// A line above the table: what it shows and of when.
    pub intro: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

/// Signs that begin a formula when a cell is typed, pasted or read from CSV; programs take full-width ones like the others.
///
/// Source: OWASP, CSV Injection.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_SIGNS)
}

/// Text that no spreadsheet takes for a formula, even after a copy to CSV: an apostrophe goes before a formula's sign.
fn quoted_text(text: &str) -> Cow<'_, str> {
    match looks_like_formula(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// A field of a CSV file: no formula, and no comma, quote or line end that would shift the columns (RFC 4180).
pub fn csv_text(text: &str) -> String {
    let text = quoted_text(text);
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into_owned(),
    }
}

/// The text that `quoted_text` was given.
pub(super) fn plain_text(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| looks_like_formula(rest)).unwrap_or(text)
}

/// A format whose cells stay text, so that no digit of an identity number is lost.
pub(crate) fn text_format() -> Format {
    const TEXT: u8 = 49;
    Format::new().set_num_format_index(TEXT)
}

pub(crate) fn head_format() -> Format {
    let (ink, wash) = (Color::RGB(0x0a_46_54), Color::RGB(0xe7_f1_f2));
    text_format().set_bold().set_font_color(ink).set_background_color(wash).set_align(FormatAlign::VerticalCenter)
}

/// Writes a table as an `.xlsx` file. Blocks.
pub fn table(table: &Table) -> Result<Vec<u8>> {
    workbook::write(table).map_err(|error| Error::internal(format!("writing a spreadsheet: {error}")))
}

/// Writes a table as CSV with the mark by which spreadsheet programs know UTF-8; without the line above the table.
pub fn csv(table: &Table) -> Vec<u8> {
    let head: Vec<String> = table.columns.iter().map(|column| csv_text(&column.title)).collect();
    let mut out = format!("\u{feff}{}\r\n", head.join(","));
    for row in &table.rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Text(text) => csv_text(text),
            Cell::Number(number) => number.to_string(),
        });
        out.push_str(&cells.collect::<Vec<_>>().join(","));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::{Bounds, read};
    use super::*;

    /// A department called `=cmd|…` must not run on the computer of whoever opens the list.
    #[test]
    fn attack_case_25_no_cell_begins_like_a_formula_and_each_is_read_back_as_it_was() {
        let texts = [
            "=1+1",
            "@SUM(A1)",
            "+86 138",
            "-",
            "\t=1",
            "\n=1",
            "＝1+1",
            "＋86",
            "－1",
            "＠SUM(A1)",
            "'=1",
            "O'Neill",
            "心血管内科",
        ];
        let bytes = table(&Table {
            name: "a".to_owned(),
            intro: "=intro".to_owned(),
            columns: vec![Column { title: "=title".to_owned(), width: 10.0 }],
            rows: texts.iter().map(|text| vec![Cell::from((*text).to_owned())]).collect(),
        });
        let bounds = Bounds { rows_max: 30, columns_max: 5, characters_max: 50 };
        let sheets = read(&bytes.unwrap(), bounds).unwrap();
        let read: Vec<&str> = sheets[0].rows.iter().skip(2).map(|row| row.cells[0].as_str()).collect();
        assert_eq!(read, texts);
        assert!(texts.iter().all(|text| !quoted_text(text).starts_with(FORMULA_SIGNS)));
        for text in ["\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)"] {
            assert_eq!(quoted_text(text), format!("'{text}"));
        }
    }
}
