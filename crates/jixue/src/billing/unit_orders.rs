//! A unit pays for many: who is left out and why is said before anything is ordered.

use super::orders::{Limits, draft, fee, insert};
use super::store::choices::{self, Person};
use super::store::orders;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use jixue_core::billing::order::ORDER_SEATS_MAX;
use jixue_core::billing::{FeeSchedule, Order, OrderRefusal, Payer};
use jixue_core::id::{LearnerId, OrderId, UnitId};
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;
use std::collections::BTreeSet;

/// Somebody chosen who is not paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub name: String,
    pub department: String,
    /// `paid`, `unit_order` or `own_order`.
    pub reason: String,
}

/// What a choice of people comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub wanted: Vec<LearnerId>,
    /// Names of the wanted, in their order.
    pub names: Vec<String>,
    pub seat_amount: Fen,
    pub amount: Fen,
    pub exceptions: Vec<Exception>,
    /// Chosen people who do not work at the unit (any more). They are not named: they are not the clerk's to see.
    pub strangers: usize,
}

/// What became of a confirmed choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    Order(OrderId),
    /// Somebody has been paid for meanwhile, or has left: to be looked at again.
    Changed(Choice),
}

/// Looks at each of the chosen, before anything is ordered.
///
/// # Errors
/// Nobody is chosen, or more than an order holds; the subject is not offered.
pub async fn check_choice(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    subject: (Year, Subject),
    chosen: &[LearnerId],
) -> Result<Choice> {
    let fee = fee(tx, at, subject).await?;
    let chosen: BTreeSet<LearnerId> = chosen.iter().copied().collect();
    match chosen.len() {
        0 => return Err(OrderRefusal::Empty.into()),
        seats if seats > ORDER_SEATS_MAX => return Err(OrderRefusal::TooManySeats { seats }.into()),
        _ => {}
    }
    let people = people_of(tx, scope, unit, subject, &chosen).await?;
    let strangers = chosen.len() - people.len();
    let (wanted, others): (Vec<Person>, Vec<Person>) =
        people.into_iter().partition(|person| person.standing == "wanted");
    let (wanted, names): (Vec<LearnerId>, Vec<String>) =
        wanted.into_iter().map(|person| (person.learner, person.name)).unzip();
    let exception =
        |person: Person| Exception { name: person.name, department: person.department, reason: person.standing };
    let seats = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    Ok(Choice {
        seat_amount: fee.amount(),
        amount: fee.amount() * seats,
        wanted,
        names,
        exceptions: others.into_iter().map(exception).collect(),
        strangers,
    })
}

/// The chosen who work at the unit. Reads the unit's list by pages, up to the last one chosen.
async fn people_of(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    subject: (Year, Subject),
    chosen: &BTreeSet<LearnerId>,
) -> Result<Vec<Person>> {
    let (mut found, mut after) = (Vec::new(), LearnerId::from_raw(0));
    let last = chosen.last().copied().unwrap_or(after);
    while after < last {
        let page = choices::people(tx, scope, unit, subject, after).await?;
        let Some(end) = page.last() else { break };
        after = end.learner;
        found.extend(page.into_iter().filter(|person| chosen.contains(&person.learner)));
    }
    Ok(found)
}

/// Places one order for all chosen, if each may still be paid for. The same `request_key` again finds the same order.
pub async fn place_for_unit(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    subject: (Year, Subject),
    (chosen, request_key): (&[LearnerId], &str),
    limits: Limits,
) -> Result<Placed> {
    let payer = Payer::Unit(unit);
    if let Some(earlier) = orders::by_request(tx, payer.id(), request_key).await? {
        return Ok(Placed::Order(earlier));
    }
    crate::org::hold_people(tx, chosen).await?;
    let choice = check_choice(tx, at, scope, unit, subject, chosen).await?;
    if !choice.exceptions.is_empty() || choice.strangers > 0 {
        return Ok(Placed::Changed(choice));
    }
    let fee: FeeSchedule = fee(tx, at, subject).await?;
    let draft = draft(at.ids.next(), payer, &fee, &choice.wanted)?;
    let order = Order::place(draft, &BTreeSet::new(), at.now)?;
    let place = crate::org::unit(tx, scope, unit).await?.ok_or_else(Refused::not_found)?;
    if insert(tx, at, scope, &order, &place.region_code, Some(request_key), limits).await? {
        return Ok(Placed::Order(order.id));
    }
    let earlier = orders::by_request(tx, payer.id(), request_key).await?;
    earlier.map(Placed::Order).ok_or_else(|| Error::internal("an order was there and is gone"))
}
