//! The list of corrections that wait for a decision, and the form in which one asks.

use super::corrections::{Decision, Field, ask, decide, open, read};
use super::store::corrections as store;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::web::forms::{Form, Path, Query};
use crate::web::{Caller, Hat, Html, LearnerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::{DataRequestId, LearnerId};
use jixue_core::role::Role;
use serde::Deserialize;

/// Who decides: the unit, its county, the root bureau.
const DECIDING: Policy = Policy::Hats(&[Role::BureauOfficer, Role::CountyOfficer, Role::UnitClerk]);
/// Requests on a page.
const PER_PAGE: i64 = 50;

pub fn routes(routes: Routes) -> Routes {
    routes.post("/me/corrections", Policy::Learner, create).get("/corrections", DECIDING, index).post(
        "/people/{learner}/corrections",
        DECIDING,
        create_decision,
    )
}

#[derive(Debug, Deserialize)]
struct AskForm {
    field: String,
    value: String,
    #[serde(default)]
    reason: String,
}

async fn create(State(app): State<App>, asker: LearnerCaller, Form(form): Form<AskForm>) -> Result<Redirect> {
    let (at, learner) = (app.at(), asker.learner);
    let field = Field::from_code(&form.field).ok_or_else(Refused::not_found)?;
    let wanted = read(field, &form.value, at.now.business_date(), app.config.demo)?;
    let write = async move |tx: &Tx<'_>| ask(tx, &at, learner, field, &wanted, &form.reason).await;
    app.db.write(write).await?;
    Ok(Redirect::to("/me/data?done=correction_asked"))
}

/// A request that waits.
struct Line {
    learner: LearnerId,
    request: DataRequestId,
    name: String,
    unit: String,
    field: &'static str,
    before: String,
    wanted: String,
    reason: String,
    asked: String,
    /// A clerk sees that an identity number is asked about; the bureau decides it.
    mine_to_decide: bool,
}

#[derive(Template)]
#[template(path = "privacy/corrections.html")]
struct CorrectionsPage {
    page: Page,
    lines: Vec<Line>,
    next: Option<String>,
    first: Option<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    after: Option<DataRequestId>,
}

async fn index(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Html<CorrectionsPage>> {
    let (scope, after) = (caller.scope.clone(), query.after.unwrap_or(DataRequestId::from_raw(0)));
    let found = app.db.read(async move |tx: &Tx<'_>| store::waiting(tx, &scope, after, PER_PAGE).await).await?;
    let full = found.len() == usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|last| format!("/corrections?after={}", last.request));
    let (at, is_clerk) = (app.at(), caller.hat == Hat::Role(Role::UnitClerk));
    let lines = found.into_iter().map(|row| line(&at, is_clerk, row)).collect::<Result<_>>()?;
    let (page, first) = (Page::of(&app, &caller), query.after.map(|_| "/corrections"));
    Ok(Html(CorrectionsPage { page, lines, next, first }))
}

fn line(at: &At, is_clerk: bool, row: store::Waiting) -> Result<Line> {
    let wanted = open(at, row.field, &row.sealed)?.to_string();
    let before = match row.field {
        Field::Name => row.name.clone(),
        Field::IdentityNumber => row.identity_masked,
        Field::Phone => row.phone_masked,
    };
    Ok(Line {
        learner: row.learner,
        request: row.request,
        name: row.name,
        unit: row.unit,
        field: row.field.code(),
        before,
        wanted,
        reason: row.reason,
        asked: row.asked_at.china_minutes(),
        mine_to_decide: !(is_clerk && row.field == Field::IdentityNumber),
    })
}

#[derive(Debug, Deserialize)]
struct DecisionForm {
    request: DataRequestId,
    /// `grant`, or anything else to refuse.
    decision: String,
    #[serde(default)]
    answer: String,
}

async fn create_decision(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<DecisionForm>,
) -> Result<Redirect> {
    let decision = Decision { request: form.request, grants: form.decision == "grant", answer: form.answer };
    let at = app.at();
    app.db.write(async move |tx: &Tx<'_>| decide(tx, &at, &caller, learner, &decision).await).await?;
    Ok(Redirect::to("/corrections?done=correction_decided"))
}
