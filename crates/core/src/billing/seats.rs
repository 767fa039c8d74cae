//! Paid seats open: from then on their learners may study, and what was prepaid is earned.

use super::ledger::{Entry, ReceiptKind};
use super::order::{Order, OrderLine, OrderRefusal, OrderState, Payer};
use crate::fact::Fact;
use crate::time::Timestamp;

/// Most seats opened in one transaction. A unit's order opens in several, so that nobody's beat waits long.
pub const OPENING_CHUNK_MAX: usize = 500;

/// When the seats of an order open after it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatsOpening {
    /// In the settling transaction: the learner is looking at the page.
    Now,
    /// By a job, in chunks of at most [`OPENING_CHUNK_MAX`]; a sweep finishes what the job left.
    InChunks,
}

impl SeatsOpening {
    pub const fn of(payer: Payer) -> Self {
        match payer {
            Payer::Learner(_) => Self::Now,
            Payer::Unit(_) => Self::InChunks,
        }
    }
}

/// Seats just opened: a fact for each, and one entry that books them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub facts: Vec<Fact>,
    /// None when `seats` was empty.
    pub entry: Option<Entry>,
}

/// Opens `seats` of a paid order. The caller leaves out the seats that are open already and those whose money lies
/// in suspense, so that a chunk that runs twice opens nothing twice.
///
/// # Errors
/// The order is not paid, a seat is not one of its own, or there are more than [`OPENING_CHUNK_MAX`].
pub fn open_seats(
    order: &Order,
    seats: &[OrderLine],
    receipt: ReceiptKind,
    now: Timestamp,
) -> Result<Opening, OrderRefusal> {
    if !matches!(order.state, OrderState::Paid { .. }) {
        return Err(OrderRefusal::NotPaid);
    }
    if seats.len() > OPENING_CHUNK_MAX {
        return Err(OrderRefusal::TooManySeats { seats: seats.len() });
    }
    if !seats.iter().all(|seat| order.lines.as_slice().contains(seat)) {
        return Err(OrderRefusal::SeatUnknown);
    }
    let prices: Vec<_> = seats.iter().map(|seat| seat.amount).collect();
    let facts = seats.iter().map(|seat| Fact::SeatPaid {
        payer: order.payer.id(),
        order: order.id,
        learner: seat.learner,
        year: order.year,
        subject: order.subject,
        at: now,
    });
    Ok(Opening {
        facts: facts.collect(),
        // Seats of a checked order have positive prices, so only an empty chunk books nothing.
        entry: Entry::open_seats(&prices, receipt).ok(),
    })
}

#[cfg(test)]
mod tests;
