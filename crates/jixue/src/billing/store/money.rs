//! SQL of the officers' view of money, within the officer's scope.

use super::{attempts::reason_from_code, known};
use crate::db::{Row, Tx, values};
use crate::error::Result;
use crate::org::bounds;
use jixue_core::fact::SuspenseReason;
use jixue_core::id::{OrderId, SuspenseId};
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

/// The condition that the payer of `o` lies within a scope; takes `org`'s five bounds as $1 to $5. A training base
/// reaches no payer: who pays for whom is not its staff's to know.
macro_rules! payer_within {
    () => {
        "o.region_code >= $1 AND o.region_code < $2 AND (CAST($3 AS BIGINT) = 0 OR o.payer_id = CAST($3 AS BIGINT))
            AND CAST($4 AS BIGINT) = 0 AND (CAST($5 AS BIGINT) = 0 OR o.payer_id = CAST($5 AS BIGINT))"
    };
}

crate::db::statements! {
    SUMS = concat!("SELECT o.state, CAST(COUNT(*) AS BIGINT), CAST(SUM(o.seats) AS BIGINT), CAST(SUM(o.amount_fen) AS BIGINT)
        FROM purchase_order o WHERE ", payer_within!(), " GROUP BY o.state ORDER BY o.state LIMIT 10");
    SUSPENSE = concat!("SELECT o.suspense_id, o.reason, o.amount_fen, o.currency, o.trade_no, o.merchant, o.order_id,
            o.received_at FROM suspense o
        WHERE o.state = 'open' AND ((", payer_within!(), ") OR (CAST($6 AS BIGINT) = 1 AND o.region_code IS NULL))
        ORDER BY o.suspense_id DESC LIMIT 50");
    LAST_PAID = concat!("SELECT o.order_id, o.amount_fen, o.seats, o.paid_at, COALESCE(u.name, l.name, '')
        FROM purchase_order o
        LEFT JOIN employer_unit u ON o.payer_kind = 'unit' AND u.unit_id = o.payer_id
        LEFT JOIN learner l ON o.payer_kind = 'learner' AND l.learner_id = o.payer_id
        WHERE o.state = 'paid' AND ", payer_within!(), " ORDER BY o.settled_at DESC LIMIT 20");
    INBOX = "SELECT 'pending', CAST(COUNT(*) AS BIGINT) FROM notification_inbox WHERE state = 'pending'
        UNION ALL SELECT 'unreadable', CAST(COUNT(*) AS BIGINT) FROM notification_inbox WHERE state = 'unreadable' LIMIT 2";
    REFUSED = "SELECT reason, CAST(SUM(refused) AS BIGINT) FROM notification_refusal WHERE day >= $1
        GROUP BY reason ORDER BY reason LIMIT 20";
}

/// Orders of one state: how many, for how many people, for how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateSum {
    /// As in `OrderState::code`.
    pub state: String,
    pub orders: i64,
    pub seats: i64,
    pub amount: Fen,
}

pub(in crate::billing) async fn sums(tx: &Tx<'_>, scope: &Scope) -> Result<Vec<StateSum>> {
    tx.query(SUMS, &bounds(scope, values![]), |row: &Row<'_>| {
        Ok(StateSum { state: row.get(0)?, orders: row.get(1)?, seats: row.get(2)?, amount: row.get(3)? })
    })
    .await
}

/// Money that waits for somebody to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSuspense {
    pub id: SuspenseId,
    pub reason: SuspenseReason,
    /// In hundredths of `currency`.
    pub amount: Fen,
    pub currency: String,
    pub trade_no: String,
    pub merchant: String,
    pub order: Option<OrderId>,
    pub received_at: Timestamp,
}

/// Open suspense of orders in reach; with `nameless`, also what names no order of ours.
pub(in crate::billing) async fn suspense(tx: &Tx<'_>, scope: &Scope, nameless: bool) -> Result<Vec<OpenSuspense>> {
    let mut values = bounds(scope, values![]);
    values.push(nameless.into());
    tx.query(SUSPENSE, &values, |row: &Row<'_>| {
        let reason: String = row.get(1)?;
        Ok(OpenSuspense {
            id: row.get(0)?,
            reason: known(reason_from_code(&reason), "suspense reason")?,
            amount: row.get(2)?,
            currency: row.get(3)?,
            trade_no: row.get(4)?,
            merchant: row.get(5)?,
            order: row.get(6)?,
            received_at: row.get(7)?,
        })
    })
    .await
}

/// A settled order as an officer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastPaid {
    pub order: OrderId,
    pub amount: Fen,
    pub seats: i64,
    pub paid_at: Timestamp,
    pub payer_name: String,
}

pub(in crate::billing) async fn last_paid(tx: &Tx<'_>, scope: &Scope) -> Result<Vec<LastPaid>> {
    tx.query(LAST_PAID, &bounds(scope, values![]), |row: &Row<'_>| {
        Ok(LastPaid {
            order: row.get(0)?,
            amount: row.get(1)?,
            seats: row.get(2)?,
            paid_at: row.get(3)?,
            payer_name: row.get(4)?,
        })
    })
    .await
}

/// Notifications that were not taken in, by state.
pub(in crate::billing) async fn inbox_left(tx: &Tx<'_>) -> Result<Vec<(String, i64)>> {
    tx.query(INBOX, values![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Notifications refused since a day, by reason.
pub(in crate::billing) async fn refused_since(tx: &Tx<'_>, day: BusinessDate) -> Result<Vec<(String, i64)>> {
    tx.query(REFUSED, values![day], |row| Ok((row.get(0)?, row.get(1)?))).await
}
