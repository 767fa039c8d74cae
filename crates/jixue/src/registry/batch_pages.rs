//! What officers do with many people at once: first what comes of it, then the deed, for all of them or for none.

use super::person_pages::day;
use super::store::{self, PeopleAsked};
use crate::app::App;
use crate::db::Tx;
use crate::desk::Patterns;
use crate::error::{Refused, Result};
use crate::org::{self, Learner};
use crate::web::forms::RawForm;
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;
use jixue_core::time::BusinessDate;
use std::collections::{BTreeMap, BTreeSet};

/// People in one step: what one transaction may do without keeping others waiting.
pub(super) const BATCH_MAX: usize = 500;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/bureau/people-leavings", Policy::OFFICER, create)
}

#[derive(Template)]
#[template(path = "registry/leavings.html")]
struct LeavingsPage {
    page: Page,
    people: Vec<Learner>,
    /// Unit and how many of the people it employs.
    units: Vec<(String, usize)>,
    /// How many were chosen who are out of reach or have left.
    strangers: usize,
    today: BusinessDate,
}

impl LeavingsPage {
    fn names(&self) -> String {
        let names: Vec<&str> = self.people.iter().map(|person| person.name.as_str()).collect();
        names.join(self.page.t.billing_between_names())
    }
}

/// The people whom a form names, each once.
///
/// # Errors
/// More than one step may do; an id that is none.
pub(super) fn chosen(form: &RawForm) -> Result<Vec<LearnerId>> {
    let ids = form.all("learner");
    if ids.len() > BATCH_MAX {
        return Err(too_many());
    }
    let unreadable = |_| Refused::new("request.unreadable", Kind::Invalid).into();
    let ids: Result<BTreeSet<LearnerId>> = ids.iter().map(|id| id.parse().map_err(unreadable)).collect();
    Ok(ids?.into_iter().collect())
}

fn too_many() -> crate::error::Error {
    Refused::new("registry.too_many_chosen", Kind::Invalid).with("most", BATCH_MAX).into()
}

/// Without a day shows what comes of it; with one, they leave.
async fn create(State(app): State<App>, officer: OfficerCaller, form: RawForm) -> Result<Response> {
    let learners = match form.first("all") {
        Some(_) => found(&app, &officer.caller.scope, &form).await?,
        None => chosen(&form)?,
    };
    if learners.is_empty() {
        return Err(Refused::new("registry.nobody_chosen", Kind::Invalid).into());
    }
    match form.first("on") {
        None => Ok(Html(look(&app, &officer, learners).await?).into_response()),
        Some(on) => leave(&app, &officer, learners, day(&on)?).await,
    }
}

/// Everybody whom the filter of the list finds.
async fn found(app: &App, scope: &Scope, form: &RawForm) -> Result<Vec<LearnerId>> {
    let value = |name: &str| form.first(name).unwrap_or_default();
    let patterns = Patterns::of(&value("find"), &app.keys, app.clock.now().business_date());
    let (scope, region, unit) = (scope.clone(), value("region"), value("unit").parse().unwrap_or(UnitId::from_raw(0)));
    let lines = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let asked = PeopleAsked { patterns: &patterns, region_code: &region, unit };
            store::people(tx, &scope, &asked, (LearnerId::from_raw(0), BATCH_MAX as i64 + 1)).await
        })
        .await?;
    if lines.len() > BATCH_MAX {
        return Err(too_many());
    }
    Ok(lines.into_iter().map(|line| line.id).collect())
}

async fn look(app: &App, officer: &OfficerCaller, learners: Vec<LearnerId>) -> Result<LeavingsPage> {
    let (scope, asked) = (officer.caller.scope.clone(), learners.len());
    let people: Vec<Learner> = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let mut people = Vec::new();
            for learner in &learners {
                people.extend(org::learner(tx, &scope, *learner).await?);
            }
            Ok(people)
        })
        .await?;
    let mut units = BTreeMap::new();
    for person in &people {
        *units.entry(person.unit_name.clone()).or_insert(0) += 1;
    }
    Ok(LeavingsPage {
        page: Page::of(app, &officer.caller),
        strangers: asked - people.len(),
        units: units.into_iter().collect(),
        people,
        today: app.clock.now().business_date(),
    })
}

async fn leave(app: &App, officer: &OfficerCaller, learners: Vec<LearnerId>, on: BusinessDate) -> Result<Response> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    app.db
        .write_bulk(async move |tx: &Tx<'_>| {
            for learner in &learners {
                // Whoever has gone since they were looked at changes what was agreed to.
                let changed = || Refused::new("registry.choice_changed", Kind::Conflict);
                let person = org::learner(tx, &scope, *learner).await?.ok_or_else(changed)?;
                org::leave_unit(tx, &at, &scope, (person.unit, *learner), on).await?;
            }
            Ok(())
        })
        .await?;
    Ok(Redirect::to("/bureau/people?done=people_left").into_response())
}
