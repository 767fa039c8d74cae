//! Errors on their way out: kind to HTTP, code to a sentence in the reader's language, with a way on.

use super::caller::Caller;
use super::page::{Html, Page, safe_back};
use super::visitor::Visitor;
use crate::app::App;
use crate::db::Failure;
use crate::error::{Error, Refused};
use askama::Template;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::refusal::Kind;
use std::sync::{Arc, Mutex};

/// An error inside a response, until `finish` gives it words.
#[derive(Clone)]
struct Report(Arc<Mutex<Option<Error>>>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = status(&self).into_response();
        response.extensions_mut().insert(Report(Arc::new(Mutex::new(Some(self)))));
        response
    }
}

/// The one place that maps a kind to HTTP.
pub fn status(error: &Error) -> StatusCode {
    let kind = match error {
        Error::Refused(refused) => refused.kind,
        Error::Database(Failure::Busy) => Kind::Unavailable,
        // Somebody sent a NUL, in whatever part of a request; neither engine stores or finds one.
        Error::Database(Failure::NulInText) => Kind::Invalid,
        Error::Database(_) | Error::Internal(_) => return StatusCode::INTERNAL_SERVER_ERROR,
    };
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Scripts and machines read JSON, people read pages.
pub fn wants_json(headers: &HeaderMap, path: &str) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    path.starts_with("/api/") || (accept.contains("application/json") && !accept.contains("text/html"))
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    page: Page,
    title: String,
    sentence: String,
    reference: Option<String>,
    /// The page on which the form stood that was refused.
    back: Option<String>,
}

/// The page of ours on which a form stood, as far as the browser tells.
pub(super) fn came_from(headers: &HeaderMap) -> Option<String> {
    let (_, rest) = headers.get(header::REFERER)?.to_str().ok()?.split_once("://")?;
    let path = rest.find('/').map(|at| &rest[at..])?;
    Some(safe_back(path).to_owned()).filter(|path| path != "/")
}

/// Gives an error its words; any other response passes.
pub fn finish(
    app: &App,
    visitor: Visitor,
    caller: Option<Caller>,
    (json, back): (bool, Option<String>),
    mut response: Response,
) -> Response {
    let report = response.extensions_mut().remove::<Report>();
    let Some(error) = report.and_then(|report| report.0.lock().ok().and_then(|mut slot| slot.take())) else {
        return response;
    };
    let status = status(&error);
    let signed_out = matches!(&error, Error::Refused(refused) if refused.kind == Kind::Unauthenticated);
    if signed_out && !json {
        let back = super::page::encode(&visitor.path);
        return Redirect::to(&format!("/sign-in?back={back}")).into_response();
    }
    let (code, sentence, reference) = words(app, &visitor, error);
    let response = if json {
        let body = serde_json::json!({"code": code, "sentence": sentence, "reference": reference});
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    } else {
        let page = Page::new(app, &visitor, caller.as_ref());
        let title = page.t.code(&format!("status.{}", status.as_u16()), &[]);
        (status, Html(ProblemPage { page, title, sentence, reference, back })).into_response()
    };
    later(status, response)
}

/// Says when to come again, where coming again may help.
pub(crate) fn later(status: StatusCode, mut response: Response) -> Response {
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// Code, sentence and, when it is our fault, a number to tell support; the cause goes to the log, once.
fn words(app: &App, visitor: &Visitor, error: Error) -> (&'static str, String, Option<String>) {
    let texts = visitor.texts();
    match error {
        Error::Refused(Refused { code, arguments, .. }) => (code, texts.code(code, &arguments), None),
        Error::Database(Failure::Busy) => ("request.busy", texts.say("request.busy"), None),
        Error::Database(Failure::NulInText) => ("request.unreadable", texts.say("request.unreadable"), None),
        Error::Database(_) | Error::Internal(_) => {
            let reference = format!("{:x}", app.ids.next_raw());
            tracing::error!(%reference, path = visitor.route(), %error, "a request failed");
            ("request.failed", texts.say("request.failed"), Some(reference))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever was refused goes back to their form, and never to another site.
    #[test]
    fn the_way_back_is_a_page_of_ours() {
        let from = |referer: &str| {
            let headers = HeaderMap::from_iter([(header::REFERER, HeaderValue::from_str(referer).unwrap())]);
            came_from(&headers)
        };
        assert_eq!(from("https://example.cn/people/7?x=1").as_deref(), Some("/people/7?x=1"));
        for none in ["https://example.cn", "https://example.cn/", "https://example.cn//evil.example", "nothing"] {
            assert_eq!(from(none), None, "{none}");
        }
        assert_eq!(came_from(&HeaderMap::new()), None);
    }
}
