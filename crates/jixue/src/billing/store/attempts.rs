//! SQL of payment attempts.

use super::{known, payer_bound};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::billing::{AttemptState, OutTradeNo, PaymentAttempt};
use jixue_core::fact::SuspenseReason;
use jixue_core::id::{OrderId, PayerId, PaymentAttemptId};
use jixue_core::proof::Channel;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

macro_rules! columns {
    () => {
        "SELECT a.payer_id, a.order_id, a.attempt_id, a.channel, a.merchant, a.out_trade_no, a.amount_fen, a.state, a.created_at, \
         a.expires_at, a.code_url, a.code_expires_at, a.asked_at, a.next_query_at, a.unknown_since, a.trade_no, a.paid_at, \
         a.suspended_reason, a.closed_at FROM payment_attempt a "
    };
}

crate::db::statements! {
    INSERT_ATTEMPT = "INSERT INTO payment_attempt (payer_id, order_id, attempt_id, channel, merchant, out_trade_no, amount_fen,
            state, created_at, expires_at, next_query_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10) ON CONFLICT DO NOTHING";
    INSERT_NUMBER = "INSERT INTO attempt_number (out_trade_no, payer_id, order_id, attempt_id) VALUES ($1, $2, $3, $4)";
    ATTEMPT = concat!(columns!(), "WHERE a.payer_id = $1 AND a.attempt_id = $2");
    BY_NUMBER = concat!(columns!(), "JOIN attempt_number n ON n.payer_id = a.payer_id AND n.order_id = a.order_id
        AND n.attempt_id = a.attempt_id WHERE n.out_trade_no = $1");
    OF_ORDER = concat!(columns!(), "WHERE a.payer_id = $1 AND a.order_id = $2
        AND (CAST($3 AS BIGINT) = 0 OR a.payer_id = CAST($3 AS BIGINT)) ORDER BY a.attempt_id DESC LIMIT 50");
    CLAIM_ASKING = "UPDATE payment_attempt SET asked_at = $4
        WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3 AND state IN ('waiting', 'unknown') AND asked_at <= $5";
    SAVE_CODE = "UPDATE payment_attempt SET state = 'waiting', unknown_since = NULL, code_url = $4, code_expires_at = $5,
            asked_at = 0
        WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3 AND state IN ('waiting', 'unknown')";
    DROP_CODE = "UPDATE payment_attempt SET code_url = NULL, code_expires_at = NULL, asked_at = 0
        WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3 AND state IN ('waiting', 'unknown')";
    SAVE_OPEN = "UPDATE payment_attempt SET state = $4, unknown_since = $5
        WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3 AND state IN ('waiting', 'unknown')";
    SAVE_CLOSED = "UPDATE payment_attempt SET state = 'closed', closed_at = $4, code_url = NULL
        WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3 AND state IN ('waiting', 'unknown')";
    SAVE_PAID = "UPDATE payment_attempt SET state = 'paid', trade_no = $4, paid_at = $5, code_url = NULL
        WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3 AND state <> 'paid'";
    SAVE_SUSPENDED = "UPDATE payment_attempt SET state = 'suspended', trade_no = $4, suspended_reason = $5, code_url = NULL
        WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3 AND state NOT IN ('paid', 'suspended')";
    QUERY_NEXT = "UPDATE payment_attempt SET next_query_at = $4 WHERE payer_id = $1 AND order_id = $2 AND attempt_id = $3";
    DUE = "SELECT payer_id, attempt_id FROM payment_attempt
        WHERE state IN ('waiting', 'unknown') AND next_query_at <= $1 ORDER BY next_query_at LIMIT 500";
}

/// An attempt with what the cashier needs beside its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::billing) struct StoredAttempt {
    pub payer: PayerId,
    pub attempt: PaymentAttempt,
    pub created_at: Timestamp,
    /// What was told to the gateway as the end; asking again must tell the same.
    pub expires_at: Timestamp,
    pub code_url: Option<String>,
    pub code_expires_at: Option<Timestamp>,
    /// When a code was asked for that has not come; `None` while none is being asked for.
    pub asked_at: Option<Timestamp>,
    pub next_query_at: Timestamp,
}

impl StoredAttempt {
    pub fn is_open(&self) -> bool {
        matches!(self.attempt.state, AttemptState::Waiting { .. } | AttemptState::Unknown { .. })
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self.attempt.state, AttemptState::Unknown { .. })
    }

    /// From when on the questions to the gateway are counted: since the attempt began, or since nobody knows what became
    /// of the last call about it. The first ones come fast.
    pub fn questions_from(&self) -> Timestamp {
        match self.attempt.state {
            AttemptState::Unknown { since } => since,
            _ => self.created_at,
        }
    }

    /// The code that may be paid at `now`.
    pub fn living_code(&self, now: Timestamp) -> Option<(&str, Timestamp)> {
        let until = self.code_expires_at.filter(|until| *until > now)?;
        let is_waiting = matches!(self.attempt.state, AttemptState::Waiting { .. });
        self.code_url.as_deref().filter(|_| is_waiting).map(|code| (code, until))
    }
}

/// False when the order has an open attempt of this channel already.
pub(in crate::billing) async fn insert(tx: &Tx<'_>, new: &StoredAttempt) -> Result<bool> {
    let (payer, attempt) = (new.payer, &new.attempt);
    let row = values![
        payer,
        attempt.order,
        attempt.id,
        attempt.channel.code(),
        &attempt.merchant,
        attempt.out_trade_no.as_str(),
        attempt.amount,
        new.created_at,
        new.expires_at,
        new.next_query_at,
    ];
    if tx.execute(INSERT_ATTEMPT, row).await? == 0 {
        return Ok(false);
    }
    let row = values![attempt.out_trade_no.as_str(), payer, attempt.order, attempt.id];
    tx.execute(INSERT_NUMBER, row).await?;
    Ok(true)
}

fn read(row: &Row<'_>) -> Result<StoredAttempt> {
    let (channel, number): (String, String) = (row.get(3)?, row.get(5)?);
    Ok(StoredAttempt {
        payer: row.get(0)?,
        attempt: PaymentAttempt {
            order: row.get(1)?,
            id: row.get(2)?,
            channel: known(Channel::from_code(&channel), "channel")?,
            merchant: row.get(4)?,
            out_trade_no: known(OutTradeNo::parse(&number), "attempt number")?,
            amount: row.get(6)?,
            state: read_state(row)?,
        },
        created_at: row.get(8)?,
        expires_at: row.get(9)?,
        code_url: row.get(10)?,
        code_expires_at: row.get(11)?,
        asked_at: Some(row.get(12)?).filter(|asked_at: &Timestamp| asked_at.0 > 0),
        next_query_at: row.get(13)?,
    })
}

fn read_state(row: &Row<'_>) -> Result<AttemptState> {
    let state: String = row.get(7)?;
    match state.as_str() {
        "waiting" => Ok(AttemptState::Waiting { expires_at: row.get(9)? }),
        "unknown" => Ok(AttemptState::Unknown { since: row.get(14)? }),
        "paid" => Ok(AttemptState::Paid { trade_no: row.get(15)?, paid_at: row.get(16)? }),
        "suspended" => {
            let reason: String = row.get(17)?;
            let reason = known(reason_from_code(&reason), "suspense reason")?;
            Ok(AttemptState::Suspended { trade_no: row.get(15)?, reason })
        }
        "closed" => Ok(AttemptState::Closed { closed_at: row.get(18)? }),
        other => Err(Error::internal(format!("attempt state {other:?}"))),
    }
}

pub(in crate::billing) fn reason_from_code(code: &str) -> Option<SuspenseReason> {
    let all = [
        SuspenseReason::UnknownOrder,
        SuspenseReason::MerchantDiffers,
        SuspenseReason::AmountDiffers,
        SuspenseReason::CurrencyDiffers,
        SuspenseReason::PaidTwice,
        SuspenseReason::NotWanted,
    ];
    all.into_iter().find(|reason| reason.code() == code)
}

/// An attempt by its payer and number, for jobs.
pub(in crate::billing) async fn attempt(
    tx: &Tx<'_>,
    payer: PayerId,
    id: PaymentAttemptId,
) -> Result<Option<StoredAttempt>> {
    tx.query_optional(ATTEMPT, values![payer, id], read).await
}

/// The attempt that a gateway names by our number, whosever it is.
pub(in crate::billing) async fn by_number(tx: &Tx<'_>, out_trade_no: &str) -> Result<Option<StoredAttempt>> {
    tx.query_optional(BY_NUMBER, values![out_trade_no], read).await
}

/// The attempts of an order, newest first.
pub(in crate::billing) async fn of_order(
    tx: &Tx<'_>,
    scope: &Scope,
    payer: PayerId,
    order: OrderId,
) -> Result<Vec<StoredAttempt>> {
    tx.query(OF_ORDER, values![payer, order, payer_bound(scope)], read).await
}

/// True for the one that may ask the gateway now; others have asked since `asked_before`.
pub(in crate::billing) async fn claim_asking(
    tx: &Tx<'_>,
    of: &StoredAttempt,
    now: Timestamp,
    asked_before: Timestamp,
) -> Result<bool> {
    let row = values![of.payer, of.attempt.order, of.attempt.id, now, asked_before];
    Ok(tx.execute(CLAIM_ASKING, row).await? == 1)
}

pub(in crate::billing) async fn save_code(
    tx: &Tx<'_>,
    of: &StoredAttempt,
    code_url: &str,
    until: Timestamp,
) -> Result<()> {
    let row = values![of.payer, of.attempt.order, of.attempt.id, code_url, until];
    tx.execute(SAVE_CODE, row).await.map(drop)
}

/// Forgets a code and that one was asked for, so that the next asking goes through at once.
pub(in crate::billing) async fn drop_code(tx: &Tx<'_>, of: &StoredAttempt) -> Result<()> {
    tx.execute(DROP_CODE, values![of.payer, of.attempt.order, of.attempt.id]).await.map(drop)
}

/// Stores where an attempt stands. A state that others reached meanwhile by a gateway's word is not overwritten.
pub(in crate::billing) async fn save_state(
    tx: &Tx<'_>,
    payer: PayerId,
    PaymentAttempt { order, id, state, .. }: &PaymentAttempt,
) -> Result<()> {
    let changed = match state {
        AttemptState::Waiting { .. } => {
            tx.execute(SAVE_OPEN, values![payer, *order, *id, "waiting", None::<i64>]).await
        }
        AttemptState::Unknown { since } => tx.execute(SAVE_OPEN, values![payer, *order, *id, "unknown", *since]).await,
        AttemptState::Closed { closed_at } => tx.execute(SAVE_CLOSED, values![payer, *order, *id, *closed_at]).await,
        AttemptState::Paid { trade_no, paid_at } => {
            tx.execute(SAVE_PAID, values![payer, *order, *id, trade_no, *paid_at]).await
        }
        AttemptState::Suspended { trade_no, reason } => {
            tx.execute(SAVE_SUSPENDED, values![payer, *order, *id, trade_no, reason.code()]).await
        }
    };
    changed.map(drop)
}

pub(in crate::billing) async fn query_next(tx: &Tx<'_>, of: &StoredAttempt, at: Timestamp) -> Result<()> {
    tx.execute(QUERY_NEXT, values![of.payer, of.attempt.order, of.attempt.id, at]).await.map(drop)
}

/// Open attempts that the gateway should have been asked about by now.
pub(in crate::billing) async fn due(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<(PayerId, PaymentAttemptId)>> {
    tx.query(DUE, values![now], |row| Ok((row.get(0)?, row.get(1)?))).await
}
