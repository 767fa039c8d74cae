//! Pages of the officers who decide about registrations.

use super::{Registration, deciding, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::forms::{Form, Path, Query};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::RegistrationId;
use serde::Deserialize;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/registrations", Policy::OFFICER, index)
        .get("/registrations/{registration}", Policy::OFFICER, show)
        .post("/registrations/{registration}/acceptance", Policy::OFFICER, create_acceptance)
        .post("/registrations/{registration}/refusal", Policy::OFFICER, create_refusal)
}

#[derive(Debug, Default, Deserialize)]
struct AfterQuery {
    after: Option<RegistrationId>,
}

#[derive(Template)]
#[template(path = "identity/registrations.html")]
struct RegistrationsPage {
    page: Page,
    registrations: Vec<Registration>,
    next: Option<String>,
}

async fn index(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<AfterQuery>,
) -> Result<Html<RegistrationsPage>> {
    let (scope, after) = (officer.caller.scope.clone(), query.after.unwrap_or(RegistrationId::from_raw(0)));
    let registrations = app.db.read(async move |tx: &Tx<'_>| store::waiting(tx, &scope, after).await).await?;
    let last = registrations.last().filter(|_| registrations.len() == 100);
    let next = last.map(|last| format!("/registrations?after={}", last.id));
    Ok(Html(RegistrationsPage { page: Page::of(&app, &officer.caller), registrations, next }))
}

#[derive(Template)]
#[template(path = "identity/registration_request.html")]
struct RequestPage {
    page: Page,
    registration: Registration,
}

impl RequestPage {
    fn industry_words(&self) -> String {
        self.page.t.say(&format!("registration_industry.{}", self.registration.industry))
    }

    fn state_words(&self) -> String {
        self.page.t.say(&format!("registration_state.{}", self.registration.state))
    }
}

async fn show(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(registration): Path<RegistrationId>,
) -> Result<Html<RequestPage>> {
    let registration = deciding::one(&app, &officer, registration).await?;
    Ok(Html(RequestPage { page: Page::of(&app, &officer.caller), registration }))
}

async fn create_acceptance(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(registration): Path<RegistrationId>,
) -> Result<Redirect> {
    deciding::accept(&app, &officer, registration).await?;
    Ok(Redirect::to("/registrations?done=registration_accepted"))
}

#[derive(Debug, Default, Deserialize)]
struct RefusalForm {
    #[serde(default)]
    reason: String,
}

async fn create_refusal(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(registration): Path<RegistrationId>,
    Form(form): Form<RefusalForm>,
) -> Result<Redirect> {
    deciding::refuse(&app, &officer, registration, &form.reason).await?;
    Ok(Redirect::to("/registrations?done=registration_refused"))
}
