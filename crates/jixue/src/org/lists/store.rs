//! SQL of lists that officers send. A list belongs to a region, and the scope says which regions are within reach.

pub(super) mod undo;

use super::ListKind;
use super::kept::{KeptAnswer, ListImport};
use super::undo::Trace;
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use crate::org::bounds;
use crate::org::roster::{ImportState, RowState};
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

macro_rules! columns {
    () => {
        "SELECT i.import_id, i.list_kind, i.region_code, i.file_name, i.state, i.uploaded_at, i.applied_by, i.applied_at,
            i.rows_new, i.rows_known, i.rows_refused, i.rows_imported, i.applying_since, i.rows_undone, i.rows_stayed,
            i.undone_by, i.undone_at
        FROM list_import i "
    };
}

/// The condition that list `i` lies within a scope; parameters as for `unit_within`. Units, bases and learners have none.
macro_rules! list_within {
    ($from:literal, $until:literal, $unit:literal, $base:literal, $learner:literal) => {
        concat!(
            "i.region_code >= ",
            $from,
            " AND i.region_code < ",
            $until,
            " AND CAST(",
            $unit,
            " AS BIGINT) = 0 AND CAST(",
            $base,
            " AS BIGINT) = 0 AND CAST(",
            $learner,
            " AS BIGINT) = 0"
        )
    };
}

/// The same for the list of a row or of an update.
macro_rules! import_within {
    ($from:literal, $until:literal, $unit:literal, $base:literal, $learner:literal) => {
        concat!(
            "import_id IN (SELECT i.import_id FROM list_import i WHERE i.import_id = $1 AND ",
            list_within!($from, $until, $unit, $base, $learner),
            ")"
        )
    };
}

/// The counts of a list, from its rows.
macro_rules! counted {
    () => {
        "rows_new = (SELECT COUNT(*) FROM list_import_row r WHERE r.import_id = $1 AND r.state = 'new'),
        rows_known = (SELECT COUNT(*) FROM list_import_row r WHERE r.import_id = $1 AND r.state = 'known'),
        rows_refused = (SELECT COUNT(*) FROM list_import_row r WHERE r.import_id = $1 AND r.state = 'refused'),
        rows_imported = (SELECT COUNT(*) FROM list_import_row r WHERE r.import_id = $1 AND r.state = 'imported'),
        rows_undone = (SELECT COUNT(*) FROM list_import_row r WHERE r.import_id = $1 AND r.state = 'undone'),
        rows_stayed = (SELECT COUNT(*) FROM list_import_row r WHERE r.import_id = $1 AND r.state = 'stayed')"
    };
}

use {counted, import_within, list_within};

crate::db::statements! {
    INSERT = "INSERT INTO list_import (import_id, list_kind, region_code, file_name, file_digest, state, uploaded_by,
            uploaded_at, rows_new, rows_known, rows_refused, rows_imported, rows_undone, rows_stayed)
        VALUES ($1, $2, $3, $4, $5, 'receiving', $6, $7, 0, 0, 0, 0, 0, 0)";
    OF_FILE = concat!(
        "SELECT i.import_id, i.state FROM list_import i
        WHERE i.file_digest = $1 AND i.list_kind = $2 AND i.region_code = $3 AND ",
        list_within!("$4", "$5", "$6", "$7", "$8")
    );
    REMOVE_ROWS = concat!(
        "DELETE FROM list_import_row WHERE import_id = $1 AND ", import_within!("$2", "$3", "$4", "$5", "$6")
    );
    REMOVE = concat!(
        "DELETE FROM list_import WHERE state IN ('receiving', 'checked') AND ",
        import_within!("$2", "$3", "$4", "$5", "$6")
    );
    LIST = concat!(columns!(), "WHERE i.import_id = $1 AND ", list_within!("$2", "$3", "$4", "$5", "$6"));
    LISTS = concat!(
        columns!(), "WHERE i.list_kind = $1 AND ", list_within!("$2", "$3", "$4", "$5", "$6"),
        " ORDER BY i.import_id DESC LIMIT 50"
    );
    INSERT_ROW = concat!(
        "INSERT INTO list_import_row (import_id, row_no, state, sealed, refusal)
        SELECT CAST($1 AS BIGINT), $2, $3, $4, $5 WHERE CAST($1 AS BIGINT) IN (
            SELECT i.import_id FROM list_import i WHERE i.import_id = $1 AND i.state = 'receiving' AND ",
        list_within!("$6", "$7", "$8", "$9", "$10"),
        ") ON CONFLICT (import_id, row_no) DO NOTHING"
    );
    FINISH_RECEIVING = concat!(
        "UPDATE list_import SET state = 'checked', ", counted!(), " WHERE state = 'receiving' AND ",
        import_within!("$2", "$3", "$4", "$5", "$6")
    );
    BEGIN_APPLYING = concat!(
        "UPDATE list_import SET state = 'applying', applied_by = $2, applying_since = $3 WHERE state = 'checked' AND ",
        import_within!("$4", "$5", "$6", "$7", "$8")
    );
    SHOW_LIFE = concat!(
        "UPDATE list_import SET applying_since = $2 WHERE state = $3 AND ",
        import_within!("$4", "$5", "$6", "$7", "$8")
    );
    FINISH_APPLYING = concat!(
        "UPDATE list_import SET state = 'applied', applied_at = $2, ", counted!(), " WHERE state = 'applying' AND ",
        import_within!("$3", "$4", "$5", "$6", "$7")
    );
    ROWS = concat!(
        "SELECT row_no, sealed, refusal FROM list_import_row WHERE import_id = $1 AND state = $2 AND row_no > $3 AND ",
        import_within!("$5", "$6", "$7", "$8", "$9"), " ORDER BY row_no LIMIT CAST($4 AS BIGINT)"
    );
    NOTE = concat!(
        "UPDATE list_import_row SET state = $3, refusal = $4, done_at = $5, unit_id = $6, learner_id = $7,
            begun_employment = $8, ended_employment = $9 WHERE import_id = $1 AND row_no = $2 AND state = 'new' AND ",
        import_within!("$10", "$11", "$12", "$13", "$14")
    );
    LOST = concat!(
        "SELECT i.import_id FROM list_import i WHERE i.state = $2 AND i.applying_since < $1 AND ",
        list_within!("$3", "$4", "$5", "$6", "$7"), " ORDER BY i.import_id LIMIT 10"
    );
    FORGET_ROWS = "DELETE FROM list_import_row WHERE import_id IN (SELECT i.import_id FROM list_import i
        WHERE i.uploaded_at < $1 AND i.state NOT IN ('applying', 'undoing'))";
    FORGET = "DELETE FROM list_import WHERE uploaded_at < $1 AND state IN ('receiving', 'checked')";
}

/// A file: the same one again is known by these.
pub(super) struct File<'a> {
    pub kind: ListKind,
    pub region_code: &'a str,
    /// SHA-256 in hexadecimal.
    pub digest: &'a str,
}

pub(super) async fn insert(
    tx: &Tx<'_>,
    import: ImportId,
    file: &File<'_>,
    name: &str,
    (by, now): (i64, Timestamp),
) -> Result<()> {
    let row = values![import, file.kind.code(), file.region_code, name, file.digest, by, now];
    tx.execute(INSERT, row).await.map(drop)
}

pub(super) async fn of_file(tx: &Tx<'_>, scope: &Scope, file: &File<'_>) -> Result<Vec<(ImportId, ImportState)>> {
    let values = values![file.digest, file.kind.code(), file.region_code];
    tx.query(OF_FILE, &bounds(scope, values), |row| Ok((row.get(0)?, ImportState::from_code(&row.get::<String>(1)?)?)))
        .await
}

/// Removes a list that nobody brought in, with its rows.
pub(super) async fn remove(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<()> {
    tx.execute(REMOVE_ROWS, &bounds(scope, values![import])).await?;
    tx.execute(REMOVE, &bounds(scope, values![import])).await.map(drop)
}

fn list_of(row: &Row<'_>) -> Result<ListImport> {
    Ok(ListImport {
        id: row.get(0)?,
        kind: ListKind::from_code(&row.get::<String>(1)?)?,
        region_code: row.get(2)?,
        file_name: row.get(3)?,
        state: ImportState::from_code(&row.get::<String>(4)?)?,
        uploaded_at: row.get(5)?,
        applied_by: row.get(6)?,
        applied_at: row.get(7)?,
        new: row.get(8)?,
        known: row.get(9)?,
        refused: row.get(10)?,
        imported: row.get(11)?,
        alive_at: row.get(12)?,
        undone: row.get(13)?,
        stayed: row.get(14)?,
        undone_by: row.get(15)?,
        undone_at: row.get(16)?,
    })
}

pub(super) async fn list(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<Option<ListImport>> {
    tx.query_optional(LIST, &bounds(scope, values![import]), list_of).await
}

pub(super) async fn lists(tx: &Tx<'_>, scope: &Scope, kind: ListKind) -> Result<Vec<ListImport>> {
    tx.query(LISTS, &bounds(scope, values![kind.code()]), list_of).await
}

fn written(refusal: Option<&KeptAnswer>) -> Result<String> {
    refusal.map_or_else(|| Ok(String::new()), |refusal| serde_json::to_string(refusal).map_err(Error::internal))
}

pub(super) async fn insert_row(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    number: i64,
    sealed: &[u8],
    (state, refusal): (RowState, Option<KeptAnswer>),
) -> Result<()> {
    let values = values![import, number, state.code(), sealed, written(refusal.as_ref())?];
    tx.execute(INSERT_ROW, &bounds(scope, values)).await.map(drop)
}

/// False when the list is gone by now.
pub(super) async fn finish_receiving(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<bool> {
    Ok(tx.execute(FINISH_RECEIVING, &bounds(scope, values![import])).await? == 1)
}

pub(super) async fn begin_applying(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    (by, now): (i64, Timestamp),
) -> Result<()> {
    tx.execute(BEGIN_APPLYING, &bounds(scope, values![import, by, now])).await.map(drop)
}

/// Says that somebody is at work, and makes whoever else is wait; false when the list is done by now.
pub(super) async fn show_life(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    state: ImportState,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(SHOW_LIFE, &bounds(scope, values![import, now, state.code()])).await? == 1)
}

/// False when somebody else has finished it.
pub(super) async fn finish_applying(tx: &Tx<'_>, scope: &Scope, import: ImportId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(FINISH_APPLYING, &bounds(scope, values![import, now])).await? == 1)
}

/// A row as it is kept.
pub(super) struct SealedRow {
    pub number: i64,
    pub sealed: Vec<u8>,
    pub refusal: Option<KeptAnswer>,
}

pub(super) async fn rows(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    state: RowState,
    (after, limit): (i64, i64),
) -> Result<Vec<SealedRow>> {
    let values = bounds(scope, values![import, state.code(), after, limit]);
    tx.query(ROWS, &values, |row| {
        let refusal: String = row.get(2)?;
        let refusal = match refusal.as_str() {
            "" => None,
            text => Some(serde_json::from_str(text).map_err(Error::internal)?),
        };
        Ok(SealedRow { number: row.get(0)?, sealed: row.get(1)?, refusal })
    })
    .await
}

/// Keeps what became of a row, and what it brought about; one that somebody else took in meanwhile stays as it is.
pub(super) async fn note(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    number: i64,
    (state, refusal): (RowState, Option<KeptAnswer>),
    trace: &Trace,
) -> Result<()> {
    let Trace { done_at, unit, learner, begun, ended } = *trace;
    let refusal = written(refusal.as_ref())?;
    let values = values![import, number, state.code(), refusal, done_at, unit, learner, begun, ended];
    tx.execute(NOTE, &bounds(scope, values)).await.map(drop)
}

/// Lists that are being worked on and gave no sign of life since an instant.
pub(super) async fn lost(tx: &Tx<'_>, scope: &Scope, state: ImportState, before: Timestamp) -> Result<Vec<ImportId>> {
    tx.query(LOST, &bounds(scope, values![before, state.code()]), |row| row.get(0)).await
}

pub(super) async fn forget(tx: &Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute(FORGET_ROWS, values![before]).await?;
    tx.execute(FORGET, values![before]).await.map(drop)
}
