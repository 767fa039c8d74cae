//! The one live session of a learner, and what is recorded of a lesson.

use super::{Beat, BeatRefusal, Intervals, LastBeat, Nonce};
use crate::id::{LearnerId, LessonId, PlaySessionId};
use crate::time::{BusinessDate, Timestamp};

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// The learner opened a lesson elsewhere, or this one again.
    TakenOver,
    /// Two different beats carried one number: two programs share a session, which no honest player does.
    Forked,
    SignedOut,
    Closed,
}

impl EndReason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::TakenOver => "taken_over",
            Self::Forked => "forked",
            Self::SignedOut => "signed_out",
            Self::Closed => "closed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "taken_over" => Some(Self::TakenOver),
            "forked" => Some(Self::Forked),
            "signed_out" => Some(Self::SignedOut),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    Live,
    Ended { why: EndReason, at: Timestamp },
}

/// The head of a learner's play sessions (学习会话): **one row per learner**, whatever they open on however many
/// devices. It carries the learner's time budget from session to session, so it is never deleted.
///
/// Stored by compare-and-set on (learner, session, sequence): of two beats that race, one is judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionHead {
    pub learner: LearnerId,
    pub session: PlaySessionId,
    pub lesson: LessonId,
    pub state: SessionState,
    /// The last beat taken; 0 before the first.
    pub sequence: i64,
    /// What the next beat must show.
    pub nonce: Nonce,
    pub opened_at: Timestamp,
    /// The server's instant up to which the learner's wall time has been turned into budget. Never goes back.
    pub last_beat_at: Timestamp,
    /// Wall time turned into budget and not yet spent, in milliseconds.
    pub budget_ms: i64,
    /// The day in China that `day_recorded_ms` counts.
    pub day: BusinessDate,
    /// Milliseconds recorded on that day, over all lessons.
    pub day_recorded_ms: i64,
    /// The last beat taken in this session.
    pub last: Option<LastBeat>,
}

/// How a beat stands to the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Next,
    Repeated,
    Forked,
}

impl SessionHead {
    pub fn is_live(&self) -> bool {
        self.state == SessionState::Live
    }

    /// Ends the session; the budget stays. Ending an ended one changes nothing.
    pub fn end(self, why: EndReason, now: Timestamp) -> Self {
        match self.state {
            SessionState::Live => Self { state: SessionState::Ended { why, at: now }, ..self },
            SessionState::Ended { .. } => self,
        }
    }

    /// Session, lesson, number, then nonce. A stranger's session is answered like one that was taken over, so nobody
    /// learns which sessions exist.
    pub(super) fn admit(&self, beat: &Beat) -> Result<Admission, BeatRefusal> {
        if beat.session != self.session {
            return Err(BeatRefusal::TakenOver);
        }
        if let SessionState::Ended { why, .. } = self.state {
            return Err(BeatRefusal::SessionEnded { why });
        }
        if beat.lesson != self.lesson {
            return Err(BeatRefusal::LessonDiffers);
        }
        if beat.sequence == self.sequence {
            let known = self.last.as_ref().is_some_and(|last| last.digest == beat.digest());
            return Ok(if known { Admission::Repeated } else { Admission::Forked });
        }
        if beat.sequence != self.sequence + 1 {
            return Err(BeatRefusal::OutOfOrder { expected: self.sequence + 1 });
        }
        if !self.nonce.is(&beat.nonce) {
            return Err(BeatRefusal::WrongNonce);
        }
        Ok(Admission::Next)
    }
}

/// A session just opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub head: SessionHead,
    /// The session this one ended, to tell the learner which device lost it.
    pub ended: Option<PlaySessionId>,
}

/// Opens a session on `lesson` and thereby ends the learner's live one.
///
/// `previous` is the learner's head, if they ever had one; `nonce` is random. Neither the time since the last beat nor
/// a new session is worth anything: budget and day carry over unchanged, and time starts to count at `now`, or at the
/// last beat's instant should the clock have been set back.
///
/// # Panics
/// When `previous` belongs to another learner: the caller has read the wrong row.
pub fn open_session(
    previous: Option<SessionHead>,
    session: PlaySessionId,
    learner: LearnerId,
    lesson: LessonId,
    nonce: Nonce,
    now: Timestamp,
) -> Opened {
    let fresh = SessionHead {
        learner,
        session,
        lesson,
        state: SessionState::Live,
        sequence: 0,
        nonce,
        opened_at: now,
        last_beat_at: now,
        budget_ms: 0,
        day: now.business_date(),
        day_recorded_ms: 0,
        last: None,
    };
    let Some(previous) = previous else {
        return Opened { head: fresh, ended: None };
    };
    assert_eq!(previous.learner, learner, "a head belongs to one learner");
    let ended = previous.is_live().then_some(previous.session);
    let head = SessionHead {
        last_beat_at: now.max(previous.last_beat_at),
        budget_ms: previous.budget_ms,
        day: previous.day,
        day_recorded_ms: previous.day_recorded_ms,
        ..fresh
    };
    Opened { head, ended }
}

/// What is recorded of one lesson for one learner: a projection of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonProgress {
    pub learner: LearnerId,
    pub lesson: LessonId,
    pub recorded: Intervals,
    /// Where to resume.
    pub position_ms: i64,
    /// Set once. The lesson's recognised length is credited then, exactly once, however much is recorded later.
    pub completed_at: Option<Timestamp>,
}

impl LessonProgress {
    pub fn new(learner: LearnerId, lesson: LessonId) -> Self {
        Self { learner, lesson, recorded: Intervals::new(), position_ms: 0, completed_at: None }
    }

    /// How much of the lesson is recorded, in thousandths, rounded down.
    pub fn permille(&self, length_ms: i64) -> i64 {
        (self.recorded.total_ms() * 1_000 / length_ms.max(1)).min(1_000)
    }
}
