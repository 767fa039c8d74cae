//! SQL of units that change their county.

use super::super::unit_moves::UnitMove;
use super::scoped::{bounds, unit_within};
use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::id::{AccountId, UnitId, UnitMoveId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

macro_rules! move_columns {
    () => {
        "SELECT m.move_id, m.unit_id, n.name, m.from_region, m.to_region, m.state, m.reason, m.asked_at, m.answer
        FROM unit_move m JOIN employer_unit n ON n.unit_id = m.unit_id "
    };
}

/// One of the two counties of move `m` lies within a scope that is bound by nothing else.
macro_rules! county_within {
    () => {
        "CAST($4 AS BIGINT) = 0 AND CAST($5 AS BIGINT) = 0 AND CAST($6 AS BIGINT) = 0
            AND ((m.from_region >= $2 AND m.from_region < $3) OR (m.to_region >= $2 AND m.to_region < $3))"
    };
}

crate::db::statements! {
    INSERT = "INSERT INTO unit_move (move_id, unit_id, from_region, to_region, state, reason, asked_by, asked_at)
        VALUES ($1, $2, $3, $4, 'asked', $5, $6, $7)
        ON CONFLICT (unit_id) WHERE state = 'asked' DO NOTHING";
    NOTE = "UPDATE unit_move SET state = $2, answered_by = $3, answer = $4, answered_at = $5
        WHERE move_id = $1 AND state = 'asked'";
    SET_REGION = "UPDATE employer_unit SET region_code = $3
        WHERE unit_id = $1 AND region_code = $2 AND merged_into IS NULL";
    UNIT_MOVE = concat!(move_columns!(), "WHERE m.move_id = $1 AND ", county_within!());
    UNIT_MOVES = concat!(
        move_columns!(), "WHERE m.move_id < $1 AND ", county_within!(),
        " ORDER BY m.move_id DESC LIMIT CAST($7 AS BIGINT)"
    );
    COUNTIES_OF = concat!(
        move_columns!(), "JOIN employer_unit u ON u.unit_id = m.unit_id WHERE m.unit_id = $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), " ORDER BY m.move_id DESC LIMIT 20"
    );
}

fn move_of(row: &Row<'_>) -> Result<UnitMove> {
    Ok(UnitMove {
        id: row.get(0)?,
        unit: row.get(1)?,
        unit_name: row.get(2)?,
        from_region: row.get(3)?,
        to_region: row.get(4)?,
        state: row.get(5)?,
        reason: row.get(6)?,
        asked_at: row.get(7)?,
        answer: row.get(8)?,
    })
}

/// False when the unit waits for an answer already.
pub(in super::super) async fn insert(
    tx: &Tx<'_>,
    id: UnitMoveId,
    unit: UnitId,
    (from, to): (&str, &str),
    reason: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(INSERT, values![id, unit, from, to, reason, by, now]).await? == 1)
}

/// False when it was answered before.
pub(in super::super) async fn note(
    tx: &Tx<'_>,
    id: UnitMoveId,
    state: &'static str,
    by: AccountId,
    answer: &str,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(NOTE, values![id, state, by, answer, now]).await? == 1)
}

/// False when the unit does not lie there any more, or is another one.
pub(in super::super) async fn set_region(tx: &Tx<'_>, unit: UnitId, from: &str, to: &str) -> Result<bool> {
    Ok(tx.execute(SET_REGION, values![unit, from, to]).await? == 1)
}

pub(in super::super) async fn unit_move(tx: &Tx<'_>, scope: &Scope, id: UnitMoveId) -> Result<Option<UnitMove>> {
    tx.query_optional(UNIT_MOVE, &bounds(scope, values![id]), move_of).await
}

pub(in super::super) async fn unit_moves(
    tx: &Tx<'_>,
    scope: &Scope,
    before: UnitMoveId,
    limit: i64,
) -> Result<Vec<UnitMove>> {
    let mut values = bounds(scope, values![before]);
    values.push(limit.into());
    tx.query(UNIT_MOVES, &values, move_of).await
}

pub(in super::super) async fn counties_of(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<UnitMove>> {
    tx.query(COUNTIES_OF, &bounds(scope, values![unit]), move_of).await
}
