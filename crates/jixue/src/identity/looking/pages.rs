//! The page from which support looks at a learner's pages, and on which auditors read who looked and why.

use super::store::{self, ShownView};
use super::{begin_view, end_view};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::pages::token;
use crate::org;
use crate::web::forms::{Form, Query};
use crate::web::{Caller, Hat, Html, Page, Policy, Routes, problem};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::{AccountId, LearnerId, LearnerViewId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::learner_view::MINUTES;
use jixue_core::org::Phone;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;
use serde::Deserialize;

/// Views on a page.
const PER_PAGE: i64 = 50;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/learner-views", Policy::Hats(&[Role::Support, Role::AuditAdministrator]), index)
        .post("/learner-views", Policy::Hats(&[Role::Support]), create)
        .post("/learner-views/ending", Policy::SignedIn, create_ending)
}

/// A view's row.
struct Line {
    account_name: String,
    learner: String,
    identity: String,
    purpose: String,
    began: String,
    ended: String,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "identity/learner_views.html")]
struct ViewsPage {
    page: Page,
    /// Support looks; auditors read the log.
    may_look: bool,
    minutes: i64,
    purpose: String,
    problem: String,
    lines: Vec<Line>,
    next: Option<String>,
    first: Option<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
struct ViewsQuery {
    before: Option<LearnerViewId>,
}

async fn index(State(app): State<App>, caller: Caller, Query(query): Query<ViewsQuery>) -> Result<Html<ViewsPage>> {
    page(&app, &caller, query.before, String::new(), String::new()).await
}

async fn page(
    app: &App,
    caller: &Caller,
    before: Option<LearnerViewId>,
    purpose: String,
    problem: String,
) -> Result<Html<ViewsPage>> {
    let (scope, now, may_look) = (caller.scope.clone(), app.clock.now(), caller.hat == Hat::Role(Role::Support));
    let account = if may_look { caller.account } else { AccountId::from_raw(0) };
    let until = before.unwrap_or(LearnerViewId::from_raw(i64::MAX));
    let rows = app.db.read(async move |tx: &Tx<'_>| store::views(tx, &scope, account, until, PER_PAGE).await).await?;
    let full = rows.len() == usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let next = rows.last().filter(|_| full).map(|last| format!("/learner-views?before={}", last.view));
    let lines = rows.into_iter().map(|row| line(row, now)).collect();
    let (page, first) = (Page::of(app, caller), before.map(|_| "/learner-views"));
    Ok(Html(ViewsPage { page, may_look, minutes: MINUTES, purpose, problem, lines, next, first }))
}

fn line(row: ShownView, now: Timestamp) -> Line {
    let (learner, identity) = row.learner.unwrap_or_default();
    Line {
        account_name: row.account_name,
        learner,
        identity,
        purpose: row.purpose,
        began: row.began_at.china_minutes(),
        ended: row.ended_at.unwrap_or(row.ends_at).china_minutes(),
        is_open: row.ended_at.is_none() && row.ends_at > now,
    }
}

#[derive(Debug, Deserialize)]
struct ViewForm {
    /// A whole mobile or identity number, as the learner tells it.
    #[serde(default)]
    person: String,
    #[serde(default)]
    purpose: String,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<ViewForm>,
) -> Result<Response> {
    match look(&app, &caller, token(&app, &headers), &form).await {
        Ok(_) => Ok(Redirect::to("/learn").into_response()),
        Err(Error::Refused(refused)) if !problem::wants_json(&headers, &caller.visitor.path) => {
            let sentence = caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, page(&app, &caller, None, form.purpose, sentence).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn look(app: &App, caller: &Caller, token: &str, form: &ViewForm) -> Result<LearnerViewId> {
    let (at, scope, person, demo) = (app.at(), caller.scope.clone(), form.person.clone(), app.config.demo);
    let learner = app.db.read(async move |tx: &Tx<'_>| learner_of(tx, &at, &scope, &person, demo).await).await?;
    begin_view(app, caller, token, learner, &form.purpose).await
}

/// The learner within reach who has a number. Whoever has it elsewhere is not told from nobody.
async fn learner_of(tx: &Tx<'_>, at: &At, scope: &Scope, typed: &str, demo: bool) -> Result<LearnerId> {
    let areas = AreaPolicy::ANY.with_demo(demo);
    let found = if let Ok(phone) = Phone::parse(typed) {
        org::learner_by_phone(tx, &org::phone_index(&at.keys, &phone)).await?
    } else if let Ok(number) = IdentityNumber::parse(typed, at.now.business_date(), areas) {
        org::learner_by_identity(tx, scope, &org::identity_index(&at.keys, &number)).await?
    } else {
        return Err(Refused::new("learner_view.person_unreadable", Kind::Invalid).into());
    };
    let learner = match found {
        Some((learner, _)) => org::learner(tx, scope, learner).await?,
        None => None,
    };
    learner.map(|learner| learner.id).ok_or_else(|| Refused::new("learner_view.person_unknown", Kind::NotFound).into())
}

async fn create_ending(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Redirect> {
    end_view(&app, &caller, token(&app, &headers)).await?;
    let looked = caller.looking.is_some();
    Ok(Redirect::to(if looked { "/learner-views?done=learner_view_ended" } else { "/" }))
}
