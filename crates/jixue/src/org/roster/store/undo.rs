//! SQL of taking an import back, and of how far an import is on its way in or out.

use super::import_within;
use crate::db::{Tx, values};
use crate::error::{Error, Result};
use crate::org::roster::row::{ImportState, KeptRefusal, RowState};
use crate::org::store::scoped::{bounds, unit_within};
use jixue_core::id::{ImportId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    BEGIN_UNDOING = concat!(
        "UPDATE roster_import SET state = 'undoing', applying_since = $2, undone_by = $3
        WHERE state = 'applied' AND ", import_within!("$4", "$5", "$6", "$7", "$8")
    );
    SHOW_LIFE = concat!(
        "UPDATE roster_import SET applying_since = $2 WHERE state = $3 AND ",
        import_within!("$4", "$5", "$6", "$7", "$8")
    );
    BROUGHT = concat!(
        "SELECT row_no, learner_id FROM roster_import_row
        WHERE import_id = $1 AND state = 'imported' AND learner_id IS NOT NULL AND row_no > $2 AND ",
        import_within!("$4", "$5", "$6", "$7", "$8"), " ORDER BY row_no LIMIT $3"
    );
    NOTE_UNDONE = concat!(
        "UPDATE roster_import_row SET state = $3, refusals = $4
        WHERE import_id = $1 AND row_no = $2 AND state = 'imported' AND ",
        import_within!("$5", "$6", "$7", "$8", "$9")
    );
    FINISH_UNDOING = concat!(
        "UPDATE roster_import SET state = 'undone', undone_at = $2, ", super::counted!(),
        " WHERE state = 'undoing' AND ", import_within!("$3", "$4", "$5", "$6", "$7")
    );
    ROWS_LEFT = concat!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM roster_import_row WHERE import_id = $1 AND state = $2 AND ",
        import_within!("$3", "$4", "$5", "$6", "$7")
    );
    LOST_UNDOINGS = concat!(
        "SELECT i.import_id FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id
        WHERE i.state = 'undoing' AND i.applying_since < $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), " ORDER BY i.import_id LIMIT 10"
    );
}

/// Marks an applied import as being taken back; one in another state stays as it is.
pub(in super::super) async fn begin_undoing(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    by: i64,
    now: Timestamp,
) -> Result<()> {
    tx.execute(BEGIN_UNDOING, &bounds(scope, values![import, now, by])).await.map(drop)
}

/// Says that somebody is at work, and makes whoever else is wait; false when the import is in another state by now.
pub(in super::super) async fn show_life(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    state: ImportState,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(SHOW_LIFE, &bounds(scope, values![import, now, state.code()])).await? == 1)
}

/// People whom an import brought, by row, after `after`.
pub(in super::super) async fn brought(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, LearnerId)>> {
    let values = bounds(scope, values![import, after, limit]);
    tx.query(BROUGHT, &values, |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Notes that somebody left again, or why they stay.
pub(in super::super) async fn note_undone(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    row: i64,
    stays: &[KeptRefusal],
) -> Result<()> {
    let state = if stays.is_empty() { RowState::Undone } else { RowState::Stayed };
    let written = serde_json::to_string(stays).map_err(Error::internal)?;
    tx.execute(NOTE_UNDONE, &bounds(scope, values![import, row, state.code(), written])).await.map(drop)
}

/// False when somebody else has finished it.
pub(in super::super) async fn finish_undoing(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(FINISH_UNDOING, &bounds(scope, values![import, now])).await? == 1)
}

/// How many rows of an import are in a state at this moment.
pub(in super::super) async fn rows_left(tx: &Tx<'_>, scope: &Scope, import: ImportId, state: RowState) -> Result<i64> {
    tx.query_value(ROWS_LEFT, &bounds(scope, values![import, state.code()])).await
}

/// Imports whose undoing was begun, and gave no sign of life since an instant.
pub(in super::super) async fn lost_undoings(tx: &Tx<'_>, scope: &Scope, before: Timestamp) -> Result<Vec<ImportId>> {
    tx.query(LOST_UNDOINGS, &bounds(scope, values![before]), |row| row.get(0)).await
}
