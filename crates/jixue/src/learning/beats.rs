//! Taking a beat: judged by `core`, stored with its evidence, and answered only when power loss cannot take it.

use super::sessions::{Played, too_busy};
use super::{LearningRefusal, store};
use crate::app::App;
use crate::at::At;
use crate::catalog;
use crate::db::Tx;
use crate::error::Result;
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, LessonId, PlaySessionId};
use jixue_core::learning::{
    Beat, BeatAnswer, BeatEvidence, BeatKey, BeatOutcome, BeatRefusal, BeatTaken, Span, take_beat,
};
use jixue_core::time::Timestamp;

/// How often a beat that met another change of its head is judged again.
const TRIES_MAX: usize = 5;

/// What a player hears.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub answer: BeatAnswer,
    /// The server's instant up to which the record stands.
    pub at: Timestamp,
    pub interval_ms: i64,
    /// This beat completed the lesson.
    pub just_completed: bool,
}

/// Records a beat of a learner.
pub async fn record_beat(app: &App, learner: LearnerId, beat: Beat) -> Result<Recorded> {
    let beat = std::sync::Arc::new(beat);
    for _ in 0..TRIES_MAX {
        let (at, beat, key) = (app.at(), beat.clone(), BeatKey::new(app.keys.beat()));
        let work = async move |tx: &Tx<'_>| take(tx, &at, &key, learner, &beat).await;
        match app.db.write(work).await? {
            Stored::Recorded(recorded) => return Ok(*recorded),
            Stored::Forked { session } => {
                tracing::warn!(%learner, %session, "two different beats had one number; the session was ended");
                return Err(BeatRefusal::Forked.into());
            }
            Stored::Raced => {}
        }
    }
    Err(too_busy())
}

/// What one try left in the database.
enum Stored {
    Recorded(Box<Recorded>),
    /// The session is ended; that stays, so the refusal is said after the commit.
    Forked {
        session: PlaySessionId,
    },
    /// Another beat or session was faster; nothing was changed.
    Raced,
}

async fn take(tx: &Tx<'_>, at: &At, key: &BeatKey, learner: LearnerId, beat: &Beat) -> Result<Stored> {
    // Somebody who never opened a session hears what a stranger of it hears.
    let row = store::head(tx, learner).await?.ok_or(BeatRefusal::TakenOver)?;
    if !row.is_enrolled {
        return Err(LearningRefusal::NotEnrolled.into());
    }
    let (played, policy, last_beat_at) = (row.played, row.played.policy(), row.head.last_beat_at);
    let recorded = |answer: BeatAnswer, at: Timestamp, just_completed: bool| {
        Stored::Recorded(Box::new(Recorded { answer, at, interval_ms: policy.interval_ms, just_completed }))
    };
    match take_beat(row.head, row.progress, beat, played.length_ms, &policy, key, at.now)? {
        BeatOutcome::Repeated(answer) => Ok(recorded(answer, last_beat_at, false)),
        BeatOutcome::Forked { head } => match store::end_head(tx, &head).await? {
            true => Ok(Stored::Forked { session: head.session }),
            false => Ok(Stored::Raced),
        },
        BeatOutcome::Taken(taken) => {
            let again_ms: i64 = taken.answer.send_again.iter().map(|span| Span::length_ms(*span)).sum();
            if !store::put_beat(tx, &taken, taken.answer.lost_ms - again_ms).await? {
                return Ok(Stored::Raced);
            }
            let facts = what_happened(tx, at, &taken, &played, row.is_started).await?;
            if !facts.is_empty() {
                reactions::follow(tx, at, facts).await?;
            }
            Ok(recorded(taken.answer, at.now, taken.completed))
        }
    }
}

/// Facts are few: the first counted beat of a subject, and a lesson's completion.
async fn what_happened(
    tx: &Tx<'_>,
    at: &At,
    taken: &BeatTaken,
    played: &Played,
    is_started: bool,
) -> Result<Vec<Fact>> {
    let Played { year, subject, credit, .. } = *played;
    let (learner, lesson) = (taken.head.learner, taken.head.lesson);
    let mut facts = Vec::new();
    if taken.credited_ms > 0 && !is_started && store::start_enrollment(tx, learner, played, at.now).await? {
        facts.push(Fact::LearningStarted { learner, year, subject, at: at.now });
    }
    if taken.completed {
        facts.push(Fact::LessonCompleted { learner, year, subject, lesson, credited_seconds: credit, at: at.now });
    }
    Ok(facts)
}

/// The address of what follows a lesson in its course; `None` after the last.
pub async fn next_address(tx: &Tx<'_>, lesson: LessonId) -> Result<Option<String>> {
    let Some(lesson) = catalog::lesson(tx, lesson).await? else {
        return Ok(None);
    };
    let lessons = catalog::lessons_of(tx, lesson.course).await?;
    let next = lessons.iter().find(|other| other.position > lesson.position);
    Ok(next.map(super::address_of))
}

/// What is kept of a session's beats after a number, in order: to answer an appeal, or to count a lesson again.
pub async fn evidence_of(
    tx: &Tx<'_>,
    learner: LearnerId,
    session: PlaySessionId,
    after: i64,
) -> Result<Vec<BeatEvidence>> {
    let stored = store::evidence(tx, learner, session, after).await?;
    let read = |bytes: &Vec<u8>| BeatEvidence::from_bytes(bytes).map_err(crate::error::Error::internal);
    stored.iter().map(read).collect()
}
