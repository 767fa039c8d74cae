//! SQL of requests to put one's data right.

use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use crate::org::{bounds, person_within};
use crate::privacy::corrections::{Decision, Field};
use jixue_core::id::{AccountId, DataRequestId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    INSERT = "INSERT INTO correction_request (learner_id, request_id, field, sealed, reason, state, asked_at)
        VALUES ($1, $2, $3, $4, $5, 'open', $6) ON CONFLICT (learner_id, field) WHERE state = 'open' DO NOTHING";
    OPEN_REQUEST = "SELECT field, sealed FROM correction_request
        WHERE learner_id = $1 AND request_id = $2 AND state = 'open'";
    // What was asked for is not kept beyond the decision: it stands in the record, or was refused.
    DECIDE = "UPDATE correction_request SET state = $3, answer = $4, decided_by = $5, decided_at = $6, sealed = $7
        WHERE learner_id = $1 AND request_id = $2 AND state = 'open'";
    OWN = "SELECT request_id, field, reason, state, asked_at, COALESCE(answer, '') FROM correction_request
        WHERE learner_id = $1 ORDER BY request_id DESC LIMIT 20";
    WAITING = concat!(
        "SELECT c.learner_id, c.request_id, c.field, c.sealed, c.reason, c.asked_at, l.name, u.name, l.identity_masked,
            l.phone_masked
        FROM correction_request c JOIN learner l ON l.learner_id = c.learner_id
        JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE c.state = 'open' AND c.request_id > $1 AND ",
        person_within!("$3", "$4", "$5", "$6", "$7"),
        " ORDER BY c.request_id LIMIT CAST($2 AS BIGINT)"
    );
}

/// False when the same field is asked about already.
pub(in super::super) async fn insert(
    tx: &Tx<'_>,
    learner: LearnerId,
    id: DataRequestId,
    field: Field,
    sealed: &[u8],
    reason: &str,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(INSERT, values![learner, id, field.code(), sealed, reason, now]).await? == 1)
}

fn field(row: &Row<'_>, index: usize) -> Result<Field> {
    let code: String = row.get(index)?;
    Field::from_code(&code).ok_or_else(|| Error::internal(format!("a field {code:?}")))
}

pub(in super::super) async fn open_request(
    tx: &Tx<'_>,
    learner: LearnerId,
    request: DataRequestId,
) -> Result<Option<(Field, Vec<u8>)>> {
    tx.query_optional(OPEN_REQUEST, values![learner, request], |row| Ok((field(row, 0)?, row.get(1)?))).await
}

/// False when somebody else decided meanwhile.
pub(in super::super) async fn decide(
    tx: &Tx<'_>,
    learner: LearnerId,
    decision: &Decision,
    answer: &str,
    account: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let state = if decision.grants { "granted" } else { "refused" };
    let none: &[u8] = &[];
    let row = values![learner, decision.request, state, answer, account, now, none];
    Ok(tx.execute(DECIDE, row).await? == 1)
}

/// A request as the person who made it reads it.
pub(in super::super) struct OwnRequest {
    pub field: Field,
    pub reason: String,
    pub state: String,
    pub asked_at: Timestamp,
    pub answer: String,
}

/// The requests of the learner of a scope, the newest first.
pub(in super::super) async fn own(tx: &Tx<'_>, scope: &Scope) -> Result<Vec<OwnRequest>> {
    let learner = scope.learner().unwrap_or(LearnerId::from_raw(-1));
    tx.query(OWN, values![learner], |row| {
        Ok(OwnRequest {
            field: field(row, 1)?,
            reason: row.get(2)?,
            state: row.get(3)?,
            asked_at: row.get(4)?,
            answer: row.get(5)?,
        })
    })
    .await
}

/// A request as whoever decides it sees it.
pub(in super::super) struct Waiting {
    pub learner: LearnerId,
    pub request: DataRequestId,
    pub field: Field,
    pub sealed: Vec<u8>,
    pub reason: String,
    pub asked_at: Timestamp,
    pub name: String,
    pub unit: String,
    pub identity_masked: String,
    pub phone_masked: String,
}

/// Undecided requests of people within reach, the oldest first.
pub(in super::super) async fn waiting(
    tx: &Tx<'_>,
    scope: &Scope,
    after: DataRequestId,
    limit: i64,
) -> Result<Vec<Waiting>> {
    tx.query(WAITING, &bounds(scope, values![after, limit]), |row| {
        Ok(Waiting {
            learner: row.get(0)?,
            request: row.get(1)?,
            field: field(row, 2)?,
            sealed: row.get(3)?,
            reason: row.get(4)?,
            asked_at: row.get(5)?,
            name: row.get(6)?,
            unit: row.get(7)?,
            identity_masked: row.get(8)?,
            phone_masked: row.get(9)?,
        })
    })
    .await
}
