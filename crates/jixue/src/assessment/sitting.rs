//! Sitting a paper: start, save, hand in.

use super::store::{self, AttemptRow};
use crate::at::At;
use crate::catalog::{self, PaperPurpose};
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::learning;
use crate::outbox::{self, JobKind};
use jixue_core::assessment::{
    AnswerSheet, Bank, ExamAttempt, ExamKey, ExamRules, ExamState, OptionSet, Paper, Saved, Score, Sitting,
    StartOutcome, deal,
};
use jixue_core::id::{ExamAttemptId, LearnerId, PaperId, QuestionId};
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

/// How long after the end answers that were on their way still count.
pub(super) const GRACE_SECONDS: i64 = 30;

/// An attempt with everything that follows from it.
pub(super) struct Sat {
    pub paper: catalog::Paper,
    pub attempt: ExamAttempt,
    pub bank: Bank,
    pub dealt: Paper,
    pub sheet: AnswerSheet,
    pub rules: ExamRules,
    /// True once the paper is passed or every attempt is used.
    pub settled: bool,
    pub number: i64,
    /// Of a hundred, once handed in.
    pub score: Option<i64>,
}

impl Sat {
    /// The key of a subject's test is kept back while the same questions could be asked again.
    pub(super) fn shows_key(&self) -> bool {
        let closed = matches!(self.attempt.state, ExamState::HandedIn { .. });
        closed && (self.settled || self.paper.purpose != PaperPurpose::Subject)
    }
}

fn rules_of(paper: &catalog::Paper) -> ExamRules {
    ExamRules {
        // The paper's passing mark is in its own points; the rules compare shares of a hundred.
        pass_score: (paper.pass_score * 100 + paper.blueprint.points() - 1) / paper.blueprint.points().max(1),
        attempts_max: Some(paper.attempts_max),
        duration_seconds: paper.minutes * 60,
        grace_seconds: GRACE_SECONDS,
        partial_credit: paper.blueprint.partial_credit,
    }
}

fn attempt_of(learner: LearnerId, paper: &catalog::Paper, row: &AttemptRow) -> ExamAttempt {
    let state = match row.handed_in {
        None => ExamState::Started { until: row.ends_at, grace_seconds: GRACE_SECONDS },
        Some((at, score, passed)) => {
            ExamState::HandedIn { at, score: Score { half_points: score, half_points_max: 100 }, passed }
        }
    };
    let sitting = Sitting { learner, year: paper.year, subject: paper.subject, paper: paper.id };
    ExamAttempt { id: row.attempt, sitting, started_at: row.started_at, state }
}

/// Starts an attempt at a paper, or finds the one that runs.
pub async fn start(tx: &Tx<'_>, at: &At, scope: &Scope, paper: PaperId) -> Result<ExamAttemptId> {
    let learner = store::own(scope);
    let paper = catalog::paper(tx, paper).await?.ok_or_else(Refused::not_found)?;
    if !learning::is_enrolled(tx, learner, paper.year, paper.subject).await? {
        return Err(Refused::new("exam.not_enrolled", Kind::Forbidden).into());
    }
    let year = catalog::years::year(tx, paper.year).await?;
    if !year.is_some_and(|year| year.is_open_on(at.now.business_date())) {
        return Err(Refused::new("exam.year_closed", Kind::Conflict).with("year", paper.year).into());
    }
    let rows = store::attempts(tx, learner, paper.id).await?;
    let earlier: Vec<ExamAttempt> = rows.iter().map(|row| attempt_of(learner, &paper, row)).collect();
    let rules = rules_of(&paper);
    let sitting = Sitting { learner, year: paper.year, subject: paper.subject, paper: paper.id };
    let new = match jixue_core::assessment::start(&earlier, at.ids.next(), sitting, &rules, at.now)? {
        StartOutcome::Running(attempt) => return Ok(attempt.id),
        StartOutcome::New(attempt) => attempt,
    };
    let row = AttemptRow {
        attempt: new.id,
        paper: paper.id,
        number: i64::try_from(rows.len()).unwrap_or(i64::MAX) + 1,
        seed: ExamKey::new(at.keys.exam()).seed(new.id),
        started_at: at.now,
        ends_at: at.now.plus_seconds(rules.duration_seconds),
        handed_in: None,
    };
    if store::insert_attempt(tx, learner, &row).await? {
        let close_at = row.ends_at.plus_seconds(GRACE_SECONDS + 1);
        outbox::enqueue(tx, at, JobKind::CloseExam, learner, new.id, close_at).await?;
        return Ok(new.id);
    }
    let running = store::attempts(tx, learner, paper.id).await?.into_iter().find(|row| row.handed_in.is_none());
    running.map(|row| row.attempt).ok_or_else(|| Error::internal("an open attempt vanished"))
}

/// Reads an attempt of the scope's learner with its paper as dealt and its answers.
pub(super) async fn sat(tx: &Tx<'_>, learner: LearnerId, attempt: ExamAttemptId) -> Result<Sat> {
    let row = store::attempt(tx, learner, attempt).await?.ok_or_else(Refused::not_found)?;
    let paper = catalog::paper(tx, row.paper).await?.ok_or_else(Refused::not_found)?;
    let bank = catalog::bank(tx, paper.bank).await?;
    let dealt = deal(&paper.blueprint, &bank, row.seed)?;
    let answers = store::answers(tx, learner, attempt).await?.into_iter().collect();
    let settled = store::is_settled(tx, learner, &paper).await?;
    Ok(Sat {
        settled,
        attempt: attempt_of(learner, &paper, &row),
        rules: rules_of(&paper),
        sheet: AnswerSheet { answers },
        number: row.number,
        score: row.handed_in.map(|(_, score, _)| score),
        paper,
        bank,
        dealt,
    })
}

/// Keeps one answer. An older revision changes nothing; an attempt that is closed takes no more.
pub async fn save_answer(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    attempt: ExamAttemptId,
    question: QuestionId,
    saved: Saved,
) -> Result<()> {
    let learner = store::own(scope);
    store::hold_attempt(tx, learner, attempt).await?;
    let mut sat = sat(tx, learner, attempt).await?;
    sat.attempt.accepts_answers(at.now)?;
    if sat.sheet.save(&sat.dealt, question, saved.revision, saved.chosen)? {
        store::save_answer(tx, learner, attempt, question, saved, at.now).await?;
    }
    Ok(())
}

/// Hands in, with the answers sent along; again and again it changes nothing.
pub async fn hand_in(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    attempt: ExamAttemptId,
    sent: &[(QuestionId, OptionSet)],
) -> Result<()> {
    close(tx, at, store::own(scope), attempt, sent).await
}

pub(super) async fn close(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    attempt: ExamAttemptId,
    sent: &[(QuestionId, OptionSet)],
) -> Result<()> {
    store::hold_attempt(tx, learner, attempt).await?;
    let mut sat = sat(tx, learner, attempt).await?;
    if sat.attempt.accepts_answers(at.now).is_ok() {
        for (question, chosen) in sent {
            let known = sat.sheet.answers.get(question).copied();
            let revision = known.map_or(1, |saved| saved.revision + 1);
            if known.is_none_or(|saved| saved.chosen != *chosen)
                && sat.sheet.save(&sat.dealt, *question, revision, *chosen)?
            {
                let saved = Saved { revision, chosen: *chosen };
                store::save_answer(tx, learner, attempt, *question, saved, at.now).await?;
            }
        }
    }
    let change = sat.attempt.hand_in(&sat.dealt, &sat.bank, &sat.sheet, &sat.rules, at.now)?;
    if change.is_none() {
        return Ok(());
    }
    if let ExamState::HandedIn { at: handed_in_at, score, passed } = change.value.state
        && store::close_attempt(tx, learner, attempt, (handed_in_at, score.percent(), passed)).await?
    {
        crate::reactions::follow(tx, at, change.facts).await?;
    }
    Ok(())
}

/// Where a learner stands with the test of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestState {
    /// The year has no test of this subject.
    NotOffered,
    Ready {
        paper: PaperId,
    },
    Open {
        attempt: ExamAttemptId,
        until: Timestamp,
    },
    /// Best score of a hundred.
    Passed {
        attempt: ExamAttemptId,
        score: i64,
    },
    Failed {
        paper: PaperId,
        score: i64,
        tries_left: i64,
    },
}

/// The state of the subject's test, for lists and the home page.
pub async fn state_of(tx: &Tx<'_>, learner: LearnerId, year: Year, subject: Subject) -> Result<TestState> {
    let papers = catalog::papers_of(tx, year, subject).await?;
    match papers.into_iter().find(|paper| paper.purpose == PaperPurpose::Subject) {
        None => Ok(TestState::NotOffered),
        Some(paper) => state_of_paper(tx, learner, &paper).await,
    }
}

/// The state of one paper: a subject's test or a chapter's quiz.
pub async fn state_of_paper(tx: &Tx<'_>, learner: LearnerId, paper: &catalog::Paper) -> Result<TestState> {
    let rows = store::attempts(tx, learner, paper.id).await?;
    if let Some(open) = rows.iter().find(|row| row.handed_in.is_none()) {
        return Ok(TestState::Open { attempt: open.attempt, until: open.ends_at });
    }
    let handed_in = rows.iter().filter_map(|row| row.handed_in.map(|(_, score, passed)| (row.attempt, score, passed)));
    let best = handed_in.max_by_key(|(_, score, passed)| (*passed, *score));
    Ok(match best {
        None => TestState::Ready { paper: paper.id },
        Some((attempt, score, true)) => TestState::Passed { attempt, score },
        Some((_, score, false)) => {
            let used = i64::try_from(rows.len()).unwrap_or(i64::MAX);
            TestState::Failed { paper: paper.id, score, tries_left: (paper.attempts_max - used).max(0) }
        }
    })
}
