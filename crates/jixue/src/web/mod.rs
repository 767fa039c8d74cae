//! The web: routes with declared policies, who is asking, pages and problems.

pub mod assets;
pub mod caller;
pub mod cookies;
pub mod forms;
mod guard;
mod health;
pub mod limits;
pub mod page;
mod preferences;
pub mod problem;
mod routes;
pub mod sorting;
mod visitor;

pub use caller::{Caller, ClerkCaller, Guest, Hat, LearnerCaller, Looking, OfficerCaller, WearableHat};
pub use guard::SENT_WHILE_LOOKING;
pub use page::{Html, NavItem, Page};
pub use routes::{Body, Declared, Policy, Routes};
pub use visitor::Visitor;

use crate::app::App;
use crate::error::{Error, Refused};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Nothing but our own files, no frames, no plug-ins, forms only to ourselves.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'";
/// Longest time a request may take; exports stream within it.
const REQUEST_SECONDS_MAX: u64 = 60;

/// Every route of the application with its policy; `crate::routes` adds the slices'.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/healthz", Policy::Public, health::alive)
        .get("/readyz", Policy::Public, health::ready)
        .get("/metrics", Policy::Operator, health::metrics)
        .get("/api/openapi.json", Policy::Public, document)
        .get("/assets/{edition}/{name}", Policy::Public, assets::file)
        .post("/preferences", Policy::Public, preferences::create)
}

/// The head of the API's document; the slices add their paths.
#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Jixue 继学",
    description = "The JSON API. Problems come as application/problem+json: code, sentence, reference."
))]
pub struct Api;

async fn document() -> axum::Json<utoipa::openapi::OpenApi> {
    axum::Json(crate::api())
}

/// The whole application as a service.
pub fn router(app: App) -> Router {
    let fallback = async || -> Error { Refused::not_found().into() };
    // Films and spreadsheets are small already, and a player needs a film's true length.
    let worth_compressing = DefaultPredicate::new()
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new(crate::sheet::MEDIA_TYPE));
    let over_tls = app.config.secure_cookies();
    let layers = ServiceBuilder::new()
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a handler panicked");
            Response::builder()
                .status(StatusCode::INTERNAL_SERVER_ERROR)
                .body(axum::body::Body::empty())
                .unwrap_or_default()
        }))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(REQUEST_SECONDS_MAX),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, content_security_policy(&app)))
        .option_layer(over_tls.then(|| header_layer("strict-transport-security", "max-age=31536000")))
        .layer(header_layer("x-content-type-options", "nosniff"))
        .layer(header_layer("cache-control", "no-store"))
        .layer(header_layer("referrer-policy", "same-origin"))
        .layer(header_layer("cross-origin-opener-policy", "same-origin"))
        .layer(header_layer("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"))
        .layer(CompressionLayer::new().gzip(true).compress_when(worth_compressing));
    let state = app.clone();
    let not_found = axum::middleware::from_fn(move |request: Request, next: axum::middleware::Next| {
        let app = state.clone();
        async move { unknown_address(&app, request, next).await }
    });
    let wrong_method = async |method: Method, headers: HeaderMap| {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        match method == Method::GET && accept.contains("text/html") {
            // Back, reload and the language button ask again for what was sent: the start page knows where to go.
            true => Redirect::to("/").into_response(),
            false => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        }
    };
    let router = crate::routes(&app).into_router().fallback(fallback).method_not_allowed_fallback(wrong_method);
    router.layer(not_found).layer(layers).with_state(app)
}

/// Gives words to what no route answered.
async fn unknown_address(app: &App, request: Request, next: axum::middleware::Next) -> Response {
    let path = request.uri().path().to_owned();
    let visitor = Visitor::of(request.headers(), [0, 0, 0, 0].into(), &path);
    let json = problem::wants_json(request.headers(), &path);
    problem::finish(app, visitor, None, (json, None), next.run(request).await)
}

/// Pages may also ask the software of a UKey on the reader's own machine, where that is configured.
fn content_security_policy(app: &App) -> HeaderValue {
    let middleware = app.config.ukey.as_ref().and_then(|section| section.middleware_url.as_deref());
    let policy = match middleware {
        Some(url) => format!("{CONTENT_SECURITY_POLICY}; connect-src 'self' {url}"),
        None => CONTENT_SECURITY_POLICY.to_owned(),
    };
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY))
}

fn header_layer(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// Marks a response as not to be found by search engines.
pub fn no_index(mut response: Response) -> Response {
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
