//! What a learner still has to pay, and what was paid for them: for the home page and the list of payments.

use super::BillingRefusal;
use super::orders::fee;
use super::store::lists::PaidSeat;
use super::store::{choices, lists, orders, seats};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use jixue_core::id::{LearnerId, OrderId};
use jixue_core::money::Fen;
use jixue_core::refusal::Refusal;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

/// How a learner stands with a subject's fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payable {
    AlreadyPaid {
        by_unit: bool,
    },
    /// An own order waits for money.
    Open {
        order: OrderId,
    },
    /// The unit has placed an order for the learner and not paid it yet.
    UnitPays,
    Due {
        amount: Fen,
    },
    /// No fee is set, or the year does not take learners today.
    NotOffered,
}

/// Whether anybody has paid for the learner since an instant.
pub async fn is_paid_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    seats::is_paid_since(tx, learner, since).await
}

/// Whether an order for the learner was placed since an instant and not cancelled: money may still come for it.
pub async fn is_ordered_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    seats::is_ordered_since(tx, learner, since).await
}

/// How a learner stands with the fee of a subject at this moment.
pub async fn payable(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    learner: LearnerId,
    subject: (Year, Subject),
) -> Result<Payable> {
    if let Some((payer, _)) = seats::seat_of(tx, learner, subject).await? {
        return Ok(Payable::AlreadyPaid { by_unit: payer != learner.into() });
    }
    let open = orders::open_own(tx, scope, learner, subject).await?;
    if let Some(open) = open.filter(|open| open.expires_at > at.now) {
        return Ok(Payable::Open { order: open.id });
    }
    if choices::unit_order_of_learner(tx, scope, learner, subject).await?.is_some() {
        return Ok(Payable::UnitPays);
    }
    match fee(tx, at, subject).await {
        Ok(fee) => Ok(Payable::Due { amount: fee.amount() }),
        Err(Error::Refused(refused)) if is_not_offered(refused.code, subject.0) => Ok(Payable::NotOffered),
        Err(error) => Err(error),
    }
}

fn is_not_offered(code: &str, year: Year) -> bool {
    let refusals = [BillingRefusal::NotOffered { year }, BillingRefusal::YearClosed { year }];
    refusals.iter().any(|refusal| refusal.code() == code)
}

/// The seats that were paid for a learner, latest first, by whomever.
pub async fn payments_of_learner(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<PaidSeat>> {
    lists::seats_of_learner(tx, scope, learner).await
}
