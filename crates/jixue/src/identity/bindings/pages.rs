//! The pages of one's WeChat and of one's accounts elsewhere: bound since when, last used; bind and unbind.

use super::side::Side;
use super::{Binding, bindings_of, oidc, unbind, wechat};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::identity::IdentityRefusal;
use crate::identity::confirmation::Confirmed;
use crate::web::forms::{Form, Query};
use crate::web::page::encode;
use crate::web::{Caller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Redirect;
use jixue_core::refusal::Refusal;
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/sign-in/wechat", Policy::Public, wechat::begin_sign_in)
        .get("/wechat/answer", Policy::Public, wechat::answer)
        .get(wechat::PAGE, Policy::SignedIn, show_wechat)
        .post("/me/wechat/authorization", Policy::SignedIn, wechat::begin_binding)
        .post("/me/wechat/ending", Policy::SignedIn, end_wechat)
        .get("/sign-in/oidc", Policy::Public, oidc::begin_sign_in)
        .get("/oidc/{issuer}/answer", Policy::Public, oidc::answer)
        .get(oidc::PAGE, Policy::SignedIn, show_issuers)
        .post("/me/issuers/authorization", Policy::SignedIn, oidc::begin_binding)
        .post("/me/issuers/ending", Policy::SignedIn, end_issuer)
}

/// One that may be bound, or is.
struct Line {
    name: String,
    /// Empty where it is not bound.
    bound: String,
    used: String,
    /// Where it is bound; empty where this browser cannot.
    begin: String,
    /// The issuer's address; empty for WeChat.
    issuer: String,
}

#[derive(Template)]
#[template(path = "identity/bindings.html")]
struct BindingsPage {
    page: Page,
    is_wechat: bool,
    problem: String,
    lines: Vec<Line>,
}

#[derive(Debug, Default, Deserialize)]
struct WhyQuery {
    #[serde(default)]
    why: String,
}

/// Only what we say ourselves is said.
pub(in super::super) fn why_words(page: &Page, why: &str) -> String {
    let is_ours = why.starts_with("binding.") || why == IdentityRefusal::PasskeyWrong.code();
    match is_ours && crate::i18n::Texts::knows(why) {
        true => page.t.say(why),
        false => String::new(),
    }
}

fn line(bindings: &[Binding], provider: &str, name: String) -> Line {
    let known = bindings.iter().find(|known| known.provider == provider);
    Line {
        name,
        bound: known.map(|known| known.bound_at.china_minutes()).unwrap_or_default(),
        used: known.and_then(|known| known.used_at).map(|used| used.china_minutes()).unwrap_or_default(),
        begin: String::new(),
        issuer: String::new(),
    }
}

async fn own(app: &App, caller: &Caller) -> Result<Vec<Binding>> {
    let account = caller.account;
    app.db.read(async move |tx: &Tx<'_>| bindings_of(tx, account).await).await
}

async fn show_wechat(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<WhyQuery>,
) -> Result<Html<BindingsPage>> {
    let side = Side::wechat(&app)?;
    let bindings = own(&app, &caller).await?;
    let page = Page::of(&app, &caller);
    let mut line = line(&bindings, &side.provider(), side.name(&page));
    if wechat::is_offered(&app, &headers) {
        line.begin = "/me/wechat/authorization".to_owned();
    }
    let problem = why_words(&page, &query.why);
    Ok(Html(BindingsPage { page, is_wechat: true, problem, lines: vec![line] }))
}

async fn end_wechat(State(app): State<App>, Confirmed(asking): Confirmed) -> Result<Redirect> {
    unbind(&app, asking.caller.account, &Side::wechat(&app)?.provider()).await?;
    Ok(Redirect::to("/me/wechat?done=binding_removed"))
}

async fn show_issuers(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<WhyQuery>,
) -> Result<Html<BindingsPage>> {
    if app.config.oidc.is_empty() {
        return Err(Refused::not_found().into());
    }
    let bindings = own(&app, &caller).await?;
    let page = Page::of(&app, &caller);
    let of_section = |section: &crate::config::OidcSection| Line {
        begin: format!("/me/issuers/authorization?issuer={}", encode(&section.issuer)),
        issuer: section.issuer.clone(),
        ..line(&bindings, &section.issuer, page.t.pick(&section.name_zh, &section.name_en).to_owned())
    };
    let lines = app.config.oidc.iter().map(of_section).collect();
    let problem = why_words(&page, &query.why);
    Ok(Html(BindingsPage { problem, lines, is_wechat: false, page }))
}

#[derive(Debug, Deserialize)]
struct IssuerForm {
    issuer: String,
}

async fn end_issuer(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Form(form): Form<IssuerForm>,
) -> Result<Redirect> {
    if !app.config.oidc.iter().any(|section| section.issuer == form.issuer) {
        return Err(Refused::not_found().into());
    }
    unbind(&app, asking.caller.account, &form.issuer).await?;
    Ok(Redirect::to("/me/issuers?done=binding_removed"))
}
