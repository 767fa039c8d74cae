//! Placing, finding and ending orders.

use super::BillingRefusal;
use super::store::orders::{self, NewOrder, OrderHead};
use super::store::{attempts, choices, seats};
use crate::at::At;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::outbox::{self, JobKind};
use jixue_core::billing::{FeeSchedule, Order, OrderDraft, Payer};
use jixue_core::id::{LearnerId, OrderId, PayerId};
use jixue_core::money::Fen;
use jixue_core::scope::{Reach, Scope};
use jixue_core::study::Subject;
use jixue_core::time::Year;
use std::collections::BTreeSet;

/// How long things wait, from the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub order_minutes: i64,
    pub payment_code_minutes: i64,
}

impl Limits {
    pub fn of(config: &crate::config::Config) -> Self {
        let limits = &config.limits;
        Self { order_minutes: limits.order_minutes, payment_code_minutes: limits.payment_code_minutes }
    }
}

/// The payer a scope pays for: a learner for themselves, a clerk for the unit.
pub fn payer_of(scope: &Scope) -> Option<Payer> {
    match scope.reach() {
        Reach::Learner { learner } => Some(Payer::Learner(*learner)),
        Reach::Unit { unit } => Some(Payer::Unit(*unit)),
        Reach::Everybody | Reach::Region { .. } | Reach::Industry { .. } | Reach::Base { .. } => None,
    }
}

/// An order of the payer whom the scope pays for.
///
/// # Errors
/// Not found, also when it is somebody else's.
pub async fn order_of(tx: &Tx<'_>, scope: &Scope, order: OrderId) -> Result<OrderHead> {
    let payer = payer_of(scope).ok_or_else(Refused::not_found)?;
    let found = match orders::head(tx, scope, payer.id(), order).await? {
        Some(found) => Some(found),
        None => orders::of_merged(tx, scope, payer.id(), order).await?,
    };
    Ok(found.ok_or_else(Refused::not_found)?)
}

/// The fee to be paid for a subject today.
pub(super) async fn fee(tx: &Tx<'_>, at: &At, (year, subject): (Year, Subject)) -> Result<FeeSchedule> {
    let not_offered = || BillingRefusal::NotOffered { year };
    let opened = years::year(tx, year).await?.ok_or_else(not_offered)?;
    let fee = years::fee_in_force(tx, year, subject).await?.ok_or_else(not_offered)?;
    if !opened.is_open_on(at.now.business_date()) {
        return Err(BillingRefusal::YearClosed { year }.into());
    }
    let ceiling = Fen(years::FEE_FEN_MAX);
    Ok(FeeSchedule::new(fee.fee, year, subject, fee.base, fee.amount, ceiling)?)
}

/// Places a learner's own order, or finds the one that is open: a double tap pays once.
pub async fn place_own(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    learner: LearnerId,
    subject: (Year, Subject),
    limits: Limits,
) -> Result<OrderId> {
    crate::org::hold_people(tx, &[learner]).await?;
    if let Some(open) = orders::open_own(tx, scope, learner, subject).await? {
        if open.expires_at > at.now {
            return Ok(open.id);
        }
        expire(tx, at, scope, open).await?;
    }
    if choices::unit_order_of_learner(tx, scope, learner, subject).await?.is_some() {
        return Err(BillingRefusal::UnitPays.into());
    }
    let fee = fee(tx, at, subject).await?;
    let covered = match seats::seat_of(tx, learner, subject).await? {
        Some(_) => BTreeSet::from([learner]),
        None => BTreeSet::new(),
    };
    let draft = draft(at.ids.next(), Payer::Learner(learner), &fee, &[learner])?;
    let order = Order::place(draft, &covered, at.now)?;
    let region_code = match crate::org::learner(tx, scope, learner).await? {
        Some(learner) => learner.region_code,
        // Between two employers a learner may still pay; the root bureau sees it.
        None => crate::org::root_bureau(tx).await?.region_code,
    };
    if insert(tx, at, scope, &order, &region_code, None, limits).await? {
        return Ok(order.id);
    }
    let open = orders::open_own(tx, scope, learner, subject).await?;
    open.map(|open| open.id).ok_or_else(|| Error::internal("an open order was there and is gone"))
}

pub(super) fn draft(id: OrderId, payer: Payer, fee: &FeeSchedule, learners: &[LearnerId]) -> Result<OrderDraft> {
    let lines = fee.lines(learners)?;
    Ok(OrderDraft { id, payer, payee: fee.payee, year: fee.year, subject: fee.subject, lines })
}

pub(super) async fn insert(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    order: &Order,
    region_code: &str,
    request_key: Option<&str>,
    limits: Limits,
) -> Result<bool> {
    let new = NewOrder {
        order,
        region_code,
        created_by: scope.actor().number(),
        created_at: at.now,
        expires_at: at.now.plus_seconds(limits.order_minutes * 60),
        request_key,
    };
    orders::insert(tx, new).await
}

/// Takes an order back. Its codes are closed at the gateways right after; money that comes all the same is not lost.
pub async fn cancel(tx: &Tx<'_>, at: &At, scope: &Scope, order: OrderId) -> Result<()> {
    let head = order_of(tx, scope, order).await?;
    let cancelled = whole(tx, head).await?.cancel(scope.actor(), at.now)?;
    if !orders::save_ended(tx, &cancelled).await? {
        // Its money came in this very moment; "cancelled" would be a lie.
        return Err(BillingRefusal::Overtaken.into());
    }
    close_codes(tx, at, scope, (cancelled.payer.id(), cancelled.id)).await
}

/// Ends an order that nobody paid in time.
pub(super) async fn expire(tx: &Tx<'_>, at: &At, scope: &Scope, head: OrderHead) -> Result<()> {
    let lifetime_seconds = head.expires_at.since_ms(head.created_at) / 1_000;
    let expired = whole(tx, head).await?.expire(lifetime_seconds, at.now)?;
    orders::save_ended(tx, &expired).await?;
    close_codes(tx, at, scope, (expired.payer.id(), expired.id)).await
}

/// An order with its lines.
pub(super) async fn whole(tx: &Tx<'_>, head: OrderHead) -> Result<Order> {
    let lines = orders::lines(tx, &head).await?;
    Ok(head.with_lines(lines))
}

/// Asks the gateways at once about the open attempts of an order that needs no more money: they are closed there.
pub(super) async fn close_codes(tx: &Tx<'_>, at: &At, scope: &Scope, (payer, order): (PayerId, OrderId)) -> Result<()> {
    for attempt in attempts::of_order(tx, scope, payer, order).await? {
        if attempt.is_open() {
            outbox::enqueue(tx, at, JobKind::QueryPayment, payer, attempt.attempt.id, at.now).await?;
        }
    }
    Ok(())
}
