//! SQL of exam attempts and answers: rows of one learner, found by that learner.

use crate::catalog::Paper;
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::assessment::{OptionSet, Saved};
use jixue_core::id::{ExamAttemptId, LearnerId, PaperId, QuestionId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    ATTEMPTS = "SELECT attempt_id, paper_id, number, seed, started_at, ends_at, handed_in_at, score, passed
        FROM exam_attempt WHERE learner_id = $1 AND paper_id = $2 ORDER BY number LIMIT 1000";
    SAT_SINCE = "SELECT EXISTS (SELECT 1 FROM exam_attempt WHERE learner_id = $1 AND started_at >= $2)";
    ATTEMPT = "SELECT attempt_id, paper_id, number, seed, started_at, ends_at, handed_in_at, score, passed
        FROM exam_attempt WHERE learner_id = $1 AND attempt_id = $2";
    IS_SETTLED = "SELECT COUNT(*) >= CAST($3 AS BIGINT) OR COALESCE(MAX(passed), 0) = 1 FROM exam_attempt
        WHERE learner_id = $1 AND paper_id = $2 AND handed_in_at IS NOT NULL";
    INSERT_ATTEMPT = "INSERT INTO exam_attempt (learner_id, attempt_id, paper_id, number, seed, started_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    HOLD_ATTEMPT = "UPDATE exam_attempt SET number = number
        WHERE learner_id = $1 AND attempt_id = $2 AND handed_in_at IS NULL";
    CLOSE_ATTEMPT = "UPDATE exam_attempt SET handed_in_at = $3, score = $4, passed = $5
        WHERE learner_id = $1 AND attempt_id = $2 AND handed_in_at IS NULL";
    OVERDUE = "SELECT learner_id, attempt_id FROM exam_attempt
        WHERE handed_in_at IS NULL AND ends_at < $1 ORDER BY ends_at LIMIT 200";
    ANSWERS = "SELECT question_id, revision, choice FROM exam_answer WHERE learner_id = $1 AND attempt_id = $2 LIMIT 500";
    SAVE_ANSWER = "INSERT INTO exam_answer (learner_id, attempt_id, question_id, revision, choice, saved_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (learner_id, attempt_id, question_id) DO UPDATE SET revision = excluded.revision,
            choice = excluded.choice, saved_at = excluded.saved_at WHERE exam_answer.revision < excluded.revision";
}

/// An attempt as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttemptRow {
    pub attempt: ExamAttemptId,
    pub paper: PaperId,
    pub number: i64,
    pub seed: [u8; 32],
    pub started_at: Timestamp,
    pub ends_at: Timestamp,
    /// When, with how many of a hundred, and whether that passed.
    pub handed_in: Option<(Timestamp, i64, bool)>,
}

fn attempt_row(row: &Row<'_>) -> Result<AttemptRow> {
    let seed: Vec<u8> = row.get(3)?;
    let (at, score, passed): (Option<Timestamp>, Option<i64>, Option<i64>) = (row.get(6)?, row.get(7)?, row.get(8)?);
    Ok(AttemptRow {
        attempt: row.get(0)?,
        paper: row.get(1)?,
        number: row.get(2)?,
        seed: seed.try_into().map_err(|_| Error::internal("an exam seed is not 32 bytes"))?,
        started_at: row.get(4)?,
        ends_at: row.get(5)?,
        handed_in: at.map(|at| (at, score.unwrap_or(0), passed == Some(1))),
    })
}

/// True once the paper is passed or every attempt is handed in.
pub(super) async fn is_settled(tx: &Tx<'_>, learner: LearnerId, paper: &Paper) -> Result<bool> {
    tx.query_one(IS_SETTLED, values![learner, paper.id, paper.attempts_max], |row| row.get(0)).await
}

/// The learner a scope belongs to; exams are nobody else's.
pub(super) fn own(scope: &Scope) -> LearnerId {
    scope.learner().unwrap_or(LearnerId::from_raw(0))
}

pub(super) async fn attempts(tx: &Tx<'_>, learner: LearnerId, paper: PaperId) -> Result<Vec<AttemptRow>> {
    tx.query(ATTEMPTS, values![learner, paper], attempt_row).await
}

pub(super) async fn attempt(tx: &Tx<'_>, learner: LearnerId, attempt: ExamAttemptId) -> Result<Option<AttemptRow>> {
    tx.query_optional(ATTEMPT, values![learner, attempt], attempt_row).await
}

/// False when another click was first.
pub(super) async fn insert_attempt(tx: &Tx<'_>, learner: LearnerId, row: &AttemptRow) -> Result<bool> {
    let values = values![learner, row.attempt, row.paper, row.number, row.seed, row.started_at, row.ends_at];
    Ok(tx.execute(INSERT_ATTEMPT, values).await? == 1)
}

/// Makes whoever else would answer or close this attempt wait until this unit of work is over: what was kept and what
/// was graded are then the same sheet. A closed attempt never changes, so it is not held.
pub(super) async fn hold_attempt(tx: &Tx<'_>, learner: LearnerId, attempt: ExamAttemptId) -> Result<()> {
    tx.execute(HOLD_ATTEMPT, values![learner, attempt]).await.map(drop)
}

pub(super) async fn close_attempt(
    tx: &Tx<'_>,
    learner: LearnerId,
    attempt: ExamAttemptId,
    (at, score, passed): (Timestamp, i64, bool),
) -> Result<bool> {
    Ok(tx.execute(CLOSE_ATTEMPT, values![learner, attempt, at, score, passed]).await? == 1)
}

/// Attempts whose time is over, of anybody: for the sweep.
pub(super) async fn overdue(tx: &Tx<'_>, _scope: &Scope, before: Timestamp) -> Result<Vec<(LearnerId, ExamAttemptId)>> {
    tx.query(OVERDUE, values![before], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(super) async fn answers(
    tx: &Tx<'_>,
    learner: LearnerId,
    attempt: ExamAttemptId,
) -> Result<Vec<(QuestionId, Saved)>> {
    tx.query(ANSWERS, values![learner, attempt], |row| {
        let choice = u16::try_from(row.get::<i64>(2)?).unwrap_or(0);
        Ok((row.get(0)?, Saved { revision: row.get(1)?, chosen: OptionSet(choice) }))
    })
    .await
}

pub(super) async fn save_answer(
    tx: &Tx<'_>,
    learner: LearnerId,
    attempt: ExamAttemptId,
    question: QuestionId,
    saved: Saved,
    now: Timestamp,
) -> Result<()> {
    let choice = i64::from(saved.chosen.0);
    tx.execute(SAVE_ANSWER, values![learner, attempt, question, saved.revision, choice, now]).await.map(drop)
}

/// Whether the learner has begun a paper since an instant.
pub async fn has_sat_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    tx.query_value(SAT_SINCE, values![learner, since]).await
}
