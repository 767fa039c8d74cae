//! The software of a UKey as it runs on an officer's own machine: it keeps one token in a folder and signs the line that a
//! sign-in page shows, asked by the page itself or on the command line.
//!
//! Asked: `POST /sign {"text": "…"}`; answered: `{"answer": "CMS in PEM", "certificate": "PEM"}`, to pages of this machine
//! only.

use crate::keys::{self, KeysError};
use crate::ukey::{Ukey, UkeyAuthority};
use crate::world::World;
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder, below the one that is given, whose certificates an application is to believe.
const TRUST: &str = "trust";
const AUTHORITY: &str = "authority.pem";
const CERTIFICATE: &str = "ukey.pem";
const KEY: &str = "ukey.key";
/// Whom the certificate names: the officer of the sample city.
const HOLDER: &str = "演示经办人";
/// What a site's question begins with; nothing else is signed.
const QUESTION: &str = "jixue/1 ";

/// A token in a folder.
pub struct UkeySoftware {
    ukey: Ukey,
    folder: PathBuf,
}

impl UkeySoftware {
    /// The token of a folder; where there is none an authority is made, and a token issued by it.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or what it keeps is damaged.
    pub fn kept_in(folder: &Path) -> Result<Self, KeysError> {
        let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
        if !certificate.exists() || !key.exists() {
            let authority = UkeyAuthority::new("继学演示 UKey 签发机构");
            let ukey = authority.issue(HOLDER, 1, None);
            std::fs::create_dir_all(folder.join(TRUST))?;
            keys::keep(&folder.join(TRUST).join(AUTHORITY), authority.certificate_pem.as_bytes())?;
            keys::keep(&key, ukey.key_pem().as_bytes())?;
            keys::keep(&certificate, ukey.certificate_pem.as_bytes())?;
        }
        let read = |path: &Path| std::fs::read_to_string(path).map_err(KeysError::from);
        let ukey = Ukey::from_pem(&read(&key)?, &read(&certificate)?);
        let ukey = ukey.ok_or_else(|| KeysError::Damaged(folder.display().to_string()))?;
        Ok(Self { ukey, folder: folder.to_owned() })
    }

    /// The certificates that an application is to believe.
    pub fn trust(&self) -> PathBuf {
        self.folder.join(TRUST)
    }

    /// The token's certificate, PEM.
    pub fn certificate(&self) -> &str {
        &self.ukey.certificate_pem
    }

    /// Signs a line: CMS with the certificate in it, as pages take it.
    pub fn sign(&self, text: &str) -> String {
        self.ukey.sign_cms(text)
    }
}

pub fn routes() -> Router<Arc<World>> {
    Router::new().route("/sign", post(sign).options(allow))
}

#[derive(Deserialize)]
struct Question {
    text: String,
}

/// The page that asks, if it is one of this machine.
fn origin<'a>(world: &World, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let host = origin.to_str().ok()?.split_once("://")?.1.split(':').next()?;
    world.page_hosts.iter().any(|known| known == host).then_some(origin)
}

fn to_page(origin: &HeaderValue, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    // Chromium asks before a page of one address may reach another machine's, or this one's.
    headers.insert(HeaderName::from_static("access-control-allow-private-network"), HeaderValue::from_static("true"));
    response
}

async fn allow(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    match origin(&world, &headers) {
        Some(origin) => to_page(origin, StatusCode::NO_CONTENT),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn sign(State(world): State<Arc<World>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(origin) = origin(&world, &headers) else { return StatusCode::FORBIDDEN.into_response() };
    let Some(software) = &world.ukey else { return to_page(origin, StatusCode::NOT_FOUND) };
    match serde_json::from_slice::<Question>(&body) {
        Ok(question) if question.text.starts_with(QUESTION) => {
            let answer = software.sign(&question.text);
            to_page(origin, Json(serde_json::json!({ "answer": answer, "certificate": software.certificate() })))
        }
        _ => to_page(origin, StatusCode::BAD_REQUEST),
    }
}
