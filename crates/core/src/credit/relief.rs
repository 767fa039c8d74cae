//! What exemptions (豁免) take off a year: all of it, or some of its hours.

use super::Hours;
use crate::time::{BusinessDate, Year};

/// What is taken off one learner's year; several exemptions add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relief {
    /// Nothing is required.
    pub whole: bool,
    /// Hours of the public subject that are not required.
    pub public: Hours,
    /// The same of the professional subject.
    pub professional: Hours,
}

impl Relief {
    /// Nothing is taken off.
    pub const NONE: Self = Self { whole: false, public: Hours(0), professional: Hours(0) };

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            whole: self.whole || other.whole,
            public: Hours(self.public.0 + other.public.0),
            professional: Hours(self.professional.0 + other.professional.0),
        }
    }
}

/// Years that an absence reaches: those of which at least `days_min` days lie in it, both ends counted.
///
/// A leave from October to March is half a year and reaches neither year where each asks for six months of its own: the
/// provinces' notices speak of "within the year" (年度内).
pub fn years_reached(from: BusinessDate, until: BusinessDate, days_min: i64) -> Vec<Year> {
    let reached = |year: &i64| {
        let day = |month, day| BusinessDate::new(*year, month, day);
        let (Some(first), Some(last)) = (day(1, 1), day(12, 31)) else { return false };
        let (begin, end) = (from.max(first), until.min(last));
        begin <= end && begin.days_until(end) + 1 >= days_min
    };
    (from.year()..=until.year()).filter(reached).map(Year).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn years(from: i64, until: i64, days_min: i64) -> Vec<i64> {
        years_reached(BusinessDate(from), BusinessDate(until), days_min).into_iter().map(|year| year.0).collect()
    }

    #[test]
    fn a_year_is_reached_when_enough_of_its_own_days_are() {
        assert_eq!(years(20_260_301, 20_260_828, 180), [2026], "181 days of one year");
        assert_eq!(years(20_260_301, 20_260_827, 181), [0; 0]);
        assert_eq!(years(20_260_301, 20_260_827, 180), [2026], "both ends count");
        assert_eq!(years(20_261_001, 20_270_331, 180), [0; 0], "half a year, but of neither year");
        assert_eq!(years(20_251_231, 20_280_101, 1), [2025, 2026, 2027, 2028]);
        assert_eq!(years(20_251_231, 20_280_101, 365), [2026, 2027]);
        assert_eq!(years(20_260_102, 20_260_101, 1), [0; 0], "it ends before it begins");
    }

    #[test]
    fn reliefs_add_up() {
        let leave = Relief { professional: Hours::whole(30), ..Relief::NONE };
        let whole = Relief { whole: true, ..Relief::NONE };
        assert_eq!(leave.plus(leave).professional, Hours::whole(60));
        assert!(leave.plus(whole).whole && whole.plus(leave).whole && !leave.plus(Relief::NONE).whole);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Counting day by day gives the same years.
        #[test]
        fn years_agree_with_counting_each_day(month in 1..=12_i64, day in 1..=28_i64, length in 0..900_i64, days_min in 1..=366_i64) {
            let from = BusinessDate::new(2025, month, day).unwrap();
            let until = from.start().plus_days(length).business_date();
            let mut counted = std::collections::BTreeMap::<i64, i64>::new();
            for passed in 0..=length {
                *counted.entry(from.start().plus_days(passed).business_date().year()).or_default() += 1;
            }
            let naive: Vec<i64> = counted.into_iter().filter(|(_, days)| *days >= days_min).map(|(year, _)| year).collect();
            prop_assert_eq!(years(from.0, until.0, days_min), naive);
        }
    }
}
