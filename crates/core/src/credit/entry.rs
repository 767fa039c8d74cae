//! The rows of the credit ledger (学时账): entered once, never edited, taken back only by a reversing row.

use super::{CreditRefusal, RuleSet};
use crate::change::Change;
use crate::fact::{CreditSource, Fact};
use crate::id::{CreditEntryId, LearnerId};
use crate::study::{StudySeconds, Subject};
use crate::time::{Timestamp, Year};

/// What a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    Entered {
        source: CreditSource,
    },
    /// Takes back another row (冲正), whole.
    Reversal {
        reverses: CreditEntryId,
        reason: String,
    },
}

/// A credit entry (学时记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditEntry {
    pub id: CreditEntryId,
    pub learner: LearnerId,
    pub year: Year,
    pub subject: Subject,
    /// Exact; negative in a reversing row.
    pub seconds: StudySeconds,
    pub kind: EntryKind,
    pub at: Timestamp,
}

impl CreditEntry {
    /// Enters `seconds` of recognised study.
    ///
    /// The credit of a lesson is its recognised length (`LessonMeasure::completion_credit`), entered once, when it is
    /// completed; the schema guards "once" (one entry per learner and lesson, one per learner and confirmed row).
    /// Refuses what the rules of the year do not count, and days outside its window.
    pub fn enter(
        id: CreditEntryId,
        learner: LearnerId,
        (subject, seconds): (Subject, StudySeconds),
        source: CreditSource,
        rules: &RuleSet,
        now: Timestamp,
    ) -> Result<Change<Self>, CreditRefusal> {
        let today = now.business_date();
        if today < rules.opens_on {
            return Err(CreditRefusal::NotOpenYet { opens_on: rules.opens_on });
        }
        if today > rules.closes_on {
            return Err(CreditRefusal::WindowClosed { closed_on: rules.closes_on });
        }
        if seconds.0 <= 0 {
            return Err(CreditRefusal::NothingToEnter);
        }
        if !rules.counts(&source) {
            return Err(CreditRefusal::SourceNotCounted);
        }
        let year = rules.year;
        let fact = Fact::CreditEntered { learner, entry: id, year, subject, seconds, source, at: now };
        let entry = Self { id, learner, year, subject, seconds, kind: EntryKind::Entered { source }, at: now };
        Ok(Change::of(entry, fact))
    }

    /// The row that takes this one back. `reversed` says whether one exists already; the schema guards the race.
    /// A mistake may be corrected after the year has closed.
    pub fn reverse(
        &self,
        id: CreditEntryId,
        reason: &str,
        reversed: bool,
        now: Timestamp,
    ) -> Result<Change<Self>, CreditRefusal> {
        match self.kind {
            EntryKind::Reversal { .. } => return Err(CreditRefusal::ReversesAReversal { entry: self.id }),
            EntryKind::Entered { .. } if reversed => {
                return Err(CreditRefusal::AlreadyReversed { entry: self.id });
            }
            EntryKind::Entered { .. } => {}
        }
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(CreditRefusal::ReasonMissing);
        }
        let fact = Fact::CreditReversed {
            learner: self.learner,
            entry: id,
            reverses: self.id,
            reason: reason.clone(),
            at: now,
        };
        let entry = Self {
            id,
            seconds: StudySeconds(-self.seconds.0),
            kind: EntryKind::Reversal { reverses: self.id, reason },
            at: now,
            ..self.clone()
        };
        Ok(Change::of(entry, fact))
    }
}

/// A learner's sums of one year, exact. The sum of a column is enough to make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Earned {
    pub public: StudySeconds,
    pub professional: StudySeconds,
}

impl Earned {
    /// Adds up the rows of `year`; reversing rows take away.
    pub fn sum<'a>(entries: impl IntoIterator<Item = &'a CreditEntry>, year: Year) -> Self {
        let mut earned = Self::default();
        for entry in entries.into_iter().filter(|entry| entry.year == year) {
            match entry.subject {
                Subject::Public => earned.public = earned.public + entry.seconds,
                Subject::Professional => earned.professional = earned.professional + entry.seconds,
            }
        }
        earned
    }

    pub fn total(self) -> StudySeconds {
        self.public + self.professional
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule_set::tests::hunan;
    use super::super::{RuleSet, SourceKind};
    use super::*;
    use crate::id::{ImportId, LessonId};
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).unwrap()
    }

    fn enter(id: i64, seconds: i64, rules: &RuleSet, now: &str) -> Result<Change<CreditEntry>, CreditRefusal> {
        let source = CreditSource::Lesson { lesson: LessonId::from_raw(3) };
        let what = (Subject::Public, StudySeconds(seconds));
        CreditEntry::enter(CreditEntryId::from_raw(id), LearnerId::from_raw(7), what, source, rules, at(now))
    }

    const NOON: &str = "2026-11-23T12:00:00+08:00";

    /// The mistake and its correction both stay readable, and together they are worth nothing.
    #[test]
    fn a_reversal_takes_back_the_whole_entry_and_leaves_it_standing() {
        let entered = enter(1, 2_700, &hunan(), NOON).unwrap().value;
        let reversal = entered.reverse(CreditEntryId::from_raw(2), " 重复计入 ", false, at(NOON)).unwrap();
        assert!(matches!(&reversal.facts[..], [Fact::CreditReversed { reason, .. }] if reason == "重复计入"));
        assert_eq!(Earned::sum([&entered, &reversal.value], Year(2026)), Earned::default());
        assert_eq!(Earned::sum([&entered, &reversal.value], Year(2025)), Earned::default());
        let again = entered.reverse(CreditEntryId::from_raw(3), "重复计入", true, at(NOON));
        assert_eq!(again, Err(CreditRefusal::AlreadyReversed { entry: entered.id }));
        let twice = reversal.value.reverse(CreditEntryId::from_raw(3), "再冲正", false, at(NOON));
        assert_eq!(twice, Err(CreditRefusal::ReversesAReversal { entry: reversal.value.id }));
        let silent = entered.reverse(CreditEntryId::from_raw(3), " ", false, at(NOON));
        assert_eq!(silent, Err(CreditRefusal::ReasonMissing));
    }

    /// The window is a promise in both directions: to the second before it closes, and not one after.
    #[test]
    fn credit_is_entered_only_within_the_window() {
        let rules = RuleSet { opens_on: crate::time::BusinessDate(20_260_301), ..hunan() };
        let early = Err(CreditRefusal::NotOpenYet { opens_on: rules.opens_on });
        assert_eq!(enter(1, 60, &rules, "2026-02-28T23:59:59+08:00"), early);
        assert!(enter(1, 60, &rules, "2026-03-01T00:00:00+08:00").is_ok());
        assert!(enter(1, 60, &rules, "2027-04-30T23:59:59+08:00").is_ok());
        let late = Err(CreditRefusal::WindowClosed { closed_on: rules.closes_on });
        assert_eq!(enter(1, 60, &rules, "2027-05-01T00:00:00+08:00"), late);
    }

    #[test]
    fn only_counted_sources_and_real_time_are_entered() {
        assert_eq!(enter(1, 0, &hunan(), NOON), Err(CreditRefusal::NothingToEnter));
        assert_eq!(enter(1, -60, &hunan(), NOON), Err(CreditRefusal::NothingToEnter));
        let confirmed_only = RuleSet { counted_sources: vec![SourceKind::Confirmed], ..hunan() };
        assert_eq!(enter(1, 60, &confirmed_only, NOON), Err(CreditRefusal::SourceNotCounted));
        assert!(confirmed_only.counts(&CreditSource::Confirmed { import: ImportId::from_raw(1) }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever was entered and whatever of it was taken back, the sum is what was left standing.
        #[test]
        fn sums_are_what_is_left_standing(rows in proptest::collection::vec((1..100_000_i64, any::<bool>()), 0..40)) {
            let (mut ledger, mut standing) = (Vec::new(), 0);
            for (index, (seconds, reversed)) in (0..).zip(rows) {
                let entry = enter(2 * index, seconds, &hunan(), NOON).unwrap().value;
                if reversed {
                    ledger.push(entry.reverse(CreditEntryId::from_raw(2 * index + 1), "更正", false, entry.at).unwrap().value);
                } else {
                    standing += seconds;
                }
                ledger.push(entry);
            }
            prop_assert_eq!(Earned::sum(&ledger, Year(2026)).public, StudySeconds(standing));
            prop_assert_eq!(Earned::sum(&ledger, Year(2026)).total(), StudySeconds(standing));
        }
    }
}
