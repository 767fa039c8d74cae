//! SQL of requests for activation; who decides sees those of people within their scope.

use super::Request;
use crate::db::{Row, Tx, values};
use crate::error::Result;
use crate::org::{bounds, person_within};
use jixue_core::id::{ActivationId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

macro_rules! requests {
    ($condition:expr, $from:literal, $until:literal, $unit:literal, $base:literal, $learner:literal) => {
        concat!(
            "SELECT q.request_id, l.learner_id, l.name, l.identity_masked, u.name, e.department, q.phone_masked,
                l.phone_masked, q.state, q.asked_at
            FROM activation_request q JOIN learner l ON l.learner_id = q.learner_id
            JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
            JOIN employer_unit u ON u.unit_id = e.unit_id
            WHERE ",
            $condition,
            " AND ",
            person_within!($from, $until, $unit, $base, $learner)
        )
    };
}

crate::db::statements! {
    INSERT = "INSERT INTO activation_request (request_id, identity_index, learner_id, phone_index, phone_sealed, phone_masked,
            state, asked_at)
        SELECT $1, $2, (SELECT l.learner_id FROM identity_index i JOIN learner l ON l.learner_id = i.learner_id
                WHERE i.identity_index = $2 AND l.name = $3), $4, $5, $6, 'asked', $7
        WHERE (SELECT COUNT(*) FROM activation_request q WHERE q.identity_index = $2 AND q.state = 'asked'
            AND (q.learner_id IS NULL) = NOT EXISTS (SELECT 1 FROM identity_index i JOIN learner l ON l.learner_id = i.learner_id
                WHERE i.identity_index = $2 AND l.name = $3)) < CAST($8 AS BIGINT)
        ON CONFLICT (identity_index, phone_index) WHERE state = 'asked' DO NOTHING";
    // Clerks see all of theirs; an office what waits for long, or has no clerk to wait for.
    WAITING = concat!(requests!(
        "q.state = 'asked' AND q.request_id > $1 AND (CAST($3 AS BIGINT) = 0 OR q.asked_at <= $2 OR NOT EXISTS (
            SELECT 1 FROM role_grant g WHERE g.unit_id = u.unit_id AND g.role = 'unit_clerk' AND g.revoked_at IS NULL))",
        "$4", "$5", "$6", "$7", "$8"), " ORDER BY q.request_id LIMIT 100");
    ONE = requests!("q.request_id = $1", "$2", "$3", "$4", "$5", "$6");
    DECIDE = "UPDATE activation_request SET state = $2, decided_by = $3, decided_at = $4, reason = $5, code_digest = $6,
            code_until = $7
        WHERE request_id = $1 AND state = 'asked'";
    PASS_OVER = "UPDATE activation_request SET state = 'passed_over', decided_at = $3
        WHERE learner_id = $1 AND request_id <> $2 AND state IN ('asked', 'confirmed')";
    CONFIRMED = "SELECT q.request_id, q.learner_id, l.name, q.phone_sealed FROM activation_request q
        JOIN learner l ON l.learner_id = q.learner_id
        WHERE q.identity_index = $1 AND q.code_digest = $2 AND q.state = 'confirmed' AND q.code_until > $3";
    FINISH = "UPDATE activation_request SET state = 'done', code_digest = NULL WHERE request_id = $1 AND state = 'confirmed'";
    DROP_PHONE = "DELETE FROM account_phone WHERE phone_index = $1 OR account_id = $2";
    FORGET = "DELETE FROM activation_request WHERE asked_at < $1";
    // Nobody can answer them.
    FORGET_NOBODY = "DELETE FROM activation_request WHERE learner_id IS NULL AND asked_at < $1";
}

pub(super) struct NewRequest<'a> {
    pub request: ActivationId,
    pub identity_index: &'a [u8],
    pub name: &'a str,
    pub phone_index: &'a [u8],
    pub phone_sealed: &'a [u8],
    pub phone_masked: &'a str,
    pub now: Timestamp,
}

pub(super) async fn insert(tx: &Tx<'_>, new: &NewRequest<'_>, open_max: i64) -> Result<()> {
    let row = values![
        new.request,
        new.identity_index,
        new.name,
        new.phone_index,
        new.phone_sealed,
        new.phone_masked,
        new.now,
        open_max
    ];
    tx.execute(INSERT, row).await.map(drop)
}

fn request_of(row: &Row<'_>) -> Result<Request> {
    Ok(Request {
        id: row.get(0)?,
        learner: row.get(1)?,
        name: row.get(2)?,
        identity_masked: row.get(3)?,
        unit_name: row.get(4)?,
        department: row.get(5)?,
        phone_masked: row.get(6)?,
        old_phone_masked: row.get(7)?,
        state: row.get(8)?,
        asked_at: row.get(9)?,
    })
}

/// What waits for an answer; for an office only what was asked until `escalated`, or has no clerk.
pub(super) async fn waiting(
    tx: &Tx<'_>,
    scope: &Scope,
    after: ActivationId,
    (escalated, is_office): (Timestamp, bool),
) -> Result<Vec<Request>> {
    tx.query(WAITING, &bounds(scope, values![after, escalated, is_office]), request_of).await
}

pub(super) async fn one(tx: &Tx<'_>, scope: &Scope, request: ActivationId) -> Result<Option<Request>> {
    tx.query_optional(ONE, &bounds(scope, values![request]), request_of).await
}

/// What was decided about a request, by whom.
pub(super) struct Decision<'a> {
    pub state: &'a str,
    pub by: i64,
    pub reason: Option<&'a str>,
    /// Of the code handed over, and until when it works.
    pub code: Option<(Vec<u8>, Timestamp)>,
}

/// False when it was decided before.
pub(super) async fn decide(tx: &Tx<'_>, request: ActivationId, decision: Decision<'_>, now: Timestamp) -> Result<bool> {
    let (digest, until) = decision.code.unzip();
    let row = values![request, decision.state, decision.by, now, decision.reason, digest, until];
    Ok(tx.execute(DECIDE, row).await? == 1)
}

pub(super) async fn pass_over(tx: &Tx<'_>, learner: LearnerId, except: ActivationId, now: Timestamp) -> Result<()> {
    tx.execute(PASS_OVER, values![learner, except, now]).await.map(drop)
}

/// A confirmed request that the unit's code opens.
pub(super) struct Confirmed {
    pub request: ActivationId,
    pub learner: LearnerId,
    pub name: String,
    /// The new phone.
    pub phone_sealed: Vec<u8>,
}

pub(super) async fn confirmed(
    tx: &Tx<'_>,
    identity_index: &[u8],
    code_digest: &[u8],
    now: Timestamp,
) -> Result<Option<Confirmed>> {
    tx.query_optional(CONFIRMED, values![identity_index, code_digest, now], |row| {
        Ok(Confirmed { request: row.get(0)?, learner: row.get(1)?, name: row.get(2)?, phone_sealed: row.get(3)? })
    })
    .await
}

/// False when it was finished before.
pub(super) async fn finish(tx: &Tx<'_>, request: ActivationId) -> Result<bool> {
    Ok(tx.execute(FINISH, values![request]).await? == 1)
}

/// Takes a phone from whatever account has it, and from an account whatever phone it has.
pub(super) async fn drop_phone(tx: &Tx<'_>, phone_index: &[u8], account: i64) -> Result<()> {
    tx.execute(DROP_PHONE, values![phone_index, account]).await.map(drop)
}

pub(in super::super) async fn forget(tx: &Tx<'_>, then: Timestamp, briefly: Timestamp) -> Result<()> {
    tx.execute(FORGET, values![then]).await?;
    tx.execute(FORGET_NOBODY, values![briefly]).await.map(drop)
}
