//! What the player's script talks to. It sends what was played and hears what is recorded; it cannot finish a lesson.

use super::beats::{next_address, record_beat};
use super::sessions::open_play_session;
pub use super::wire::{BeatReply, BeatRequest, PlaySessionAnswer, PlaySessionRequest};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::forms::Form;
use crate::web::{LearnerCaller, limits};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use jixue_core::learning::BeatBody;

#[utoipa::path(post, path = "/api/v1/play-sessions", request_body = PlaySessionRequest,
    responses((status = 200, body = PlaySessionAnswer), (status = 403), (status = 404), (status = 409), (status = 429)))]
pub async fn create_play_session(
    State(app): State<App>,
    who: LearnerCaller,
    headers: HeaderMap,
    Form(request): Form<PlaySessionRequest>,
) -> Result<Json<PlaySessionAnswer>> {
    app.limits.take(limits::BEATS.with_burst(app.config.limits.beat_burst), &who.learner, app.clock.now())?;
    let device = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let opened = open_play_session(&app, who.learner, request.lesson, device).await?;
    Ok(Json(opened.into()))
}

#[utoipa::path(post, path = "/api/v1/beats", request_body = BeatRequest,
    responses((status = 200, body = BeatReply), (status = 403), (status = 409), (status = 413), (status = 422), (status = 429)))]
pub async fn create_beat(
    State(app): State<App>,
    who: LearnerCaller,
    Form(request): Form<BeatRequest>,
) -> Result<Json<BeatReply>> {
    app.limits.take(limits::BEATS.with_burst(app.config.limits.beat_burst), &who.learner, app.clock.now())?;
    let lesson = request.lesson;
    let recorded = record_beat(&app, who.learner, BeatBody::from(request).parse()?).await?;
    let next = match recorded.just_completed {
        true => app.db.read(async move |tx: &Tx<'_>| next_address(tx, lesson).await).await?,
        false => None,
    };
    Ok(Json(BeatReply::of(recorded, next, &who.caller.visitor.texts())))
}
