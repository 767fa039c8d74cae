//! Why a beat counted as it did, in words with stable codes.

/// One reason. The learner reads its sentence; an officer reads its code in the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Something new was recorded.
    Counted,
    /// More was claimed than time has passed; the rest may be sent again with a later beat.
    OverBudget,
    /// The silence was longer than the cap; only its first part counts.
    GapTooLong,
    /// A part lies beyond the lesson's end.
    BeyondEnd,
    /// A part had been recorded before.
    AlreadyCounted,
    /// The page was hidden, and the rules count only a visible one.
    Hidden,
    /// The day's most is reached.
    DayCap,
    /// The record is in too many pieces to take another.
    TooScattered,
}

impl Decision {
    pub const ALL: [Self; 8] = [
        Self::Counted,
        Self::OverBudget,
        Self::GapTooLong,
        Self::BeyondEnd,
        Self::AlreadyCounted,
        Self::Hidden,
        Self::DayCap,
        Self::TooScattered,
    ];

    /// The key of its sentence in the locale files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Counted => "beat.counted",
            Self::OverBudget => "beat.over_budget",
            Self::GapTooLong => "beat.gap_too_long",
            Self::BeyondEnd => "beat.beyond_end",
            Self::AlreadyCounted => "beat.already_counted",
            Self::Hidden => "beat.hidden",
            Self::DayCap => "beat.day_cap",
            Self::TooScattered => "beat.too_scattered",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl serde::Serialize for Decision {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

/// The reasons of one beat, one bit each in the order of `Decision::ALL`; the order is stored and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decisions(pub u8);

impl Decisions {
    pub fn put(&mut self, decision: Decision) {
        self.0 |= decision.bit();
    }

    pub fn has(self, decision: Decision) -> bool {
        self.0 & decision.bit() != 0
    }

    pub fn each(self) -> impl Iterator<Item = Decision> {
        Decision::ALL.into_iter().filter(move |decision| self.has(*decision))
    }

    /// The one reason to show: what cost the learner something comes before what did not.
    pub fn main(self) -> Option<Decision> {
        let order = [
            Decision::DayCap,
            Decision::Hidden,
            Decision::GapTooLong,
            Decision::TooScattered,
            Decision::OverBudget,
            Decision::Counted,
            Decision::BeyondEnd,
            Decision::AlreadyCounted,
        ];
        order.into_iter().find(|decision| self.has(*decision))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evidence is read for years; a bit that changes its meaning rewrites the past.
    #[test]
    fn the_bits_are_pinned() {
        let bits: Vec<u8> = Decision::ALL.into_iter().map(Decision::bit).collect();
        assert_eq!(bits, [1, 2, 4, 8, 16, 32, 64, 128]);
    }

    #[test]
    fn what_cost_time_is_shown_first() {
        let mut decisions = Decisions::default();
        assert_eq!(decisions.main(), None);
        decisions.put(Decision::Counted);
        decisions.put(Decision::BeyondEnd);
        assert_eq!(decisions.main(), Some(Decision::Counted));
        decisions.put(Decision::GapTooLong);
        assert_eq!(decisions.main(), Some(Decision::GapTooLong));
        assert_eq!(decisions.each().count(), 3);
    }
}
