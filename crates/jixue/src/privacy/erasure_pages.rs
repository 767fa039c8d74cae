//! The list of erasures that wait for a decision, and the forms in which one asks.

use super::erasure::{Step, Taken, ask, follow, take, withdraw};
use super::store::erasure as store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::identity::{Confirmed, to_confirmation};
use crate::web::forms::{Form, Path, Query};
use crate::web::{Caller, Html, LearnerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::{DataRequestId, LearnerId};
use jixue_core::role::Role;
use serde::Deserialize;

/// Who decides: officers of the county and of the root bureau, two for each person.
const DECIDING: Policy = Policy::Hats(&[Role::BureauOfficer, Role::CountyOfficer]);
/// Requests on a page.
const PER_PAGE: i64 = 50;

pub fn routes(routes: Routes) -> Routes {
    routes
        .post("/me/erasure", Policy::Learner, create)
        .post("/me/erasure-withdrawal", Policy::Learner, create_withdrawal)
        .get("/erasures", DECIDING, index)
        .post("/people/{learner}/erasure", DECIDING, create_step)
}

#[derive(Debug, Deserialize)]
struct AskForm {
    #[serde(default)]
    reason: String,
}

async fn create(State(app): State<App>, asker: LearnerCaller, Form(form): Form<AskForm>) -> Result<Redirect> {
    let (at, learner, account) = (app.at(), asker.learner, asker.caller.account);
    app.db.write(async move |tx: &Tx<'_>| ask(tx, &at, learner, account, &form.reason).await).await?;
    Ok(Redirect::to("/me/data?done=erasure_asked#erasure"))
}

async fn create_withdrawal(State(app): State<App>, asker: LearnerCaller) -> Result<Redirect> {
    let (at, learner, account) = (app.at(), asker.learner, asker.caller.account);
    app.db.write(async move |tx: &Tx<'_>| withdraw(tx, &at, learner, account).await).await?;
    Ok(Redirect::to("/me/data?done=erasure_withdrawn#erasure"))
}

/// A request that waits.
struct Line {
    row: store::Waiting,
    /// What stands in the way, in words.
    hindrances: Vec<String>,
    /// May the reader confirm it: somebody else has agreed.
    may_confirm: bool,
}

#[derive(Template)]
#[template(path = "privacy/erasures.html")]
struct ErasuresPage {
    page: Page,
    lines: Vec<Line>,
    next: Option<String>,
    first: Option<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    after: Option<DataRequestId>,
}

async fn index(State(app): State<App>, caller: Caller, Query(query): Query<ListQuery>) -> Result<Html<ErasuresPage>> {
    let (scope, after) = (caller.scope.clone(), query.after.unwrap_or(DataRequestId::from_raw(0)));
    let now = app.clock.now();
    let read = async move |tx: &Tx<'_>| {
        let mut found = Vec::new();
        for row in store::waiting(tx, &scope, after, PER_PAGE).await? {
            let hindrances = store::hindrances(tx, row.learner, now).await?;
            found.push((row, hindrances));
        }
        Ok(found)
    };
    let found = app.db.read(read).await?;
    let full = found.len() == usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|(last, _)| format!("/erasures?after={}", last.request));
    let (page, by) = (Page::of(&app, &caller), caller.account);
    let lines = found.into_iter().map(|(row, hindrances)| Line {
        may_confirm: row.is_agreed && row.agreed_by != by.raw() && !(row.is_paper && row.asked_by == by),
        hindrances: hindrances
            .into_iter()
            .map(|(code, day)| page.t.code(code, &[("day", day.map(|day| day.to_string()).unwrap_or_default())]))
            .collect(),
        row,
    });
    let (lines, first) = (lines.collect(), query.after.map(|_| "/erasures"));
    Ok(Html(ErasuresPage { page, lines, next, first }))
}

#[derive(Debug, Deserialize)]
struct StepForm {
    /// `record`, `agree`, `confirm` or `refuse`.
    step: String,
    request: Option<DataRequestId>,
    #[serde(default)]
    words: String,
}

/// After a fresh proof: a screen left open must erase nobody.
async fn create_step(
    State(app): State<App>,
    caller: Caller,
    confirmed: std::result::Result<Confirmed, Response>,
    Path(learner): Path<LearnerId>,
    Form(form): Form<StepForm>,
) -> Result<Response> {
    if let Err(refused) = confirmed {
        return Ok(to_confirmation(refused, "/erasures"));
    }
    let step = Step::from_code(&form.step).ok_or_else(Refused::not_found)?;
    let (at, taken) = (app.at(), Taken { step, request: form.request, words: form.words });
    let documents = app.db.write_bulk(async move |tx: &Tx<'_>| take(tx, &at, &caller, learner, &taken).await).await?;
    if step == Step::Confirm {
        follow(&app, learner, &documents).await?;
    }
    let done = match step {
        Step::Record => "/erasures?done=erasure_recorded",
        Step::Agree => "/erasures?done=erasure_agreed",
        Step::Confirm => "/erasures?done=erasure_done",
        Step::Refuse => "/erasures?done=erasure_refused",
    };
    Ok(Redirect::to(done).into_response())
}
