//! One person: where they have worked, leaving, and moving to another unit.

use super::exemption_pages::{sort_words, state_tag, years_words};
use super::title_pages::{level_options, series_options};
use crate::app::App;
use crate::credit::exemption::{self, Exemption, Sort};
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org::{self, Employment, Learner, PersonTitle, titles};
use crate::web::forms::{Form, Path};
use crate::web::{Caller, Hat, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::LearnerId;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::time::BusinessDate;
use jixue_core::uscc::Uscc;
use serde::Deserialize;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/people/{learner}", Policy::REGISTRY_READING, show)
        .post("/people/{learner}/leaving", Policy::REGISTRY, create_leaving)
        .post("/people/{learner}/unit", Policy::OFFICER, update_unit)
}

/// A day that was typed.
///
/// # Errors
/// `year.date_unreadable`.
pub(super) fn day(text: &str) -> Result<BusinessDate> {
    BusinessDate::parse(text).ok_or_else(|| Refused::new("year.date_unreadable", Kind::Invalid).into())
}

#[derive(Template)]
#[template(path = "registry/person.html")]
struct PersonPage {
    page: Page,
    person: Learner,
    title: String,
    employments: Vec<Employment>,
    titles: Vec<PersonTitle>,
    exemptions: Vec<Exemption>,
    sorts: Vec<Sort>,
    today: BusinessDate,
    is_clerk: bool,
    /// False for those who read only.
    may_change: bool,
}

impl PersonPage {
    fn exemption(&self, one: &Exemption) -> (String, String, (&'static str, &'static str)) {
        let t = &self.page.t;
        (sort_words(t, &one.sort), years_words(t, one), state_tag(t, &one.state))
    }

    fn title_words(&self, one: &PersonTitle) -> String {
        titles::words(&self.page.t, &one.series, &one.level)
    }

    fn series_options(&self, chosen: &str) -> Vec<(String, String, bool)> {
        series_options(&self.page.t, chosen)
    }

    fn level_options(&self, chosen: &str) -> Vec<(String, String, bool)> {
        level_options(&self.page.t, chosen)
    }

    /// The main one cannot end while there are others.
    fn may_end(&self, one: &PersonTitle) -> bool {
        let living = self.titles.iter().filter(|title| title.ended_at.is_none()).count();
        one.ended_at.is_none() && (!one.is_main || living == 1)
    }

    fn sort_options(&self) -> Vec<(String, String, bool)> {
        let t = &self.page.t;
        self.sorts.iter().map(|sort| (sort.code.clone(), sort_words(t, sort), false)).collect()
    }
}

async fn show(State(app): State<App>, caller: Caller, Path(learner): Path<LearnerId>) -> Result<Html<PersonPage>> {
    let scope = caller.scope.clone();
    let (person, employments, titles, exemptions, sorts) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let person = org::learner(tx, &scope, learner).await?.ok_or_else(Refused::not_found)?;
            let employments = org::employments(tx, &scope, learner).await?;
            let exemptions = exemption::of_learner(tx, &scope, learner).await?;
            let titles = org::titles_of(tx, &scope, learner).await?;
            Ok((person, employments, titles, exemptions, exemption::sorts(tx).await?))
        })
        .await?;
    let page = Page::of(&app, &caller);
    Ok(Html(PersonPage {
        title: titles::words(&page.t, &person.title_series, &person.title_level),
        page,
        person,
        employments,
        titles,
        exemptions,
        sorts,
        today: app.clock.now().business_date(),
        is_clerk: caller.hat == Hat::Role(Role::UnitClerk),
        may_change: caller.hat != Hat::Role(Role::IndustryOfficer),
    }))
}

#[derive(Debug, Deserialize)]
struct LeavingForm {
    on: String,
}

async fn create_leaving(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<LeavingForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            let person = org::learner(tx, &scope, learner).await?.ok_or_else(Refused::not_found)?;
            org::leave_unit(tx, &at, &scope, (person.unit, learner), day(&form.on)?).await
        })
        .await?;
    let back = if caller.hat == Hat::Role(Role::UnitClerk) { "/unit/people" } else { "/bureau/people" };
    Ok(Redirect::to(&format!("{back}?done=person_left")))
}

#[derive(Debug, Deserialize)]
struct UnitForm {
    /// The code of the unit that receives.
    unit: String,
    #[serde(default)]
    department: String,
    on: String,
}

async fn update_unit(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<UnitForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            org::learner(tx, &scope, learner).await?.ok_or_else(Refused::not_found)?;
            let unit = org::unit_by_uscc(tx, &Uscc::parse(&form.unit)?).await?;
            let unit = unit.ok_or_else(|| Refused::new("grant.unit_unknown", Kind::NotFound))?;
            let on = day(&form.on)?;
            org::move_person(tx, &at, &scope, (learner, unit.id), form.department.trim(), on).await
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{learner}?done=person_moved")))
}
