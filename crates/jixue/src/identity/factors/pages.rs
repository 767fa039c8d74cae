//! Pages of one's second factors.

use super::{
    Owner, PasskeyOffer, add_passkey, begin_totp, enrolment, finish_totp, offer_passkey, recovery_codes, store,
    ukey_page,
};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::IdentityRefusal;
use crate::identity::confirmation::{Confirmed, SessionOf};
use crate::web::forms::{Form, Path};
use crate::web::{Caller, Html, Page, Policy, Routes, limits};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::FactorId;
use jixue_standards::{qr, totp};
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/me/factors", Policy::SignedIn, index)
        .get("/me/factors/totp", Policy::SignedIn, totp_page)
        .post("/me/factors/totp", Policy::SignedIn, create_totp)
        .get("/me/factors/passkey", Policy::SignedIn, passkey_page)
        .post("/me/factors/passkey", Policy::SignedIn, create_passkey)
        .get("/me/factors/ukey", Policy::SignedIn, ukey_page::show)
        .post("/me/factors/ukey", Policy::SignedIn, ukey_page::create)
        .post("/me/factors/recovery-codes", Policy::SignedIn, create_recovery_codes)
        .post("/me/factors/{factor}/ending", Policy::SignedIn, create_ending)
}

pub(super) fn owner(asking: &SessionOf) -> Owner {
    Owner { account: asking.caller.account, digest: asking.digest }
}

struct Line {
    factor: FactorId,
    kind: String,
    label: String,
    added: String,
    used: String,
}

#[derive(Template)]
#[template(path = "identity/factors.html")]
struct FactorsPage {
    page: Page,
    lines: Vec<Line>,
    codes_left: i64,
    is_office: bool,
    /// Whether UKeys are configured.
    has_ukeys: bool,
}

async fn index(State(app): State<App>, caller: Caller) -> Result<Html<FactorsPage>> {
    let (account, now) = (caller.account, app.clock.now());
    let read = async move |tx: &Tx<'_>| {
        let is_office = crate::identity::grants_of(tx, account, now).await?.iter().any(|grant| grant.role.is_office());
        Ok((store::factors_of(tx, account).await?, store::codes_left(tx, account).await?, is_office))
    };
    let (factors, codes_left, is_office) = app.db.read(read).await?;
    let line = |factor: super::Factor| Line {
        factor: factor.id,
        kind: factor.kind,
        label: factor.label,
        added: factor.added_at.china_minutes(),
        used: factor.used_at.map(|at| at.china_minutes()).unwrap_or_default(),
    };
    let lines = factors.into_iter().map(line).collect();
    Ok(Html(FactorsPage { page: Page::of(&app, &caller), lines, codes_left, is_office, has_ukeys: app.ukey.is_some() }))
}

#[derive(Template)]
#[template(path = "identity/factor_totp.html")]
struct TotpPage {
    page: Page,
    svg: String,
    secret: String,
    problem: String,
}

/// The secret as a picture and as letters.
pub(in super::super) async fn totp_picture(app: &App, owner: &Owner, name: &str) -> Result<(String, String)> {
    let secret = begin_totp(app, owner).await?;
    let address = totp::address("继学", name, &secret);
    let svg = qr::matrix(&address).map_err(Error::internal)?.svg();
    let letters = totp::base32(&secret);
    let groups: Vec<&str> = (0..letters.len()).step_by(4).map(|at| &letters[at..letters.len().min(at + 4)]).collect();
    Ok((svg, groups.join(" ")))
}

async fn totp_page(State(app): State<App>, Confirmed(asking): Confirmed) -> Result<Html<TotpPage>> {
    show_totp(&app, &asking, None).await
}

async fn show_totp(app: &App, asking: &SessionOf, problem: Option<&Refused>) -> Result<Html<TotpPage>> {
    let page = Page::of(app, &asking.caller);
    let (svg, secret) = totp_picture(app, &owner(asking), &asking.caller.name).await?;
    let problem = problem.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default();
    Ok(Html(TotpPage { page, svg, secret, problem }))
}

#[derive(Debug, Deserialize)]
struct TotpForm {
    code: String,
    #[serde(default)]
    label: String,
}

async fn create_totp(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Form(form): Form<TotpForm>,
) -> Result<Response> {
    app.limits.take(limits::CONFIRMATION, &(asking.caller.account, asking.digest), app.clock.now())?;
    match finish_totp(&app, &owner(&asking), &form.code, &form.label).await {
        Ok(codes) => Ok(after_adding(&app, &asking.caller, codes)),
        Err(Error::Refused(refused)) => {
            let status = crate::web::problem::status(&Error::Refused(refused.clone()));
            Ok((status, show_totp(&app, &asking, Some(&refused)).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "identity/factor_passkey.html")]
struct PasskeyPage {
    page: Page,
    offer: PasskeyOffer,
    name: String,
}

async fn passkey_page(State(app): State<App>, Confirmed(asking): Confirmed) -> Result<Html<PasskeyPage>> {
    let offer = offer_passkey(&app, &owner(&asking)).await?;
    let name = asking.caller.name.clone();
    Ok(Html(PasskeyPage { page: Page::of(&app, &asking.caller), offer, name }))
}

/// What the browser says after a passkey was made, each in base64url.
#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct NewPasskey {
    #[serde(default)]
    pub client_data: String,
    #[serde(default)]
    pub attestation_object: String,
    #[serde(default)]
    pub label: String,
}

async fn create_passkey(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Form(form): Form<NewPasskey>,
) -> Result<Response> {
    let made = (form.client_data.as_str(), form.attestation_object.as_str());
    let codes = add_passkey(&app, &owner(&asking), made, &form.label).await?;
    Ok(after_adding(&app, &asking.caller, codes))
}

/// Recovery codes, shown this once.
#[derive(Template)]
#[template(path = "identity/recovery_codes.html")]
pub(in super::super) struct RecoveryCodesPage {
    pub page: Page,
    pub codes: Vec<String>,
    /// Where to go on.
    pub next: String,
}

pub(super) fn after_adding(app: &App, caller: &Caller, codes: Option<Vec<String>>) -> Response {
    match codes {
        Some(codes) => {
            let next = "/me/factors".to_owned();
            Html(RecoveryCodesPage { page: Page::of(app, caller), codes, next }).into_response()
        }
        None => Redirect::to("/me/factors?done=factor_added").into_response(),
    }
}

async fn create_recovery_codes(State(app): State<App>, Confirmed(asking): Confirmed) -> Result<Response> {
    let (at, account, codes) = (app.at(), asking.caller.account, recovery_codes::make());
    let kept = codes.clone();
    let write = async move |tx: &Tx<'_>| {
        if !store::has_factor(tx, account).await? {
            return Err(IdentityRefusal::FactorMissing.into());
        }
        recovery_codes::keep(tx, &at, account, &kept).await
    };
    app.db.write(write).await?;
    Ok(after_adding(&app, &asking.caller, Some(codes)))
}

async fn create_ending(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Path(factor): Path<FactorId>,
) -> Result<Redirect> {
    enrolment::remove(&app, &owner(&asking), factor).await?;
    Ok(Redirect::to("/me/factors?done=factor_removed"))
}
