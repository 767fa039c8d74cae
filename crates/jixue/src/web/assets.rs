//! Styles and scripts, embedded, under an address that changes when any of them does.

use crate::error::{Refused, Result};
use crate::keys::{hex, sha256};
use axum::http::header;
use axum::response::IntoResponse;
use rust_embed::RustEmbed;
use std::sync::OnceLock;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// Digest of all assets together, so that modules may import each other by relative address.
fn edition() -> &'static str {
    static EDITION: OnceLock<String> = OnceLock::new();
    EDITION.get_or_init(|| {
        let mut names: Vec<_> = Assets::iter().collect();
        names.sort();
        let all: Vec<u8> =
            names.iter().filter_map(|name| Assets::get(name)).flat_map(|file| file.metadata.sha256_hash()).collect();
        hex(&sha256(&all)[..8])
    })
}

/// `/assets/{edition}/{name}`.
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", edition())
}

pub async fn file(super::forms::Path((_, name)): super::forms::Path<(String, String)>) -> Result<impl IntoResponse> {
    let file = Assets::get(&name).ok_or_else(Refused::not_found)?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, file.data.into_owned()))
}
