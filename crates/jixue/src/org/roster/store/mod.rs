//! SQL of roster imports. An import belongs to a unit, and the scope says which units are within reach.

pub(super) mod columns;
pub(super) mod undo;

use super::grid::Layout;
use super::preview::RosterImport;
use super::row::{ImportState, KeptRefusal, RowState};
use crate::db::{Row, Tx, Value, values};
use crate::error::{Error, Result};
use crate::org::store::scoped::{bounds, unit_within};
use futures_util::future::try_join_all;
use jixue_core::id::{ImportId, LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

macro_rules! import_columns {
    () => {
        "SELECT i.import_id, i.unit_id, i.file_name, i.file_digest, i.state, i.uploaded_at, i.applied_at,
            i.rows_new, i.rows_known, i.rows_refused, i.rows_imported, i.rows_undone, i.rows_stayed, i.applying_since,
            i.undone_at
        FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id "
    };
}

/// The counts of an import, from its rows.
macro_rules! counted {
    () => {
        "rows_new = (SELECT COUNT(*) FROM roster_import_row r WHERE r.import_id = $1 AND r.state = 'new'),
        rows_known = (SELECT COUNT(*) FROM roster_import_row r WHERE r.import_id = $1 AND r.state = 'known'),
        rows_refused = (SELECT COUNT(*) FROM roster_import_row r WHERE r.import_id = $1 AND r.state = 'refused'),
        rows_imported = (SELECT COUNT(*) FROM roster_import_row r WHERE r.import_id = $1 AND r.state = 'imported'),
        rows_undone = (SELECT COUNT(*) FROM roster_import_row r WHERE r.import_id = $1 AND r.state = 'undone'),
        rows_stayed = (SELECT COUNT(*) FROM roster_import_row r WHERE r.import_id = $1 AND r.state = 'stayed')"
    };
}

/// The condition that the import of a row or of an update lies within the scope.
macro_rules! import_within {
    ($from:literal, $until:literal, $unit:literal, $base:literal, $learner:literal) => {
        concat!(
            "import_id IN (SELECT i.import_id FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id
            WHERE i.import_id = $1 AND ",
            unit_within!($from, $until, $unit, $base, $learner),
            ")"
        )
    };
}

use {counted, import_within};

crate::db::statements! {
    INSERT_IMPORT = "INSERT INTO roster_import (import_id, unit_id, file_name, file_digest, state, uploaded_by, uploaded_at,
            rows_new, rows_known, rows_refused, rows_imported, rows_undone, rows_stayed)
        VALUES ($1, $2, $3, $4, 'receiving', $5, $6, 0, 0, 0, 0, 0, 0)
        ON CONFLICT (unit_id, file_digest) WHERE state <> 'undone' DO NOTHING";
    IMPORT_OF_FILE = concat!(
        "SELECT i.import_id, i.state, i.layout FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id
        WHERE i.unit_id = $1 AND i.file_digest = $2 AND i.state <> 'undone' AND ",
        unit_within!("$3", "$4", "$5", "$6", "$7")
    );
    IMPORT = concat!(
        import_columns!(), "WHERE i.import_id = $1 AND ", unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    IMPORTS = concat!(
        import_columns!(), "WHERE i.unit_id = $1 AND i.import_id < $2 AND ",
        unit_within!("$3", "$4", "$5", "$6", "$7"), " ORDER BY i.import_id DESC LIMIT 20"
    );
    INSERT_ROW = concat!(
        "INSERT INTO roster_import_row (import_id, row_no, state, sealed, refusals, learner_id)
        SELECT CAST($1 AS BIGINT), $2, $3, $4, $5, $6 WHERE CAST($1 AS BIGINT) IN (
            SELECT i.import_id FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id
            WHERE i.import_id = $1 AND i.state = 'receiving' AND ",
        unit_within!("$7", "$8", "$9", "$10", "$11"),
        ") ON CONFLICT (import_id, row_no) DO NOTHING"
    );
    FINISH_RECEIVING = concat!(
        "UPDATE roster_import SET state = 'checked', ", counted!(),
        " WHERE state = 'receiving' AND ", import_within!("$2", "$3", "$4", "$5", "$6")
    );
    BEGIN_APPLYING = concat!(
        "UPDATE roster_import SET state = 'applying', applying_since = $2
        WHERE state IN ('checked', 'applying') AND ", import_within!("$3", "$4", "$5", "$6", "$7")
    );
    FINISH_APPLYING = concat!(
        "UPDATE roster_import SET state = 'applied', applied_at = $2, ", counted!(),
        " WHERE state = 'applying' AND ", import_within!("$3", "$4", "$5", "$6", "$7")
    );
    NEW_ROWS = concat!(
        "SELECT row_no, sealed FROM roster_import_row WHERE import_id = $1 AND state = 'new' AND ",
        import_within!("$3", "$4", "$5", "$6", "$7"), " ORDER BY row_no LIMIT $2"
    );
    NOTE_OUTCOME = concat!(
        "UPDATE roster_import_row SET state = $3, learner_id = $4, refusals = $5
        WHERE import_id = $1 AND row_no = $2 AND state = 'new' AND ",
        import_within!("$6", "$7", "$8", "$9", "$10")
    );
    ROWS = concat!(
        "SELECT row_no, state, sealed, refusals, learner_id FROM roster_import_row
        WHERE import_id = $1 AND state = $2 AND row_no > $3 AND ",
        import_within!("$5", "$6", "$7", "$8", "$9"), " ORDER BY row_no LIMIT $4"
    );
    LOST_IMPORTS = concat!(
        "SELECT i.import_id FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id
        WHERE i.state = 'applying' AND i.applying_since < $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), " ORDER BY i.import_id LIMIT 10"
    );
}

pub(super) struct NewImport<'a> {
    pub id: ImportId,
    pub unit: UnitId,
    pub file_name: &'a str,
    pub digest: &'a str,
    pub uploaded_by: i64,
    pub at: Timestamp,
}

/// Begins an import; one of the same file is left as it is.
pub(super) async fn insert_import(tx: &Tx<'_>, new: &NewImport<'_>) -> Result<()> {
    let row = values![new.id, new.unit, new.file_name, new.digest, new.uploaded_by, new.at];
    tx.execute(INSERT_IMPORT, row).await.map(drop)
}

/// The import of a file that was sent before.
pub(super) struct Before {
    pub import: ImportId,
    pub state: ImportState,
    pub layout: Option<Layout>,
}

pub(super) async fn import_of_file(tx: &Tx<'_>, scope: &Scope, unit: UnitId, digest: &str) -> Result<Option<Before>> {
    tx.query_optional(IMPORT_OF_FILE, &bounds(scope, values![unit, digest]), |row| {
        let layout: Option<String> = row.get(2)?;
        let layout = layout.map(|text| serde_json::from_str(&text)).transpose().map_err(Error::internal)?;
        Ok(Before { import: row.get(0)?, state: ImportState::from_code(&row.get::<String>(1)?)?, layout })
    })
    .await
}

fn import_of(row: &Row<'_>) -> Result<RosterImport> {
    Ok(RosterImport {
        id: row.get(0)?,
        unit: row.get(1)?,
        file_name: row.get(2)?,
        file_digest: row.get(3)?,
        state: ImportState::from_code(&row.get::<String>(4)?)?,
        uploaded_at: row.get(5)?,
        applied_at: row.get(6)?,
        new: row.get(7)?,
        known: row.get(8)?,
        refused: row.get(9)?,
        imported: row.get(10)?,
        undone: row.get(11)?,
        stayed: row.get(12)?,
        alive_at: row.get(13)?,
        undone_at: row.get(14)?,
    })
}

pub(super) async fn import(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<Option<RosterImport>> {
    tx.query_optional(IMPORT, &bounds(scope, values![import]), import_of).await
}

pub(super) async fn imports(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    before: Option<ImportId>,
) -> Result<Vec<RosterImport>> {
    let before = before.map_or(i64::MAX, ImportId::raw);
    tx.query(IMPORTS, &bounds(scope, values![unit, before]), import_of).await
}

/// A row to be kept.
pub(super) struct NewRow {
    pub number: i64,
    pub state: RowState,
    pub sealed: Vec<u8>,
    pub refusals: Vec<KeptRefusal>,
    pub learner: Option<LearnerId>,
}

fn written(refusals: &[KeptRefusal]) -> Result<String> {
    serde_json::to_string(refusals).map_err(Error::internal)
}

/// Keeps rows of an import that is being received; a row that is there already stays as it is.
pub(super) async fn insert_rows(tx: &Tx<'_>, scope: &Scope, import: ImportId, rows: &[NewRow]) -> Result<()> {
    let insert = async |row: &NewRow| {
        let refusals = written(&row.refusals)?;
        let values = values![import, row.number, row.state.code(), &row.sealed, refusals, row.learner];
        tx.execute(INSERT_ROW, &bounds(scope, values)).await
    };
    try_join_all(rows.iter().map(insert)).await.map(drop)
}

pub(super) async fn finish_receiving(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<()> {
    tx.execute(FINISH_RECEIVING, &bounds(scope, values![import])).await.map(drop)
}

pub(super) async fn begin_applying(tx: &Tx<'_>, scope: &Scope, import: ImportId, now: Timestamp) -> Result<()> {
    tx.execute(BEGIN_APPLYING, &bounds(scope, values![import, now])).await.map(drop)
}

/// False when somebody else has finished it.
pub(super) async fn finish_applying(tx: &Tx<'_>, scope: &Scope, import: ImportId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(FINISH_APPLYING, &bounds(scope, values![import, now])).await? == 1)
}

/// Good rows that are not brought in yet: number and sealed cells.
pub(super) async fn new_rows(tx: &Tx<'_>, scope: &Scope, import: ImportId, limit: i64) -> Result<Vec<(i64, Vec<u8>)>> {
    let values = bounds(scope, values![import, limit]);
    tx.query(NEW_ROWS, &values, |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// What became of a row.
pub(super) struct RowOutcome {
    pub number: i64,
    pub state: RowState,
    pub learner: Option<LearnerId>,
    pub refusals: Vec<KeptRefusal>,
}

/// Notes what became of rows; one that somebody else has noted stays as it is.
pub(super) async fn note_outcomes(tx: &Tx<'_>, scope: &Scope, import: ImportId, outcomes: &[RowOutcome]) -> Result<()> {
    let note = async |outcome: &RowOutcome| {
        let refusals = written(&outcome.refusals)?;
        let values = values![import, outcome.number, outcome.state.code(), outcome.learner, refusals];
        tx.execute(NOTE_OUTCOME, &bounds(scope, values)).await
    };
    try_join_all(outcomes.iter().map(note)).await.map(drop)
}

/// A row as it is kept.
pub(super) struct KeptRow {
    pub number: i64,
    pub state: RowState,
    pub sealed: Vec<u8>,
    pub refusals: Vec<KeptRefusal>,
    pub learner: Option<LearnerId>,
}

pub(super) async fn rows(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    state: RowState,
    after: i64,
    limit: i64,
) -> Result<Vec<KeptRow>> {
    let values: Vec<Value> = bounds(scope, values![import, state.code(), after, limit]);
    tx.query(ROWS, &values, |row| {
        Ok(KeptRow {
            number: row.get(0)?,
            state: RowState::from_code(&row.get::<String>(1)?)?,
            sealed: row.get(2)?,
            refusals: serde_json::from_str(&row.get::<String>(3)?).map_err(Error::internal)?,
            learner: row.get(4)?,
        })
    })
    .await
}

/// Imports that were begun before an instant and not finished.
pub(super) async fn lost_imports(tx: &Tx<'_>, scope: &Scope, before: Timestamp) -> Result<Vec<ImportId>> {
    tx.query(LOST_IMPORTS, &bounds(scope, values![before]), |row| row.get(0)).await
}
