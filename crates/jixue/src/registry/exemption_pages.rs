//! Exemptions: asked for on a person's page, decided and ended in a list.

use super::person_pages::day;
use crate::app::App;
use crate::credit::exemption::{self, Decision, Exemption, Sort, Wanted};
use crate::db::Tx;
use crate::error::Result;
use crate::i18n::Texts;
use crate::web::forms::{Form, Path, Query};
use crate::web::page::with_query;
use crate::web::{Caller, Hat, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::{ExemptionId, LearnerId};
use jixue_core::role::Role;
use jixue_core::scope::Actor;
use serde::Deserialize;

/// Exemptions on one page.
const PER_PAGE: i64 = 50;
const STATES: [&str; 5] = ["asked", "granted", "refused", "withdrawn", "ended"];

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/exemptions", Policy::REGISTRY, index)
        .post("/people/{learner}/exemptions", Policy::REGISTRY, create)
        .post("/exemptions/{exemption}/decision", Policy::OFFICER, create_decision)
        .post("/exemptions/{exemption}/withdrawal", Policy::REGISTRY, create_withdrawal)
        .post("/exemptions/{exemption}/ending", Policy::OFFICER, create_ending)
}

/// Kind of tag and word of a state.
pub(super) fn state_tag(t: &Texts, state: &str) -> (&'static str, &'static str) {
    match state {
        "asked" => ("due", t.registry_exemption_asked()),
        "granted" => ("done", t.registry_exemption_granted()),
        "refused" => ("late", t.registry_exemption_refused()),
        "withdrawn" => ("", t.registry_exemption_withdrawn()),
        _ => ("", t.registry_exemption_ended()),
    }
}

/// What an exemption is and takes off: `产假（整年豁免）`.
pub(super) fn sort_words(t: &Texts, sort: &Sort) -> String {
    let name = t.pick(&sort.name_zh, &sort.name_en);
    let effect = match sort.relief.whole {
        true => t.registry_exemption_whole().to_owned(),
        false => t.registry_exemption_reduced(sort.relief.public, sort.relief.professional),
    };
    format!("{name} · {effect}")
}

/// The years that an exemption reaches, in words.
pub(super) fn years_words(t: &Texts, one: &Exemption) -> String {
    let years: Vec<String> = one.years().iter().map(ToString::to_string).collect();
    t.registry_exemption_years(years.join(t.pick("、", ", ")))
}

#[derive(Template)]
#[template(path = "registry/exemptions.html")]
struct ExemptionsPage {
    page: Page,
    exemptions: Vec<Exemption>,
    state: String,
    is_officer: bool,
    me: Actor,
    next: Option<String>,
    first: Option<String>,
}

impl ExemptionsPage {
    fn tag(&self, one: &Exemption) -> (&'static str, &'static str) {
        state_tag(&self.page.t, &one.state)
    }

    fn words(&self, one: &Exemption) -> String {
        sort_words(&self.page.t, &one.sort)
    }

    fn years(&self, one: &Exemption) -> String {
        years_words(&self.page.t, one)
    }

    fn is_own(&self, one: &Exemption) -> bool {
        self.me == Actor::Account(one.asked_by)
    }

    fn may_decide(&self, one: &Exemption) -> bool {
        self.is_officer && one.state == "asked" && !self.is_own(one)
    }

    fn may_end(&self, one: &Exemption) -> bool {
        self.is_officer && one.state == "granted"
    }

    /// The unit that asked takes back what waits; an officer what they asked for themselves.
    fn may_withdraw(&self, one: &Exemption) -> bool {
        one.state == "asked" && (!self.is_officer || self.is_own(one))
    }

    fn states(&self) -> Vec<(&'static str, &'static str, bool)> {
        let t = &self.page.t;
        let all = ("", t.registry_exemption_all(), self.state.is_empty());
        let each = STATES.map(|state| (state, state_tag(t, state).1, state == self.state));
        std::iter::once(all).chain(each).collect()
    }
}

#[derive(Debug, Default, Deserialize)]
struct ExemptionsQuery {
    #[serde(default)]
    state: String,
    before: Option<ExemptionId>,
}

async fn index(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ExemptionsQuery>,
) -> Result<Html<ExemptionsPage>> {
    let state = if STATES.contains(&query.state.as_str()) { query.state } else { String::new() };
    let (scope, wanted) = (caller.scope.clone(), state.clone());
    let before = query.before.unwrap_or(ExemptionId::from_raw(i64::MAX));
    let exemptions =
        app.db.read(async move |tx: &Tx<'_>| exemption::list(tx, &scope, &wanted, (before, PER_PAGE)).await).await?;
    let full = i64::try_from(exemptions.len()).is_ok_and(|count| count == PER_PAGE);
    let last = exemptions.last().filter(|_| full).map(|one| one.id.to_string());
    let address = |before: &str| with_query("/exemptions", &[("state", &state), ("before", before)]);
    Ok(Html(ExemptionsPage {
        page: Page::of(&app, &caller),
        is_officer: caller.hat != Hat::Role(Role::UnitClerk),
        me: caller.scope.actor(),
        next: last.map(|last| address(&last)),
        first: query.before.map(|_| address("")),
        exemptions,
        state,
    }))
}

#[derive(Debug, Deserialize)]
struct AskForm {
    sort: String,
    from: String,
    until: String,
    #[serde(default)]
    reason: String,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<AskForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            // Whether the person is there is said before the form is read.
            crate::org::learner(tx, &scope, learner).await?.ok_or_else(crate::error::Refused::not_found)?;
            let (from, until) = (day(&form.from)?, day(&form.until)?);
            let wanted = Wanted { sort: form.sort.clone(), from, until, reason: form.reason.clone() };
            exemption::ask(tx, &at, &scope, learner, &wanted).await
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{learner}?done=exemption_asked")))
}

#[derive(Debug, Deserialize)]
struct DecisionForm {
    /// `grant` or `refuse`.
    decision: String,
    #[serde(default)]
    why: String,
}

async fn create_decision(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ExemptionId>,
    Form(form): Form<DecisionForm>,
) -> Result<Redirect> {
    let (at, scope, own) = (app.at(), caller.scope.clone(), caller.learner);
    let (decision, done) = match form.decision.as_str() {
        "grant" => (Decision::Grant, "exemption_granted"),
        _ => (Decision::Refuse { why: form.why }, "exemption_refused"),
    };
    app.db.write(async move |tx: &Tx<'_>| exemption::decide(tx, &at, (&scope, own), id, &decision).await).await?;
    Ok(Redirect::to(&format!("/exemptions?state=asked&done={done}")))
}

async fn create_withdrawal(State(app): State<App>, caller: Caller, Path(id): Path<ExemptionId>) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db.write(async move |tx: &Tx<'_>| exemption::withdraw(tx, &at, &scope, id).await).await?;
    Ok(Redirect::to("/exemptions?done=exemption_withdrawn"))
}

#[derive(Debug, Deserialize)]
struct EndingForm {
    #[serde(default)]
    why: String,
}

async fn create_ending(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ExemptionId>,
    Form(form): Form<EndingForm>,
) -> Result<Redirect> {
    let (at, scope, own) = (app.at(), caller.scope.clone(), caller.learner);
    app.db.write(async move |tx: &Tx<'_>| exemption::end(tx, &at, (&scope, own), id, &form.why).await).await?;
    Ok(Redirect::to("/exemptions?state=granted&done=exemption_ended"))
}
