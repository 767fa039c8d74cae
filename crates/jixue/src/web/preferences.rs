//! Language and size of type: remembered in cookies, changed by a small form on every page.

use super::cookies;
use super::forms::Form;
use super::page::safe_back;
use crate::app::App;
use crate::i18n::Locale;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Preferences {
    lang: Option<String>,
    /// `large` or `usual`.
    r#type: Option<String>,
    #[serde(default)]
    back: String,
}

const YEAR_SECONDS: i64 = 366 * 86_400;

pub async fn create(State(app): State<App>, Form(wish): Form<Preferences>) -> impl IntoResponse {
    let secure = app.config.secure_cookies();
    let mut set = Vec::new();
    if let Some(locale) = wish.lang.as_deref().and_then(Locale::from_tag) {
        set.push((header::SET_COOKIE, cookies::set("lang", locale.tag(), YEAR_SECONDS, secure)));
    }
    if let Some(size) = wish.r#type.filter(|size| size == "large" || size == "usual") {
        set.push((header::SET_COOKIE, cookies::set("type", &size, YEAR_SECONDS, secure)));
    }
    (AppendHeaders(set), Redirect::to(safe_back(&wish.back)))
}
