//! The privacy notice: read after signing in, once a version; what was agreed to can be taken back at any time.

use super::consents::{ConsentKind, acknowledge, consents_of, decide};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::web::forms::{Form, Query};
use crate::web::page::safe_back;
use crate::web::{Caller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes.get("/me/notice", Policy::SignedIn, show).post("/me/notice", Policy::SignedIn, create).post(
        "/me/consents",
        Policy::SignedIn,
        change,
    )
}

#[derive(Template)]
#[template(path = "privacy/notice.html")]
struct NoticePage {
    page: Page,
    back: String,
    /// Read before: then the page only tells.
    is_read: bool,
    /// Asked of those who study: officers' numbers are shown to nobody.
    asks_sensitive: bool,
}

#[derive(Debug, Default, Deserialize)]
struct NoticeQuery {
    /// Where whoever signs in goes on to; without it the notice is shown, read or not.
    back: Option<String>,
}

async fn show(State(app): State<App>, caller: Caller, Query(query): Query<NoticeQuery>) -> Result<Response> {
    let account = caller.account;
    let held = app.db.read(async move |tx: &Tx<'_>| consents_of(tx, account).await).await?;
    let is_read = held.iter().any(|consent| consent.kind == ConsentKind::Notice && consent.stands());
    match &query.back {
        // Whoever looks at another's pages reads nothing in their place.
        Some(back) if is_read || caller.looking.is_some() => Ok(Redirect::to(safe_back(back)).into_response()),
        back => {
            let back = safe_back(back.as_deref().unwrap_or("/me/data")).to_owned();
            let asks_sensitive = caller.learner.is_some();
            Ok(Html(NoticePage { page: Page::of(&app, &caller), back, is_read, asks_sensitive }).into_response())
        }
    }
}

#[derive(Debug, Deserialize)]
struct NoticeForm {
    #[serde(default)]
    back: String,
    /// Ticked: the unit's clerk may see whole numbers for a purpose.
    #[serde(default)]
    sensitive: String,
}

async fn create(State(app): State<App>, caller: Caller, Form(form): Form<NoticeForm>) -> Result<Redirect> {
    let (at, account, sensitive) = (app.at(), caller.account, !form.sensitive.is_empty());
    app.db.write(async move |tx: &Tx<'_>| acknowledge(tx, &at, account, sensitive).await).await?;
    Ok(Redirect::to(safe_back(&form.back)))
}

#[derive(Debug, Deserialize)]
struct ConsentForm {
    kind: String,
    /// Given when it says something, taken back when not.
    #[serde(default)]
    gives: String,
}

async fn change(State(app): State<App>, caller: Caller, Form(form): Form<ConsentForm>) -> Result<Redirect> {
    // That a notice was read cannot be unread; only what was agreed to can be taken back.
    let kind = ConsentKind::from_code(&form.kind).filter(|kind| *kind == ConsentKind::Sensitive);
    let kind = kind.ok_or_else(Refused::not_found)?;
    let (at, account, gives) = (app.at(), caller.account, !form.gives.is_empty());
    app.db.write(async move |tx: &Tx<'_>| decide(tx, &at, account, kind, gives).await).await?;
    Ok(Redirect::to(if gives { "/me/data?done=consent_given" } else { "/me/data?done=consent_withdrawn" }))
}
