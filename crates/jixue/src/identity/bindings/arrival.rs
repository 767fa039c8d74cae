//! What follows when somebody comes back from another side: a binding, a sign-in, or the way to the usual sign-in.

use super::{Outsider, Trip, account_of, bind};
use crate::app::App;
use crate::error::{Error, Result};
use crate::identity::IdentityRefusal;
use crate::identity::accounts::account_of_phone;
use crate::identity::browsers::Browser;
use crate::identity::confirmation::SessionOf;
use crate::identity::sign_in::{Attempt, enter, pages::entered};
use crate::web::page::encode;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jixue_core::id::AccountId;
use jixue_core::org::Phone;
use jixue_core::refusal::Refusal;

/// Who came back, in which browser, with which session if any.
pub(super) struct Arrival<'a> {
    pub browser: &'a Browser,
    pub headers: &'a HeaderMap,
    pub session: Option<SessionOf>,
    pub trip: Trip,
    pub outsider: Outsider,
    /// A phone that the other side has proved and that we believe.
    pub phone: Option<Phone>,
    /// The page of the bindings of this kind.
    pub page: &'static str,
}

/// Goes on from there.
pub(super) async fn arrived(app: &App, arrival: Arrival<'_>) -> Result<Response> {
    match arrival.trip.session.clone() {
        Some(session) => bound(app, &arrival, &session).await,
        None => signed_in(app, &arrival).await,
    }
}

async fn bound(app: &App, arrival: &Arrival<'_>, session: &[u8]) -> Result<Response> {
    let Some(asking) = arrival.session.as_ref().filter(|asking| asking.digest == *session) else {
        return Ok(to_sign_in(IdentityRefusal::BindingFailed, "/me"));
    };
    let next = match bind(app, asking.caller.account, &arrival.outsider).await {
        Ok(()) => format!("{}?done=binding_added", arrival.page),
        Err(Error::Refused(refused)) => format!("{}?why={}", arrival.page, refused.code),
        Err(error) => return Err(error),
    };
    Ok(Redirect::to(&next).into_response())
}

async fn signed_in(app: &App, arrival: &Arrival<'_>) -> Result<Response> {
    let account = match account_of(app, &arrival.outsider).await? {
        Some(account) => Some(account),
        None => match &arrival.phone {
            Some(phone) => by_phone(app, &arrival.outsider, phone).await?,
            None => None,
        },
    };
    let Some(account) = account else {
        // Signing in is a fresh proof: the page that follows can bind at once.
        return Ok(to_sign_in(IdentityRefusal::BindingMissing, arrival.page));
    };
    let device = arrival.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let attempt = Attempt::new(arrival.browser, device, &arrival.outsider.name());
    let entrance = enter(app, &attempt, account).await?;
    Ok(entered(app, arrival.browser, entrance, &arrival.trip.back))
}

/// The account of a phone that a trusted issuer has proved; bound from then on.
async fn by_phone(app: &App, outsider: &Outsider, phone: &Phone) -> Result<Option<AccountId>> {
    let (at, phone) = (app.at(), phone.clone());
    let account = app.db.write(async move |tx: &crate::db::Tx<'_>| account_of_phone(tx, &at, &phone).await).await;
    let account = match account {
        Ok(Some(account)) => account,
        // A number that was given out again is nobody's proof.
        Ok(None) | Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    match bind(app, account, outsider).await {
        Ok(()) => Ok(Some(account)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Back to where the trip began, which says that nothing came of it.
pub(super) fn failed(trip: &Trip, page: &str) -> Response {
    match trip.session {
        Some(_) => Redirect::to(&format!("{page}?why={}", IdentityRefusal::BindingFailed.code())).into_response(),
        None => to_sign_in(IdentityRefusal::BindingFailed, &trip.back),
    }
}

/// On to the other side; the browser keeps its name for the way back.
pub(super) fn sent(browser: &Browser, address: &str) -> Response {
    (AppendHeaders([(header::SET_COOKIE, browser.cookie())]), Redirect::to(address)).into_response()
}

/// To the usual sign-in, which says why.
pub(super) fn to_sign_in(why: IdentityRefusal, back: &str) -> Response {
    Redirect::to(&format!("/sign-in?why={}&back={}", why.code(), encode(back))).into_response()
}
