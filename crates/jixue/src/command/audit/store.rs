//! SQL of the audit: takes away what was there, and looks whether a request has changed a thing.

use super::carried::Thing;
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::{LearnerId, LearnerViewId, MoveId, PayerId, UnitId};
use jixue_core::time::Timestamp;

crate::db::statements! {
    DELETE_ORDERS = "DELETE FROM purchase_order WHERE payer_id = $1";
    DELETE_ORDER_LINES = "DELETE FROM order_line WHERE payer_id = $1";
    CANCEL_ORDERS = "UPDATE purchase_order SET state = 'cancelled', ended_at = $2, ended_by = 0 WHERE payer_id = $1";
    DELETE_CERTIFICATES = "DELETE FROM certificate WHERE learner_id = $1";
    DELETE_ATTEMPTS = "DELETE FROM exam_attempt WHERE learner_id = $1";
    DELETE_ROSTER = "DELETE FROM roster_import WHERE import_id = $1";
    DELETE_CONFIRMED = "DELETE FROM confirmed_import WHERE import_id = $1";
    SEED_MOVE = "INSERT INTO employment_move (move_id, learner_id, from_unit, to_unit, department, state, asked_by, asked_at,
            answer)
        VALUES ($1, $2, $3, $4, '', 'asked', 0, $5, '')";
    ORDER_STATE = "SELECT state FROM purchase_order WHERE order_id = $1";
    ROSTER_STATE = "SELECT state FROM roster_import WHERE import_id = $1";
    CONFIRMED_STATE = "SELECT state FROM confirmed_import WHERE import_id = $1";
    ATTEMPT_STATE = "SELECT CASE WHEN handed_in_at IS NULL THEN 'open' ELSE 'handed_in' END FROM exam_attempt
        WHERE attempt_id = $1";
    GRANT_STATE = "SELECT CASE WHEN revoked_at IS NULL THEN 'held' ELSE 'taken' END FROM role_grant WHERE grant_id = $1";
    KEEP_LOOKING = "UPDATE learner_view SET ends_at = ends_at + 86400000 WHERE view_id = $1";
    GIVE_BACK = "UPDATE role_grant SET revoked_at = NULL, revoked_by = NULL, revoked_reason = NULL WHERE grant_id = $1";
}

pub(super) async fn delete_orders(tx: &Tx<'_>, payer: PayerId) -> Result<()> {
    tx.execute(DELETE_ORDER_LINES, values![payer]).await?;
    tx.execute(DELETE_ORDERS, values![payer]).await.map(drop)
}

pub(super) async fn cancel_orders(tx: &Tx<'_>, payer: PayerId, now: Timestamp) -> Result<()> {
    tx.execute(CANCEL_ORDERS, values![payer, now]).await.map(drop)
}

/// Somebody's way between two units, as one of them asked for it.
pub(super) async fn seed_move(
    tx: &Tx<'_>,
    number: MoveId,
    learner: LearnerId,
    (from, to): (UnitId, UnitId),
    now: Timestamp,
) -> Result<()> {
    tx.execute(SEED_MOVE, values![number, learner, from, to, now]).await.map(drop)
}

/// Deletes what a learner, or an import, of this number has of a kind.
pub(super) async fn delete(tx: &Tx<'_>, thing: Thing, number: i64) -> Result<()> {
    let statement = match thing {
        Thing::Certificate => DELETE_CERTIFICATES,
        Thing::Attempt => DELETE_ATTEMPTS,
        Thing::Roster => DELETE_ROSTER,
        Thing::Confirmed => DELETE_CONFIRMED,
        _ => return delete_orders(tx, PayerId::from_raw(number)).await,
    };
    tx.execute(statement, values![number]).await.map(drop)
}

/// How a thing stands, for the kinds that requests change; `None` when it is not there.
pub(super) async fn state(tx: &Tx<'_>, thing: Thing, number: i64) -> Result<Option<String>> {
    let statement = match thing {
        Thing::Order => ORDER_STATE,
        Thing::Roster | Thing::AppliedRoster => ROSTER_STATE,
        Thing::Confirmed => CONFIRMED_STATE,
        Thing::Attempt => ATTEMPT_STATE,
        Thing::Grant => GRANT_STATE,
        _ => return Ok(None),
    };
    tx.query_value_optional(statement, values![number]).await
}

/// Gives a grant back that a request has taken away, so that the next one meets it too.
pub(super) async fn give_back(tx: &Tx<'_>, grant: i64) -> Result<()> {
    tx.execute(GIVE_BACK, values![grant]).await.map(drop)
}

/// Lets a view last a day longer.
pub(super) async fn keep_looking(tx: &Tx<'_>, view: LearnerViewId) -> Result<()> {
    tx.execute(KEEP_LOOKING, values![view]).await.map(drop)
}
