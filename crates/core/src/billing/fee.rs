//! What a seat costs: by year, subject and payee, under a ceiling.

use super::order::{OrderLine, OrderLines, OrderRefusal, SEAT_AMOUNT_MAX};
use crate::id::{BaseId, FeeId, LearnerId};
use crate::money::Fen;
use crate::refusal::{Kind, Refusal};
use crate::study::Subject;
use crate::time::Year;

/// A fee (收费标准) that passed its check.
///
/// The ceiling is the price bureau's; a payee may ask less and never more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeSchedule {
    pub id: FeeId,
    pub year: Year,
    pub subject: Subject,
    pub payee: BaseId,
    amount: Fen,
    ceiling: Fen,
}

impl FeeSchedule {
    pub fn new(
        id: FeeId,
        year: Year,
        subject: Subject,
        payee: BaseId,
        amount: Fen,
        ceiling: Fen,
    ) -> Result<Self, FeeRefusal> {
        if ceiling <= Fen::ZERO || ceiling > SEAT_AMOUNT_MAX {
            return Err(FeeRefusal::CeilingOutOfRange { ceiling });
        }
        if amount <= Fen::ZERO {
            return Err(FeeRefusal::AmountNotPositive { amount });
        }
        if amount > ceiling {
            return Err(FeeRefusal::AboveCeiling { amount, ceiling });
        }
        Ok(Self { id, year, subject, payee, amount, ceiling })
    }

    /// What one seat costs.
    pub fn amount(&self) -> Fen {
        self.amount
    }

    pub fn ceiling(&self) -> Fen {
        self.ceiling
    }

    /// A seat for each learner at this fee: prices come from here, never from a form.
    pub fn lines(&self, learners: &[LearnerId]) -> Result<OrderLines, OrderRefusal> {
        let seat = |learner: &LearnerId| OrderLine { learner: *learner, amount: self.amount };
        OrderLines::new(learners.iter().map(seat).collect())
    }
}

/// Why a fee is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeRefusal {
    AmountNotPositive { amount: Fen },
    CeilingOutOfRange { ceiling: Fen },
    AboveCeiling { amount: Fen, ceiling: Fen },
}

impl Refusal for FeeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AmountNotPositive { .. } => "fee.amount_not_positive",
            Self::CeilingOutOfRange { .. } => "fee.ceiling_out_of_range",
            Self::AboveCeiling { .. } => "fee.above_ceiling",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::AmountNotPositive { amount } => vec![("amount", amount.to_string())],
            Self::CeilingOutOfRange { ceiling } => {
                vec![("ceiling", ceiling.to_string()), ("ceiling_max", SEAT_AMOUNT_MAX.to_string())]
            }
            Self::AboveCeiling { amount, ceiling } => {
                vec![("amount", amount.to_string()), ("ceiling", ceiling.to_string())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fee(amount: i64, ceiling: i64) -> Result<FeeSchedule, FeeRefusal> {
        let (id, payee) = (FeeId::from_raw(1), BaseId::from_raw(2));
        FeeSchedule::new(id, Year(2026), Subject::Public, payee, Fen(amount), Fen(ceiling))
    }

    #[test]
    fn a_fee_reaches_its_ceiling_and_not_above() {
        assert!(fee(4_000, 4_000).is_ok());
        let (amount, ceiling) = (Fen(4_001), Fen(4_000));
        assert_eq!(fee(4_001, 4_000), Err(FeeRefusal::AboveCeiling { amount, ceiling }));
    }

    #[test]
    fn amounts_out_of_sense_are_refused() {
        assert_eq!(fee(0, 4_000), Err(FeeRefusal::AmountNotPositive { amount: Fen(0) }));
        assert_eq!(fee(-1, 4_000), Err(FeeRefusal::AmountNotPositive { amount: Fen(-1) }));
        assert_eq!(fee(1, 0), Err(FeeRefusal::CeilingOutOfRange { ceiling: Fen(0) }));
        assert!(fee(1, SEAT_AMOUNT_MAX.0).is_ok());
        assert!(fee(1, SEAT_AMOUNT_MAX.0 + 1).is_err());
    }

    #[test]
    fn every_seat_costs_the_fee() {
        let learners: Vec<_> = (1..=120).map(LearnerId::from_raw).collect();
        assert_eq!(fee(4_000, 6_000).unwrap().lines(&learners).unwrap().amount(), Fen(480_000));
    }
}
