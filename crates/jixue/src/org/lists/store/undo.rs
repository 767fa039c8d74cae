//! SQL of taking a list back.

use super::{import_within, list_within};
use crate::db::{Tx, values};
use crate::error::Result;
use crate::org::bounds;
use crate::org::lists::kept::KeptAnswer;
use crate::org::lists::undo::Trace;
use crate::org::roster::RowState;
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    BEGIN_UNDOING = concat!(
        "UPDATE list_import SET state = 'undoing', undone_by = $2, applying_since = $3 WHERE state = 'applied' AND ",
        import_within!("$4", "$5", "$6", "$7", "$8")
    );
    BROUGHT = concat!(
        "SELECT row_no, done_at, unit_id, learner_id, begun_employment, ended_employment FROM list_import_row
        WHERE import_id = $1 AND state = 'imported' AND ",
        import_within!("$3", "$4", "$5", "$6", "$7"), " ORDER BY row_no DESC LIMIT CAST($2 AS BIGINT)"
    );
    // What the undoing asks of each unit, asked of all of them at once. It decides nothing.
    UNITS_STAY = concat!(
        "SELECT p.row_no, p.why FROM (SELECT r.row_no, CASE
                WHEN u.unit_id IS NULL OR u.merged_into IS NOT NULL THEN 'list.stays_gone'
                WHEN EXISTS (SELECT 1 FROM employment e WHERE e.unit_id = u.unit_id)
                    OR EXISTS (SELECT 1 FROM employment_move m WHERE m.to_unit = u.unit_id) THEN 'list.stays_people'
                WHEN EXISTS (SELECT 1 FROM role_grant g WHERE g.unit_id = u.unit_id AND g.revoked_at IS NULL)
                    THEN 'list.stays_clerk'
                WHEN u.changed_at IS NOT NULL OR EXISTS (SELECT 1 FROM unit_alias a WHERE a.unit_id = u.unit_id)
                    OR EXISTS (SELECT 1 FROM unit_move m WHERE m.unit_id = u.unit_id) THEN 'list.stays_changed'
                WHEN EXISTS (SELECT 1 FROM unit_merge m WHERE m.into_unit = u.unit_id)
                    OR EXISTS (SELECT 1 FROM roster_import x WHERE x.unit_id = u.unit_id)
                    OR EXISTS (SELECT 1 FROM standing s WHERE s.unit_id = u.unit_id) THEN 'list.stays_used'
                ELSE '' END AS why
            FROM list_import_row r LEFT JOIN employer_unit u ON u.unit_id = r.unit_id
            WHERE r.import_id = $1 AND r.state = 'imported' AND ",
        import_within!("$2", "$3", "$4", "$5", "$6"), ") p WHERE p.why <> '' ORDER BY p.row_no"
    );
    // The same of people. Whoever would have no unit stays also for what they learnt since; hours follow whoever moves.
    PEOPLE_STAY = concat!(
        "SELECT p.row_no, p.why FROM (SELECT r.row_no, CASE
                WHEN r.begun_employment IS NOT NULL AND NOT EXISTS (SELECT 1 FROM employment e
                    WHERE e.learner_id = r.learner_id AND e.employment_id = r.begun_employment AND e.ended_on IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM list_import_row n WHERE n.import_id = r.import_id
                        AND n.learner_id = r.learner_id AND n.state = 'imported'
                        AND n.ended_employment = r.begun_employment) THEN 'list.stays_moved'
                WHEN r.begun_employment IS NULL AND EXISTS (SELECT 1 FROM employment e
                    WHERE e.learner_id = r.learner_id AND e.ended_on IS NULL
                    AND NOT EXISTS (SELECT 1 FROM list_import_row n WHERE n.import_id = r.import_id
                        AND n.learner_id = r.learner_id AND n.state = 'imported'
                        AND n.begun_employment = e.employment_id)) THEN 'list.stays_moved'
                WHEN EXISTS (SELECT 1 FROM employment_move m WHERE m.learner_id = r.learner_id AND m.state = 'moved'
                    AND m.answered_at >= r.done_at) THEN 'list.stays_asked'
                WHEN r.begun_employment IS NULL THEN ''
                WHEN EXISTS (SELECT 1 FROM seat s WHERE s.learner_id = r.learner_id AND s.paid_at >= r.done_at)
                    THEN 'list.stays_paid'
                WHEN EXISTS (SELECT 1 FROM order_line x JOIN purchase_order o
                    ON o.payer_id = x.payer_id AND o.order_id = x.order_id WHERE x.learner_id = r.learner_id
                    AND o.created_at >= r.done_at AND o.state <> 'cancelled') THEN 'list.stays_ordered'
                WHEN r.ended_employment IS NOT NULL THEN ''
                WHEN EXISTS (SELECT 1 FROM enrollment n WHERE n.learner_id = r.learner_id AND n.opened_at >= r.done_at)
                    OR EXISTS (SELECT 1 FROM lesson_progress l WHERE l.learner_id = r.learner_id
                        AND l.updated_at >= r.done_at)
                    OR EXISTS (SELECT 1 FROM session_head h WHERE h.learner_id = r.learner_id AND h.opened_at >= r.done_at)
                    OR EXISTS (SELECT 1 FROM exam_attempt a WHERE a.learner_id = r.learner_id AND a.started_at >= r.done_at)
                    THEN 'list.stays_studied'
                WHEN EXISTS (SELECT 1 FROM credit_entry c WHERE c.learner_id = r.learner_id AND c.at >= r.done_at)
                    OR EXISTS (SELECT 1 FROM confirmed_line c JOIN confirmed_import i ON i.import_id = c.import_id
                        WHERE c.learner_id = r.learner_id AND i.uploaded_at >= r.done_at) THEN 'list.stays_hours'
                ELSE '' END AS why
            FROM list_import_row r WHERE r.import_id = $1 AND r.state = 'imported' AND ",
        import_within!("$2", "$3", "$4", "$5", "$6"), ") p WHERE p.why <> '' ORDER BY p.row_no"
    );
    NOTE_UNDONE = concat!(
        "UPDATE list_import_row SET state = $3, refusal = $4 WHERE import_id = $1 AND row_no = $2 AND state = 'imported' AND ",
        import_within!("$5", "$6", "$7", "$8", "$9")
    );
    FINISH_UNDOING = concat!(
        "UPDATE list_import SET state = 'undone', undone_at = $2, ", super::counted!(), " WHERE state = 'undoing' AND ",
        import_within!("$3", "$4", "$5", "$6", "$7")
    );
    LEFT_IN_STATE = concat!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM list_import_row WHERE import_id = $1 AND state = $2 AND ",
        import_within!("$3", "$4", "$5", "$6", "$7")
    );
}

/// Marks a list that was brought in as being taken back; one in another state stays as it is.
pub(in super::super) async fn begin_undoing(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    (by, now): (i64, Timestamp),
) -> Result<()> {
    tx.execute(BEGIN_UNDOING, &bounds(scope, values![import, by, now])).await.map(drop)
}

/// Rows that were brought in, the last first: what a later row built on an earlier one goes before it.
pub(in super::super) async fn brought(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    limit: i64,
) -> Result<Vec<(i64, Trace)>> {
    tx.query(BROUGHT, &bounds(scope, values![import, limit]), |row| {
        let trace = Trace {
            done_at: row.get(1)?,
            unit: row.get(2)?,
            learner: row.get(3)?,
            begun: row.get(4)?,
            ended: row.get(5)?,
        };
        Ok((row.get(0)?, trace))
    })
    .await
}

/// Rows that would stay, each with the code of why.
pub(in super::super) async fn would_stay(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    of_units: bool,
) -> Result<Vec<(i64, String)>> {
    let statement = if of_units { UNITS_STAY } else { PEOPLE_STAY };
    tx.query(statement, &bounds(scope, values![import]), |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Notes that a row is taken back, or why it stays.
pub(in super::super) async fn note_undone(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    row: i64,
    stays: Option<&KeptAnswer>,
) -> Result<()> {
    let state = if stays.is_none() { RowState::Undone } else { RowState::Stayed };
    tx.execute(NOTE_UNDONE, &bounds(scope, values![import, row, state.code(), super::written(stays)?])).await.map(drop)
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

/// How many rows are in a state at this moment.
pub(in super::super) async fn left(tx: &Tx<'_>, scope: &Scope, import: ImportId, state: RowState) -> Result<i64> {
    tx.query_value(LEFT_IN_STATE, &bounds(scope, values![import, state.code()])).await
}
