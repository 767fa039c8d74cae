//! SQL of orders and their lines.

use super::{known, payer_bound};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::billing::{Order, OrderLine, OrderLines, OrderState, Payer};
use jixue_core::id::{AccountId, BaseId, LearnerId, OrderId, PayerId, PaymentAttemptId, UnitId};
use jixue_core::money::Fen;
use jixue_core::proof::Channel;
use jixue_core::scope::{Actor, Scope};
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

macro_rules! columns {
    () => {
        "SELECT o.payer_id, o.order_id, o.payer_kind, o.base_id, o.year, o.subject, o.amount_fen, o.seats, o.state, o.created_at, \
         o.expires_at, o.region_code, o.paid_at, o.paid_attempt_id, o.paid_channel, o.paid_trade_no, o.ended_at, o.ended_by \
         FROM purchase_order o "
    };
}

crate::db::statements! {
    INSERT_ORDER = "INSERT INTO purchase_order (payer_id, order_id, payer_kind, region_code, base_id, year, subject,
            amount_fen, seats, state, created_by, created_at, expires_at, request_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'awaiting', $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    INSERT_LINE = "INSERT INTO order_line (payer_id, order_id, amount_fen, learner_id, state)
        VALUES ($1, $2, $3, $4, 'waiting')";
    INSERT_TEN_LINES = "INSERT INTO order_line (payer_id, order_id, amount_fen, learner_id, state) VALUES
        ($1, $2, $3, $4, 'waiting'), ($1, $2, $3, $5, 'waiting'), ($1, $2, $3, $6, 'waiting'), ($1, $2, $3, $7, 'waiting'),
        ($1, $2, $3, $8, 'waiting'), ($1, $2, $3, $9, 'waiting'), ($1, $2, $3, $10, 'waiting'), ($1, $2, $3, $11, 'waiting'),
        ($1, $2, $3, $12, 'waiting'), ($1, $2, $3, $13, 'waiting')";
    HEAD = concat!(columns!(), "WHERE o.payer_id = $1 AND o.order_id = $2
        AND (CAST($3 AS BIGINT) = 0 OR o.payer_id = CAST($3 AS BIGINT))");
    OPEN_OWN = concat!(columns!(), "WHERE o.payer_id = $1 AND o.year = $2 AND o.subject = $3 AND o.state = 'awaiting'
        AND o.payer_kind = 'learner' AND (CAST($4 AS BIGINT) = 0 OR o.payer_id = CAST($4 AS BIGINT))");
    // A unit also shows what was ordered by units that were registered twice and became it.
    OF_PAYER = concat!(columns!(), "WHERE o.payer_id IN (SELECT CAST($1 AS BIGINT) UNION ALL
            SELECT m.unit_id FROM employer_unit m WHERE m.merged_into = CAST($1 AS BIGINT))
        AND o.order_id < $2 AND (CAST($3 AS BIGINT) = 0 OR CAST($1 AS BIGINT) = CAST($3 AS BIGINT))
        ORDER BY o.order_id DESC LIMIT $4");
    OF_MERGED = concat!(columns!(), "WHERE o.payer_id IN (SELECT m.unit_id FROM employer_unit m
            WHERE m.merged_into = CAST($1 AS BIGINT)) AND o.order_id = $2 AND o.state <> 'awaiting'
        AND (CAST($3 AS BIGINT) = 0 OR CAST($1 AS BIGINT) = CAST($3 AS BIGINT))");
    UNIT_ORDERS = "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(*) FILTER (WHERE state = 'awaiting') AS BIGINT)
        FROM purchase_order WHERE payer_id = $1";
    EXPIRED = concat!(columns!(), "WHERE o.state = 'awaiting' AND o.expires_at <= $1 ORDER BY o.expires_at LIMIT 20");
    BY_REQUEST = "SELECT order_id FROM purchase_order WHERE payer_id = $1 AND request_key = $2";
    LINES = "SELECT learner_id, amount_fen FROM order_line WHERE payer_id = $1 AND order_id = $2 ORDER BY learner_id LIMIT 5000";
    PAID = "UPDATE purchase_order SET state = 'paid', settled_at = $3, paid_at = $4, paid_attempt_id = $5, paid_channel = $6,
            paid_trade_no = $7
        WHERE payer_id = $1 AND order_id = $2 AND state <> 'paid'";
    ENDED = "UPDATE purchase_order SET state = $3, ended_at = $4, ended_by = $5
        WHERE payer_id = $1 AND order_id = $2 AND state = 'awaiting'";
}

/// An order without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderHead {
    pub id: OrderId,
    pub payer: Payer,
    pub payee: BaseId,
    pub year: Year,
    pub subject: Subject,
    pub amount: Fen,
    pub seats: i64,
    pub state: OrderState,
    pub created_at: Timestamp,
    /// From then on nobody waits for it any more; money that still comes is taken all the same.
    pub expires_at: Timestamp,
    /// Where the payer's unit lay when the order was placed.
    pub region_code: String,
}

impl OrderHead {
    pub fn with_lines(self, lines: OrderLines) -> Order {
        let Self { id, payer, payee, year, subject, state, .. } = self;
        Order { id, payer, payee, year, subject, lines, state }
    }

    pub fn is_awaiting(&self) -> bool {
        matches!(self.state, OrderState::Awaiting { .. })
    }

    pub fn is_paid(&self) -> bool {
        matches!(self.state, OrderState::Paid { .. })
    }
}

pub(in crate::billing) struct NewOrder<'a> {
    pub order: &'a Order,
    pub region_code: &'a str,
    pub created_by: i64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub request_key: Option<&'a str>,
}

/// Writes an order with its lines; false when the learner has an open one, or the same request made one.
pub(in crate::billing) async fn insert(tx: &Tx<'_>, new: NewOrder<'_>) -> Result<bool> {
    let Order { id, payer, payee, year, subject, lines, .. } = new.order;
    let seats = i64::try_from(lines.as_slice().len()).unwrap_or(i64::MAX);
    let row = values![
        payer.id(),
        *id,
        payer.kind_code(),
        new.region_code,
        *payee,
        *year,
        subject.code(),
        lines.amount(),
        seats,
        new.created_by,
        new.created_at,
        new.expires_at,
        new.request_key,
    ];
    if tx.execute(INSERT_ORDER, row).await? == 0 {
        return Ok(false);
    }
    insert_lines(tx, payer.id(), *id, lines.as_slice()).await?;
    Ok(true)
}

/// Ten rows a statement where ten neighbours cost the same, as they do but for fees that change between seats.
async fn insert_lines(tx: &Tx<'_>, payer: PayerId, order: OrderId, lines: &[OrderLine]) -> Result<()> {
    for ten in lines.chunks(10) {
        let amount = ten[0].amount;
        if let [a, b, c, d, e, f, g, h, i, j] = ten
            && ten.iter().all(|line| line.amount == amount)
        {
            let row = values![
                payer, order, amount, a.learner, b.learner, c.learner, d.learner, e.learner, f.learner, g.learner,
                h.learner, i.learner, j.learner
            ];
            tx.execute(INSERT_TEN_LINES, row).await?;
            continue;
        }
        for line in ten {
            tx.execute(INSERT_LINE, values![payer, order, line.amount, line.learner]).await?;
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Result<OrderHead> {
    let (kind, subject, state): (String, String, String) = (row.get(2)?, row.get(5)?, row.get(8)?);
    Ok(OrderHead {
        id: row.get(1)?,
        payer: known(Payer::from_stored(&kind, row.get(0)?), "payer kind")?,
        payee: row.get(3)?,
        year: row.get(4)?,
        subject: known(Subject::from_code(&subject), "subject")?,
        amount: row.get(6)?,
        seats: row.get(7)?,
        state: read_state(row, &state)?,
        created_at: row.get(9)?,
        expires_at: row.get(10)?,
        region_code: row.get(11)?,
    })
}

fn read_state(row: &Row<'_>, state: &str) -> Result<OrderState> {
    match state {
        "awaiting" => Ok(OrderState::Awaiting { since: row.get(9)? }),
        "paid" => {
            let channel: String = row.get(14)?;
            Ok(OrderState::Paid {
                paid_at: row.get(12)?,
                attempt: row.get::<PaymentAttemptId>(13)?,
                channel: known(Channel::from_code(&channel), "channel")?,
                trade_no: row.get(15)?,
            })
        }
        "cancelled" => Ok(OrderState::Cancelled { at: row.get(16)?, by: actor(row.get(17)?) }),
        "expired" => Ok(OrderState::Expired { at: row.get(16)? }),
        other => Err(Error::internal(format!("order state {other:?}"))),
    }
}

fn actor(number: i64) -> Actor {
    match number {
        0 => Actor::System,
        account => Actor::Account(AccountId::from_raw(account)),
    }
}

pub(in crate::billing) async fn head(
    tx: &Tx<'_>,
    scope: &Scope,
    payer: PayerId,
    order: OrderId,
) -> Result<Option<OrderHead>> {
    tx.query_optional(HEAD, values![payer, order, payer_bound(scope)], read).await
}

/// An order that is over, of a unit that was registered twice and became this payer.
pub(in crate::billing) async fn of_merged(
    tx: &Tx<'_>,
    scope: &Scope,
    payer: PayerId,
    order: OrderId,
) -> Result<Option<OrderHead>> {
    tx.query_optional(OF_MERGED, values![payer, order, payer_bound(scope)], read).await
}

/// How many orders a unit has placed, and how many of them wait for money.
pub async fn orders_of_unit(tx: &Tx<'_>, unit: UnitId) -> Result<(i64, i64)> {
    tx.query_one(UNIT_ORDERS, values![unit], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// The order a learner has open for a subject.
pub(in crate::billing) async fn open_own(
    tx: &Tx<'_>,
    scope: &Scope,
    learner: LearnerId,
    (year, subject): (Year, Subject),
) -> Result<Option<OrderHead>> {
    tx.query_optional(OPEN_OWN, values![learner, year, subject.code(), payer_bound(scope)], read).await
}

/// A payer's orders, newest first, older than `before`.
pub(in crate::billing) async fn of_payer(
    tx: &Tx<'_>,
    scope: &Scope,
    payer: PayerId,
    before: OrderId,
    limit: i64,
) -> Result<Vec<OrderHead>> {
    tx.query(OF_PAYER, values![payer, before, payer_bound(scope), limit], read).await
}

/// Orders whose time is over, of any payer: for the sweep.
pub(in crate::billing) async fn expired(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<OrderHead>> {
    tx.query(EXPIRED, values![now], read).await
}

/// The order that a confirmation has placed before.
pub(in crate::billing) async fn by_request(tx: &Tx<'_>, payer: PayerId, key: &str) -> Result<Option<OrderId>> {
    tx.query_value_optional(BY_REQUEST, values![payer, key]).await
}

/// The lines of an order that the caller has found within its scope.
pub(in crate::billing) async fn lines(tx: &Tx<'_>, head: &OrderHead) -> Result<OrderLines> {
    let read = |row: &Row<'_>| Ok(OrderLine { learner: row.get(0)?, amount: row.get(1)? });
    let lines = tx.query(LINES, values![head.payer.id(), head.id], read).await?;
    Ok(OrderLines::new(lines)?)
}

/// False when another trade has settled the order meanwhile.
pub(in crate::billing) async fn save_paid(tx: &Tx<'_>, order: &Order, now: Timestamp) -> Result<bool> {
    let OrderState::Paid { attempt, channel, trade_no, paid_at } = &order.state else {
        return Err(Error::internal("only a paid order is saved as paid"));
    };
    let row = values![order.payer.id(), order.id, now, *paid_at, *attempt, channel.code(), trade_no];
    Ok(tx.execute(PAID, row).await? == 1)
}

/// Saves that an order was cancelled or has expired; false when it waits no more.
pub(in crate::billing) async fn save_ended(tx: &Tx<'_>, order: &Order) -> Result<bool> {
    let (at, by) = match order.state {
        OrderState::Cancelled { at, by } => (at, by),
        OrderState::Expired { at } => (at, Actor::System),
        OrderState::Awaiting { .. } | OrderState::Paid { .. } => {
            return Err(Error::internal("an order that has not ended"));
        }
    };
    let row = values![order.payer.id(), order.id, order.state.code(), at, by.number()];
    Ok(tx.execute(ENDED, row).await? == 1)
}
