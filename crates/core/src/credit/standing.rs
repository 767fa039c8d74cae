//! Where a learner stands in a year: what is met, and the one next thing that is missing.

use super::{Earned, HourMeasure, Hours, Relief, RuleSet};
use crate::study::StudySeconds;

/// One part of the requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Exact.
    pub earned: StudySeconds,
    pub required: StudySeconds,
    /// What is missing, exact.
    pub gap: StudySeconds,
    /// The year's sum in hours, rounded down.
    pub earned_hours: Hours,
    /// What is required in hours, rounded up to the step where a share is not a whole one.
    pub required_hours: Hours,
    /// Required less earned as shown, so that the three numbers on a page add up.
    pub gap_hours: Hours,
    pub met: bool,
}

/// The test of the public subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExamStanding {
    NotRequired,
    Missing,
    Passed,
}

/// The next thing to do, in the order a learner does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    PublicHours {
        gap: Hours,
    },
    Exam,
    ProfessionalHours {
        gap: Hours,
    },
    /// Both subjects are met; hours of any are missing for the total.
    AnyHours {
        gap: Hours,
    },
    Nothing,
    /// An exemption takes the whole year off.
    Waived,
}

impl Missing {
    pub const fn code(self) -> &'static str {
        match self {
            Self::PublicHours { .. } => "standing.public_hours",
            Self::Exam => "standing.exam",
            Self::ProfessionalHours { .. } => "standing.professional_hours",
            Self::AnyHours { .. } => "standing.any_hours",
            Self::Nothing => "standing.nothing",
            Self::Waived => "standing.waived",
        }
    }
}

/// A learner's standing (达标情况) in one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub public: Part,
    pub professional: Part,
    /// All recognised hours; it rounds their exact sum, so it may show half an hour more than its two parts.
    pub total: Part,
    pub exam: ExamStanding,
    /// The public subject is complete and its test passed: the 公需科目合格证明 is due.
    pub public_met: bool,
    /// Everything is complete: the yearly certificate is due.
    pub annual_met: bool,
    /// Nothing is asked in this year. Whoever meets it all the same has met it.
    pub waived: bool,
    pub next: Missing,
}

/// Where `earned` leaves a learner against the year's rules.
///
/// Met is judged on exact seconds; hours are rounded down only on the yearly sums, for people to read. A reversal may
/// take away what was met.
///
/// Source: 专业技术人员继续教育规定 (Ministry of Human Resources and Social Security, order 25, 2015), art. 8.
pub fn standing(earned: Earned, rules: &RuleSet, exam_passed: bool) -> Standing {
    relieved_standing(earned, rules, exam_passed, Relief::NONE)
}

/// The same where exemptions take something off the year.
///
/// Hours that are taken off lower their subject's part and, by as much, the total: never below nothing. A year that is
/// taken off whole asks for nothing; its certificate is due only to whoever meets the year's rules all the same.
pub fn relieved_standing(earned: Earned, rules: &RuleSet, exam_passed: bool, relief: Relief) -> Standing {
    let measure = rules.measure();
    let lowered = |required: StudySeconds, by: Hours| required.saturating_sub(measure.seconds(by));
    let public_required = lowered(rules.public_required(), relief.public);
    let professional_required = lowered(rules.professional_required(), relief.professional);
    let taken_off = StudySeconds(
        rules.public_required().0 - public_required.0 + rules.professional_required().0 - professional_required.0,
    );
    let public = part(earned.public, public_required, measure);
    let professional = part(earned.professional, professional_required, measure);
    let total = part(earned.total(), rules.total_required().saturating_sub(taken_off), measure);
    let exam = match (rules.exam_required, exam_passed) {
        (false, _) => ExamStanding::NotRequired,
        (true, false) => ExamStanding::Missing,
        (true, true) => ExamStanding::Passed,
    };
    let public_met = public.met && exam != ExamStanding::Missing;
    let next = if !public.met {
        Missing::PublicHours { gap: public.gap_hours }
    } else if !public_met {
        Missing::Exam
    } else if !professional.met {
        Missing::ProfessionalHours { gap: professional.gap_hours }
    } else if !total.met {
        Missing::AnyHours { gap: total.gap_hours }
    } else {
        Missing::Nothing
    };
    let annual_met = next == Missing::Nothing;
    let next = if relief.whole && !annual_met { Missing::Waived } else { next };
    Standing { public, professional, total, exam, public_met, annual_met, waived: relief.whole, next }
}

fn part(earned: StudySeconds, required: StudySeconds, measure: HourMeasure) -> Part {
    let earned = StudySeconds(earned.0.max(0));
    let earned_hours = measure.hours(earned);
    let down = measure.hours(required);
    let step = if measure.seconds(down) < required { measure.granularity } else { 0 };
    let required_hours = Hours(down.0 + step);
    Part {
        earned,
        required,
        gap: required.saturating_sub(earned),
        earned_hours,
        required_hours,
        gap_hours: required_hours.saturating_sub(earned_hours),
        met: earned >= required,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule_set::tests::{guangdong, henan, hunan, rules};
    use super::*;
    use proptest::prelude::*;

    /// Half hours in, so that halves can be told apart.
    fn earned(public_halves: i64, professional_halves: i64) -> Earned {
        let seconds = |halves: i64| StudySeconds(halves * 1_350);
        Earned { public: seconds(public_halves), professional: seconds(professional_halves) }
    }

    fn next(rules: &RuleSet, public_halves: i64, professional_halves: i64) -> Missing {
        standing(earned(public_halves, professional_halves), rules, true).next
    }

    #[test]
    fn hunan_asks_for_thirty_and_sixty() {
        let rules = hunan();
        assert_eq!(next(&rules, 59, 120), Missing::PublicHours { gap: Hours(50) });
        assert_eq!(next(&rules, 60, 119), Missing::ProfessionalHours { gap: Hours(50) });
        assert_eq!(next(&rules, 60, 120), Missing::Nothing);
        assert_eq!(next(&rules, 180, 0), Missing::ProfessionalHours { gap: Hours::whole(60) });
    }

    /// 30 + 42 are 72: the 18 elective hours are whatever the learner likes, of either subject.
    #[test]
    fn guangdongs_electives_are_hours_of_any_subject() {
        let rules = guangdong();
        assert_eq!(next(&rules, 60, 84), Missing::AnyHours { gap: Hours::whole(18) });
        assert_eq!(next(&rules, 96, 84), Missing::Nothing);
        assert_eq!(next(&rules, 60, 120), Missing::Nothing);
        assert_eq!(next(&rules, 100, 80), Missing::ProfessionalHours { gap: Hours::whole(2) });
    }

    /// 24 public hours and two thirds professional leave six hours free.
    #[test]
    fn henan_asks_for_two_thirds() {
        let rules = henan();
        assert_eq!(next(&rules, 48, 120), Missing::AnyHours { gap: Hours::whole(6) });
        assert_eq!(next(&rules, 60, 119), Missing::ProfessionalHours { gap: Hours(50) });
        assert_eq!(next(&rules, 60, 120), Missing::Nothing);
    }

    /// All hours stand, but the test is not passed: neither certificate is due, and the page says why.
    #[test]
    fn the_test_is_part_of_the_public_subject() {
        let all = standing(earned(60, 120), &hunan(), false);
        assert_eq!((all.next, all.exam), (Missing::Exam, ExamStanding::Missing));
        assert!(all.public.met && !all.public_met && !all.annual_met);
        let without = RuleSet { exam_required: false, ..hunan() };
        let all = standing(earned(60, 120), &without, false);
        assert!(all.public_met && all.annual_met && all.exam == ExamStanding::NotRequired);
    }

    /// One second short is short, though it rounds to the same half hour as a second over would not.
    #[test]
    fn met_is_judged_to_the_second() {
        let almost = Earned { public: StudySeconds(30 * 2_700 - 1), professional: StudySeconds(60 * 2_700) };
        let public = standing(almost, &hunan(), true).public;
        assert!(!public.met);
        assert_eq!((public.gap, public.gap_hours.to_string()), (StudySeconds(1), "0.5".to_owned()));
        assert_eq!(public.earned_hours.to_string(), "29.5");
    }

    /// Two thirds of 80 hours are shown as 53.5, never as 53: what the page asks for must be enough.
    #[test]
    fn a_share_between_steps_is_shown_rounded_up() {
        let rules = rules(80, "0", r#"{"numerator":2,"denominator":3}"#);
        let professional = standing(Earned::default(), &rules, true).professional;
        assert_eq!(professional.required_hours.to_string(), "53.5");
    }

    /// What is taken off is taken off the subject and off the total, and a year off leaves nothing to be asked.
    #[test]
    fn exemptions_lower_what_is_asked() {
        let rules = hunan();
        let leave = Relief { professional: Hours::whole(30), ..Relief::NONE };
        let now = relieved_standing(earned(60, 60), &rules, true, leave);
        assert_eq!((now.professional.required_hours, now.total.required_hours), (Hours::whole(30), Hours::whole(60)));
        assert!(now.annual_met && !now.waived);
        let short = relieved_standing(earned(60, 59), &rules, true, leave);
        assert_eq!(short.next, Missing::ProfessionalHours { gap: Hours(50) });
        let much = Relief { public: Hours::whole(500), professional: Hours::whole(500), ..Relief::NONE };
        assert_eq!(relieved_standing(Earned::default(), &rules, true, much).total.required_hours, Hours(0));
        let whole = Relief { whole: true, ..Relief::NONE };
        let off = relieved_standing(Earned::default(), &rules, false, whole);
        assert_eq!((off.next, off.annual_met, off.waived), (Missing::Waived, false, true));
        let all_the_same = relieved_standing(earned(60, 120), &rules, true, whole);
        assert_eq!((all_the_same.next, all_the_same.annual_met), (Missing::Nothing, true));
    }

    /// A reversal can take away more than is left in a damaged ledger; the page shows zero, not less.
    #[test]
    fn a_negative_sum_is_shown_as_nothing() {
        let part = standing(earned(-10, 0), &hunan(), true).public;
        assert_eq!((part.earned, part.earned_hours, part.gap_hours), (StudySeconds::ZERO, Hours(0), Hours::whole(30)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Met in hours as people read them is met in seconds as the law counts, and the numbers on a page add up.
        #[test]
        fn what_is_shown_agrees_with_what_is_judged(public in 0..100_000_i64, professional in 0..200_000_i64, passed: bool) {
            for rules in [hunan(), guangdong(), henan()] {
                let earned = Earned { public: StudySeconds(public), professional: StudySeconds(professional) };
                let all = standing(earned, &rules, passed);
                for part in [all.public, all.professional, all.total] {
                    prop_assert_eq!(part.met, part.earned_hours >= part.required_hours);
                    prop_assert_eq!(part.met, part.gap_hours == Hours(0));
                    prop_assert_eq!(part.met, part.gap == StudySeconds::ZERO);
                }
                prop_assert_eq!(all.annual_met, all.public_met && all.professional.met && all.total.met);
                prop_assert!(all.total.earned_hours.0 - all.public.earned_hours.0 - all.professional.earned_hours.0 <= 50);
            }
        }
    }
}
