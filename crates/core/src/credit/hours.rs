//! Seconds as they are kept, and hours (学时) as people read them.

use crate::study::StudySeconds;
use std::fmt;

/// Hours in hundredths: 5850 is 58.5 hours. For showing and for certificates; sums are made of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Hours(pub i64);

impl Hours {
    pub const fn whole(hours: i64) -> Self {
        Self(hours * 100)
    }

    /// Never below zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }
}

/// `58`, `58.5`, `58.25`: no more digits than it needs.
impl fmt::Display for Hours {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "−" } else { "" };
        let (whole, part) = (self.0.abs() / 100, self.0.abs() % 100);
        match (part, part % 10) {
            (0, _) => write!(out, "{sign}{whole}"),
            (_, 0) => write!(out, "{sign}{whole}.{}", part / 10),
            _ => write!(out, "{sign}{whole}.{part:02}"),
        }
    }
}

/// How seconds become hours: how long an hour is, and how fine it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourMeasure {
    /// Minutes of study in one hour: 45 by most rules.
    pub minutes_per_hour: i64,
    /// The smallest step shown, in hundredths of an hour: 50 is half an hour, 100 a whole one.
    pub granularity: i64,
}

impl HourMeasure {
    /// Rounds **down** to the step. Asked of a year's sum only: rounding lesson by lesson would lose hours.
    pub fn hours(self, seconds: StudySeconds) -> Hours {
        let hundredths = seconds.0.max(0) * 100 / (self.minutes_per_hour * 60);
        Hours(hundredths / self.granularity * self.granularity)
    }

    /// Exact: every step is a whole number of seconds, which `RuleSet::check` sees to.
    pub fn seconds(self, hours: Hours) -> StudySeconds {
        StudySeconds(hours.0 * self.minutes_per_hour * 60 / 100)
    }
}

/// A year's seconds as hours to show: `58`, `58.5`.
pub fn hours_display(seconds: StudySeconds, minutes_per_hour: i64, granularity: i64) -> String {
    HourMeasure { minutes_per_hour, granularity }.hours(seconds).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A learner who is one second short has not got the hour; the page must not say that they have.
    #[test]
    fn hours_are_rounded_down_to_the_step() {
        assert_eq!(hours_display(StudySeconds(58 * 2_700), 45, 50), "58");
        assert_eq!(hours_display(StudySeconds(58 * 2_700 + 1_350), 45, 50), "58.5");
        assert_eq!(hours_display(StudySeconds(59 * 2_700 - 1), 45, 50), "58.5");
        assert_eq!(hours_display(StudySeconds(59 * 2_700 - 1), 45, 100), "58");
        assert_eq!(hours_display(StudySeconds(675), 45, 25), "0.25");
        assert_eq!(hours_display(StudySeconds(-1), 45, 50), "0");
        assert_eq!(Hours(-150).to_string(), "−1.5");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn rounding_loses_less_than_one_step(seconds in 0..10_000_000_i64, minutes in 30..=60_i64, step in prop_oneof![Just(25), Just(50), Just(100)]) {
            let measure = HourMeasure { minutes_per_hour: minutes, granularity: step };
            let back = measure.seconds(measure.hours(StudySeconds(seconds))).0;
            prop_assert!(back <= seconds && seconds - back < minutes * 60 * step / 100 + 1);
        }
    }
}
