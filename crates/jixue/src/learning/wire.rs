//! The words that the player and the server exchange.

use super::beats::Recorded;
use super::sessions::OpenedSession;
use crate::i18n::Texts;
use jixue_core::id::{LessonId, PlaySessionId};
use jixue_core::learning::{BeatBody, Nonce, Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Opens a play session.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PlaySessionRequest {
    #[schema(value_type = String)]
    pub(super) lesson: LessonId,
}

/// A session just opened: what to show, and how to send the first beat.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaySessionAnswer {
    #[schema(value_type = String)]
    session: PlaySessionId,
    /// What the first beat must carry.
    #[schema(value_type = String)]
    nonce: Nonce,
    /// The first beat carries one more.
    sequence: i64,
    /// How often to beat.
    interval_ms: i64,
    recorded_ms: i64,
    /// Epoch milliseconds of the server.
    recorded_at: i64,
    position_ms: i64,
    length_ms: i64,
    needed_ms: i64,
}

impl From<OpenedSession> for PlaySessionAnswer {
    fn from(opened: OpenedSession) -> Self {
        Self {
            session: opened.head.session,
            nonce: opened.head.nonce,
            sequence: opened.head.sequence,
            interval_ms: opened.played.policy().interval_ms,
            recorded_ms: opened.progress.recorded.total_ms(),
            recorded_at: opened.at.0,
            position_ms: opened.progress.position_ms,
            length_ms: opened.played.length_ms,
            needed_ms: opened.played.needed_ms(),
        }
    }
}

/// A beat: what was played since the last one.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BeatRequest {
    #[schema(value_type = String)]
    session: PlaySessionId,
    #[schema(value_type = String)]
    pub(super) lesson: LessonId,
    sequence: i64,
    /// What the last answer gave.
    nonce: String,
    /// Parts of the lesson in playing order, `[from_ms, to_ms]` each.
    #[schema(value_type = Vec<[i64; 2]>)]
    spans: Vec<Span>,
    position_ms: i64,
    rate_percent: i64,
    /// How long the beat before was on its way.
    #[serde(default)]
    late_ms: i64,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    paused: bool,
}

impl From<BeatRequest> for BeatBody {
    fn from(request: BeatRequest) -> Self {
        let BeatRequest { session, lesson, sequence, nonce, spans, position_ms, rate_percent, late_ms, hidden, paused } =
            request;
        Self { session, lesson, sequence, nonce, spans, rate_percent, late_ms, hidden, paused, position_ms }
    }
}

/// What is recorded, and how to send the next beat.
#[derive(Debug, Serialize, ToSchema)]
pub struct BeatReply {
    sequence: i64,
    #[schema(value_type = String)]
    nonce: Nonce,
    /// Of this lesson altogether.
    recorded_ms: i64,
    position_ms: i64,
    /// Newly recorded by this beat.
    credited_ms: i64,
    /// Played, but not recorded.
    lost_ms: i64,
    /// Why, in the reader's language.
    lost_reason: Option<String>,
    /// What to send again with the next beat.
    #[schema(value_type = Vec<[i64; 2]>)]
    send_again: Vec<Span>,
    /// Epoch milliseconds of the server.
    recorded_at: i64,
    completed: bool,
    interval_ms: i64,
    /// The address of the next lesson, when this beat completed the lesson.
    next: Option<String>,
}

impl BeatReply {
    pub(super) fn of(recorded: Recorded, next: Option<String>, texts: &Texts) -> Self {
        let answer = recorded.answer;
        let reason = answer.reason.filter(|_| answer.lost_ms > 0);
        Self {
            sequence: answer.sequence,
            nonce: answer.nonce,
            recorded_ms: answer.recorded_ms,
            position_ms: answer.position_ms,
            credited_ms: answer.credited_ms,
            lost_ms: answer.lost_ms,
            lost_reason: reason.map(|reason| texts.say(reason.code())),
            send_again: answer.send_again,
            recorded_at: recorded.at.0,
            completed: answer.completed,
            interval_ms: recorded.interval_ms,
            next,
        }
    }
}
