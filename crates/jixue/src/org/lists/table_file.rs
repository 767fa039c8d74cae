//! The refused rows as a file: the cells as they were sent, with what is wrong, ready to be corrected and sent again.

use super::ListKind;
use super::kept::KeptRow;
use crate::error::Result;
use crate::i18n::Texts;
use crate::sheet::{self, Cell, Column, Table};

/// Writes the refused rows below the names by which a list is read. Blocks.
pub(super) fn write(t: &Texts, kind: ListKind, rows: &[KeptRow]) -> Result<Vec<u8>> {
    let mut columns: Vec<Column> = kind.heads().map(|title| Column { title: title.to_owned(), width: 20.0 }).collect();
    columns.push(Column { title: t.org_column_row().to_owned(), width: 10.0 });
    columns.push(Column { title: t.org_column_reasons().to_owned(), width: 90.0 });
    sheet::table(&Table {
        name: t.org_error_rows_sheet().to_owned(),
        intro: t.org_error_rows_intro().to_owned(),
        columns,
        rows: rows.iter().map(|row| cells(t, row)).collect(),
    })
}

fn cells(t: &Texts, row: &KeptRow) -> Vec<Cell> {
    let reason = row.refusal.as_ref().map(|refusal| refusal.sentence(t)).unwrap_or_default();
    let own = row.cells.iter().cloned();
    own.chain([row.number.to_string(), reason]).map(Cell::Text).collect()
}
