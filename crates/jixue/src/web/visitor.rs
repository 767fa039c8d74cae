//! How a visitor wants pages: language and size of type, from cookies that hold nothing else.

use super::cookies;
use crate::i18n::{Locale, Texts};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;

/// Anybody who looks at a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub locale: Locale,
    pub large_type: bool,
    /// Where the request came from, as far as it can be trusted.
    pub address: IpAddr,
    /// The path and query asked for; where a preference form leads back to.
    pub path: String,
}

impl Visitor {
    pub fn of(headers: &HeaderMap, address: IpAddr, path: &str) -> Self {
        let locale = cookies::get(headers, "lang").and_then(Locale::from_tag).unwrap_or_default();
        Self { locale, large_type: cookies::get(headers, "type") == Some("large"), address, path: path.to_owned() }
    }

    /// The path for a log: without the query and beyond the second part, where names, codes and tickets stand.
    pub fn route(&self) -> &str {
        let path = self.path.split('?').next().unwrap_or_default();
        let end = path.match_indices('/').nth(2).map_or(path.len(), |(at, _)| at);
        let path = &path[..end];
        if path.starts_with("/verify/") {
            "/verify"
        } else if path.starts_with("/media/") {
            "/media"
        } else {
            path
        }
    }

    pub fn texts(&self) -> Texts {
        Texts::of(self.locale)
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // The guard has put it there; a request that met no guard is a stranger's.
        let stranger = || Self::of(&parts.headers, IpAddr::from([0, 0, 0, 0]), parts.uri.path());
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(stranger))
    }
}
