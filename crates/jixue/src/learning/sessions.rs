//! Opening a play session (学习会话): one live session per learner, on whatever device.

use super::{LearningRefusal, store};
use crate::app::App;
use crate::at::At;
use crate::catalog::{self, Lesson};
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::keys::random;
use jixue_core::catalog::LessonKind;
use jixue_core::id::{LearnerId, LessonId, PlaySessionId};
use jixue_core::learning::{LessonProgress, Nonce, Policy, SessionHead, open_session};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::{Timestamp, Year};

/// How often a unit that met another change of the same head reads again before it gives up.
const TRIES_MAX: usize = 5;

/// What a session counts, as it stood in the catalogue when the session was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    pub year: Year,
    pub subject: Subject,
    /// What beats are counted against.
    pub length_ms: i64,
    /// What completing the lesson is worth.
    pub credit: StudySeconds,
    /// The most study of one day, if the year's rules set any.
    pub day_cap: Option<StudySeconds>,
}

impl Played {
    /// The rules that beats of this session are judged by.
    pub fn policy(&self) -> Policy {
        Policy { day_cap_seconds: self.day_cap.map(|cap| cap.0), ..Policy::default() }
    }

    /// What must be recorded to complete the lesson, in milliseconds.
    pub fn needed_ms(&self) -> i64 {
        needed_ms(self.length_ms)
    }
}

/// What must be recorded of `length_ms` to complete it, rounded up to the millisecond.
pub fn needed_ms(length_ms: i64) -> i64 {
    (length_ms * Policy::default().completion_permille + 999) / 1_000
}

/// A session just opened, and what is recorded of its lesson so far.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    pub head: SessionHead,
    pub played: Played,
    pub progress: LessonProgress,
    pub at: Timestamp,
}

/// Opens a session on a lesson for a learner who is enrolled; the learner's live one ends with it.
pub async fn open_play_session(app: &App, learner: LearnerId, lesson: LessonId, device: &str) -> Result<OpenedSession> {
    let device: String = device.chars().take(200).collect();
    for _ in 0..TRIES_MAX {
        let (at, device, nonce) = (app.at(), device.clone(), Nonce(random()));
        let session = app.ids.next::<PlaySessionId>();
        let work = async move |tx: &Tx<'_>| put_session(tx, &at, learner, lesson, (session, nonce), &device).await;
        if let Some(opened) = app.db.write(work).await? {
            return Ok(opened);
        }
    }
    Err(too_busy())
}

/// Two programs of one learner change the same head all the time; nobody else is harmed.
pub(super) fn too_busy() -> Error {
    LearningRefusal::HeadBusy.into()
}

/// One try; `None` when the head changed between reading and writing it.
async fn put_session(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    lesson: LessonId,
    (session, nonce): (PlaySessionId, Nonce),
    device: &str,
) -> Result<Option<OpenedSession>> {
    let lesson = catalog::lesson(tx, lesson).await?.ok_or_else(Refused::not_found)?;
    let played = playable(tx, at, learner, &lesson).await?;
    let known = store::head(tx, learner).await?;
    let before = known.as_ref().map(|row| (row.head.session, row.head.sequence));
    let previous = known.map(|row| row.head);
    let opened = open_session(previous, session, learner, lesson.id, nonce, at.now);
    if !store::put_head(tx, &opened.head, &played, device, before).await? {
        return Ok(None);
    }
    let (progress, _) = store::progress(tx, learner, lesson.id).await?;
    Ok(Some(OpenedSession { head: opened.head, played, progress, at: at.now }))
}

/// Whether a lesson can be played by this learner today, and what it counts.
async fn playable(tx: &Tx<'_>, at: &At, learner: LearnerId, lesson: &Lesson) -> Result<Played> {
    if lesson.kind == LessonKind::Quiz {
        return Err(LearningRefusal::QuizIsNotPlayed.into());
    }
    let course = catalog::course(tx, lesson.course).await?.ok_or_else(Refused::not_found)?;
    if !store::is_enrolled(tx, learner, course.year, course.subject).await? {
        return Err(LearningRefusal::NotEnrolled.into());
    }
    let year = catalog::years::year(tx, course.year).await?;
    let year = year.filter(|year| year.is_open_on(at.now.business_date()));
    let year = year.ok_or(LearningRefusal::YearClosed { year: course.year })?;
    let day_cap = year.rules.day_cap_seconds().map(StudySeconds);
    let measure = lesson.measure();
    Ok(Played {
        year: course.year,
        subject: course.subject,
        length_ms: measure.beat_length_ms(),
        credit: measure.completion_credit(),
        day_cap,
    })
}
