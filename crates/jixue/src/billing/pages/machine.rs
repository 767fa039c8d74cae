//! The door for gateways: no cookie counts, only the signature over the very bytes.

use crate::app::App;
use crate::billing::notifications::{Heard, Raw, hear};
use crate::error::{Error, Refused, Result};
use crate::web::problem;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// A notification is some two kilobytes; more than this is none.
const BODY_BYTES_MAX: usize = 64 << 10;

/// Answers 2xx only when the notification is on record, within the five seconds that WeChat Pay waits.
pub async fn wechat_pay(State(app): State<App>, uri: Uri, headers: HeaderMap, body: Body) -> Result<Response> {
    if app.wechat_pay.is_none() {
        return Err(Refused::not_found().into());
    }
    let Ok(bytes) = to_bytes(body, BODY_BYTES_MAX).await else {
        return Ok(no(StatusCode::PAYLOAD_TOO_LARGE));
    };
    let raw = Raw::new(app.clock.now(), uri.path(), &headers, bytes.to_vec());
    Ok(match hear(&app, raw).await {
        Ok(Heard::Booked(_) | Heard::Kept | Heard::NotMoney) => yes(),
        Ok(Heard::Refused(_)) => no(StatusCode::UNAUTHORIZED),
        Ok(Heard::Unreadable(_)) => no(StatusCode::INTERNAL_SERVER_ERROR),
        Err(error) => failed(&error),
    })
}

fn yes() -> Response {
    Json(serde_json::json!({"code": "SUCCESS"})).into_response()
}

/// The form in which the gateway wants a no; it then sends the notification again.
fn no(status: StatusCode) -> Response {
    let message = status.canonical_reason().unwrap_or("refused");
    (status, Json(serde_json::json!({"code": "FAIL", "message": message}))).into_response()
}

fn failed(error: &Error) -> Response {
    tracing::error!(%error, "a notification could not be kept; the gateway will send it again");
    no(problem::status(error))
}
