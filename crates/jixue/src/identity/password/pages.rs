//! The page of one's password: set, changed, taken away.

use super::{Personal, hash_fit, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::IdentityRefusal;
use crate::identity::confirmation::{Confirmed, Means, SessionOf, means};
use crate::reactions::follow;
use crate::web::forms::Form;
use crate::web::{Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::fact::Fact;
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes.get("/me/password", Policy::SignedIn, show).post("/me/password", Policy::SignedIn, create).post(
        "/me/password/ending",
        Policy::SignedIn,
        create_ending,
    )
}

#[derive(Template)]
#[template(path = "identity/password.html")]
struct PasswordPage {
    page: Page,
    has_password: bool,
    /// Whether the account can also be entered by phone.
    has_phone: bool,
    /// What is typed beside the password: the login, else the phone, masked.
    name: String,
    problem: String,
}

async fn show(State(app): State<App>, Confirmed(asking): Confirmed) -> Result<Html<PasswordPage>> {
    page(&app, &asking, None).await
}

async fn page(app: &App, asking: &SessionOf, problem: Option<Refused>) -> Result<Html<PasswordPage>> {
    let account = asking.caller.account;
    let Means { has_password, phone, .. } = means(app, account).await?;
    let login = app.db.read(async move |tx: &Tx<'_>| store::login_of(tx, account).await).await?;
    let page = Page::of(app, &asking.caller);
    let masked = phone.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(Html(PasswordPage {
        has_password,
        has_phone: phone.is_some(),
        name: login.unwrap_or(masked),
        problem: problem.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default(),
        page,
    }))
}

#[derive(Debug, Deserialize)]
struct PasswordForm {
    password: String,
}

async fn create(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    match change(&app, &asking, Some(&form.password)).await {
        Ok(()) => Ok(Redirect::to("/me?done=password_set").into_response()),
        Err(Error::Refused(refused)) => {
            let status = crate::web::problem::status(&Error::Refused(refused.clone()));
            Ok((status, page(&app, &asking, Some(refused)).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn create_ending(State(app): State<App>, Confirmed(asking): Confirmed) -> Result<Redirect> {
    if means(&app, asking.caller.account).await?.phone.is_none() {
        return Err(IdentityRefusal::PasswordNeeded.into());
    }
    change(&app, &asking, None).await?;
    Ok(Redirect::to("/me?done=password_removed"))
}

/// Sets a password, or takes it away; every other device is signed out, since one of them may be why.
async fn change(app: &App, asking: &SessionOf, password: Option<&str>) -> Result<()> {
    let (account, digest) = (asking.caller.account, asking.digest);
    let hash = match password {
        Some(password) => {
            let personal = personal(app, asking).await?;
            if personal.numbers.is_empty() {
                // Nothing to type beside it.
                return Err(IdentityRefusal::PasswordWithoutName.into());
            }
            Some(hash_fit(app, password, &personal).await?)
        }
        None => None,
    };
    let at = app.at();
    let write = async move |tx: &Tx<'_>| {
        store::set_password(tx, account, hash.as_deref()).await?;
        crate::identity::store::end_other_sessions(tx, account, &digest, at.now).await?;
        let has_password = hash.is_some();
        follow(tx, &at, vec![Fact::PasswordChanged { account, has_password, at: at.now }]).await
    };
    app.db.write(write).await
}

/// What others know of the person.
async fn personal(app: &App, asking: &SessionOf) -> Result<Personal> {
    let (account, own, at) = (asking.caller.account, asking.caller.own_scope(), app.at());
    let phone = means(app, account).await?.phone;
    let read = async move |tx: &Tx<'_>| {
        let login = store::login_of(tx, account).await?;
        let identity = match own.as_ref().and_then(|own| Some((own, own.learner()?))) {
            Some((own, learner)) => crate::org::identity_number(tx, &at.keys, own, learner).await?,
            None => None,
        };
        Ok((login, identity))
    };
    let (login, identity) = app.db.read(read).await?;
    let numbers = [
        login,
        phone.map(|phone| phone.revealed().to_owned()),
        identity.map(|identity| identity.revealed().to_owned()),
    ];
    Ok(Personal { name: asking.caller.name.clone(), numbers: numbers.into_iter().flatten().collect() })
}
