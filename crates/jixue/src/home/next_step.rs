//! The one thing to do next: what the large button does.

use crate::assessment::TestState;
use crate::billing::Payable;
use crate::learning::NextLesson;
use jixue_core::credit::{ExamStanding, Standing};
use jixue_core::id::{ExamAttemptId, OrderId, PaperId};
use jixue_core::money::Fen;

/// What brings a learner on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    Pay {
        amount: Fen,
    },
    /// An order of one's own waits for the money.
    GoOnPaying {
        order: OrderId,
    },
    /// The unit has ordered and will pay; there is nothing to do but wait.
    WaitForUnit,
    Study(Box<NextLesson>),
    SitTest {
        paper: PaperId,
        is_again: bool,
    },
    GoOnWithTest {
        attempt: ExamAttemptId,
    },
    /// Every try is used up; the paper's page says whom to ask.
    SeeTest {
        paper: PaperId,
    },
    SeeCertificate,
    /// Complete; the certificate is about to be made.
    WaitForCertificate,
    /// An exemption takes the year off.
    NothingAsked,
    /// What is missing comes from elsewhere, such as hours that an officer confirms.
    SeeArchive,
}

/// Where a learner is.
pub(super) struct Place<'a> {
    pub standing: &'a Standing,
    pub payable: Option<Payable>,
    pub test: TestState,
    pub lesson: Option<NextLesson>,
    pub has_certificate: bool,
}

impl NextStep {
    pub(super) fn of(place: Place<'_>) -> Self {
        let Place { standing, payable, test, lesson, has_certificate } = place;
        if standing.annual_met {
            return if has_certificate { Self::SeeCertificate } else { Self::WaitForCertificate };
        }
        if standing.waived {
            return Self::NothingAsked;
        }
        // Time runs: an open test goes before all else.
        if let TestState::Open { attempt, .. } = test {
            return Self::GoOnWithTest { attempt };
        }
        let to_be_paid = match payable {
            Some(Payable::Due { amount }) => Some(Self::Pay { amount }),
            Some(Payable::Open { order }) => Some(Self::GoOnPaying { order }),
            Some(Payable::UnitPays) => Some(Self::WaitForUnit),
            Some(Payable::AlreadyPaid { .. } | Payable::NotOffered) | None => None,
        };
        let to_be_tested = match test {
            _ if !standing.public.met || standing.exam != ExamStanding::Missing => None,
            TestState::Ready { paper } => Some(Self::SitTest { paper, is_again: false }),
            TestState::Failed { paper, tries_left, .. } if tries_left > 0 => {
                Some(Self::SitTest { paper, is_again: true })
            }
            TestState::Failed { paper, .. } => Some(Self::SeeTest { paper }),
            TestState::NotOffered | TestState::Open { .. } | TestState::Passed { .. } => None,
        };
        let to_be_studied = lesson.map(|lesson| Self::Study(Box::new(lesson)));
        to_be_paid.or(to_be_tested).or(to_be_studied).unwrap_or(Self::SeeArchive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Bilingual;
    use jixue_core::catalog::LessonKind;
    use jixue_core::credit::{Earned, RuleSet, standing};
    use jixue_core::id::{CourseId, LessonId};
    use jixue_core::study::{StudySeconds, Subject};
    use jixue_core::time::Timestamp;

    const PAID: Option<Payable> = Some(Payable::AlreadyPaid { by_unit: true });
    const PAPER: PaperId = PaperId::from_raw(7);

    fn at(public: i64, professional: i64, exam_passed: bool) -> Standing {
        let rules = include_str!("../../rules/hunan-2026.toml");
        let rules: RuleSet = toml::from_str(rules).unwrap();
        let hours = |hours| StudySeconds::from_hours(hours, 45);
        standing(Earned { public: hours(public), professional: hours(professional) }, &rules, exam_passed)
    }

    fn lesson() -> NextLesson {
        NextLesson {
            lesson: LessonId::from_raw(1),
            kind: LessonKind::Video,
            title: Bilingual::new("第一讲", ""),
            course: CourseId::from_raw(1),
            course_title: Bilingual::new("课程", ""),
            subject: Subject::Public,
            length_ms: 60_000,
            recorded_ms: 0,
            position_ms: 0,
        }
    }

    fn next(standing: Standing, payable: Option<Payable>, test: TestState, has_lesson: bool) -> NextStep {
        let lesson = has_lesson.then(lesson);
        NextStep::of(Place { standing: &standing, payable, test, lesson, has_certificate: false })
    }

    /// The year as a learner walks through it: each page has one button, and it is the right one.
    #[test]
    fn the_button_follows_the_year() {
        let ready = TestState::Ready { paper: PAPER };
        let due = Payable::Due { amount: Fen(4_000) };
        assert_eq!(next(at(0, 0, false), Some(due), ready, false), NextStep::Pay { amount: Fen(4_000) });
        assert!(matches!(next(at(0, 0, false), PAID, ready, true), NextStep::Study(_)));
        // Both are possible; the test opens the certificate, so it comes first.
        let test = NextStep::SitTest { paper: PAPER, is_again: false };
        assert_eq!(next(at(30, 0, false), PAID, ready, true), test);
        let failed = |tries_left| TestState::Failed { paper: PAPER, score: 40, tries_left };
        assert_eq!(next(at(30, 0, false), PAID, failed(1), false), NextStep::SitTest { paper: PAPER, is_again: true });
        assert_eq!(next(at(30, 0, false), PAID, failed(0), true), NextStep::SeeTest { paper: PAPER });
        assert_eq!(next(at(30, 0, true), None, TestState::NotOffered, false), NextStep::SeeArchive);
        assert_eq!(next(at(30, 60, true), None, TestState::NotOffered, false), NextStep::WaitForCertificate);
    }

    /// A learner whose hour of test is running must find the way back at once.
    #[test]
    fn a_running_test_goes_before_everything() {
        let attempt = ExamAttemptId::from_raw(3);
        let open = TestState::Open { attempt, until: Timestamp(0) };
        let due = Some(Payable::Due { amount: Fen(4_000) });
        assert_eq!(next(at(10, 0, false), due, open, true), NextStep::GoOnWithTest { attempt });
    }

    /// Nobody is asked to pay what the unit has ordered.
    #[test]
    fn what_the_unit_pays_is_waited_for() {
        let next = next(at(0, 0, false), Some(Payable::UnitPays), TestState::NotOffered, true);
        assert_eq!(next, NextStep::WaitForUnit);
    }
}
