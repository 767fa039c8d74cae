//! The way to another side and back, the same whichever side it is.

use super::arrival::{Arrival, arrived, failed, sent, to_sign_in};
use super::departure::Departure;
use super::side::{Brought, Side};
use super::{Trip, trips};
use crate::app::App;
use crate::error::Result;
use crate::identity::IdentityRefusal;
use crate::identity::browsers::Browser;
use crate::identity::confirmation::{Confirmed, SessionOf, to_confirmation};
use crate::web::page::safe_back;
use crate::web::{Page, Visitor};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::refusal::Refusal;

/// Who comes back, before anybody knows who it is.
#[derive(FromRequestParts)]
#[from_request(state(App))]
pub(super) struct Comer {
    visitor: Visitor,
    browser: Browser,
    session: Option<SessionOf>,
    headers: HeaderMap,
}

/// Off to sign in.
pub(super) async fn set_off(
    app: &App,
    visitor: &Visitor,
    browser: &Browser,
    side: Side<'_>,
    back: &str,
) -> Result<Response> {
    trips::count_departure(app, visitor, browser).await?;
    let back = safe_back(back);
    Ok(match begin(app, browser, side, (None, back)).await? {
        Some(address) => sent(browser, &address),
        None => to_sign_in(IdentityRefusal::BindingFailed, back),
    })
}

/// Off to bind: a page from which the browser goes on, or the page that asks for a fresh proof first.
pub(super) async fn set_off_to_bind(
    app: &App,
    confirmed: Result<Confirmed, Response>,
    browser: &Browser,
    side: Side<'_>,
) -> Result<Response> {
    let asking = match confirmed {
        Ok(Confirmed(asking)) => asking,
        Err(refused) => return Ok(to_confirmation(refused, side.page())),
    };
    let Some(address) = begin(app, browser, side, (Some(asking.digest.to_vec()), side.page())).await? else {
        let why = IdentityRefusal::BindingFailed.code();
        return Ok(Redirect::to(&format!("{}?why={why}", side.page())).into_response());
    };
    let page = Page::of(app, &asking.caller);
    let name = side.name(&page);
    Departure { page, name, address }.sent(browser)
}

/// Remembers a trip; the address there where it goes on, none when the other side does not answer.
async fn begin(
    app: &App,
    browser: &Browser,
    side: Side<'_>,
    (session, back): (Option<Vec<u8>>, &str),
) -> Result<Option<String>> {
    let secret = side.secret();
    let trip = Trip { provider: side.provider(), session, secret: secret.clone(), back: back.to_owned() };
    let state = trips::begin(app, browser, trip).await?;
    side.address(&state, &secret).await
}

/// Back again. What was begun with one side is answered by that side only, at its own address.
pub(super) async fn come_back(app: &App, comer: Comer, side: Side<'_>, brought: &Brought) -> Result<Response> {
    let Comer { visitor, browser, session, headers } = comer;
    let trip = trips::end(app, &visitor, &browser, &brought.state).await?;
    let Some(trip) = trip.filter(|trip| trip.provider == side.provider() && !brought.code.is_empty()) else {
        return Ok(to_sign_in(IdentityRefusal::BindingFailed, "/"));
    };
    let Some(vouched) = side.who(&trip, brought).await? else {
        return Ok(failed(&trip, side.page()));
    };
    let (browser, headers, page) = (&browser, &headers, side.page());
    let arrival = Arrival { browser, headers, session, trip, outsider: vouched.outsider, phone: vouched.phone, page };
    arrived(app, arrival).await
}
