//! SQL of orders, attempts, money and books.
//!
//! Orders and what hangs on them are found by their payer: a learner's scope knows one payer, the learner; a clerk's
//! knows one, the unit; jobs know all.

pub(super) mod attempts;
pub(super) mod choices;
pub(super) mod inbox;
pub(super) mod ledger;
pub(super) mod lists;
pub(super) mod money;
pub(super) mod orders;
pub(super) mod seats;
pub(super) mod trades;

use crate::error::{Error, Result};
use jixue_core::scope::{Reach, Scope};

type Statements = &'static [(&'static str, &'static str)];

const PARTS: [Statements; 9] = [
    attempts::CATALOGUE,
    choices::CATALOGUE,
    inbox::CATALOGUE,
    ledger::CATALOGUE,
    lists::CATALOGUE,
    money::CATALOGUE,
    orders::CATALOGUE,
    seats::CATALOGUE,
    trades::CATALOGUE,
];

const fn count() -> usize {
    let (mut sum, mut part) = (0, 0);
    while part < PARTS.len() {
        sum += PARTS[part].len();
        part += 1;
    }
    sum
}

const fn all() -> [(&'static str, &'static str); count()] {
    let mut all = [("", ""); count()];
    let (mut filled, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut at = 0;
        while at < PARTS[part].len() {
            all[filled] = PARTS[part][at];
            (filled, at) = (filled + 1, at + 1);
        }
        part += 1;
    }
    all
}

/// Every statement of this slice.
pub const CATALOGUE: Statements = &all();

/// The only payer in reach, 0 for all, -1 for none: `($n = 0 OR payer_id = $n)`.
fn payer_bound(scope: &Scope) -> i64 {
    match scope.reach() {
        Reach::Everybody => 0,
        Reach::Learner { learner } => learner.raw(),
        Reach::Unit { unit } => unit.raw(),
        Reach::Region { .. } | Reach::Industry { .. } | Reach::Base { .. } => -1,
    }
}

/// A stored code that the program must know.
fn known<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| Error::internal(format!("a stored {what} is unknown")))
}
