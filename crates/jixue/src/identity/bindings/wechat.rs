//! WeChat: the way there and back by the official account.

use super::arrival::{Arrival, arrived, failed, sent, to_sign_in};
use super::departure::Departure;
use super::{Outsider, Trip, trips};
use crate::app::App;
use crate::error::{Refused, Result};
use crate::identity::IdentityRefusal;
use crate::identity::browsers::Browser;
use crate::identity::confirmation::{Confirmed, SessionOf, to_confirmation};
use crate::web::forms::Query;
use crate::web::page::safe_back;
use crate::web::{Page, Visitor, limits};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use jixue_gateways::wechat_login::WechatLogin;
use serde::Deserialize;

/// Where bindings of this kind are kept.
pub(super) const PAGE: &str = "/me/wechat";

fn channel(app: &App) -> Result<&WechatLogin> {
    app.wechat_login.as_ref().ok_or_else(|| Refused::not_found().into())
}

pub(super) fn provider(wechat: &WechatLogin) -> String {
    format!("wechat:{}", wechat.appid())
}

/// Whether WeChat's sign-in works in the browser that asks: in WeChat's own, or in any where it is configured so.
pub(in super::super) fn is_offered(app: &App, headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let section = app.config.wechat_login.as_ref();
    section.is_some_and(|section| section.anywhere || agent.contains("MicroMessenger"))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct BackQuery {
    #[serde(default)]
    back: String,
}

/// `GET /sign-in/wechat`.
pub(super) async fn begin_sign_in(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Query(query): Query<BackQuery>,
) -> Result<Response> {
    app.limits.take(limits::TRIP_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let address = begin(&app, &browser, None, safe_back(&query.back)).await?;
    Ok(sent(&browser, &address))
}

/// `POST /me/wechat/authorization`, after a fresh proof: no other site's link begins a binding.
pub(super) async fn begin_binding(
    State(app): State<App>,
    confirmed: Result<Confirmed, Response>,
    browser: Browser,
) -> Result<Response> {
    let asking = match confirmed {
        Ok(Confirmed(asking)) => asking,
        Err(refused) => return Ok(to_confirmation(refused, PAGE)),
    };
    let address = begin(&app, &browser, Some(asking.digest.to_vec()), PAGE).await?;
    let page = Page::of(&app, &asking.caller);
    let name = page.t.bindings_wechat().to_owned();
    Departure { page, name, address }.sent(&browser)
}

/// Remembers a trip; the address at WeChat where it goes on.
async fn begin(app: &App, browser: &Browser, session: Option<Vec<u8>>, back: &str) -> Result<String> {
    let wechat = channel(app)?;
    let trip = Trip { provider: provider(wechat), session, secret: Vec::new(), back: back.to_owned() };
    let state = trips::begin(app, browser, trip).await?;
    Ok(wechat.authorize_url(&state))
}

#[derive(Deserialize)]
pub(super) struct AnswerQuery {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// `GET /wechat/answer`: the browser brings a code, WeChat says whose it is.
pub(super) async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    session: Option<SessionOf>,
    headers: HeaderMap,
    Query(query): Query<AnswerQuery>,
) -> Result<Response> {
    app.limits.take(limits::SIGN_IN_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let wechat = channel(&app)?;
    let trip = trips::end(&app, &browser, &query.state).await?.filter(|trip| trip.provider == provider(wechat));
    let Some(trip) = trip.filter(|_| !query.code.is_empty()) else {
        return Ok(to_sign_in(IdentityRefusal::BindingFailed, "/"));
    };
    let user = match wechat.exchange(&query.code).await {
        Ok(user) => user,
        Err(error) => {
            match error.is_about_code() {
                true => tracing::info!(%error, "WeChat refused a code"),
                false => tracing::error!(%error, "WeChat's sign-in does not work"),
            }
            return Ok(failed(&trip, PAGE));
        }
    };
    let outsider = Outsider { provider: provider(wechat), subject: user.openid, union: user.unionid };
    let (browser, headers) = (&browser, &headers);
    arrived(&app, Arrival { browser, headers, session, trip, outsider, phone: None, page: PAGE }).await
}
