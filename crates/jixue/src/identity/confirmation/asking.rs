//! Extractors: the session that asks, and one that has proved itself a short while ago.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused};
use crate::identity::sessions::digest;
use crate::web::page::encode;
use crate::web::{Caller, cookies};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::refusal::Kind;

/// Who asks, with what is stored of the session's token.
#[derive(Debug, Clone)]
pub struct SessionOf {
    pub caller: Caller,
    pub digest: [u8; 32],
}

impl FromRequestParts<App> for SessionOf {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let token = cookies::get(&parts.headers, cookies::session(app.config.secure_cookies())).unwrap_or_default();
        Ok(Self { caller, digest: digest(token) })
    }
}

impl OptionalFromRequestParts<App> for SessionOf {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Error> {
        match parts.extensions.get::<Caller>().is_some() {
            true => <Self as FromRequestParts<App>>::from_request_parts(parts, app).await.map(Some),
            false => Ok(None),
        }
    }
}

/// A session that has proved itself within the last ten minutes. A page leads to where that is done; a change is refused.
#[derive(Debug, Clone)]
pub struct Confirmed(pub SessionOf);

impl FromRequestParts<App> for Confirmed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let asking = <SessionOf as FromRequestParts<App>>::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let (digest, now) = (asking.digest, app.clock.now());
        let until = app.db.read(async move |tx: &Tx<'_>| store::elevated_until(tx, &digest).await).await;
        if until.map_err(IntoResponse::into_response)?.is_some_and(|until| until > now) {
            return Ok(Self(asking));
        }
        if parts.method == Method::GET {
            let back = encode(&asking.caller.visitor.path);
            return Err(Redirect::to(&format!("/me/confirmation?back={back}")).into_response());
        }
        Err(Error::from(Refused::new("session.unconfirmed", Kind::Conflict)).into_response())
    }
}

/// Who has not proved themselves lately does so first and comes back to the page with the button; anything else that
/// [`Confirmed`] refuses stays as it is.
pub fn to_confirmation(refused: Response, page: &str) -> Response {
    match refused.status() {
        StatusCode::CONFLICT => Redirect::to(&format!("/me/confirmation?back={}", encode(page))).into_response(),
        _ => refused,
    }
}
