//! The page from which a browser goes on to the other side to be bound.
//!
//! A form may be sent to ourselves only, and browsers hold that against every address it is led on to: so a page stands
//! between, which goes on by itself.

use crate::error::{Error, Result};
use crate::identity::browsers::Browser;
use crate::web::{Html, Page};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Response};

#[derive(Template)]
#[template(path = "identity/departure.html")]
pub(super) struct Departure {
    pub page: Page,
    /// Of the other side, as the reader knows it.
    pub name: String,
    pub address: String,
}

impl Departure {
    /// The page; the browser keeps its name for the way back.
    ///
    /// # Errors
    /// An address that no header can hold.
    pub fn sent(self, browser: &Browser) -> Result<Response> {
        let refresh = HeaderValue::try_from(format!("0;url={}", self.address)).map_err(Error::internal)?;
        let headers = AppendHeaders([(header::SET_COOKIE, browser.cookie())]);
        Ok(([(header::REFRESH, refresh)], headers, Html(self)).into_response())
    }
}
