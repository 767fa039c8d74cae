//! What the player's script talks to. It sends what was played and hears what is recorded; it cannot finish a lesson.

use super::beats::{Recorded, next_address, record_beat};
use super::sessions::open_play_session;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::i18n::Texts;
use crate::web::forms::Form;
use crate::web::{LearnerCaller, limits};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use jixue_core::id::{LessonId, PlaySessionId};
use jixue_core::learning::{BeatBody, Nonce, Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Opens a play session.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PlaySessionRequest {
    #[schema(value_type = String)]
    lesson: LessonId,
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

#[utoipa::path(post, path = "/api/v1/play-sessions", request_body = PlaySessionRequest,
    responses((status = 200, body = PlaySessionAnswer), (status = 403), (status = 404), (status = 409), (status = 429)))]
pub async fn create_play_session(
    State(app): State<App>,
    who: LearnerCaller,
    headers: HeaderMap,
    Form(request): Form<PlaySessionRequest>,
) -> Result<Json<PlaySessionAnswer>> {
    app.limits.take(
        limits::BEATS.with_burst(app.config.limits.beat_burst),
        &who.learner,
        app.clock.now(),
    )?;
    let device = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let opened = open_play_session(&app, who.learner, request.lesson, device).await?;
    Ok(Json(PlaySessionAnswer {
        session: opened.head.session,
        nonce: opened.head.nonce,
        sequence: opened.head.sequence,
        interval_ms: opened.played.policy().interval_ms,
        recorded_ms: opened.progress.recorded.total_ms(),
        recorded_at: opened.at.0,
        position_ms: opened.progress.position_ms,
        length_ms: opened.played.length_ms,
        needed_ms: opened.played.needed_ms(),
    }))
}

/// A beat: what was played since the last one.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BeatRequest {
    #[schema(value_type = String)]
    session: PlaySessionId,
    #[schema(value_type = String)]
    lesson: LessonId,
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
        let BeatRequest {
            session,
            lesson,
            sequence,
            nonce,
            spans,
            position_ms,
            rate_percent,
            late_ms,
            hidden,
            paused,
        } = request;
        Self {
            session,
            lesson,
            sequence,
            nonce,
            spans,
            rate_percent,
            late_ms,
            hidden,
            paused,
            position_ms,
        }
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
    fn of(recorded: Recorded, next: Option<String>, texts: &Texts) -> Self {
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

#[utoipa::path(post, path = "/api/v1/beats", request_body = BeatRequest,
    responses((status = 200, body = BeatReply), (status = 403), (status = 409), (status = 413), (status = 422), (status = 429)))]
pub async fn create_beat(
    State(app): State<App>,
    who: LearnerCaller,
    Form(request): Form<BeatRequest>,
) -> Result<Json<BeatReply>> {
    app.limits.take(
        limits::BEATS.with_burst(app.config.limits.beat_burst),
        &who.learner,
        app.clock.now(),
    )?;
    let lesson = request.lesson;
    let recorded = record_beat(&app, who.learner, BeatBody::from(request).parse()?).await?;
    let next = match recorded.just_completed {
        true => {
            app.db
                .read(async move |tx: &Tx<'_>| next_address(tx, lesson).await)
                .await?
        }
        false => None,
    };
    Ok(Json(BeatReply::of(recorded, next, &who.caller.visitor.texts())))
}
