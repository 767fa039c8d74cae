//! Other issuers by OpenID Connect: the way there and back, with PKCE and a nonce that only this program knows. Each issuer
//! has an answer address of its own, so that none answers for another (RFC 9700, 4.4).

use super::setting_off::{Comer, come_back, set_off, set_off_to_bind};
use super::side::{Brought, Side, Vouched};
use super::{Outsider, Trip};
use crate::app::App;
use crate::config::OidcSection;
use crate::error::{Error, Result};
use crate::identity::browsers::Browser;
use crate::identity::confirmation::Confirmed;
use crate::keys::{base64_url, random};
use crate::web::Visitor;
use crate::web::forms::{Path, Query};
use axum::extract::State;
use axum::response::Response;
use jixue_core::org::Phone;
use jixue_gateways::oidc::{self as gateway, Claims, Oidc};
use serde::Deserialize;

/// Where bindings of this kind are kept.
pub(super) const PAGE: &str = "/me/issuers";

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
    set_off(&app, &visitor, &browser, Side::issuer(&app, &query.issuer)?, &query.back).await
}

/// `POST /me/issuers/authorization`, after a fresh proof: no other site's link begins a binding.
pub(super) async fn begin_binding(
    State(app): State<App>,
    confirmed: Result<Confirmed, Response>,
    browser: Browser,
    Query(query): Query<IssuerQuery>,
) -> Result<Response> {
    set_off_to_bind(&app, confirmed, &browser, Side::issuer(&app, &query.issuer)?).await
}

/// `GET /oidc/{issuer}/answer`: the browser brings a code, the issuer's signed word says whose it is.
pub(super) async fn answer(
    State(app): State<App>,
    Path(issuer): Path<String>,
    comer: Comer,
    Query(brought): Query<Brought>,
) -> Result<Response> {
    come_back(&app, comer, Side::issuer_named(&app, &issuer)?, &brought).await
}

/// Nonce and code verifier, 43 letters each; of the verifier only its digest travels.
pub(super) fn secret() -> Vec<u8> {
    format!("{} {}", base64_url(&random::<32>()), base64_url(&random::<32>())).into_bytes()
}

fn opened(secret: &[u8]) -> Result<(&str, &str)> {
    let text = std::str::from_utf8(secret).map_err(Error::internal)?;
    text.split_once(' ').ok_or_else(|| Error::internal("a trip without its secret"))
}

/// The address at the issuer; none when it does not answer.
pub(super) async fn address(oidc: &Oidc, state: &str, secret: &[u8]) -> Result<Option<String>> {
    let (nonce, verifier) = opened(secret)?;
    match oidc.authorize_url(state, nonce, verifier).await {
        Ok(address) => Ok(Some(address)),
        Err(error) => {
            tracing::error!(%error, issuer = oidc.issuer(), "an issuer does not answer");
            Ok(None)
        }
    }
}

/// Whom the issuer's signed word names.
pub(super) async fn who(
    (oidc, section): (&Oidc, &OidcSection),
    trip: &Trip,
    brought: &Brought,
) -> Result<Option<Vouched>> {
    let (nonce, verifier) = opened(&trip.secret)?;
    let said = gateway::Brought { code: &brought.code, issuer: brought.iss.as_deref() };
    match oidc.exchange(said, nonce, verifier).await {
        Ok(claims) => {
            let phone = believed_phone(section, &claims);
            let outsider = Outsider { provider: section.issuer.clone(), subject: claims.subject, union: None };
            Ok(Some(Vouched { outsider, phone }))
        }
        Err(error) => {
            tracing::warn!(%error, issuer = section.issuer, "an issuer's answer is not believed");
            Ok(None)
        }
    }
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
