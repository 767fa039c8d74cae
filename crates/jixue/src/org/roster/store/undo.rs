//! SQL of taking an import back, and of how far an import is on its way in or out.

use super::import_within;
use crate::db::{Tx, values};
use crate::error::{Error, Result};
use crate::org::roster::row::{ImportState, KeptRefusal, RowState};
use crate::org::store::scoped::{bounds, unit_within};
use jixue_core::id::{ImportId, LearnerId, UnitId};
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
    // What `reactions::bond` asks of each room for one person, asked of all of them at once, for those whom an import
    // brought and who would stay. It decides nothing: the undoing itself asks the rooms.
    WOULD_STAY = concat!(
        "SELECT p.row_no, p.why FROM (SELECT r.row_no, CASE
                WHEN NOT EXISTS (SELECT 1 FROM employment e WHERE e.learner_id = r.learner_id AND e.unit_id = $2
                    AND e.ended_on IS NULL) THEN 'roster.stays_elsewhere'
                WHEN EXISTS (SELECT 1 FROM seat s WHERE s.learner_id = r.learner_id AND s.paid_at >= $3)
                    THEN 'roster.stays_paid'
                WHEN EXISTS (SELECT 1 FROM order_line x JOIN purchase_order o
                    ON o.payer_id = x.payer_id AND o.order_id = x.order_id WHERE x.learner_id = r.learner_id
                    AND o.created_at >= $3 AND o.state <> 'cancelled') THEN 'roster.stays_ordered'
                WHEN EXISTS (SELECT 1 FROM enrollment n WHERE n.learner_id = r.learner_id AND n.opened_at >= $3)
                    OR EXISTS (SELECT 1 FROM lesson_progress l WHERE l.learner_id = r.learner_id AND l.updated_at >= $3)
                    OR EXISTS (SELECT 1 FROM session_head h WHERE h.learner_id = r.learner_id AND h.opened_at >= $3)
                    OR EXISTS (SELECT 1 FROM exam_attempt a WHERE a.learner_id = r.learner_id AND a.started_at >= $3)
                    THEN 'roster.stays_studied'
                WHEN EXISTS (SELECT 1 FROM credit_entry c WHERE c.learner_id = r.learner_id AND c.at >= $3)
                    OR EXISTS (SELECT 1 FROM confirmed_line c JOIN confirmed_import i ON i.import_id = c.import_id
                        WHERE c.learner_id = r.learner_id AND i.uploaded_at >= $3) THEN 'roster.stays_hours'
                ELSE '' END AS why
            FROM roster_import_row r
            WHERE r.import_id = $1 AND r.state = 'imported' AND r.learner_id IS NOT NULL AND ",
        import_within!("$4", "$5", "$6", "$7", "$8"), ") p WHERE p.why <> '' ORDER BY p.row_no"
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

/// Rows of people who would stay, each with why.
pub(in super::super) async fn would_stay(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    (unit, since): (UnitId, Timestamp),
) -> Result<Vec<(i64, String)>> {
    let values = bounds(scope, values![import, unit, since]);
    tx.query(WOULD_STAY, &values, |row| Ok((row.get(0)?, row.get(1)?))).await
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
