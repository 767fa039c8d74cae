//! Pages of the first step: phone and code, or login and password.

use super::{Attempt, Entrance, by_code, by_password, factor_page, passkey};
use crate::app::App;
use crate::error::{Error, Refused, Result};
use crate::identity::bindings::{wechat_is_offered, why_words};
use crate::identity::browsers::{self, Browser};
use crate::identity::codes::{Many, Way, request_code};
use crate::identity::efforts::{self, Asker, EffortAsk, EffortForm};
use crate::identity::factors::PasskeyAsk;
use crate::identity::factors::open_question::ask_whoever;
use crate::web::forms::{Form, Query};
use crate::web::page::{encode, safe_back};
use crate::web::{Html, Page, Policy, Routes, Visitor, cookies, limits};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jixue_core::org::Phone;
use serde::Deserialize;

pub(in super::super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/sign-in", Policy::Public, sign_in)
        .post("/sign-in/codes", Policy::Public, create_code)
        .post("/session", Policy::Public, create_session)
        .with(factor_page::routes)
        .with(passkey::routes)
}

#[derive(Template)]
#[template(path = "identity/sign_in.html")]
struct SignInPage {
    page: Page,
    back: String,
    /// The phone, or the login, as it was typed.
    phone: String,
    /// True once a code was asked for: the second step.
    code_sent: bool,
    /// Whether a call can read the code.
    can_ring: bool,
    by_password: bool,
    problem: Option<String>,
    /// Other sides that vouch for people: where each begins, and its name.
    ways: Vec<(String, String)>,
    effort: Option<EffortAsk>,
    /// Asked of whichever passkey the device has; not while a code is typed.
    passkey: Option<PasskeyAsk>,
    /// Whether this browser came in by one before: then it is asked first.
    passkey_first: bool,
}

#[derive(Debug, Default, Deserialize)]
struct SignInQuery {
    #[serde(default)]
    back: String,
    by: Option<String>,
    #[serde(default)]
    why: String,
}

async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    headers: HeaderMap,
    Query(query): Query<SignInQuery>,
) -> Response {
    let page = Page::new(&app, &visitor, None);
    let why = why_words(&page, &query.why);
    let shown = Html(SignInPage {
        passkey: Some(ask_whoever(&app, &browser)),
        passkey_first: passkey::came_before(&app, &headers),
        ways: ways(&app, &page, &headers, safe_back(&query.back)),
        page,
        back: safe_back(&query.back).to_owned(),
        phone: String::new(),
        code_sent: false,
        can_ring: false,
        by_password: query.by.as_deref() == Some("password"),
        problem: (!why.is_empty()).then_some(why),
        effort: None,
    });
    (AppendHeaders([(header::SET_COOKIE, browser.cookie())]), shown).into_response()
}

/// Other ways in that work in the browser that asks.
fn ways(app: &App, page: &Page, headers: &HeaderMap, back: &str) -> Vec<(String, String)> {
    let back = encode(back);
    let wechat = wechat_is_offered(app, headers)
        .then(|| (format!("/sign-in/wechat?back={back}"), page.t.bindings_wechat_sign_in().to_owned()));
    let issuers = app.config.oidc.iter().map(|section| {
        let name = page.t.pick(&section.name_zh, &section.name_en);
        let address = format!("/sign-in/oidc?issuer={}&back={back}", encode(&section.issuer));
        (address, page.t.bindings_sign_in_by(name))
    });
    wechat.into_iter().chain(issuers).collect()
}

#[derive(Debug, Deserialize)]
struct CodeForm {
    phone: String,
    #[serde(default)]
    back: String,
    /// `call` for a voice that reads the code.
    #[serde(default)]
    by: String,
    #[serde(flatten)]
    effort: EffortForm,
}

async fn create_code(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let asker = Asker { browser: &browser, name: &one_name(&form.phone), network: visitor.address };
    let problem = match ask_code(&app, asker, &form).await {
        Ok(()) => None,
        Err(Error::Refused(refused)) => Some(refused),
        Err(error) => return Err(error),
    };
    // A code sent a moment ago is still good: lead on to where it is typed.
    let code_sent = problem.as_ref().is_none_or(|refused| refused.code == "sign_in.code_too_soon");
    let effort = problem.as_ref().filter(|refused| efforts::would_do(refused));
    let effort = effort.map(|refused| efforts::ask(&app, asker, &form.effort, refused));
    let page = sign_in_again(&app, &visitor, &form.back, (form.phone.clone(), code_sent, false), (problem, effort));
    Ok((AppendHeaders([(header::SET_COOKIE, browser.cookie())]), page).into_response())
}

/// One name, however it is written.
fn one_name(typed: &str) -> String {
    Phone::parse(typed).map_or_else(|_| typed.trim().to_lowercase(), |phone| phone.revealed().to_owned())
}

/// Asks for a code; a proof helps beyond what a network, or the day of a number, allows to strangers.
async fn ask_code(app: &App, asker: Asker<'_>, form: &CodeForm) -> Result<()> {
    let (now, mut many) = (app.clock.now(), Many::AsConfigured);
    let way = if form.by == "call" { Way::Call } else { Way::Message };
    if app.limits.take(limits::CODE_ADDRESS, &limits::network(asker.network), now).is_err() {
        efforts::instead(app, asker, &form.effort).await?;
        many = Many::Proved;
    }
    let is_known = browsers::is_known(app, asker.name, asker.browser).await?;
    match request_code(app, asker.browser, &form.phone, (way, many)).await {
        Err(Error::Refused(refused))
            if refused.code == "sign_in.too_many_codes" && !is_known && many == Many::AsConfigured =>
        {
            efforts::instead(app, asker, &form.effort).await?;
            request_code(app, asker.browser, &form.phone, (way, Many::Proved)).await
        }
        outcome => outcome,
    }
}

fn sign_in_again(
    app: &App,
    visitor: &Visitor,
    back: &str,
    (phone, code_sent, by_password): (String, bool, bool),
    (problem, effort): (Option<Refused>, Option<EffortAsk>),
) -> Response {
    let page = Page::new(app, visitor, None);
    let status = problem.as_ref().map(|refused| crate::web::problem::status(&Error::Refused(refused.clone())));
    let problem = problem.map(|refused| page.t.code(refused.code, &refused.arguments));
    let html = Html(SignInPage {
        page,
        back: safe_back(back).to_owned(),
        phone,
        code_sent,
        can_ring: app.config.sms.as_ref().is_some_and(|section| section.voice.is_some()),
        by_password,
        problem,
        ways: Vec::new(),
        effort,
        passkey: None,
        passkey_first: false,
    });
    match status {
        Some(status) => crate::web::problem::later(status, (status, html).into_response()),
        None => html.into_response(),
    }
}

#[derive(Debug, Deserialize)]
struct SessionForm {
    phone: Option<String>,
    code: Option<String>,
    login: Option<String>,
    password: Option<String>,
    #[serde(default)]
    back: String,
    #[serde(flatten)]
    effort: EffortForm,
}

async fn create_session(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<SessionForm>,
) -> Result<Response> {
    let typed = form.login.as_deref().or(form.phone.as_deref()).unwrap_or_default();
    let name = one_name(typed);
    let asker = Asker { browser: &browser, name: &name, network: visitor.address };
    let device = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (attempt, by_login) = (Attempt::new(&browser, device, &name), form.login.is_some());
    let outcome = match limit(&app, asker, &form.effort).await {
        Err(error) => Err(error),
        Ok(()) if by_login => by_password(&app, &attempt, form.password.as_deref().unwrap_or_default()).await,
        Ok(()) => by_code(&app, &attempt, form.code.as_deref().unwrap_or_default()).await,
    };
    match outcome {
        Ok(entrance) => Ok(entered(&app, &browser, entrance, &form.back)),
        Err(Error::Refused(refused)) => {
            let effort = efforts::would_do(&refused).then(|| efforts::ask(&app, asker, &form.effort, &refused));
            let shown = (form.phone.or(form.login).unwrap_or_default(), !by_login, by_login);
            let page = sign_in_again(&app, &visitor, &form.back, shown, (Some(refused), effort));
            Ok((AppendHeaders([(header::SET_COOKIE, browser.cookie())]), page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Counts the try. A browser that has signed in by this name is held by its own tries only: whatever others do behind the
/// same address, or to the same name, takes nothing from it. Strangers are counted by network, by name together with the
/// network, and by name alone; where others have used one of these up, a proof helps whoever is a stranger too.
async fn limit(app: &App, asker: Asker<'_>, effort: &EffortForm) -> Result<()> {
    let Asker { browser, name, network } = asker;
    let (now, network) = (app.clock.now(), limits::network(network));
    if browsers::is_known(app, name, browser).await? {
        return app.limits.take(limits::SIGN_IN_NAME, &(name, browser.digest()), now);
    }
    let near = app.limits.take(limits::SIGN_IN_ADDRESS, &network, now);
    let here = near.and_then(|()| app.limits.take(limits::SIGN_IN_NAME, &(name, network), now));
    match here.and_then(|()| app.limits.take(limits::SIGN_IN_NAME_ANYWHERE, &name, now)) {
        Ok(()) => Ok(()),
        Err(_) => efforts::instead(app, asker, effort).await,
    }
}

/// The cookies of a new session: its token, the browser's name, and no sign-in half done any more.
pub(super) fn session_cookies(app: &App, browser: &Browser, token: &str) -> [HeaderValue; 3] {
    let (seconds, secure) = (app.config.limits.session_days * 86_400, app.config.secure_cookies());
    let session = cookies::set(cookies::session(secure), token, seconds, secure);
    [session, browser.cookie(), factor_page::cookie(app, "", 0)]
}

pub(super) fn signed_in(app: &App, browser: &Browser, token: &str, back: &str) -> Response {
    let cookies = session_cookies(app, browser, token).map(|cookie| (header::SET_COOKIE, cookie));
    (AppendHeaders(cookies), Redirect::to(&after_sign_in(back))).into_response()
}

/// Where everybody goes who has just signed in: the privacy notice, which leads on at once when it was read before.
pub(super) fn after_sign_in(back: &str) -> String {
    format!("/me/notice?back={}", encode(safe_back(back)))
}

/// In, or on to the second step.
pub(in super::super) fn entered(app: &App, browser: &Browser, entrance: Entrance, back: &str) -> Response {
    match entrance {
        Entrance::Session(token) => signed_in(app, browser, &token, back),
        Entrance::Pending(token) => asked_for_more(app, &token, back),
    }
}

/// On to the second step.
fn asked_for_more(app: &App, token: &str, back: &str) -> Response {
    let cookie = factor_page::cookie(app, token, super::PENDING_MINUTES * 60);
    let next = format!("/sign-in/factor?back={}", encode(safe_back(back)));
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&next)).into_response()
}

impl SignInPage {
    fn back_encoded(&self) -> String {
        encode(&self.back)
    }
}
