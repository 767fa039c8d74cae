//! Pages of signing in and of oneself.

use super::request_code;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::web::forms::{Form, Query};
use crate::web::page::{encode, safe_back};
use crate::web::{Caller, Guest, Hat, Html, Page, Policy, Routes, Visitor, WearableHat, cookies, limits};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jixue_core::org::Phone;
use jixue_core::role::Role;
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/", Policy::Public, start)
        .get("/sign-in", Policy::Public, sign_in)
        .post("/sign-in/codes", Policy::Public, create_code)
        .post("/session", Policy::Public, create_session)
        .post("/session/hat", Policy::SignedIn, change_hat)
        .post("/session/ending", Policy::SignedIn, end_session)
        .get("/setup", Policy::Public, setup)
        .post("/setup", Policy::Public, create_first_officer)
        .get("/me", Policy::SignedIn, me)
        .with(super::grants::routes)
        .with(super::looking::routes)
        .with(super::duties::routes)
}

/// Where each hat's work begins.
pub fn home_of(hat: &Hat) -> &'static str {
    match hat {
        Hat::Learner => "/learn",
        Hat::Role(Role::UnitClerk) => "/unit/people",
        Hat::Role(Role::BureauOfficer | Role::CountyOfficer) => "/bureau/progress",
        Hat::Role(_) => "/duties",
    }
}

async fn start(Guest(caller, _): Guest) -> Redirect {
    Redirect::to(caller.map_or("/sign-in", |caller| home_of(&caller.hat)))
}

#[derive(Template)]
#[template(path = "identity/sign_in.html")]
struct SignInPage {
    page: Page,
    back: String,
    phone: String,
    /// True once a code was asked for: the second step.
    code_sent: bool,
    by_password: bool,
    problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct SignInQuery {
    #[serde(default)]
    back: String,
    by: Option<String>,
}

async fn sign_in(State(app): State<App>, visitor: Visitor, Query(query): Query<SignInQuery>) -> Html<SignInPage> {
    Html(SignInPage {
        page: Page::new(&app, &visitor, None),
        back: safe_back(&query.back).to_owned(),
        phone: String::new(),
        code_sent: false,
        by_password: query.by.as_deref() == Some("password"),
        problem: None,
    })
}

#[derive(Debug, Deserialize)]
struct CodeForm {
    phone: String,
    #[serde(default)]
    back: String,
}

async fn create_code(State(app): State<App>, visitor: Visitor, Form(form): Form<CodeForm>) -> Result<Response> {
    app.limits.take(limits::CODE_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let problem = match request_code(&app, &form.phone).await {
        Ok(()) => None,
        Err(Error::Refused(refused)) => Some(refused),
        Err(error) => return Err(error),
    };
    // A code sent a moment ago is still good: lead on to where it is typed.
    let code_sent = problem.as_ref().is_none_or(|refused| refused.code == "sign_in.code_too_soon");
    Ok(sign_in_again(&app, &visitor, &form.back, form.phone, code_sent, false, problem))
}

fn sign_in_again(
    app: &App,
    visitor: &Visitor,
    back: &str,
    phone: String,
    code_sent: bool,
    by_password: bool,
    problem: Option<Refused>,
) -> Response {
    let page = Page::new(app, visitor, None);
    let status = problem.as_ref().map(|refused| crate::web::problem::status(&Error::Refused(refused.clone())));
    let problem = problem.map(|refused| page.t.code(refused.code, &refused.arguments));
    let html = Html(SignInPage { page, back: safe_back(back).to_owned(), phone, code_sent, by_password, problem });
    match status {
        Some(status) => (status, html).into_response(),
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
}

async fn create_session(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<SessionForm>,
) -> Result<Response> {
    // Limited by the very name that is tried, however it is written.
    let name = match &form.login {
        Some(login) => login.trim().to_lowercase(),
        None => {
            let typed = form.phone.as_deref().unwrap_or_default();
            Phone::parse(typed).map_or_else(|_| typed.trim().to_owned(), |phone| phone.revealed().to_owned())
        }
    };
    let now = app.clock.now();
    app.limits.take(limits::SIGN_IN_ADDRESS, &limits::network(visitor.address), now)?;
    app.limits.take(limits::SIGN_IN_NAME, &name, now)?;
    let device = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let by_password = form.login.is_some();
    let outcome = match &form.login {
        Some(login) => {
            super::sign_in_by_password(&app, login, form.password.as_deref().unwrap_or_default(), device).await
        }
        None => super::sign_in_by_code(&app, &name, form.code.as_deref().unwrap_or_default(), device).await,
    };
    match outcome {
        Ok(token) => Ok(signed_in(&app, &token, &form.back)),
        Err(Error::Refused(refused)) => {
            let phone = form.phone.unwrap_or_default();
            Ok(sign_in_again(&app, &visitor, &form.back, phone, !by_password, by_password, Some(refused)))
        }
        Err(error) => Err(error),
    }
}

fn signed_in(app: &App, token: &str, back: &str) -> Response {
    let seconds = app.config.limits.session_days * 86_400;
    let secure = app.config.secure_cookies();
    let cookie = cookies::set(cookies::session(secure), token, seconds, secure);
    // The notice leads on at once when this version was read before.
    let next = format!("/me/notice?back={}", encode(safe_back(back)));
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&next)).into_response()
}

pub(super) fn token<'a>(app: &App, headers: &'a HeaderMap) -> &'a str {
    cookies::get(headers, cookies::session(app.config.secure_cookies())).unwrap_or_default()
}

#[derive(Debug, Deserialize)]
struct HatForm {
    grant: i64,
}

async fn change_hat(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<HatForm>,
) -> Result<Redirect> {
    super::wear(&app, &caller, token(&app, &headers), form.grant).await?;
    Ok(Redirect::to("/"))
}

#[derive(Debug, Deserialize)]
struct EndingForm {
    #[serde(default)]
    others: bool,
}

async fn end_session(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<EndingForm>,
) -> Result<Response> {
    if !form.others {
        // The log says when looking ended, not when it would have.
        super::end_view(&app, &caller, token(&app, &headers)).await?;
    }
    super::end_session(&app, &caller, token(&app, &headers), form.others).await?;
    if form.others {
        return Ok(Redirect::to("/me?done=other_sessions_ended").into_response());
    }
    let secure = app.config.secure_cookies();
    let cookie = cookies::set(cookies::session(secure), "", 0, secure);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "identity/setup.html")]
struct SetupPage {
    page: Page,
    problem: Option<String>,
}

async fn setup(State(app): State<App>, visitor: Visitor) -> Html<SetupPage> {
    Html(SetupPage { page: Page::new(&app, &visitor, None), problem: None })
}

#[derive(Debug, Deserialize)]
struct SetupForm {
    token: String,
    name: String,
    login: String,
    password: String,
}

async fn create_first_officer(
    State(app): State<App>,
    visitor: Visitor,
    Form(form): Form<SetupForm>,
) -> Result<Response> {
    app.limits.take(limits::SIGN_IN_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    match super::first_officer(&app, &form.token, &form.name, &form.login, &form.password).await {
        Ok(_) => Ok(Redirect::to("/sign-in?by=password").into_response()),
        Err(Error::Refused(refused)) => {
            let page = Page::new(&app, &visitor, None);
            let status = crate::web::problem::status(&Error::Refused(refused.clone()));
            let problem = Some(page.t.code(refused.code, &refused.arguments));
            Ok((status, Html(SetupPage { page, problem })).into_response())
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "identity/me.html")]
struct MePage {
    page: Page,
    name: String,
    hats: Vec<WearableHat>,
    /// The hats that somebody may be asked to act in, to choose from.
    deputizable: Vec<(String, String, bool)>,
    tomorrow: String,
    /// The learner this person is, if one.
    learner: Option<crate::org::Learner>,
    /// Device, since when, and whether it is the one that asks.
    sessions: Vec<(String, String, bool)>,
}

async fn me(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Html<MePage>> {
    let page = Page::of(&app, &caller);
    let (account, now, own) = (caller.account, app.clock.now(), caller.own_scope());
    let (sessions, learner) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let learner = match own.as_ref().and_then(|own| Some((own, own.learner()?))) {
                Some((own, learner)) => crate::org::learner(tx, own, learner).await?,
                None => None,
            };
            Ok((super::store::open_sessions(tx, account, now).await?, learner))
        })
        .await?;
    let hats = super::hats_of(&app, &caller).await?;
    let this = super::sessions::digest(token(&app, &headers));
    // Devices are the account's, not the learner's whose pages somebody looks at.
    let sessions = sessions.into_iter().filter(|_| caller.looking.is_none());
    let sessions =
        sessions.map(|(digest, device, since)| (device_name(&device), since.china_minutes(), digest == this)).collect();
    let lasting = hats.iter().filter(|hat| hat.role.is_some() && !hat.is_deputy);
    let words = |hat: &WearableHat| format!("{} · {}", hat.word(&page.t), hat.place(&page.t));
    let deputizable = lasting.map(|hat| (hat.grant.to_string(), words(hat), hat.is_worn)).collect();
    let tomorrow = now.plus_days(1).business_date().to_string();
    let name = caller.looking.map_or(caller.name, |looking| looking.name);
    Ok(Html(MePage { name, page, hats, deputizable, tomorrow, learner, sessions }))
}

/// A device as people know it; the rest of the user agent is noise.
fn device_name(agent: &str) -> String {
    let known = [
        ("MicroMessenger", "微信 WeChat"),
        ("iPhone", "iPhone"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ];
    known.iter().find(|(mark, _)| agent.contains(mark)).map_or_else(|| "—".to_owned(), |(_, name)| (*name).to_owned())
}

impl MePage {
    /// One hat needs no list, unless it is somebody else's or ends.
    fn tells_hats(&self) -> bool {
        self.hats.len() > 1 || self.hats.iter().any(|hat| hat.is_deputy || hat.until.is_some())
    }
}

impl SignInPage {
    fn back_encoded(&self) -> String {
        encode(&self.back)
    }
}
