//! The heart of the cashier: what a gateway's verified word changes.
//!
//! | situation | what follows |
//! |---|---|
//! | the trade is known already | nothing |
//! | no attempt, or no order, of that number | suspense: unknown order; an officer looks |
//! | another merchant, channel or payee | suspense: merchant differs; an officer looks |
//! | another currency | suspense: currency differs; an officer looks |
//! | another amount | suspense: amount differs; an officer looks |
//! | the order is paid by another trade | suspense: paid twice; a refund is proposed |
//! | every seat is paid by other orders | suspense: not wanted; a refund is proposed |
//! | some seats are paid by other orders | settles; the part for those seats goes to suspense as not wanted |
//! | else, though the attempt is closed or the order expired or cancelled | settles: the money has come |
//!
//! The first row that fits decides. A row asks about the word itself, or about which words settled orders before;
//! never how long ago, nor what our own clock made of the order. So the outcome is a function of the *set* of verified
//! words: repetition, order and lateness cannot change it. What remains to chance is which of several equally fitting
//! trades is called the first; the sums of every account are the same either way.

use super::attempt::PaymentAttempt;
use super::ledger::{Entry, ReceiptKind};
use super::order::{Order, OrderLine, OrderState};
use super::seats::{SeatsOpening, open_seats};
use super::suspense::{FollowUp, Suspense};
use crate::fact::{Fact, SuspenseReason};
use crate::id::{BaseId, LearnerId, OrderId, SuspenseId};
use crate::money::Fen;
use crate::proof::Proof;
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// The currency we ask and keep books in (ISO 4217).
const CURRENCY: &str = "CNY";

/// What the books know when a proof comes in, read in the settling transaction.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// The payee on whose inbox the proof came.
    pub payee: BaseId,
    /// The payee's merchant account at the proof's channel.
    pub merchant: &'a str,
    /// What the payee gives for the money.
    pub receipt: ReceiptKind,
    /// Whether this trade of this channel is a fact already.
    pub trade_seen: bool,
    /// The attempt that the proof's `out_trade_no` names.
    pub attempt: Option<PaymentAttempt>,
    /// The order of that attempt.
    pub order: Option<Order>,
    /// Learners of the order whose seat another *paid* order holds: read from lines of paid orders, since a unit's
    /// seats open later than they are paid.
    pub covered: &'a BTreeSet<LearnerId>,
}

/// What became of the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The trade was known; nothing is to be stored.
    Repeated,
    /// It settled the order, which opens as told.
    Settled { opening: SeatsOpening },
    /// It settled nothing.
    Suspended { reason: SuspenseReason },
}

/// What a proof leaves behind; the caller stores all of it in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub outcome: Outcome,
    pub order: Option<Order>,
    pub attempt: Option<PaymentAttempt>,
    pub facts: Vec<Fact>,
    /// Money in another currency has none: the books are kept in renminbi, and the rate is not ours to guess.
    pub entries: Vec<Entry>,
    pub suspense: Option<Suspense>,
    /// The seats this money pays for: open now, or to be opened in chunks.
    pub seats: Vec<OrderLine>,
    /// The seats of the order that other orders hold; they never open under this one.
    pub seats_not_wanted: Vec<OrderLine>,
}

/// Takes `proof` in at `now` and says all that follows. Never refuses and never panics: money has come.
///
/// `suspense` is the id to use if any of it must wait.
pub fn settle(proof: &Proof, known: Known<'_>, suspense: SuspenseId, now: Timestamp) -> Settlement {
    if known.trade_seen {
        return Settlement::unchanged(Outcome::Repeated, known.order, known.attempt);
    }
    let case = Case { proof, payee: known.payee, receipt: known.receipt, suspense, now };
    match (known.order, known.attempt) {
        (Some(order), Some(attempt)) if names(proof, &order, &attempt) => {
            let merchant_fits = proof.merchant() == known.merchant && order.payee == known.payee;
            match misfit(proof, merchant_fits, &order, &attempt, known.covered) {
                Some(reason) => case.suspend(reason, Some(order), Some(attempt)),
                None => case.accept(order, attempt, known.covered),
            }
        }
        (order, attempt) => case.suspend(SuspenseReason::UnknownOrder, order, attempt),
    }
}

/// Whether what was found is what the proof names.
fn names(proof: &Proof, order: &Order, attempt: &PaymentAttempt) -> bool {
    attempt.order == order.id && attempt.out_trade_no.as_str() == proof.out_trade_no()
}

/// The first row of the table that keeps the money from settling the order.
fn misfit(
    proof: &Proof,
    merchant_fits: bool,
    order: &Order,
    attempt: &PaymentAttempt,
    covered: &BTreeSet<LearnerId>,
) -> Option<SuspenseReason> {
    let same_account = proof.channel() == attempt.channel && proof.merchant() == attempt.merchant;
    if !merchant_fits || !same_account {
        return Some(SuspenseReason::MerchantDiffers);
    }
    if proof.currency() != CURRENCY {
        return Some(SuspenseReason::CurrencyDiffers);
    }
    if proof.amount() != attempt.amount || proof.amount() != order.amount() {
        return Some(SuspenseReason::AmountDiffers);
    }
    if matches!(order.state, OrderState::Paid { .. }) {
        return Some(SuspenseReason::PaidTwice);
    }
    let wanted = order.lines.as_slice().iter().any(|line| !covered.contains(&line.learner));
    (!wanted).then_some(SuspenseReason::NotWanted)
}

/// A new trade, and where it is to be booked.
struct Case<'a> {
    proof: &'a Proof,
    payee: BaseId,
    receipt: ReceiptKind,
    suspense: SuspenseId,
    now: Timestamp,
}

impl Case<'_> {
    fn suspend(&self, reason: SuspenseReason, order: Option<Order>, attempt: Option<PaymentAttempt>) -> Settlement {
        let Case { proof, .. } = self;
        let attempt = attempt.map(|attempt| match reason {
            // The word is not about this attempt: at its own merchant it may still be paid.
            SuspenseReason::UnknownOrder | SuspenseReason::MerchantDiffers => attempt,
            SuspenseReason::AmountDiffers
            | SuspenseReason::CurrencyDiffers
            | SuspenseReason::PaidTwice
            | SuspenseReason::NotWanted => attempt.suspended_by(proof, reason),
        });
        let entry = Entry::receive_to_suspense(proof.channel(), proof.merchant(), proof.amount());
        let named = order.as_ref().filter(|_| reason != SuspenseReason::UnknownOrder);
        let order_id = named.map(|order| order.id);
        Settlement {
            facts: vec![self.received(), self.suspended(reason, proof.amount())],
            entries: entry.ok().filter(|_| proof.currency() == CURRENCY).into_iter().collect(),
            suspense: Some(self.suspense(order_id, reason, proof.amount())),
            ..Settlement::unchanged(Outcome::Suspended { reason }, order, attempt)
        }
    }

    fn accept(&self, order: Order, attempt: PaymentAttempt, covered: &BTreeSet<LearnerId>) -> Settlement {
        let Case { proof, receipt, now, .. } = *self;
        let (seats_not_wanted, seats) = order.lines.split_by_cover(covered);
        let sum = |seats: &[OrderLine]| seats.iter().map(|seat| seat.amount).sum::<Fen>();
        let (wanted, rest) = (sum(&seats), sum(&seats_not_wanted));
        let order = order.paid_by(attempt.id, proof);
        let mut facts = vec![self.received(), self.paid(&order, &attempt, wanted)];
        let entry = Entry::receive(proof.channel(), proof.merchant(), wanted, rest);
        let mut entries: Vec<Entry> = entry.ok().into_iter().collect();
        let reason = SuspenseReason::NotWanted;
        let suspense = (!seats_not_wanted.is_empty()).then(|| {
            facts.push(self.suspended(reason, rest));
            self.suspense(Some(order.id), reason, rest)
        });
        let opening = SeatsOpening::of(order.payer);
        if opening == SeatsOpening::Now
            && let Ok(opened) = open_seats(&order, &seats, receipt, now)
        {
            facts.extend(opened.facts);
            entries.extend(opened.entry);
        }
        Settlement {
            outcome: Outcome::Settled { opening },
            order: Some(order),
            attempt: Some(attempt.paid_by(proof)),
            facts,
            entries,
            suspense,
            seats,
            seats_not_wanted,
        }
    }

    fn received(&self) -> Fact {
        Fact::MoneyReceived {
            payee: self.payee,
            channel: self.proof.channel(),
            merchant: self.proof.merchant().to_owned(),
            trade_no: self.proof.trade_no().to_owned(),
            out_trade_no: self.proof.out_trade_no().to_owned(),
            amount_fen: self.proof.amount(),
            currency: self.proof.currency().to_owned(),
            paid_at: self.proof.paid_at(),
            at: self.now,
        }
    }

    /// `wanted` is what pays for seats; with what the same trade left in suspense it makes the amount received.
    fn paid(&self, order: &Order, attempt: &PaymentAttempt, wanted: Fen) -> Fact {
        Fact::OrderPaid {
            payee: order.payee,
            payer: order.payer.id(),
            order: order.id,
            attempt: attempt.id,
            amount_fen: wanted,
            at: self.now,
        }
    }

    fn suspended(&self, reason: SuspenseReason, amount: Fen) -> Fact {
        Fact::MoneySuspended {
            payee: self.payee,
            suspense: self.suspense,
            trade_no: self.proof.trade_no().to_owned(),
            reason,
            amount_fen: amount,
            at: self.now,
        }
    }

    fn suspense(&self, order: Option<OrderId>, reason: SuspenseReason, amount: Fen) -> Suspense {
        Suspense {
            id: self.suspense,
            payee: self.payee,
            order,
            channel: self.proof.channel(),
            merchant: self.proof.merchant().to_owned(),
            trade_no: self.proof.trade_no().to_owned(),
            out_trade_no: self.proof.out_trade_no().to_owned(),
            amount,
            currency: self.proof.currency().to_owned(),
            reason,
            follow_up: FollowUp::of(reason),
        }
    }
}

impl Settlement {
    fn unchanged(outcome: Outcome, order: Option<Order>, attempt: Option<PaymentAttempt>) -> Self {
        Self {
            outcome,
            order,
            attempt,
            facts: Vec::new(),
            entries: Vec::new(),
            suspense: None,
            seats: Vec::new(),
            seats_not_wanted: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
