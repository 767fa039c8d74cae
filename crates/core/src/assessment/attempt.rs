//! One attempt at a paper: started once, saved as one goes, handed in once.

use super::{AnswerSheet, Bank, ExamRefusal, Paper, PartialCredit, Score, grade};
use crate::change::Change;
use crate::fact::Fact;
use crate::id::{ExamAttemptId, LearnerId, PaperId};
use crate::study::Subject;
use crate::time::{Timestamp, Year};

/// How an exam is sat, from the rule set and the paper's own settings.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ExamRules {
    /// Of a hundred.
    pub pass_score: i64,
    /// How often one may try within a year; `None` for as often as it takes.
    pub attempts_max: Option<i64>,
    pub duration_seconds: i64,
    /// How long after the deadline answers that were already on their way are still taken, in seconds.
    pub grace_seconds: i64,
    pub partial_credit: PartialCredit,
}

impl Default for ExamRules {
    fn default() -> Self {
        Self {
            pass_score: 60,
            attempts_max: None,
            duration_seconds: 3_600,
            grace_seconds: 30,
            partial_credit: PartialCredit::None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExamState {
    /// Answers are taken until then, and for the grace after it.
    Started {
        until: Timestamp,
        grace_seconds: i64,
    },
    HandedIn {
        at: Timestamp,
        score: Score,
        passed: bool,
    },
}

/// Who sits which paper for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sitting {
    pub learner: LearnerId,
    pub year: Year,
    pub subject: Subject,
    pub paper: PaperId,
}

/// An exam attempt (作答). Its paper follows from its id, by `ExamKey::seed` and `deal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamAttempt {
    pub id: ExamAttemptId,
    pub sitting: Sitting,
    pub started_at: Timestamp,
    pub state: ExamState,
}

/// What Start led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartOutcome {
    /// Store it.
    New(ExamAttempt),
    /// It runs already, however often Start is clicked: go on with it.
    Running(ExamAttempt),
}

/// Starts an attempt, or finds the one that runs. `earlier` are the attempts of the same sitting; `id` is used only
/// for a new one.
///
/// The schema guards the race of two clicks: one started attempt per learner and paper.
pub fn start(
    earlier: &[ExamAttempt],
    id: ExamAttemptId,
    sitting: Sitting,
    rules: &ExamRules,
    now: Timestamp,
) -> Result<StartOutcome, ExamRefusal> {
    for attempt in earlier {
        match attempt.state {
            ExamState::HandedIn { passed: true, score, .. } => {
                return Err(ExamRefusal::AlreadyPassed { score: score.percent() });
            }
            ExamState::HandedIn { passed: false, .. } => {}
            ExamState::Started { .. } if attempt.accepts_answers(now).is_ok() => {
                return Ok(StartOutcome::Running(attempt.clone()));
            }
            ExamState::Started { .. } => return Err(ExamRefusal::EarlierAttemptOverdue),
        }
    }
    if let Some(most) = rules.attempts_max.filter(|most| earlier.len() as i64 >= *most) {
        return Err(ExamRefusal::AttemptsUsed { most });
    }
    let until = now.plus_seconds(rules.duration_seconds);
    let state = ExamState::Started { until, grace_seconds: rules.grace_seconds };
    Ok(StartOutcome::New(ExamAttempt { id, sitting, started_at: now, state }))
}

impl ExamAttempt {
    /// Whether an answer may still be saved at `now`.
    pub fn accepts_answers(&self, now: Timestamp) -> Result<(), ExamRefusal> {
        match self.state {
            ExamState::HandedIn { .. } => Err(ExamRefusal::AlreadyHandedIn),
            ExamState::Started { until, grace_seconds } if now > until.plus_seconds(grace_seconds) => {
                Err(ExamRefusal::TimeOver)
            }
            ExamState::Started { .. } => Ok(()),
        }
    }

    /// When a sweep hands it in by itself; `None` once it is handed in.
    pub fn overdue_at(&self) -> Option<Timestamp> {
        match self.state {
            ExamState::Started { until, grace_seconds } => Some(until.plus_seconds(grace_seconds)),
            ExamState::HandedIn { .. } => None,
        }
    }

    /// Grades what was saved and closes the attempt. Handing in again changes nothing, so a click repeated, a retry
    /// and the sweep after the deadline may all come.
    ///
    /// Answers sent along are saved first (`AnswerSheet::save`, if `accepts_answers`); too late, they are left out.
    pub fn hand_in(
        self,
        paper: &Paper,
        bank: &Bank,
        sheet: &AnswerSheet,
        rules: &ExamRules,
        now: Timestamp,
    ) -> Result<Change<Self>, ExamRefusal> {
        if let ExamState::HandedIn { .. } = self.state {
            return Ok(Change::none(self));
        }
        let score = grade(paper, bank, sheet, rules.partial_credit)?;
        let passed = score.reaches(rules.pass_score);
        let fact = Fact::ExamGraded {
            learner: self.sitting.learner,
            year: self.sitting.year,
            subject: self.sitting.subject,
            paper: self.sitting.paper,
            attempt: self.id,
            score: score.percent(),
            passed,
            at: now,
        };
        let state = ExamState::HandedIn { at: now, score, passed };
        Ok(Change::of(Self { state, ..self }, fact))
    }
}

#[cfg(test)]
mod tests {
    use super::super::paper::tests::{bank, hundred};
    use super::super::{ExamKey, deal};
    use super::*;

    const NINE: Timestamp = Timestamp(1_795_000_000_000);

    fn rules() -> ExamRules {
        ExamRules { attempts_max: Some(2), ..ExamRules::default() }
    }

    fn begin(earlier: &[ExamAttempt], id: i64, now: Timestamp) -> Result<StartOutcome, ExamRefusal> {
        let (learner, paper) = (LearnerId::from_raw(7), PaperId::from_raw(2));
        let sitting = Sitting { learner, year: Year(2026), subject: Subject::Public, paper };
        start(earlier, ExamAttemptId::from_raw(id), sitting, &rules(), now)
    }

    fn started(earlier: &[ExamAttempt], id: i64) -> ExamAttempt {
        match begin(earlier, id, NINE).unwrap() {
            StartOutcome::New(attempt) => attempt,
            StartOutcome::Running(attempt) => panic!("{attempt:?} runs already"),
        }
    }

    fn paper(attempt: &ExamAttempt) -> Paper {
        deal(&hundred(), &bank(), ExamKey::new(&[1; 32]).seed(attempt.id)).unwrap()
    }

    /// Right answers to every question of the first `kinds` kinds, worth 20, 50 and 30 points.
    fn answered(paper: &Paper, kinds: usize) -> AnswerSheet {
        let mut sheet = AnswerSheet::default();
        for dealt in paper.questions.iter().take(kinds * 5) {
            let key = bank().question(dealt.question).unwrap().key();
            sheet.save(paper, dealt.question, 1, dealt.in_shown_order(key)).unwrap();
        }
        sheet
    }

    fn handed_in(attempt: ExamAttempt, kinds: usize) -> Change<ExamAttempt> {
        let paper = paper(&attempt);
        let sheet = answered(&paper, kinds);
        attempt.hand_in(&paper, &bank(), &sheet, &rules(), NINE.plus_seconds(60)).unwrap()
    }

    /// People click Start until something happens; each click must lead to the same attempt.
    #[test]
    fn start_clicked_often_is_one_attempt() {
        let first = started(&[], 1);
        let again = begin(std::slice::from_ref(&first), 2, NINE.plus_seconds(5)).unwrap();
        assert_eq!(again, StartOutcome::Running(first));
    }

    #[test]
    fn handing_in_twice_is_handing_in_once() {
        let change = handed_in(started(&[], 1), 2);
        let [Fact::ExamGraded { score: 70, passed: true, .. }] = change.facts[..] else {
            panic!("{:?}", change.facts);
        };
        let paper = paper(&change.value);
        let again = change.value.clone().hand_in(&paper, &bank(), &answered(&paper, 3), &rules(), NINE.plus_days(1));
        assert_eq!(again, Ok(Change::none(change.value)));
    }

    /// Sixty is a pass and fifty is not; who has passed need not, and may not, sit again.
    #[test]
    fn attempts_end_with_a_pass_or_with_their_number() {
        let failed = handed_in(started(&[], 1), 1).value;
        assert!(matches!(failed.state, ExamState::HandedIn { passed: false, .. }));
        let earlier = [failed.clone()];
        let second = started(&earlier, 2);
        let passed = handed_in(second.clone(), 2).value;
        assert_eq!(begin(&[failed.clone(), passed], 3, NINE), Err(ExamRefusal::AlreadyPassed { score: 70 }));
        let failed_again = handed_in(second, 0).value;
        assert_eq!(begin(&[failed, failed_again], 3, NINE), Err(ExamRefusal::AttemptsUsed { most: 2 }));
    }

    /// The last answer leaves the phone at the bell and arrives half a minute later: it counts. A minute later, not.
    #[test]
    fn answers_are_taken_until_thirty_seconds_after_the_deadline() {
        let attempt = started(&[], 1);
        let bell = NINE.plus_seconds(3_600);
        assert_eq!(attempt.accepts_answers(bell.plus_seconds(30)), Ok(()));
        assert_eq!(attempt.accepts_answers(bell.plus_ms(30_001)), Err(ExamRefusal::TimeOver));
        assert_eq!(attempt.overdue_at(), Some(bell.plus_seconds(30)));
        let late = begin(std::slice::from_ref(&attempt), 2, bell.plus_seconds(31));
        assert_eq!(late, Err(ExamRefusal::EarlierAttemptOverdue));
        let closed = handed_in(attempt, 3).value;
        assert_eq!(closed.accepts_answers(NINE), Err(ExamRefusal::AlreadyHandedIn));
        assert_eq!(closed.overdue_at(), None);
    }

    /// Two attempts must not be dealt one paper, or the second is the first with its answers known.
    #[test]
    fn two_attempts_get_two_papers() {
        let first = started(&[], 1);
        let second = ExamAttempt { id: ExamAttemptId::from_raw(2), ..first.clone() };
        assert_ne!(paper(&first), paper(&second));
        assert_eq!(paper(&first), paper(&first));
    }
}
