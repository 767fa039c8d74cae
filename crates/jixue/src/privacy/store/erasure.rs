//! SQL of requests for erasure, and of what stands in the way of one.

use crate::db::{Row, Tx, values};
use crate::error::Result;
use crate::org::{bounds, person_within};
use jixue_core::id::{AccountId, DataRequestId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

crate::db::statements! {
    INSERT = "INSERT INTO erasure_request (learner_id, request_id, is_paper, reason, state, asked_by, asked_at)
        VALUES ($1, $2, $3, $4, 'open', $5, $6)
        ON CONFLICT (learner_id) WHERE state IN ('open', 'agreed') DO NOTHING";
    WITHDRAW = "UPDATE erasure_request SET state = 'withdrawn', decided_by = $2, decided_at = $3
        WHERE learner_id = $1 AND state IN ('open', 'agreed')";
    AGREE = "UPDATE erasure_request SET state = 'agreed', agreed_by = $3, agreed_at = $4
        WHERE learner_id = $1 AND request_id = $2 AND state = 'open'";
    // What was given as a reason may tell of the person: it goes with the rest.
    DECIDE = "UPDATE erasure_request SET state = $3, decided_by = $4, decided_at = $5, answer = $6,
            reason = CASE WHEN CAST($3 AS TEXT) = 'done' THEN '' ELSE reason END
        WHERE learner_id = $1 AND request_id = $2 AND state IN ('open', 'agreed')";
    PENDING = "SELECT request_id, state, is_paper, asked_by, COALESCE(agreed_by, 0), asked_at FROM erasure_request
        WHERE learner_id = $1 AND request_id = $2 AND state IN ('open', 'agreed')";
    OWN = "SELECT reason, state, asked_at, COALESCE(answer, '') FROM erasure_request
        WHERE learner_id = $1 ORDER BY request_id DESC LIMIT 10";
    WAITING = concat!(
        "SELECT q.learner_id, q.request_id, l.name, u.name, q.is_paper, q.reason, q.state, q.asked_at,
            COALESCE(a.display_name, ''), COALESCE(q.agreed_by, 0), q.asked_by
        FROM erasure_request q JOIN learner l ON l.learner_id = q.learner_id
        JOIN employment e ON e.learner_id = l.learner_id AND e.employment_id = (
            SELECT MAX(last.employment_id) FROM employment last WHERE last.learner_id = l.learner_id)
        JOIN employer_unit u ON u.unit_id = e.unit_id
        LEFT JOIN account a ON a.account_id = q.agreed_by
        WHERE q.state IN ('open', 'agreed') AND q.request_id > $1 AND ",
        person_within!("$3", "$4", "$5", "$6", "$7"),
        " ORDER BY q.request_id LIMIT CAST($2 AS BIGINT)"
    );
    // Who has left asks too: their last unit says who answers.
    REGION = concat!(
        "SELECT u.region_code FROM learner l JOIN employment e ON e.learner_id = l.learner_id AND e.employment_id = (
            SELECT MAX(last.employment_id) FROM employment last WHERE last.learner_id = l.learner_id)
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE l.learner_id = $1 AND ",
        person_within!("$2", "$3", "$4", "$5", "$6")
    );
    ORDER_OPEN = "SELECT EXISTS (SELECT 1 FROM purchase_order WHERE payer_id = $1 AND state = 'awaiting')
        OR EXISTS (SELECT 1 FROM order_line l JOIN purchase_order o ON o.payer_id = l.payer_id AND o.order_id = l.order_id
            WHERE l.learner_id = $1 AND o.state = 'awaiting')";
    MONEY_OPEN = "SELECT EXISTS (SELECT 1 FROM suspense WHERE payer_id = $1 AND state = 'open')";
    YEAR_OPEN = "SELECT MAX(y.closes_on) FROM seat s JOIN programme_year y ON y.year = s.year
        WHERE s.learner_id = $1 AND y.closes_on >= $2";
    CERTIFICATE_OPEN = "SELECT EXISTS (SELECT 1 FROM certificate WHERE learner_id = $1 AND state IN ('intended', 'replacing'))";
    HAS_RIGHTS = "SELECT EXISTS (SELECT 1 FROM role_grant g JOIN account a ON a.account_id = g.account_id
        WHERE a.learner_id = $1 AND g.revoked_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > $2))";
}

/// False when one is undecided already.
pub(in super::super) async fn insert(
    tx: &Tx<'_>,
    learner: LearnerId,
    id: DataRequestId,
    (is_paper, reason): (bool, &str),
    (by, now): (AccountId, Timestamp),
) -> Result<bool> {
    Ok(tx.execute(INSERT, values![learner, id, is_paper, reason, by, now]).await? == 1)
}

/// False when there is none to withdraw.
pub(in super::super) async fn withdraw(tx: &Tx<'_>, learner: LearnerId, by: AccountId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(WITHDRAW, values![learner, by, now]).await? == 1)
}

pub(in super::super) async fn agree(
    tx: &Tx<'_>,
    learner: LearnerId,
    request: DataRequestId,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(AGREE, values![learner, request, by, now]).await? == 1)
}

pub(in super::super) async fn decide(
    tx: &Tx<'_>,
    (learner, request): (LearnerId, DataRequestId),
    state: &str,
    (by, now): (AccountId, Timestamp),
    answer: &str,
) -> Result<bool> {
    Ok(tx.execute(DECIDE, values![learner, request, state, by, now, answer]).await? == 1)
}

/// An undecided request, as the rules look at it.
pub(in super::super) struct Pending {
    pub is_agreed: bool,
    pub is_paper: bool,
    pub asked_by: AccountId,
    pub asked_at: Timestamp,
    /// 0 until somebody agreed.
    pub agreed_by: i64,
}

pub(in super::super) async fn pending(
    tx: &Tx<'_>,
    learner: LearnerId,
    request: DataRequestId,
) -> Result<Option<Pending>> {
    tx.query_optional(PENDING, values![learner, request], |row| {
        let state: String = row.get(1)?;
        Ok(Pending {
            is_agreed: state == "agreed",
            is_paper: row.get(2)?,
            asked_by: row.get(3)?,
            agreed_by: row.get(4)?,
            asked_at: row.get(5)?,
        })
    })
    .await
}

/// A request as the person reads it.
pub(in super::super) struct OwnErasure {
    pub reason: String,
    pub state: String,
    pub asked_at: Timestamp,
    pub answer: String,
}

/// The requests of the learner of a scope, the newest first.
pub(in super::super) async fn own(tx: &Tx<'_>, scope: &Scope) -> Result<Vec<OwnErasure>> {
    let learner = scope.learner().unwrap_or(LearnerId::from_raw(-1));
    tx.query(OWN, values![learner], |row| {
        Ok(OwnErasure { reason: row.get(0)?, state: row.get(1)?, asked_at: row.get(2)?, answer: row.get(3)? })
    })
    .await
}

/// A request as officers see it.
pub(in super::super) struct Waiting {
    pub learner: LearnerId,
    pub request: DataRequestId,
    pub name: String,
    pub unit: String,
    pub is_paper: bool,
    pub reason: String,
    pub is_agreed: bool,
    pub asked_at: Timestamp,
    /// Who agreed, or nothing.
    pub agreed_by_name: String,
    pub agreed_by: i64,
    pub asked_by: AccountId,
}

fn waiting_row(row: &Row<'_>) -> Result<Waiting> {
    let state: String = row.get(6)?;
    Ok(Waiting {
        learner: row.get(0)?,
        request: row.get(1)?,
        name: row.get(2)?,
        unit: row.get(3)?,
        is_paper: row.get(4)?,
        reason: row.get(5)?,
        is_agreed: state == "agreed",
        asked_at: row.get(7)?,
        agreed_by_name: row.get(8)?,
        agreed_by: row.get(9)?,
        asked_by: row.get(10)?,
    })
}

/// Undecided requests of people within reach, the oldest first.
pub(in super::super) async fn waiting(
    tx: &Tx<'_>,
    scope: &Scope,
    after: DataRequestId,
    limit: i64,
) -> Result<Vec<Waiting>> {
    tx.query(WAITING, &bounds(scope, values![after, limit]), waiting_row).await
}

/// The region of somebody within reach, also of one who has left; nothing beyond it.
pub(in super::super) async fn region(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Option<String>> {
    tx.query_value_optional(REGION, &bounds(scope, values![learner])).await
}

/// What stands in the way of an erasure: code of the refusal, and the day until which it does, where there is one.
pub(in super::super) async fn hindrances(
    tx: &Tx<'_>,
    learner: LearnerId,
    now: Timestamp,
) -> Result<Vec<(&'static str, Option<BusinessDate>)>> {
    let mut found = Vec::new();
    for (statement, code) in [(ORDER_OPEN, "erasure.order_open"), (MONEY_OPEN, "erasure.money_open")] {
        if tx.query_value::<bool>(statement, values![learner]).await? {
            found.push((code, None));
        }
    }
    let closes: Option<BusinessDate> =
        tx.query_one(YEAR_OPEN, values![learner, now.business_date()], |row| row.get(0)).await?;
    found.extend(closes.map(|day| ("erasure.year_open", Some(day))));
    if tx.query_value::<bool>(CERTIFICATE_OPEN, values![learner]).await? {
        found.push(("erasure.certificate_open", None));
    }
    if tx.query_value::<bool>(HAS_RIGHTS, values![learner, now]).await? {
        found.push(("erasure.has_rights", None));
    }
    Ok(found)
}
