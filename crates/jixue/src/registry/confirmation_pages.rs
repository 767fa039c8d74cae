//! The yearly word of a unit: these people are ours. Officers see in the list of units who has not given it.

use super::store::{self, Confirmation};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::web::forms::Form;
use crate::web::{ClerkCaller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::fact::Fact;
use jixue_core::refusal::Kind;
use jixue_core::time::Year;
use serde::Deserialize;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/unit/roster-confirmation", Policy::UNIT, show).post("/unit/roster-confirmation", Policy::UNIT, create)
}

#[derive(Template)]
#[template(path = "registry/confirmation.html")]
struct ConfirmationPage {
    page: Page,
    year: Year,
    confirmation: Confirmation,
}

async fn show(State(app): State<App>, clerk: ClerkCaller) -> Result<Html<ConfirmationPage>> {
    let (scope, year, unit) = (clerk.caller.scope.clone(), app.clock.now().year(), clerk.unit);
    let found = app.db.read(async move |tx: &Tx<'_>| store::confirmation(tx, &scope, unit, year).await).await?;
    let confirmation = found.ok_or_else(Refused::not_found)?;
    Ok(Html(ConfirmationPage { page: Page::of(&app, &clerk.caller), year, confirmation }))
}

#[derive(Debug, Deserialize)]
struct ConfirmationForm {
    /// How many people the clerk saw.
    people: i64,
}

async fn create(State(app): State<App>, clerk: ClerkCaller, Form(form): Form<ConfirmationForm>) -> Result<Redirect> {
    let (at, scope, unit) = (app.at(), clerk.caller.scope.clone(), clerk.unit);
    let (year, by) = (at.now.year(), clerk.caller.account);
    app.db
        .write(async move |tx: &Tx<'_>| {
            let now = store::confirmation(tx, &scope, unit, year).await?.ok_or_else(Refused::not_found)?;
            if now.people != form.people {
                // Somebody came or went since the page was opened: what was seen is not what would be confirmed.
                let refused = Refused::new("registry.people_changed", Kind::Conflict);
                return Err(refused.with("people", now.people).into());
            }
            if !store::confirm(tx, &scope, (unit, year), by, at.now).await? {
                return Err(Refused::not_found().into());
            }
            let fact = Fact::RosterConfirmed { unit, year, people: now.people, by, at: at.now };
            crate::reactions::follow(tx, &at, vec![fact]).await
        })
        .await?;
    Ok(Redirect::to("/unit/roster-confirmation?done=roster_confirmed"))
}
