//! Pages of who decides: clerks for their unit, officers for what waits too long.

use super::{Request, deciding};
use crate::app::App;
use crate::error::Result;
use crate::identity::confirmation::{Confirmed, to_confirmation};
use crate::web::forms::{Form, Path, Query};
use crate::web::{Caller, Hat, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::ActivationId;
use jixue_core::role::Role;
use serde::Deserialize;

const DECIDING: Policy = Policy::Hats(&[Role::BureauOfficer, Role::CountyOfficer, Role::UnitClerk]);

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/activation-requests", DECIDING, index)
        .get("/activation-requests/{request}", DECIDING, show)
        .post("/activation-requests/{request}/confirmation", DECIDING, create_confirmation)
        .post("/activation-requests/{request}/refusal", DECIDING, create_refusal)
}

#[derive(Debug, Default, Deserialize)]
struct AfterQuery {
    after: Option<ActivationId>,
}

#[derive(Template)]
#[template(path = "identity/activation_requests.html")]
struct RequestsPage {
    page: Page,
    requests: Vec<Request>,
    is_office: bool,
    next: Option<String>,
}

async fn index(State(app): State<App>, caller: Caller, Query(query): Query<AfterQuery>) -> Result<Html<RequestsPage>> {
    let requests = deciding::waiting(&app, &caller, query.after.unwrap_or(ActivationId::from_raw(0))).await?;
    let last = requests.last().filter(|_| requests.len() == 100);
    let next = last.map(|last| format!("/activation-requests?after={}", last.id));
    let is_office = caller.hat != Hat::Role(Role::UnitClerk);
    Ok(Html(RequestsPage { page: Page::of(&app, &caller), requests, is_office, next }))
}

#[derive(Template)]
#[template(path = "identity/activation_request.html")]
struct RequestPage {
    page: Page,
    request: Request,
    /// The code to hand over, shown this once.
    code: String,
}

async fn show(State(app): State<App>, caller: Caller, Path(request): Path<ActivationId>) -> Result<Html<RequestPage>> {
    let request = deciding::one(&app, &caller, request).await?;
    Ok(Html(RequestPage { page: Page::of(&app, &caller), request, code: String::new() }))
}

/// After a fresh proof: the code opens another person's record.
async fn create_confirmation(
    State(app): State<App>,
    caller: Caller,
    confirmed: std::result::Result<Confirmed, Response>,
    Path(request): Path<ActivationId>,
) -> Result<Response> {
    if let Err(refused) = confirmed {
        return Ok(to_confirmation(refused, &format!("/activation-requests/{request}")));
    }
    let (request, code) = deciding::confirm(&app, &caller, request).await?;
    Ok(Html(RequestPage { page: Page::of(&app, &caller), request, code }).into_response())
}

#[derive(Debug, Deserialize)]
struct RefusalForm {
    #[serde(default)]
    reason: String,
}

async fn create_refusal(
    State(app): State<App>,
    caller: Caller,
    Path(request): Path<ActivationId>,
    Form(form): Form<RefusalForm>,
) -> Result<Redirect> {
    deciding::refuse(&app, &caller, request, &form.reason).await?;
    Ok(Redirect::to("/activation-requests?done=activation_refused"))
}

impl RequestPage {
    fn state_words(&self) -> String {
        self.page.t.say(&format!("activation_state.{}", self.request.state))
    }

    fn is_open(&self) -> bool {
        self.request.state == "asked" && self.code.is_empty()
    }
}
