//! The page that asks for a fresh proof.

use super::{Again, Means, SessionOf, confirm, means};
use crate::app::App;
use crate::error::{Error, Refused, Result};
use crate::identity::IdentityRefusal;
use crate::identity::browsers::Browser;
use crate::identity::codes;
use crate::identity::factors::{Owner, PasskeyAsk, Proof, UkeyAsk, ask_passkey, ask_ukey};
use crate::web::forms::{Form, Query};
use crate::web::page::safe_back;
use crate::web::{Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes.get("/me/confirmation", Policy::SignedIn, show).post("/me/confirmation", Policy::SignedIn, create).post(
        "/me/confirmation/codes",
        Policy::SignedIn,
        create_code,
    )
}

#[derive(Template)]
#[template(path = "identity/confirmation.html")]
struct ConfirmationPage {
    page: Page,
    back: String,
    problem: String,
    has_totp: bool,
    passkey: Option<PasskeyAsk>,
    ukey: Option<UkeyAsk>,
    has_password: bool,
    /// The phone, masked.
    phone: String,
    code_sent: bool,
}

#[derive(Debug, Default, Deserialize)]
struct BackQuery {
    #[serde(default)]
    back: String,
}

async fn show(State(app): State<App>, asking: SessionOf, Query(query): Query<BackQuery>) -> Result<Response> {
    Ok(page(&app, &asking, &query.back, None, false).await?.into_response())
}

async fn page(
    app: &App,
    asking: &SessionOf,
    back: &str,
    problem: Option<Refused>,
    code_sent: bool,
) -> Result<Html<ConfirmationPage>> {
    let means = means(app, asking.caller.account).await?;
    let owner = Owner { account: asking.caller.account, digest: asking.digest };
    let Means { factors, has_password, phone } = means;
    let (has_factor, has_totp) = (!factors.is_empty(), factors.iter().any(|factor| factor.kind == "totp"));
    let passkey = ask_passkey(app, &owner, &factors).await?;
    let ukey = ask_ukey(app, &owner, &factors).await?;
    let page = Page::of(app, &asking.caller);
    Ok(Html(ConfirmationPage {
        back: safe_back(back).to_owned(),
        problem: problem.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default(),
        has_totp,
        passkey,
        ukey,
        has_password: has_password && !has_factor,
        phone: phone.filter(|_| !has_factor).map(|phone| phone.to_string()).unwrap_or_default(),
        code_sent,
        page,
    }))
}

#[derive(Debug, Default, Deserialize)]
struct ConfirmationForm {
    #[serde(default)]
    back: String,
    password: Option<String>,
    code: Option<String>,
    #[serde(flatten)]
    proof: Proof,
}

async fn create(
    State(app): State<App>,
    asking: SessionOf,
    browser: Browser,
    Form(form): Form<ConfirmationForm>,
) -> Result<Response> {
    let again = match (form.password, form.code) {
        (Some(password), _) => Again::Password(password),
        (None, Some(code)) => Again::Code(code),
        (None, None) => Again::Factor(form.proof),
    };
    let code_sent = matches!(again, Again::Code(_));
    match confirm(&app, &asking, &browser, again).await {
        Ok(()) => Ok(Redirect::to(safe_back(&form.back)).into_response()),
        Err(Error::Refused(refused)) => {
            let status = crate::web::problem::status(&Error::Refused(refused.clone()));
            Ok((status, page(&app, &asking, &form.back, Some(refused), code_sent).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn create_code(
    State(app): State<App>,
    asking: SessionOf,
    browser: Browser,
    Form(form): Form<BackQuery>,
) -> Result<Response> {
    let phone = means(&app, asking.caller.account).await?.phone.ok_or(IdentityRefusal::PhoneMissing)?;
    let problem =
        match codes::request_code(&app, &browser, phone.revealed(), (codes::Way::Message, codes::Many::AsConfigured))
            .await
        {
            Ok(()) => None,
            Err(Error::Refused(refused)) => Some(refused),
            Err(error) => return Err(error),
        };
    let page = page(&app, &asking, &form.back, problem, true).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, browser.cookie())]), page).into_response())
}
