//! SQL of enrollment, play sessions, evidence and progress. Every row is found by its learner: that is its scope.

use super::subject;
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use crate::learning::sessions::Played;
use jixue_core::id::{BaseId, LearnerId, LessonId, PlaySessionId};
use jixue_core::learning::{
    BeatTaken, EndReason, Intervals, LastBeat, LessonProgress, Nonce, SessionHead, SessionState, Unreadable,
};
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

crate::db::statements! {
    INSERT_ENROLLMENT = "INSERT INTO enrollment (learner_id, year, subject, base_id, opened_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (learner_id, year, subject) DO NOTHING";
    IS_ENROLLED = "SELECT 1 FROM enrollment WHERE learner_id = $1 AND year = $2 AND subject = $3";
    ENROLLED_SUBJECTS = "SELECT subject FROM enrollment WHERE learner_id = $1 AND year = $2 ORDER BY subject";
    STUDIED_SINCE = "SELECT EXISTS (SELECT 1 FROM enrollment WHERE learner_id = $1 AND opened_at >= $2)
        OR EXISTS (SELECT 1 FROM lesson_progress WHERE learner_id = $1 AND updated_at >= $2)
        OR EXISTS (SELECT 1 FROM session_head WHERE learner_id = $1 AND opened_at >= $2)";
    START_ENROLLMENT = "UPDATE enrollment SET first_beat_at = $4
        WHERE learner_id = $1 AND year = $2 AND subject = $3 AND first_beat_at IS NULL";
    HEAD = "SELECT h.session_id, h.lesson_id, h.sequence, h.nonce, h.opened_at, h.last_beat_at, h.budget_ms, h.day,
            h.day_recorded_ms, h.last_beat, h.ended_at, h.end_reason, h.year, h.subject, h.length_ms, h.credit_seconds,
            h.day_cap_seconds, p.intervals, p.position_ms, p.completed_at, e.opened_at, e.first_beat_at
        FROM session_head h
        LEFT JOIN lesson_progress p ON p.learner_id = h.learner_id AND p.lesson_id = h.lesson_id
        LEFT JOIN enrollment e ON e.learner_id = h.learner_id AND e.year = h.year AND e.subject = h.subject
        WHERE h.learner_id = $1";
    INSERT_HEAD = "INSERT INTO session_head (learner_id, session_id, lesson_id, year, subject, length_ms, credit_seconds,
            day_cap_seconds, sequence, nonce, opened_at, last_beat_at, budget_ms, day, day_recorded_ms, device)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (learner_id) DO NOTHING";
    REPLACE_HEAD = "UPDATE session_head SET session_id = $2, lesson_id = $3, year = $4, subject = $5, length_ms = $6,
            credit_seconds = $7, day_cap_seconds = $8, sequence = $9, nonce = $10, opened_at = $11, last_beat_at = $12,
            budget_ms = $13, day = $14, day_recorded_ms = $15, device = $16, last_beat = NULL, ended_at = NULL,
            end_reason = NULL
        WHERE learner_id = $1 AND session_id = $17 AND sequence = $18";
    ADVANCE_HEAD = "UPDATE session_head SET sequence = $4, nonce = $5, last_beat_at = $6, budget_ms = $7, day = $8,
            day_recorded_ms = $9, last_beat = $10
        WHERE learner_id = $1 AND session_id = $2 AND sequence = $3 AND ended_at IS NULL";
    END_HEAD = "UPDATE session_head SET ended_at = $4, end_reason = $5
        WHERE learner_id = $1 AND session_id = $2 AND sequence = $3 AND ended_at IS NULL";
    INSERT_BEAT = "INSERT INTO beat (learner_id, session_id, sequence, lesson_id, at, evidence)
        VALUES ($1, $2, $3, $4, $5, $6)";
    PUT_PROGRESS = "INSERT INTO lesson_progress (learner_id, lesson_id, intervals, counted_ms, lost_ms, position_ms,
            updated_at, completed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (learner_id, lesson_id) DO UPDATE SET intervals = excluded.intervals, counted_ms = excluded.counted_ms,
            lost_ms = lesson_progress.lost_ms + excluded.lost_ms, position_ms = excluded.position_ms,
            updated_at = excluded.updated_at, completed_at = excluded.completed_at";
    PROGRESS = "SELECT intervals, position_ms, completed_at, lost_ms FROM lesson_progress WHERE learner_id = $1 AND lesson_id = $2";
    EVIDENCE = "SELECT evidence FROM beat WHERE learner_id = $1 AND session_id = $2 AND sequence > $3
        ORDER BY sequence LIMIT 500";
}

/// Opens an enrollment; false when it stands already.
pub(in crate::learning) async fn insert_enrollment(
    tx: &Tx<'_>,
    learner: LearnerId,
    (year, subject): (Year, Subject),
    base: BaseId,
    now: Timestamp,
) -> Result<bool> {
    let row = values![learner, year, subject.code(), base, now];
    Ok(tx.execute(INSERT_ENROLLMENT, row).await? == 1)
}

pub(in crate::learning) async fn is_enrolled(
    tx: &Tx<'_>,
    learner: LearnerId,
    year: Year,
    subject: Subject,
) -> Result<bool> {
    let row = tx.query_value_optional::<i64>(IS_ENROLLED, values![learner, year, subject.code()]).await?;
    Ok(row.is_some())
}

pub(in crate::learning) async fn enrolled_subjects(
    tx: &Tx<'_>,
    learner: LearnerId,
    year: Year,
) -> Result<Vec<Subject>> {
    tx.query(ENROLLED_SUBJECTS, values![learner, year], |row| subject(row, 0)).await
}

/// Notes the first counted beat of an enrollment; false when there was one before.
pub(in crate::learning) async fn start_enrollment(
    tx: &Tx<'_>,
    learner: LearnerId,
    played: &Played,
    now: Timestamp,
) -> Result<bool> {
    let row = values![learner, played.year, played.subject.code(), now];
    Ok(tx.execute(START_ENROLLMENT, row).await? == 1)
}

/// A learner's head with what a beat needs beside it.
pub(in crate::learning) struct HeadRow {
    pub head: SessionHead,
    pub played: Played,
    /// Of the head's lesson.
    pub progress: LessonProgress,
    pub is_enrolled: bool,
    pub is_started: bool,
}

pub(in crate::learning) async fn head(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<HeadRow>> {
    tx.query_optional(HEAD, values![learner], |row| read_head(row, learner)).await
}

fn read_head(row: &Row<'_>, learner: LearnerId) -> Result<HeadRow> {
    let lesson = row.get(1)?;
    let last: Option<Vec<u8>> = row.get(9)?;
    let intervals: Option<Vec<u8>> = row.get(17)?;
    let (enrolled_at, first_beat_at): (Option<Timestamp>, Option<Timestamp>) = (row.get(20)?, row.get(21)?);
    let head = SessionHead {
        learner,
        session: row.get(0)?,
        lesson,
        state: state(row, 10)?,
        sequence: row.get(2)?,
        nonce: Nonce(row.get(3)?),
        opened_at: row.get(4)?,
        last_beat_at: row.get(5)?,
        budget_ms: row.get(6)?,
        day: row.get(7)?,
        day_recorded_ms: row.get(8)?,
        last: last.map(|bytes| LastBeat::from_bytes(&bytes)).transpose().map_err(unreadable)?,
    };
    let played = Played {
        year: row.get(12)?,
        subject: subject(row, 13)?,
        length_ms: row.get(14)?,
        credit: row.get(15)?,
        day_cap: row.get(16)?,
    };
    let progress = match intervals {
        Some(bytes) => progress_of_bytes(learner, lesson, &bytes, row.get(18)?, row.get(19)?)?,
        None => LessonProgress::new(learner, lesson),
    };
    Ok(HeadRow { head, played, progress, is_enrolled: enrolled_at.is_some(), is_started: first_beat_at.is_some() })
}

fn progress_of_bytes(
    learner: LearnerId,
    lesson: LessonId,
    bytes: &[u8],
    position_ms: i64,
    completed_at: Option<Timestamp>,
) -> Result<LessonProgress> {
    let recorded = Intervals::from_bytes(bytes).map_err(unreadable)?;
    Ok(LessonProgress { learner, lesson, recorded, position_ms, completed_at })
}

fn unreadable(error: Unreadable) -> Error {
    Error::internal(error)
}

fn state(row: &Row<'_>, first: usize) -> Result<SessionState> {
    let (ended_at, why): (Option<Timestamp>, Option<String>) = (row.get(first)?, row.get(first + 1)?);
    let why = why.as_deref().and_then(EndReason::from_code);
    Ok(match (ended_at, why) {
        (None, _) => SessionState::Live,
        (Some(at), why) => SessionState::Ended { why: why.unwrap_or(EndReason::Closed), at },
    })
}

/// Stores a head just opened, in place of the one that was read, if any; false when another was faster.
pub(in crate::learning) async fn put_head(
    tx: &Tx<'_>,
    head: &SessionHead,
    played: &Played,
    device: &str,
    before: Option<(PlaySessionId, i64)>,
) -> Result<bool> {
    let (session, sequence) = before.unwrap_or((PlaySessionId::from_raw(0), 0));
    let row = values![
        head.learner,
        head.session,
        head.lesson,
        played.year,
        played.subject.code(),
        played.length_ms,
        played.credit,
        played.day_cap,
        head.sequence,
        &head.nonce.0,
        head.opened_at,
        head.last_beat_at,
        head.budget_ms,
        head.day,
        head.day_recorded_ms,
        device,
        session,
        sequence,
    ];
    let changed = match before {
        None => tx.execute(INSERT_HEAD, &row[..16]).await?,
        Some(_) => tx.execute(REPLACE_HEAD, row).await?,
    };
    Ok(changed == 1)
}

/// Stores what a beat changed: head, evidence, progress. False, with nothing changed, when another beat was faster.
pub(in crate::learning) async fn put_beat(tx: &Tx<'_>, taken: &BeatTaken, lost_ms: i64) -> Result<bool> {
    let (head, progress, evidence) = (&taken.head, &taken.progress, &taken.evidence);
    let last = head.last.as_ref().map(LastBeat::to_bytes);
    let advance = values![
        head.learner,
        head.session,
        head.sequence - 1,
        head.sequence,
        &head.nonce.0,
        head.last_beat_at,
        head.budget_ms,
        head.day,
        head.day_recorded_ms,
        last,
    ];
    if tx.execute(ADVANCE_HEAD, advance).await? != 1 {
        return Ok(false);
    }
    let beat = values![head.learner, head.session, head.sequence, head.lesson, evidence.at, evidence.to_bytes()];
    tx.execute(INSERT_BEAT, beat).await?;
    let row = values![
        head.learner,
        head.lesson,
        progress.recorded.to_bytes(),
        progress.recorded.total_ms(),
        lost_ms,
        progress.position_ms,
        evidence.at,
        progress.completed_at,
    ];
    tx.execute(PUT_PROGRESS, row).await?;
    Ok(true)
}

/// Ends the session that `head` tells of; false when another change was faster.
pub(in crate::learning) async fn end_head(tx: &Tx<'_>, head: &SessionHead) -> Result<bool> {
    let SessionState::Ended { why, at } = head.state else {
        return Ok(false);
    };
    let row = values![head.learner, head.session, head.sequence, at, why.code()];
    Ok(tx.execute(END_HEAD, row).await? == 1)
}

/// What is recorded of a lesson, and how many milliseconds of it were played but not counted.
pub(in crate::learning) async fn progress(
    tx: &Tx<'_>,
    learner: LearnerId,
    lesson: LessonId,
) -> Result<(LessonProgress, i64)> {
    let found = tx
        .query_optional(PROGRESS, values![learner, lesson], |row| {
            let bytes: Vec<u8> = row.get(0)?;
            Ok((progress_of_bytes(learner, lesson, &bytes, row.get(1)?, row.get(2)?)?, row.get(3)?))
        })
        .await?;
    Ok(found.unwrap_or_else(|| (LessonProgress::new(learner, lesson), 0)))
}

/// The stored beats of a session after a number, in order.
pub(in crate::learning) async fn evidence(
    tx: &Tx<'_>,
    learner: LearnerId,
    session: PlaySessionId,
    after: i64,
) -> Result<Vec<Vec<u8>>> {
    tx.query(EVIDENCE, values![learner, session, after], |row| row.get(0)).await
}

/// Whether learning was opened for the learner, or went on, since an instant.
pub(in crate::learning) async fn has_studied_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    tx.query_value(STUDIED_SINCE, values![learner, since]).await
}
