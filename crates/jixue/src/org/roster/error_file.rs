//! The refused rows as a file: the cells as they were sent, with what is wrong, ready to be corrected and sent again.

use super::columns;
use super::row::ImportRow;
use crate::error::Result;
use crate::i18n::Texts;
use crate::sheet::{self, Cell, Table};
use jixue_core::org::Column;

/// Writes the refused rows. Blocks.
pub(super) fn write(t: &Texts, rows: &[ImportRow]) -> Result<Vec<u8>> {
    let mut titles: Vec<sheet::Column> = Column::ALL
        .into_iter()
        .map(|column| sheet::Column { title: columns::word(t, column).to_owned(), width: 20.0 })
        .collect();
    titles.push(sheet::Column { title: t.org_column_row().to_owned(), width: 10.0 });
    titles.push(sheet::Column { title: t.org_column_reasons().to_owned(), width: 90.0 });
    sheet::table(&Table {
        name: t.org_error_rows_sheet().to_owned(),
        intro: t.org_error_rows_intro().to_owned(),
        columns: titles,
        rows: rows.iter().map(|row| cells(t, row)).collect(),
    })
}

fn cells(t: &Texts, row: &ImportRow) -> Vec<Cell> {
    let mut cells: Vec<Cell> =
        Column::ALL.into_iter().map(|column| Cell::Text(row.raw.cell(column).to_owned())).collect();
    cells.push(Cell::Text(row.number.to_string()));
    let reasons: Vec<String> = row.refusals.iter().map(|refusal| refusal.sentence(t)).collect();
    cells.push(Cell::Text(reasons.join("\n")));
    cells
}
