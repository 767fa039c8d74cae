//! Other issuers by OpenID Connect: the way there and back, with PKCE and a nonce that only this program knows.

use super::arrival::{Arrival, arrived, failed, sent, to_sign_in};
use super::departure::Departure;
use super::{Outsider, Trip, trips};
use crate::app::App;
use crate::config::OidcSection;
use crate::error::{Error, Refused, Result};
use crate::identity::IdentityRefusal;
use crate::identity::browsers::Browser;
use crate::identity::confirmation::{Confirmed, SessionOf, to_confirmation};
use crate::keys::{base64_url, random};
use crate::web::forms::Query;
use crate::web::page::safe_back;
use crate::web::{Page, Visitor, limits};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::org::Phone;
use jixue_core::refusal::Refusal;
use jixue_gateways::oidc::{Claims, Oidc};
use serde::Deserialize;

/// Where bindings of this kind are kept.
pub(super) const PAGE: &str = "/me/issuers";

/// An issuer by its address; the first one where none is named.
fn issuer<'a>(app: &'a App, address: &str) -> Result<(&'a Oidc, &'a OidcSection)> {
    let is_it = |section: &OidcSection| address.is_empty() || section.issuer == address;
    let found = app.oidc.iter().zip(&app.config.oidc).find(|(_, section)| is_it(section));
    found.ok_or_else(|| Refused::not_found().into())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct IssuerQuery {
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    back: String,
}

/// `GET /sign-in/oidc`.
pub(super) async fn begin_sign_in(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Query(query): Query<IssuerQuery>,
) -> Result<Response> {
    app.limits.take(limits::TRIP_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let back = safe_back(&query.back);
    Ok(match begin(&app, &browser, &query.issuer, None, back).await? {
        Some(address) => sent(&browser, &address),
        None => to_sign_in(IdentityRefusal::BindingFailed, back),
    })
}

/// `POST /me/issuers/authorization`, after a fresh proof: no other site's link begins a binding.
pub(super) async fn begin_binding(
    State(app): State<App>,
    confirmed: Result<Confirmed, Response>,
    browser: Browser,
    Query(query): Query<IssuerQuery>,
) -> Result<Response> {
    let asking = match confirmed {
        Ok(Confirmed(asking)) => asking,
        Err(refused) => return Ok(to_confirmation(refused, PAGE)),
    };
    let Some(address) = begin(&app, &browser, &query.issuer, Some(asking.digest.to_vec()), PAGE).await? else {
        return Ok(Redirect::to(&format!("{PAGE}?why={}", IdentityRefusal::BindingFailed.code())).into_response());
    };
    let (_, section) = issuer(&app, &query.issuer)?;
    let page = Page::of(&app, &asking.caller);
    let name = page.t.pick(&section.name_zh, &section.name_en).to_owned();
    Departure { page, name, address }.sent(&browser)
}

/// Remembers a trip; the address at the issuer where it goes on, none when the issuer does not answer.
async fn begin(
    app: &App,
    browser: &Browser,
    address: &str,
    session: Option<Vec<u8>>,
    back: &str,
) -> Result<Option<String>> {
    let (oidc, section) = issuer(app, address)?;
    // 43 letters each: the nonce, and the verifier that only its digest travels for.
    let (nonce, verifier) = (base64_url(&random::<32>()), base64_url(&random::<32>()));
    let secret = format!("{nonce} {verifier}").into_bytes();
    let trip = Trip { provider: section.issuer.clone(), session, secret, back: back.to_owned() };
    let state = trips::begin(app, browser, trip).await?;
    match oidc.authorize_url(&state, &nonce, &verifier).await {
        Ok(address) => Ok(Some(address)),
        Err(error) => {
            tracing::error!(%error, issuer = section.issuer, "an issuer does not answer");
            Ok(None)
        }
    }
}

#[derive(Deserialize)]
pub(super) struct AnswerQuery {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    /// Where the issuer says who it is (RFC 9207), it must be the one that was asked.
    iss: Option<String>,
}

/// `GET /oidc/answer`: the browser brings a code, the issuer's signed word says whose it is.
pub(super) async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    session: Option<SessionOf>,
    headers: HeaderMap,
    Query(query): Query<AnswerQuery>,
) -> Result<Response> {
    app.limits.take(limits::SIGN_IN_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let trip = trips::end(&app, &browser, &query.state).await?;
    let fits = |trip: &Trip| query.iss.as_ref().is_none_or(|iss| *iss == trip.provider) && !query.code.is_empty();
    let Some(trip) = trip.filter(fits) else {
        return Ok(to_sign_in(IdentityRefusal::BindingFailed, "/"));
    };
    let (oidc, section) = issuer(&app, &trip.provider)?;
    let secret = String::from_utf8(trip.secret.clone()).map_err(Error::internal)?;
    let (nonce, verifier) = secret.split_once(' ').ok_or_else(|| Error::internal("a trip without its secret"))?;
    let claims = match oidc.exchange(&query.code, nonce, verifier).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(%error, issuer = section.issuer, "an issuer's answer is not believed");
            return Ok(failed(&trip, PAGE));
        }
    };
    let phone = believed_phone(section, &claims);
    let outsider = Outsider { provider: section.issuer.clone(), subject: claims.subject, union: None };
    let (browser, headers) = (&browser, &headers);
    arrived(&app, Arrival { browser, headers, session, trip, outsider, phone, page: PAGE }).await
}

/// The issuer's word on a phone, where it is configured to count and the issuer has proved it.
fn believed_phone(section: &OidcSection, claims: &Claims) -> Option<Phone> {
    if !section.trusted_for_phone || !claims.phone_number_verified {
        return None;
    }
    // `+86 13800000001` in the form of E.164, as the standard asks.
    let number = claims.phone_number.as_deref()?;
    Phone::parse(number.strip_prefix("+86").unwrap_or(number).trim()).ok()
}
