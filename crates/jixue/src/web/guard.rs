//! The door of every route: where the request comes from, who sends it, whether the policy lets them in.

use super::caller::{Caller, Hat};
use super::routes::{Body, Policy, SMALL_BODY_BYTES};
use super::visitor::Visitor;
use super::{cookies, problem};
use crate::app::App;
use crate::error::{Refused, Result};
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jixue_core::learner_view::LearnerViewRefusal;
use jixue_core::refusal::Kind;
use std::net::{IpAddr, SocketAddr};

#[derive(Clone)]
pub(super) struct Guarded {
    pub app: App,
    pub path: &'static str,
    pub policy: Policy,
    pub body: Body,
}

/// What whoever looks at a learner's pages may still send: it ends looking, or changes their own browser only.
pub const SENT_WHILE_LOOKING: [&str; 3] = ["/learner-views/ending", "/session/ending", "/preferences"];

/// The CSRF token an upload must carry as its first field; `None` when the header carried it.
#[derive(Debug, Clone)]
pub(super) struct CsrfInBody(pub Option<String>);

pub(super) async fn guard(State(guarded): State<Guarded>, mut request: Request, next: Next) -> Response {
    let address = client_address(&guarded.app, &request);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let visitor = Visitor::of(request.headers(), address, &path);
    request.extensions_mut().insert(visitor.clone());
    let wants_json = problem::wants_json(request.headers(), &path);
    let back = (request.method() == Method::POST).then(|| problem::came_from(request.headers())).flatten();
    let admitted = admit(&guarded, &visitor, request).await;
    let (caller, response) = match admitted {
        Ok(request) => {
            let caller = request.extensions().get::<Caller>().cloned();
            (caller, next.run(request).await)
        }
        Err(error) => (None, error.into_response()),
    };
    problem::finish(&guarded.app, visitor, caller, (wants_json, back), response)
}

async fn admit(guarded: &Guarded, visitor: &Visitor, mut request: Request) -> Result<Request> {
    let app = &guarded.app;
    match guarded.policy {
        Policy::Machine => return Ok(request),
        Policy::Operator => {
            // What a proxy passes on comes from elsewhere, whatever address the proxy has.
            let forwarded = ["x-forwarded-for", "forwarded"].iter().any(|name| request.headers().contains_key(*name));
            let straight = !forwarded || app.config.trusted_proxy.is_some();
            let known = straight && app.config.metrics_from.contains(&visitor.address);
            return if known { Ok(request) } else { Err(Refused::not_found().into()) };
        }
        Policy::Public | Policy::SignedIn | Policy::Learner | Policy::Hats(_) => {}
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !same_origin(request.headers(), &app.config.base_url) {
        return Err(Refused::new("request.other_origin", Kind::Forbidden).into());
    }
    let token = cookies::get(request.headers(), cookies::session(app.config.secure_cookies())).map(str::to_owned);
    let caller = match token {
        Some(token) => {
            let caller = crate::identity::caller_of(app, &token, visitor).await?;
            if caller.is_some() {
                crate::identity::note_seen(app, &token).await;
            }
            caller
        }
        None => None,
    };
    allow(guarded.policy, caller.as_ref())?;
    if let Some(caller) = caller {
        if changes && caller.looking.is_some() && !SENT_WHILE_LOOKING.contains(&guarded.path) {
            return Err(LearnerViewRefusal::ReadOnly.into());
        }
        if changes {
            request = check_csrf(request, &caller.csrf, guarded.body).await?;
        }
        request.extensions_mut().insert(caller);
    } else if changes && guarded.body == Body::Upload {
        request.extensions_mut().insert(CsrfInBody(None));
    }
    Ok(request)
}

/// Lets in whom the policy names.
pub(super) fn allow(policy: Policy, caller: Option<&Caller>) -> Result<()> {
    let hat = caller.map(|caller| &caller.hat);
    let fits = match policy {
        Policy::Public | Policy::Machine | Policy::Operator => true,
        Policy::SignedIn => hat.is_some(),
        Policy::Learner => hat == Some(&Hat::Learner),
        Policy::Hats(roles) => matches!(hat, Some(Hat::Role(role)) if roles.contains(role)),
    };
    match (fits, hat) {
        (true, _) => Ok(()),
        (false, None) => Err(Refused::new("session.required", Kind::Unauthenticated).into()),
        (false, Some(_)) => Err(Refused::new("session.wrong_hat", Kind::Forbidden).into()),
    }
}

/// Browsers of the last years say where a change comes from; one that says another place is refused.
fn same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else {
        return true;
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin == base_url || origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host)
}

/// Finds the token in the header, or in the form, which is put back for the handler to read.
async fn check_csrf(mut request: Request, expected: &str, body: Body) -> Result<Request> {
    let stale = || Refused::new("request.stale_form", Kind::Forbidden);
    if let Some(fits) = request.headers().get("x-csrf").map(|given| given == expected) {
        request.extensions_mut().insert(CsrfInBody(None));
        return if fits { Ok(request) } else { Err(stale().into()) };
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if body == Body::Upload && kind.starts_with("multipart/form-data") {
        request.extensions_mut().insert(CsrfInBody(Some(expected.to_owned())));
        return Ok(request);
    }
    if body == Body::Upload {
        return Err(Refused::new("request.wrong_type", Kind::Unsupported).into());
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(stale().into());
    }
    let (parts, body) = request.into_parts();
    let bytes =
        to_bytes(body, SMALL_BODY_BYTES).await.map_err(|_| Refused::new("request.too_large", Kind::TooLarge))?;
    let given = super::forms::field(&bytes, "csrf");
    match given.as_deref() == Some(expected) {
        true => Ok(Request::from_parts(parts, bytes.into())),
        false => Err(stale().into()),
    }
}

/// The peer, or what a trusted proxy says of it.
fn client_address(app: &App, request: &Request) -> IpAddr {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip());
    if app.config.trusted_proxy != Some(peer) {
        return peer;
    }
    // Each proxy adds to the end, in the same line or in one more: only the last word is the trusted proxy's own.
    let lines = request.headers().get_all("x-forwarded-for");
    let forwarded = lines.iter().next_back().and_then(|value| value.to_str().ok());
    forwarded.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    /// A page elsewhere that posts a form here must not act in the reader's name.
    #[test]
    fn changes_from_another_site_are_refused() {
        let base = "https://jixue.example";
        assert!(same_origin(&headers(&[("origin", "https://jixue.example")]), base));
        assert!(same_origin(&headers(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]), base));
        assert!(!same_origin(&headers(&[("origin", "https://evil.example"), ("host", "jixue.example")]), base));
        assert!(!same_origin(&headers(&[("origin", "null"), ("host", "jixue.example")]), base));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "cross-site")]), base));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "same-site")]), base));
        assert!(same_origin(&headers(&[("sec-fetch-site", "same-origin")]), base));
    }
}
