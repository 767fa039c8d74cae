//! Browsers: each has a random name in a cookie. Codes belong to the browser that asked for them, and one that has signed
//! in before is not held up by strangers who guess at the same phone or login.

use super::store::browsers as store;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::{base64_url, random, sha256};
use crate::web::cookies;
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use jixue_core::id::AccountId;
use std::convert::Infallible;

/// How long a browser keeps its name.
const SECONDS: i64 = 365 * 86_400;

/// The browser that asks, by the name in its cookie, or by a new one.
#[derive(Debug, Clone)]
pub struct Browser {
    name: String,
    secure: bool,
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-jixue_browser" } else { "jixue_browser" }
}

impl Browser {
    /// What is stored of it.
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.name.as_bytes())
    }

    /// Keeps the name for a year from now.
    pub fn cookie(&self) -> HeaderValue {
        cookies::set(cookie_name(self.secure), &self.name, SECONDS, self.secure)
    }
}

impl FromRequestParts<App> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let secure = app.config.secure_cookies();
        let given = cookies::get(&parts.headers, cookie_name(secure));
        // A name that we did not give out could be one that somebody else knows.
        let well_formed = |name: &&str| name.len() == 43 && name.bytes().all(|byte| byte.is_ascii_graphic());
        let name = given.filter(well_formed).map_or_else(|| base64_url(&random::<32>()), str::to_owned);
        Ok(Self { name, secure })
    }
}

/// The index under which a phone or a login is remembered with the browsers that used it.
pub(super) fn name_index(at: &At, name: &str) -> Vec<u8> {
    at.keys.blind_index("sign-in name", name)
}

/// Whether a browser has signed in by this name before.
pub(super) async fn is_known(app: &App, name: &str, browser: &Browser) -> Result<bool> {
    let (index, digest) = (name_index(&app.at(), name), browser.digest());
    app.db.read(async move |tx: &Tx<'_>| store::is_known(tx, &index, &digest).await).await
}

/// Whether a browser has signed in before, by whatever name.
pub(super) async fn is_known_at_all(app: &App, browser: &Browser) -> Result<bool> {
    let digest = browser.digest();
    app.db.read(async move |tx: &Tx<'_>| store::is_known_at_all(tx, &digest).await).await
}

/// Remembers a browser with the name it signed in by.
pub(super) async fn remember(tx: &Tx<'_>, at: &At, name_index: &[u8], digest: &[u8], account: AccountId) -> Result<()> {
    store::remember(tx, name_index, digest, account, at.now).await
}
