//! The numbers of the beat protocol, as data.

use super::PolicyRefusal;

/// How beats become recorded time. A province may be stricter; none of these makes time from nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// How often the player should beat, in milliseconds. Also what an honest learner may lose at worst.
    pub interval_ms: i64,
    /// Of a longer silence only this first part earns time, in milliseconds.
    pub gap_cap_ms: i64,
    /// How far one beat may overdraw its own interval from wall time left unspent earlier, in milliseconds: networks
    /// deliver one beat late and the next early. It never raises the learner's budget.
    pub grace_ms: i64,
    /// How much further it may overdraw when the player says that its beat before was late on its way (a tunnel), in
    /// milliseconds. It draws on unspent wall time like the grace, and raises the budget as little.
    pub lateness_max_ms: i64,
    /// Milliseconds of a lesson that 100 milliseconds of wall time can record. 100 is real time.
    pub rate_max_percent: i64,
    /// The share of a lesson that must be recorded to complete it, in thousandths.
    pub completion_permille: i64,
    /// The most study recorded for one learner on one day in China, in seconds; `None` when the rules set no cap.
    pub day_cap_seconds: Option<i64>,
    /// Whether time counts while the page is hidden. A page in the background is not yet cheating: phones lock, and
    /// a call comes in; so by default it counts and the evidence says so.
    pub hidden_counts: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            interval_ms: 15_000,
            gap_cap_ms: 120_000,
            grace_ms: 2_000,
            lateness_max_ms: 120_000,
            rate_max_percent: 100,
            completion_permille: 950,
            day_cap_seconds: None,
            hidden_counts: true,
        }
    }
}

impl Policy {
    /// Refuses numbers under which the protocol would no longer bound time, naming the field.
    pub fn check(self) -> Result<Self, PolicyRefusal> {
        let fields = [
            ("interval_ms", (1_000..=60_000).contains(&self.interval_ms)),
            ("gap_cap_ms", (self.interval_ms..=600_000).contains(&self.gap_cap_ms)),
            ("grace_ms", (0..=self.interval_ms).contains(&self.grace_ms)),
            ("lateness_max_ms", (0..=self.gap_cap_ms).contains(&self.lateness_max_ms)),
            ("rate_max_percent", (50..=200).contains(&self.rate_max_percent)),
            ("completion_permille", (1..=1_000).contains(&self.completion_permille)),
            ("day_cap_seconds", self.day_cap_seconds.is_none_or(|cap| (1..=86_400).contains(&cap))),
        ];
        match fields.into_iter().find(|(_, fits)| !fits) {
            Some((field, _)) => Err(PolicyRefusal::OutOfRange { field }),
            None => Ok(self),
        }
    }

    /// What a silence of `elapsed_ms` by the server's clock earns, in milliseconds of a lesson.
    pub(super) fn earned_ms(&self, elapsed_ms: i64) -> i64 {
        elapsed_ms.clamp(0, self.gap_cap_ms) * self.rate_max_percent / 100
    }

    /// The most unspent time a learner ever holds.
    pub(super) fn budget_max_ms(&self) -> i64 {
        self.earned_ms(self.gap_cap_ms)
    }

    /// Whether `recorded_ms` of `length_ms` completes a lesson. A lesson without length is never completed by time.
    pub fn completes(&self, recorded_ms: i64, length_ms: i64) -> bool {
        length_ms > 0 && recorded_ms * 1_000 >= length_ms * self.completion_permille
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_within_its_own_bounds() {
        assert_eq!(Policy::default().check(), Ok(Policy::default()));
    }

    /// A typing mistake in the configuration must not open the gate for everybody.
    #[test]
    fn numbers_that_would_not_bound_time_are_refused_by_name() {
        let wrong = [
            (Policy { rate_max_percent: 1_600, ..Policy::default() }, "rate_max_percent"),
            (Policy { gap_cap_ms: 3_600_000, ..Policy::default() }, "gap_cap_ms"),
            (Policy { grace_ms: -1, ..Policy::default() }, "grace_ms"),
            (Policy { interval_ms: 0, ..Policy::default() }, "interval_ms"),
            (Policy { completion_permille: 0, ..Policy::default() }, "completion_permille"),
            (Policy { day_cap_seconds: Some(90_000), ..Policy::default() }, "day_cap_seconds"),
        ];
        for (policy, field) in wrong {
            assert_eq!(policy.check(), Err(PolicyRefusal::OutOfRange { field }));
        }
    }

    #[test]
    fn a_lesson_is_complete_at_95_percent_and_not_a_millisecond_before() {
        let policy = Policy::default();
        assert!(policy.completes(95_000, 100_000));
        assert!(!policy.completes(94_999, 100_000));
        assert!(!policy.completes(0, 0));
    }
}
