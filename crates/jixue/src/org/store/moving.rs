//! SQL of ways from unit to unit.

use super::super::moving::{Employment, Move};
use super::scoped::{bounds, person_within, unit_within};
use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::id::{AccountId, LearnerId, MoveId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

macro_rules! move_columns {
    () => {
        "SELECT m.move_id, m.learner_id, l.name, l.identity_masked, m.from_unit, f.name, m.to_unit, t.name, m.department,
            m.state, m.asked_at, m.moved_on, m.answer
        FROM employment_move m JOIN learner l ON l.learner_id = m.learner_id
        JOIN employer_unit f ON f.unit_id = m.from_unit JOIN employer_unit t ON t.unit_id = m.to_unit "
    };
}

/// One end of move `m` lies within the scope.
macro_rules! end_within {
    ($end:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM employer_unit u WHERE u.unit_id = m.",
            $end,
            " AND ",
            unit_within!("$2", "$3", "$4", "$5", "$6"),
            ")"
        )
    };
}

crate::db::statements! {
    ASK = "INSERT INTO employment_move (move_id, learner_id, from_unit, to_unit, department, state, asked_by, asked_at, answer)
        SELECT CAST($1 AS BIGINT), e.learner_id, e.unit_id, CAST($3 AS BIGINT), $4, 'asked', CAST($5 AS BIGINT),
            CAST($6 AS BIGINT), ''
        FROM employment e WHERE e.learner_id = $2 AND e.ended_on IS NULL
        ON CONFLICT (learner_id, to_unit) WHERE state = 'asked' DO NOTHING";
    MOVEMENT = concat!(
        move_columns!(), "WHERE m.move_id = $1 AND (", end_within!("from_unit"), " OR ", end_within!("to_unit"), ")"
    );
    // A clerk answers for the unit that is left; an officer must reach both ends.
    MAY_ANSWER = concat!(
        "SELECT EXISTS (SELECT 1 FROM employment_move m WHERE m.move_id = $1 AND ", end_within!("from_unit"),
        " AND (CAST($4 AS BIGINT) > 0 OR ", end_within!("to_unit"), "))"
    );
    MAY_WITHDRAW = concat!(
        "SELECT EXISTS (SELECT 1 FROM employment_move m WHERE m.move_id = $1 AND ", end_within!("to_unit"), ")"
    );
    NOTE = "UPDATE employment_move SET state = $2, moved_on = $3, answered_by = $4, answer = $5, answered_at = $6
        WHERE move_id = $1 AND state = 'asked'";
    EMPLOYED_SINCE = concat!(
        "SELECT e.started_on FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE e.learner_id = $1 AND e.unit_id = $7 AND e.ended_on IS NULL AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    END_ON = concat!(
        "UPDATE employment SET ended_on = $8 WHERE learner_id = $1 AND unit_id = $7 AND ended_on IS NULL AND unit_id IN (
            SELECT u.unit_id FROM employer_unit u WHERE u.unit_id = $7 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), ")"
    );
    WITHDRAW_OTHERS = "UPDATE employment_move SET state = 'withdrawn' WHERE learner_id = $1 AND state = 'asked'
        AND to_unit <> $2";
    ASKED_OF = concat!(
        "SELECT m.move_id, m.to_unit, m.department FROM employment_move m WHERE m.learner_id = $1 AND m.state = 'asked'
            AND m.from_unit = $7 AND ", end_within!("from_unit"), " ORDER BY m.move_id LIMIT 1"
    );
    MOVES = concat!(
        move_columns!(), "WHERE m.move_id < $1 AND (", end_within!("from_unit"), " OR ", end_within!("to_unit"),
        ") ORDER BY m.move_id DESC LIMIT CAST($7 AS BIGINT)"
    );
    OPEN_EMPLOYMENT = "SELECT employment_id, unit_id FROM employment WHERE learner_id = $1 AND ended_on IS NULL";
    UNIT_OF_ENDED = "SELECT unit_id FROM employment WHERE learner_id = $1 AND employment_id = $2 AND ended_on IS NOT NULL";
    WAS_ASKED_FOR = "SELECT EXISTS (SELECT 1 FROM employment_move WHERE learner_id = $1 AND state = 'moved'
        AND answered_at >= $2)";
    REMOVE_OPEN = "DELETE FROM employment WHERE learner_id = $1 AND employment_id = $2 AND ended_on IS NULL";
    OPEN_AGAIN = "UPDATE employment SET ended_on = NULL WHERE learner_id = $1 AND employment_id = $2
        AND ended_on IS NOT NULL";
    EMPLOYMENTS = concat!(
        "SELECT h.unit_id, n.name, h.department, h.started_on, h.ended_on FROM employment h
        JOIN employer_unit n ON n.unit_id = h.unit_id
        WHERE h.learner_id = $1 AND EXISTS (SELECT 1 FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
            JOIN learner l ON l.learner_id = e.learner_id
            WHERE e.learner_id = h.learner_id AND e.ended_on IS NULL AND ",
        person_within!("$2", "$3", "$4", "$5", "$6"), ")
        ORDER BY h.started_on DESC, h.employment_id DESC LIMIT 50"
    );
}

/// False when the unit has asked for them already.
pub(in super::super) async fn ask(
    tx: &Tx<'_>,
    id: MoveId,
    learner: LearnerId,
    to: UnitId,
    department: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(ASK, values![id, learner, to, department, by, now]).await? == 1)
}

fn move_of(row: &Row<'_>) -> Result<Move> {
    Ok(Move {
        id: row.get(0)?,
        learner: row.get(1)?,
        name: row.get(2)?,
        identity_masked: row.get(3)?,
        from: row.get(4)?,
        from_name: row.get(5)?,
        to: row.get(6)?,
        to_name: row.get(7)?,
        department: row.get(8)?,
        state: row.get(9)?,
        asked_at: row.get(10)?,
        moved_on: row.get(11)?,
        answer: row.get(12)?,
    })
}

/// A move of which one end lies within reach.
pub(in super::super) async fn movement(tx: &Tx<'_>, scope: &Scope, id: MoveId) -> Result<Option<Move>> {
    tx.query_optional(MOVEMENT, &bounds(scope, values![id]), move_of).await
}

pub(in super::super) async fn may_answer(tx: &Tx<'_>, scope: &Scope, id: MoveId) -> Result<bool> {
    tx.query_value(MAY_ANSWER, &bounds(scope, values![id])).await
}

pub(in super::super) async fn may_withdraw(tx: &Tx<'_>, scope: &Scope, id: MoveId) -> Result<bool> {
    tx.query_value(MAY_WITHDRAW, &bounds(scope, values![id])).await
}

/// False when it was answered before.
pub(in super::super) async fn note(
    tx: &Tx<'_>,
    id: MoveId,
    (state, on): (&'static str, Option<BusinessDate>),
    by: AccountId,
    answer: &str,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(NOTE, values![id, state, on, by, answer, now]).await? == 1)
}

/// Since when a unit within reach employs somebody, if it does.
pub(in super::super) async fn employed_since(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    learner: LearnerId,
) -> Result<Option<BusinessDate>> {
    let mut values = bounds(scope, values![learner]);
    values.push(unit.into());
    tx.query_value_optional(EMPLOYED_SINCE, &values).await
}

pub(in super::super) async fn end_on(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    learner: LearnerId,
    on: BusinessDate,
) -> Result<bool> {
    let mut values = bounds(scope, values![learner]);
    values.extend_from_slice(values![unit, on]);
    Ok(tx.execute(END_ON, &values).await? == 1)
}

/// The employment that somebody has now, and its unit.
pub(in super::super) async fn open_employment(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<(i64, UnitId)>> {
    tx.query_optional(OPEN_EMPLOYMENT, values![learner], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// The unit of an employment that ended.
pub(in super::super) async fn unit_of_ended(
    tx: &Tx<'_>,
    learner: LearnerId,
    employment: i64,
) -> Result<Option<UnitId>> {
    tx.query_value_optional(UNIT_OF_ENDED, values![learner, employment]).await
}

/// Whether somebody went, since an instant, to a unit that had asked for them.
pub(in super::super) async fn was_asked_for(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    tx.query_value(WAS_ASKED_FOR, values![learner, since]).await
}

/// False when it has ended, or is gone.
pub(in super::super) async fn remove_open(tx: &Tx<'_>, learner: LearnerId, employment: i64) -> Result<bool> {
    Ok(tx.execute(REMOVE_OPEN, values![learner, employment]).await? == 1)
}

/// False when it is open, or gone.
pub(in super::super) async fn open_again(tx: &Tx<'_>, learner: LearnerId, employment: i64) -> Result<bool> {
    Ok(tx.execute(OPEN_AGAIN, values![learner, employment]).await? == 1)
}

/// What other units had asked of somebody who is on the way elsewhere now.
pub(in super::super) async fn withdraw_others(tx: &Tx<'_>, learner: LearnerId, to: UnitId) -> Result<()> {
    tx.execute(WITHDRAW_OTHERS, values![learner, to]).await.map(drop)
}

/// The first unit that has asked for somebody of a unit within reach.
pub(in super::super) async fn asked_of(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    learner: LearnerId,
) -> Result<Option<(MoveId, UnitId, String)>> {
    let mut values = bounds(scope, values![learner]);
    values.push(unit.into());
    tx.query_optional(ASKED_OF, &values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(in super::super) async fn moves(tx: &Tx<'_>, scope: &Scope, before: MoveId, limit: i64) -> Result<Vec<Move>> {
    let mut values = bounds(scope, values![before]);
    values.push(limit.into());
    tx.query(MOVES, &values, move_of).await
}

pub(in super::super) async fn employments(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<Employment>> {
    tx.query(EMPLOYMENTS, &bounds(scope, values![learner]), |row| {
        Ok(Employment {
            unit: row.get(0)?,
            unit_name: row.get(1)?,
            department: row.get(2)?,
            started_on: row.get(3)?,
            ended_on: row.get(4)?,
        })
    })
    .await
}
