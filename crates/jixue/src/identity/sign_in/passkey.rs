//! Signing in by a passkey alone: the device names the account, and finger, face or screen lock are the second step too.

use super::pages::session_cookies;
use super::{Attempt, note_refusal};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::identity::IdentityRefusal;
use crate::identity::browsers::Browser;
use crate::identity::factors::Proof;
use crate::identity::factors::open_question::{find, use_up};
use crate::identity::sessions::{Lasting, NewToken, open_session_row};
use crate::keys::{base64_url, random};
use crate::web::forms::Form;
use crate::web::page::{encode, safe_back};
use crate::web::{Policy, Routes, Visitor, cookies, limits};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

/// How long a browser is remembered to have come in by a passkey: as long as its name.
const SECONDS: i64 = 365 * 86_400;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/sign-in/passkey", Policy::Public, create)
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-jixue_passkey" } else { "jixue_passkey" }
}

fn cookie(app: &App) -> HeaderValue {
    let secure = app.config.secure_cookies();
    cookies::set(cookie_name(secure), "1", SECONDS, secure)
}

/// Whether the browser came in by a passkey before. Says nothing of whose it was.
pub(super) fn came_before(app: &App, headers: &HeaderMap) -> bool {
    cookies::get(headers, cookie_name(app.config.secure_cookies())).is_some()
}

#[derive(Debug, Deserialize)]
struct PasskeyForm {
    #[serde(default)]
    back: String,
    /// What the page asked, in base64url.
    #[serde(default)]
    question: String,
    #[serde(flatten)]
    proof: Proof,
}

async fn create(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<PasskeyForm>,
) -> Result<Response> {
    app.limits.take(limits::SIGN_IN_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let device = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match enter(&app, &browser, &Attempt::new(&browser, device, ""), &form).await {
        Ok(token) => {
            let remembered = AppendHeaders([(header::SET_COOKIE, cookie(&app))]);
            let cookies = session_cookies(&app, &browser, &token).map(|cookie| (header::SET_COOKIE, cookie));
            let next = super::pages::after_sign_in(&form.back);
            Ok((remembered, AppendHeaders(cookies), Redirect::to(&next)).into_response())
        }
        Err(Error::Refused(refused)) => {
            let (why, back) = (refused.code, encode(safe_back(&form.back)));
            Ok(Redirect::to(&format!("/sign-in?why={why}&back={back}")).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Opens a session for whoever's passkey answered.
///
/// # Errors
/// `sign_in.passkey_wrong`, whatever is wrong with the answer.
async fn enter(app: &App, browser: &Browser, attempt: &Attempt, form: &PasskeyForm) -> Result<String> {
    let (account, found) = find(app, browser, &form.question, &form.proof).await?;
    let Some(found) = found else {
        if let Some(account) = account {
            note_refusal(app, account);
        }
        return Err(IdentityRefusal::PasskeyWrong.into());
    };
    let (at, lasting, device) = (app.at(), Lasting::of(app), attempt.device.clone());
    let token = base64_url(&random::<32>());
    let given = token.clone();
    let write = async move |tx: &Tx<'_>| {
        if !use_up(tx, &found, at.now).await? {
            return Err(IdentityRefusal::PasskeyWrong.into());
        }
        let (account, factored_at) = (found.account, Some(at.now));
        open_session_row(tx, &at, &NewToken { account, token: &token, device: &device, factored_at }, lasting).await
    };
    app.db.write(write).await?;
    Ok(given)
}
