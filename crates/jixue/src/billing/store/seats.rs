//! SQL of seats: who paid for a learner's subject of a year, and which lines of orders are open.

use super::orders::OrderHead;
use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::billing::OrderLine;
use jixue_core::id::{LearnerId, OrderId, PayerId};
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};
use std::collections::BTreeSet;

crate::db::statements! {
    COVERED = "SELECT l.learner_id FROM order_line l
        JOIN seat s ON s.learner_id = l.learner_id AND s.year = $3 AND s.subject = $4
        WHERE l.payer_id = $1 AND l.order_id = $2 AND (s.order_id <> $2 OR s.payer_id <> $1) LIMIT 5000";
    CLAIM = "INSERT INTO seat (learner_id, year, subject, payer_id, order_id, paid_at)
        SELECT l.learner_id, CAST($3 AS BIGINT), CAST($4 AS TEXT), l.payer_id, l.order_id, CAST($5 AS BIGINT)
        FROM order_line l WHERE l.payer_id = $1 AND l.order_id = $2 ORDER BY l.learner_id
        ON CONFLICT (learner_id, year, subject) DO NOTHING";
    LINES_PAID = "UPDATE order_line SET state = $5, opened_at = $6
        WHERE payer_id = $1 AND order_id = $2 AND state = 'waiting' AND EXISTS (SELECT 1 FROM seat s
            WHERE s.learner_id = order_line.learner_id AND s.year = $3 AND s.subject = $4 AND s.payer_id = $1
            AND s.order_id = $2)";
    LINES_NOT_WANTED = "UPDATE order_line SET state = 'not_wanted'
        WHERE payer_id = $1 AND order_id = $2 AND state = 'waiting'";
    SEAT_OF = "SELECT payer_id, order_id FROM seat WHERE learner_id = $1 AND year = $2 AND subject = $3";
    PAID_SINCE = "SELECT EXISTS (SELECT 1 FROM seat WHERE learner_id = $1 AND paid_at >= $2)";
    ORDERED_SINCE = "SELECT EXISTS (SELECT 1 FROM order_line x
        JOIN purchase_order o ON o.payer_id = x.payer_id AND o.order_id = x.order_id
        WHERE x.learner_id = $1 AND o.created_at >= $2 AND o.state <> 'cancelled')";
    UNOPENED_ORDERS = "SELECT DISTINCT payer_id, order_id FROM order_line WHERE state = 'paid'
        ORDER BY payer_id, order_id LIMIT 100";
    TAKE_CHUNK = "UPDATE order_line SET state = 'opened', opened_at = $3
        WHERE payer_id = $1 AND order_id = $2 AND state = 'paid' AND learner_id IN (
            SELECT learner_id FROM order_line WHERE payer_id = $1 AND order_id = $2 AND state = 'paid'
            ORDER BY learner_id LIMIT $4)
        RETURNING learner_id, amount_fen";
    OPENED_COUNT = "SELECT CAST(COUNT(*) AS BIGINT) FROM order_line
        WHERE payer_id = $1 AND order_id = $2 AND state = 'opened'";
}

/// Learners of an order whose seat another paid order holds.
pub(in crate::billing) async fn covered(tx: &Tx<'_>, order: &OrderHead) -> Result<BTreeSet<LearnerId>> {
    let row = values![order.payer.id(), order.id, order.year, order.subject.code()];
    let learners = tx.query(COVERED, row, |row| row.get(0)).await?;
    Ok(learners.into_iter().collect())
}

/// Takes the seats of an order that nobody holds; returns how many.
pub(in crate::billing) async fn claim(tx: &Tx<'_>, order: &OrderHead, now: Timestamp) -> Result<u64> {
    tx.execute(CLAIM, values![order.payer.id(), order.id, order.year, order.subject.code(), now]).await
}

/// Marks the lines of an order whose seats it holds as paid, or as `opened_at` says as opened at once, and the others
/// as not wanted. Returns how many of each.
pub(in crate::billing) async fn mark_lines(
    tx: &Tx<'_>,
    order: &OrderHead,
    opened_at: Option<Timestamp>,
) -> Result<(u64, u64)> {
    let state = if opened_at.is_some() { "opened" } else { "paid" };
    let (payer, subject) = (order.payer.id(), order.subject.code());
    let held = tx.execute(LINES_PAID, values![payer, order.id, order.year, subject, state, opened_at]).await?;
    let rest = tx.execute(LINES_NOT_WANTED, values![payer, order.id]).await?;
    Ok((held, rest))
}

/// Who paid for a learner's seat.
pub(in crate::billing) async fn seat_of(
    tx: &Tx<'_>,
    learner: LearnerId,
    (year, subject): (Year, Subject),
) -> Result<Option<(PayerId, OrderId)>> {
    let key = values![learner, year, subject.code()];
    tx.query_optional(SEAT_OF, key, |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Orders with paid seats that are not open yet.
pub(in crate::billing) async fn unopened_orders(tx: &Tx<'_>) -> Result<Vec<(PayerId, OrderId)>> {
    tx.query(UNOPENED_ORDERS, values![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Marks at most `limit` paid seats of an order as open and returns them; whoever comes second gets none of these.
pub(in crate::billing) async fn take_chunk(
    tx: &Tx<'_>,
    (payer, order): (PayerId, OrderId),
    now: Timestamp,
    limit: i64,
) -> Result<Vec<OrderLine>> {
    let read = |row: &Row<'_>| Ok(OrderLine { learner: row.get(0)?, amount: row.get(1)? });
    tx.query(TAKE_CHUNK, values![payer, order, now, limit], read).await
}

/// How many seats of an order are open.
pub(in crate::billing) async fn opened_count(tx: &Tx<'_>, order: &OrderHead) -> Result<i64> {
    tx.query_value(OPENED_COUNT, values![order.payer.id(), order.id]).await
}

/// Whether a seat of the learner was paid since an instant.
pub(in crate::billing) async fn is_paid_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    tx.query_value(PAID_SINCE, values![learner, since]).await
}

/// Whether an order for the learner was placed since an instant that money may still come for.
pub(in crate::billing) async fn is_ordered_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    tx.query_value(ORDERED_SINCE, values![learner, since]).await
}
