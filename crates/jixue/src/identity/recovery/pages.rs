//! The page of administrators: recoveries that wait, and beginning one.

use super::{confirm, open, waiting};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::identity::confirmation::Confirmed;
use crate::web::forms::{Form, Path};
use crate::web::{Caller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::RecoveryId;
use jixue_core::role::Role;
use serde::Deserialize;

const ADMINISTRATORS: Policy = Policy::Hats(&[Role::BureauOfficer, Role::SecurityAdministrator]);

pub fn routes(routes: Routes) -> Routes {
    routes.get("/recoveries", ADMINISTRATORS, index).post("/recoveries", ADMINISTRATORS, create).post(
        "/recoveries/{recovery}/confirmation",
        ADMINISTRATORS,
        create_confirmation,
    )
}

struct Line {
    id: RecoveryId,
    name: String,
    reason: String,
    /// Empty for the operator's command.
    opened_by_name: String,
    opened_at: String,
    /// Whether the asker opened it, or it is the asker's own account.
    is_mine: bool,
}

#[derive(Template)]
#[template(path = "identity/recoveries.html")]
struct RecoveriesPage {
    page: Page,
    lines: Vec<Line>,
}

async fn index(State(app): State<App>, caller: Caller) -> Result<Html<RecoveriesPage>> {
    let (at, scope) = (app.at(), caller.scope.clone());
    let found = app.db.read(async move |tx: &Tx<'_>| waiting(tx, &scope, &at).await).await?;
    let line = |recovery: super::Recovery| Line {
        is_mine: recovery.opened_by == caller.account || recovery.account == caller.account,
        id: recovery.id,
        name: recovery.name,
        reason: recovery.reason,
        opened_by_name: recovery.opened_by_name,
        opened_at: recovery.opened_at.china_minutes(),
    };
    let lines = found.into_iter().map(line).collect();
    Ok(Html(RecoveriesPage { page: Page::of(&app, &caller), lines }))
}

#[derive(Debug, Deserialize)]
struct RecoveryForm {
    /// Phone or login.
    name: String,
    reason: String,
}

async fn create(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Form(form): Form<RecoveryForm>,
) -> Result<Redirect> {
    open(&app, &asking.caller, &form.name, &form.reason).await?;
    Ok(Redirect::to("/recoveries?done=recovery_opened"))
}

#[derive(Debug, Default, Deserialize)]
struct ConfirmationForm {
    #[serde(default)]
    token: String,
}

async fn create_confirmation(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Path(recovery): Path<RecoveryId>,
    Form(form): Form<ConfirmationForm>,
) -> Result<Redirect> {
    confirm(&app, &asking.caller, recovery, &form.token).await?;
    Ok(Redirect::to("/recoveries?done=recovery_done"))
}
