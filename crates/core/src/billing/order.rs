//! An order: seats in a subject of a year, asked of one payer by one payee.

use crate::id::{BaseId, LearnerId, OrderId, PayerId, PaymentAttemptId, UnitId};
use crate::money::Fen;
use crate::proof::{Channel, Proof};
use crate::scope::Actor;
use crate::study::Subject;
use crate::time::{Timestamp, Year};
use std::collections::{BTreeSet, HashMap};

mod refusal;

pub use refusal::OrderRefusal;

/// Most seats of one order. The largest units pay in several.
pub const ORDER_SEATS_MAX: usize = 5_000;

/// The dearest seat: 10,000 yuan. A slip of two zeros stops here.
pub const SEAT_AMOUNT_MAX: Fen = Fen(1_000_000);

/// Who pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payer {
    Learner(LearnerId),
    Unit(UnitId),
}

impl Payer {
    pub fn id(self) -> PayerId {
        match self {
            Self::Learner(learner) => learner.into(),
            Self::Unit(unit) => unit.into(),
        }
    }

    pub const fn kind_code(self) -> &'static str {
        match self {
            Self::Learner(_) => "learner",
            Self::Unit(_) => "unit",
        }
    }

    /// Puts a stored pair together again.
    pub fn from_stored(kind_code: &str, id: PayerId) -> Option<Self> {
        match kind_code {
            "learner" => Some(Self::Learner(LearnerId::from_raw(id.raw()))),
            "unit" => Some(Self::Unit(UnitId::from_raw(id.raw()))),
            _ => None,
        }
    }
}

/// A seat: one learner, and what their place costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLine {
    pub learner: LearnerId,
    pub amount: Fen,
}

/// The seats of an order: at least one, at most [`ORDER_SEATS_MAX`], no learner twice, each amount sensible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLines(Vec<OrderLine>);

impl OrderLines {
    pub fn new(lines: Vec<OrderLine>) -> Result<Self, OrderRefusal> {
        if lines.is_empty() {
            return Err(OrderRefusal::Empty);
        }
        if lines.len() > ORDER_SEATS_MAX {
            return Err(OrderRefusal::TooManySeats { seats: lines.len() });
        }
        let mut seen = HashMap::new();
        for (index, line) in lines.iter().enumerate() {
            if line.amount <= Fen::ZERO || line.amount > SEAT_AMOUNT_MAX {
                return Err(OrderRefusal::SeatAmountOutOfRange { amount: line.amount });
            }
            if let Some(first) = seen.insert(line.learner, index + 1) {
                let second = index + 1;
                return Err(OrderRefusal::SeatRepeated { first, second });
            }
        }
        Ok(Self(lines))
    }

    pub fn as_slice(&self) -> &[OrderLine] {
        &self.0
    }

    pub fn amount(&self) -> Fen {
        self.0.iter().map(|line| line.amount).sum()
    }

    /// The seats `covered` otherwise, and the seats still wanted.
    pub fn split_by_cover(&self, covered: &BTreeSet<LearnerId>) -> (Vec<OrderLine>, Vec<OrderLine>) {
        self.0.iter().partition(|line| covered.contains(&line.learner))
    }
}

/// Where an order stands. Each state holds just what it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderState {
    /// Placed, and no money has settled it.
    Awaiting { since: Timestamp },
    /// Settled by one trade, forever.
    Paid {
        attempt: PaymentAttemptId,
        channel: Channel,
        trade_no: String,
        /// By the gateway's clock.
        paid_at: Timestamp,
    },
    /// Taken back by a person. Money that still comes settles it if its seats are wanted.
    Cancelled { at: Timestamp, by: Actor },
    /// Nobody paid in time. Money that still comes settles it if its seats are wanted.
    Expired { at: Timestamp },
}

impl OrderState {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Awaiting { .. } => "awaiting",
            Self::Paid { .. } => "paid",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired { .. } => "expired",
        }
    }
}

/// What somebody wants to order, before anything is checked against what stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDraft {
    pub id: OrderId,
    pub payer: Payer,
    pub payee: BaseId,
    pub year: Year,
    pub subject: Subject,
    pub lines: OrderLines,
}

/// An order (订单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub payer: Payer,
    pub payee: BaseId,
    pub year: Year,
    pub subject: Subject,
    pub lines: OrderLines,
    pub state: OrderState,
}

impl Order {
    /// Places an order at `now`. `covered` are learners with a seat in another paid order of this year and subject.
    ///
    /// # Errors
    /// A learner pays only for themselves; a seat is sold once.
    pub fn place(draft: OrderDraft, covered: &BTreeSet<LearnerId>, now: Timestamp) -> Result<Self, OrderRefusal> {
        let own = |learner: LearnerId| draft.lines.as_slice().iter().all(|line| line.learner == learner);
        if matches!(draft.payer, Payer::Learner(learner) if !own(learner)) {
            return Err(OrderRefusal::SeatOfAnother);
        }
        let (already, _) = draft.lines.split_by_cover(covered);
        if !already.is_empty() {
            return Err(OrderRefusal::LearnerAlreadyCovered { learners: already.len() });
        }
        let OrderDraft { id, payer, payee, year, subject, lines } = draft;
        let state = OrderState::Awaiting { since: now };
        Ok(Self { id, payer, payee, year, subject, lines, state })
    }

    /// What the payer owes: the sum of the lines.
    pub fn amount(&self) -> Fen {
        self.lines.amount()
    }

    /// Refuses unless the order waits for money.
    pub fn payable(&self) -> Result<(), OrderRefusal> {
        match &self.state {
            OrderState::Awaiting { .. } => Ok(()),
            OrderState::Paid { .. } => Err(OrderRefusal::AlreadyPaid),
            OrderState::Cancelled { .. } => Err(OrderRefusal::Cancelled),
            OrderState::Expired { .. } => Err(OrderRefusal::Expired),
        }
    }

    /// Takes the order back. Its waiting attempts are to be closed at the gateways; money that comes all the same
    /// is settled or suspended, not lost.
    pub fn cancel(self, by: Actor, now: Timestamp) -> Result<Self, OrderRefusal> {
        self.payable()?;
        let state = OrderState::Cancelled { at: now, by };
        Ok(Self { state, ..self })
    }

    /// Ends an order that has waited `lifetime_seconds` without money.
    pub fn expire(self, lifetime_seconds: i64, now: Timestamp) -> Result<Self, OrderRefusal> {
        self.payable()?;
        match self.state {
            OrderState::Awaiting { since } if now < since.plus_seconds(lifetime_seconds) => Err(OrderRefusal::NotDue),
            _ => Ok(Self { state: OrderState::Expired { at: now }, ..self }),
        }
    }

    /// The order settled by `proof`. Only `settle` judges whether it does.
    pub(super) fn paid_by(self, attempt: PaymentAttemptId, proof: &Proof) -> Self {
        let state = OrderState::Paid {
            attempt,
            channel: proof.channel(),
            trade_no: proof.trade_no().to_owned(),
            paid_at: proof.paid_at(),
        };
        Self { state, ..self }
    }
}

#[cfg(test)]
mod tests;
