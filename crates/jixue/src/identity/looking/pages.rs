//! The page from which support looks at a learner's pages, and on which auditors read who looked and why.

use super::store::{self, Candidate, ShownView};
use super::{begin_view, end_view};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::pages::token;
use crate::org;
use crate::trail::{self, Act};
use crate::web::forms::{Form, Query};
use crate::web::{Caller, Hat, Html, Page, Policy, Routes, limits, problem};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::audit::Action;
use jixue_core::id::{AccountId, LearnerId, LearnerViewId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::learner_view::{MINUTES, Purpose};
use jixue_core::org::Phone;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;
use serde::Deserialize;

/// People whom a search shows; whoever means somebody else says more.
const CANDIDATES_MAX: usize = 20;
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
    /// Who may be meant, after a search; none when nobody was looked for.
    candidates: Option<Vec<Candidate>>,
    /// There are more than are shown.
    has_more: bool,
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
    let (candidates, has_more) = (None, false);
    Ok(Html(ViewsPage { page, may_look, minutes: MINUTES, purpose, problem, candidates, has_more, lines, next, first }))
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
    /// A whole mobile or identity number, a whole name, or the last four digits of a phone number.
    #[serde(default)]
    person: String,
    /// Somebody chosen among those who were found.
    learner: Option<LearnerId>,
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
        Ok(None) => Ok(Redirect::to("/learn").into_response()),
        Ok(Some(mut candidates)) => {
            let has_more = candidates.len() > CANDIDATES_MAX;
            candidates.truncate(CANDIDATES_MAX);
            let Html(shown) = page(&app, &caller, None, form.purpose, String::new()).await?;
            Ok(Html(ViewsPage { candidates: Some(candidates), has_more, ..shown }).into_response())
        }
        Err(Error::Refused(refused)) if !problem::wants_json(&headers, &caller.visitor.path) => {
            let sentence = caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, page(&app, &caller, None, form.purpose, sentence).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Opens the pages of whom the form names beyond doubt; otherwise says who may be meant.
async fn look(app: &App, caller: &Caller, token: &str, form: &ViewForm) -> Result<Option<Vec<Candidate>>> {
    let (at, scope, person, demo) = (app.at(), caller.scope.clone(), form.person.clone(), app.config.demo);
    let learner = match form.learner {
        Some(learner) => learner,
        None if is_search(&form.person) => return search(app, caller, form).await.map(Some),
        None => app.db.read(async move |tx: &Tx<'_>| learner_of(tx, &at, &scope, &person, demo).await).await?,
    };
    begin_view(app, caller, token, learner, &form.purpose).await.map(|_| None)
}

/// A name, or the last four digits of a phone number.
fn is_search(typed: &str) -> bool {
    let typed = typed.trim();
    let is_tail = typed.len() == 4 && typed.bytes().all(|byte| byte.is_ascii_digit());
    is_tail || (typed.chars().count() >= 2 && !typed.chars().any(|letter| letter.is_ascii_digit()))
}

/// Who may be meant, within reach. That somebody looked for them, and what for, is on record before they are shown.
async fn search(app: &App, caller: &Caller, form: &ViewForm) -> Result<Vec<Candidate>> {
    let purpose = Purpose::parse(&form.purpose)?;
    app.limits.take(limits::LEARNER_SEARCH, &caller.account.raw(), app.clock.now())?;
    let (at, caller, typed) = (app.at(), caller.clone(), form.person.trim().to_owned());
    let tail = if typed.bytes().all(|byte| byte.is_ascii_digit()) { format!("%{typed}") } else { String::new() };
    let limit = i64::try_from(CANDIDATES_MAX).unwrap_or(i64::MAX) + 1;
    app.db
        .write(async move |tx: &Tx<'_>| {
            let found = store::found(tx, &caller.scope, &typed, &tail, limit).await?;
            let act = Act::of(&caller, Action::LearnersSearched).on("people", found.len() as i64);
            let region = caller.scope.bounds().by_region_alone().region_from.to_owned();
            trail::record(tx, &at, act.at_region(region).saying(purpose.as_str())).await?;
            Ok(found)
        })
        .await
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
