//! SQL of sheets that wait. A sheet belongs to whoever sent it.

use super::super::waiting_sheets::Purpose;
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::SheetId;
use jixue_core::time::Timestamp;

crate::db::statements! {
    INSERT = "INSERT INTO waiting_sheet (sheet_id, purpose, year, file_name, file_digest, uploaded_by, uploaded_at, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (uploaded_by, purpose, year, file_digest) DO NOTHING";
    OF_FILE = "SELECT sheet_id FROM waiting_sheet WHERE uploaded_by = $1 AND purpose = $2 AND year = $3 AND file_digest = $4";
    SHEET = "SELECT purpose, year, file_name, file_digest, sealed FROM waiting_sheet WHERE sheet_id = $1 AND uploaded_by = $2";
    REMOVE = "DELETE FROM waiting_sheet WHERE sheet_id = $1 AND uploaded_by = $2";
    FORGET = "DELETE FROM waiting_sheet WHERE uploaded_at < $1";
}

/// A file: the same one again is known by these.
pub(in super::super) struct File<'a> {
    pub purpose: Purpose,
    pub name: &'a str,
    pub digest: &'a str,
    pub by: i64,
}

/// Keeps a sheet; one of the same file stays as it is.
pub(in super::super) async fn insert(
    tx: &Tx<'_>,
    id: SheetId,
    file: &File<'_>,
    sealed: &[u8],
    now: Timestamp,
) -> Result<()> {
    let (purpose, year) = file.purpose.columns();
    tx.execute(INSERT, values![id, purpose, year, file.name, file.digest, file.by, now, sealed]).await.map(drop)
}

pub(in super::super) async fn of_file(tx: &Tx<'_>, file: &File<'_>) -> Result<Option<SheetId>> {
    let (purpose, year) = file.purpose.columns();
    tx.query_value_optional(OF_FILE, values![file.by, purpose, year, file.digest]).await
}

/// A sheet as it is kept.
pub(in super::super) struct Kept {
    pub purpose: Purpose,
    pub file_name: String,
    pub digest: String,
    pub sealed: Vec<u8>,
}

pub(in super::super) async fn sheet(tx: &Tx<'_>, id: SheetId, by: i64) -> Result<Option<Kept>> {
    tx.query_optional(SHEET, values![id, by], |row| {
        let purpose = Purpose::of(&row.get::<String>(0)?, row.get(1)?)?;
        Ok(Kept { purpose, file_name: row.get(2)?, digest: row.get(3)?, sealed: row.get(4)? })
    })
    .await
}

pub(in super::super) async fn remove(tx: &Tx<'_>, id: SheetId, by: i64) -> Result<()> {
    tx.execute(REMOVE, values![id, by]).await.map(drop)
}

pub(in super::super) async fn forget(tx: &Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute(FORGET, values![before]).await.map(drop)
}
