//! The ways an order is refused.

use super::{ORDER_SEATS_MAX, SEAT_AMOUNT_MAX};
use crate::money::Fen;
use crate::refusal::{Kind, Refusal};

/// Why an order is not placed, changed or paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderRefusal {
    Empty,
    TooManySeats {
        seats: usize,
    },
    SeatAmountOutOfRange {
        amount: Fen,
    },
    /// Places in the list count from 1.
    SeatRepeated {
        first: usize,
        second: usize,
    },
    SeatOfAnother,
    SeatUnknown,
    LearnerAlreadyCovered {
        learners: usize,
    },
    AlreadyPaid,
    NotPaid,
    Cancelled,
    Expired,
    NotDue,
}

impl Refusal for OrderRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "order.empty",
            Self::TooManySeats { .. } => "order.too_many_seats",
            Self::SeatAmountOutOfRange { .. } => "order.seat_amount_out_of_range",
            Self::SeatRepeated { .. } => "order.seat_repeated",
            Self::SeatOfAnother => "order.seat_of_another",
            Self::SeatUnknown => "order.seat_unknown",
            Self::LearnerAlreadyCovered { .. } => "order.learner_already_covered",
            Self::AlreadyPaid => "order.already_paid",
            Self::NotPaid => "order.not_paid",
            Self::Cancelled => "order.cancelled",
            Self::Expired => "order.expired",
            Self::NotDue => "order.not_due",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Empty | Self::SeatAmountOutOfRange { .. } | Self::SeatRepeated { .. } => Kind::Invalid,
            Self::TooManySeats { .. } => Kind::TooLarge,
            Self::SeatOfAnother => Kind::Forbidden,
            Self::SeatUnknown => Kind::NotFound,
            Self::LearnerAlreadyCovered { .. }
            | Self::AlreadyPaid
            | Self::NotPaid
            | Self::Cancelled
            | Self::Expired
            | Self::NotDue => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooManySeats { seats } => {
                vec![("seats", seats.to_string()), ("seats_max", ORDER_SEATS_MAX.to_string())]
            }
            Self::SeatAmountOutOfRange { amount } => {
                vec![("amount", amount.to_string()), ("amount_max", SEAT_AMOUNT_MAX.to_string())]
            }
            Self::SeatRepeated { first, second } => {
                vec![("first", first.to_string()), ("second", second.to_string())]
            }
            Self::LearnerAlreadyCovered { learners } => vec![("learners", learners.to_string())],
            Self::Empty
            | Self::SeatOfAnother
            | Self::SeatUnknown
            | Self::AlreadyPaid
            | Self::NotPaid
            | Self::Cancelled
            | Self::Expired
            | Self::NotDue => Vec::new(),
        }
    }
}
