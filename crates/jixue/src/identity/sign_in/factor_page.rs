//! The second step of signing in: the factor, or setting one up where it is compulsory.

use super::{finish, pending, prove};
use crate::app::App;
use crate::error::{Error, Refused, Result};
use crate::identity::browsers::Browser;
use crate::identity::confirmation;
use crate::identity::factors::{
    NewPasskey, NewUkey, Owner, PasskeyAsk, PasskeyOffer, Proof, RecoveryCodesPage, UkeyAsk, add_passkey, add_ukey,
    ask_passkey, ask_ukey, finish_totp, offer_passkey, offer_ukey, totp_picture,
};
use crate::identity::sessions::digest;
use crate::web::forms::{Form, Query};
use crate::web::page::safe_back;
use crate::web::{Html, Page, Policy, Routes, Visitor, cookies};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/sign-in/factor", Policy::Public, show).post("/sign-in/factor", Policy::Public, create).post(
        "/sign-in/factor/enrolment",
        Policy::Public,
        create_enrolment,
    )
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-jixue_pending" } else { "jixue_pending" }
}

/// Keeps the half-done sign-in in the browser; no seconds end it.
pub(super) fn cookie(app: &App, token: &str, seconds: i64) -> HeaderValue {
    let secure = app.config.secure_cookies();
    cookies::set(cookie_name(secure), token, seconds, secure)
}

fn token<'a>(app: &App, headers: &'a HeaderMap) -> &'a str {
    cookies::get(headers, cookie_name(app.config.secure_cookies())).unwrap_or_default()
}

/// An app to be set up: picture, letters.
struct TotpOffer {
    svg: String,
    secret: String,
}

#[derive(Template)]
#[template(path = "identity/sign_in_factor.html")]
struct FactorPage {
    page: Page,
    back: String,
    name: String,
    problem: String,
    passkey: Option<PasskeyAsk>,
    ukey: Option<UkeyAsk>,
    /// Where none is set up and one is compulsory.
    enrolment: Option<(TotpOffer, PasskeyOffer, Option<UkeyAsk>)>,
}

#[derive(Debug, Default, Deserialize)]
struct BackQuery {
    #[serde(default)]
    back: String,
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<BackQuery>,
) -> Result<Response> {
    page(&app, &visitor, token(&app, &headers), &query.back, None).await
}

async fn page(app: &App, visitor: &Visitor, token: &str, back: &str, problem: Option<Refused>) -> Result<Response> {
    let half_done = match pending(app, token).await {
        Ok(half_done) => half_done,
        Err(Error::Refused(_)) => return Ok(Redirect::to("/sign-in").into_response()),
        Err(error) => return Err(error),
    };
    let owner = Owner { account: half_done.account, digest: digest(token) };
    let factors = confirmation::means(app, owner.account).await?.factors;
    let enrolment = match factors.is_empty() {
        true => {
            let (svg, secret) = totp_picture(app, &owner, &half_done.name).await?;
            Some((TotpOffer { svg, secret }, offer_passkey(app, &owner).await?, offer_ukey(app, &owner).await?))
        }
        false => None,
    };
    let page = Page::new(app, visitor, None);
    let status = problem.as_ref().map(|refused| crate::web::problem::status(&Error::Refused(refused.clone())));
    let html = Html(FactorPage {
        back: safe_back(back).to_owned(),
        problem: problem.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default(),
        passkey: ask_passkey(app, &owner, &factors).await?,
        ukey: ask_ukey(app, &owner, &factors).await?,
        name: half_done.name,
        enrolment,
        page,
    });
    Ok(match status {
        Some(status) => (status, html).into_response(),
        None => html.into_response(),
    })
}

#[derive(Debug, Default, Deserialize)]
struct FactorForm {
    #[serde(default)]
    back: String,
    #[serde(flatten)]
    proof: Proof,
}

async fn create(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<FactorForm>,
) -> Result<Response> {
    let pending_token = token(&app, &headers);
    match prove(&app, &browser, pending_token, &form.proof).await {
        Ok(session) => Ok(super::signed_in(&app, &browser, &session, &form.back)),
        Err(Error::Refused(refused)) => page(&app, &visitor, pending_token, &form.back, Some(refused)).await,
        Err(error) => Err(error),
    }
}

#[derive(Debug, Default, Deserialize)]
struct EnrolmentForm {
    #[serde(default)]
    back: String,
    /// The first code of an app.
    #[serde(default)]
    code: String,
    #[serde(flatten)]
    passkey: NewPasskey,
    #[serde(flatten)]
    ukey: NewUkey,
}

async fn create_enrolment(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<EnrolmentForm>,
) -> Result<Response> {
    let pending_token = token(&app, &headers);
    match enrol(&app, &browser, pending_token, &form).await {
        Ok((session, codes)) => {
            let next = super::pages::after_sign_in(&form.back);
            let page = Html(RecoveryCodesPage { page: Page::new(&app, &visitor, None), codes, next });
            let cookies = super::pages::session_cookies(&app, &browser, &session);
            Ok((AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie))), page).into_response())
        }
        Err(Error::Refused(refused)) => page(&app, &visitor, pending_token, &form.back, Some(refused)).await,
        Err(error) => Err(error),
    }
}

/// Sets the first factor up and comes in with it. Who has one already must prove that one instead.
async fn enrol(app: &App, browser: &Browser, token: &str, form: &EnrolmentForm) -> Result<(String, Vec<String>)> {
    let half_done = pending(app, token).await?;
    let owner = Owner { account: half_done.account, digest: digest(token) };
    if !confirmation::means(app, owner.account).await?.factors.is_empty() {
        return Err(crate::identity::IdentityRefusal::FactorWrong.into());
    }
    app.limits.take(crate::web::limits::CONFIRMATION, &(owner.account, owner.digest), app.clock.now())?;
    let codes = match form.passkey.client_data.is_empty() {
        true if !form.ukey.ukey_answer.is_empty() => add_ukey(app, &owner, &form.ukey, &form.passkey.label).await?,
        true => finish_totp(app, &owner, &form.code, &form.passkey.label).await?,
        false => {
            let made = (form.passkey.client_data.as_str(), form.passkey.attestation_object.as_str());
            add_passkey(app, &owner, made, &form.passkey.label).await?
        }
    };
    Ok((finish(app, browser, token, &half_done).await?, codes.unwrap_or_default()))
}
