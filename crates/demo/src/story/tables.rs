//! Spreadsheets as people fill them in: from the template that the application offers.

use anyhow::Context;
use jixue::sheet::{self, Bounds, Sheet};
use rust_xlsxwriter::{Format, Workbook};

/// A template: the headers of its first sheet, and what its second sheet offers, column by column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub headers: Vec<String>,
    pub lists: Vec<Vec<String>>,
}

/// Reads a spreadsheet that was downloaded.
///
/// # Errors
/// When it is none.
pub fn read(bytes: &[u8]) -> anyhow::Result<Vec<Sheet>> {
    let bounds = Bounds { rows_max: 10_000, columns_max: 40, characters_max: 2_000 };
    sheet::read(bytes, bounds).map_err(|refusal| anyhow::anyhow!("a downloaded spreadsheet: {refusal:?}"))
}

impl Template {
    /// The header row is the first with more than one filled cell.
    ///
    /// # Errors
    /// When the file is no spreadsheet with such a row.
    pub fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let sheets = read(bytes)?;
        let is_header = |cells: &Vec<String>| cells.iter().filter(|cell| !cell.is_empty()).count() > 1;
        let rows = |sheet: &Sheet| sheet.rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>();
        let first = sheets.first().map(rows).unwrap_or_default();
        let headers = first.into_iter().find(is_header).context("the template has no header row")?;
        let offered = sheets.get(1).map(rows).unwrap_or_default();
        let columns = offered.first().map_or(0, Vec::len);
        let below = offered.get(1..).unwrap_or_default();
        let column =
            |at: usize| below.iter().filter_map(|row| row.get(at).filter(|cell| !cell.is_empty()).cloned()).collect();
        Ok(Self { headers, lists: (0..columns).map(column).collect() })
    }

    /// The template with rows filled in, all as text: no digit of a long number is lost.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn filled(&self, rows: &[Vec<String>]) -> anyhow::Result<Vec<u8>> {
        let mut workbook = Workbook::new();
        let (sheet, text) = (workbook.add_worksheet(), Format::new().set_num_format("@"));
        for (cells, row) in std::iter::once(&self.headers).chain(rows).zip(0_u32..) {
            for (cell, column) in cells.iter().zip(0_u16..) {
                sheet.set_column_width(column, 22)?;
                sheet.write_string_with_format(row, column, cell, &text)?;
            }
        }
        Ok(workbook.save_to_buffer()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_read_back() {
        let template = Template { headers: vec!["姓名".to_owned(), "身份证号".to_owned()], lists: Vec::new() };
        let row = vec!["李晓燕".to_owned(), "431099198501010012".to_owned()];
        let bytes = template.filled(std::slice::from_ref(&row)).unwrap();
        let sheets = read(&bytes).unwrap();
        assert_eq!(sheets[0].rows[1].cells, row);
        assert_eq!(Template::read(&bytes).unwrap(), template);
    }
}
