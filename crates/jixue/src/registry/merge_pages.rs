//! Pages of units that were registered twice: the pairs, what a merge would move, the merge, and taking it back.

use super::words;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org::{self, Likeness, MergeForecast, Pair, Region, Unit};
use crate::web::forms::{Form, Path, Query};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::{MergeId, UnitId};
use jixue_core::refusal::{Kind, Refusal};
use jixue_core::scope::Scope;
use jixue_core::uscc::Uscc;
use serde::Deserialize;

/// Pairs on one page.
const PER_PAGE: i64 = 50;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/bureau/unit-duplicates", Policy::OFFICER, index)
        .get("/bureau/units/{unit}/merge", Policy::OFFICER, show)
        .post("/bureau/units/{unit}/merge", Policy::OFFICER, create)
        .post("/bureau/unit-merges/{merge}/undoing", Policy::OFFICER, create_undoing)
}

#[derive(Template)]
#[template(path = "registry/duplicates.html")]
struct DuplicatesPage {
    page: Page,
    pairs: Vec<Pair>,
    regions: Vec<Region>,
    next: Option<String>,
    first: Option<String>,
}

impl DuplicatesPage {
    fn region(&self, unit: &Unit) -> String {
        words::region(&self.page.t, &self.regions, &unit.region_code)
    }

    fn likeness(&self, pair: &Pair) -> &'static str {
        match pair.likeness {
            Likeness::Name => self.page.t.registry_alike_name(),
            Likeness::FormerName => self.page.t.registry_alike_former(),
            Likeness::OrganisationCode => self.page.t.registry_alike_code(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct DuplicatesQuery {
    after: Option<UnitId>,
}

async fn index(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<DuplicatesQuery>,
) -> Result<Html<DuplicatesPage>> {
    let scope = officer.caller.scope.clone();
    let after = query.after.unwrap_or(UnitId::from_raw(0));
    let (pairs, regions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            Ok((org::likely_pairs(tx, &scope, after, PER_PAGE).await?, org::regions(tx).await?))
        })
        .await?;
    let full = i64::try_from(pairs.len()).is_ok_and(|count| count == PER_PAGE);
    // Pairs of the last unit that did not fit come again on the next page rather than not at all.
    let last = pairs.last().filter(|_| full).map(|pair| UnitId::from_raw(pair.other.id.raw() - 1));
    let stands_still = last.is_some_and(|last| last <= after);
    let last = if stands_still { pairs.last().map(|pair| pair.other.id) } else { last };
    Ok(Html(DuplicatesPage {
        page: Page::of(&app, &officer.caller),
        next: last.map(|last| format!("/bureau/unit-duplicates?after={last}")),
        first: query.after.map(|_| "/bureau/unit-duplicates".to_owned()),
        pairs,
        regions,
    }))
}

#[derive(Debug, Default, Deserialize)]
struct MergeQuery {
    into: Option<UnitId>,
    /// The code of the unit that stays, where somebody types it.
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "registry/merge.html")]
struct MergePage {
    page: Page,
    unit: Unit,
    /// None until the unit that stays is named.
    forecast: Option<MergeForecast>,
    hindrance: Option<String>,
    /// The code as it was typed, and what is wrong with it.
    typed: String,
    problem: String,
    regions: Vec<Region>,
}

impl MergePage {
    fn region(&self, unit: &Unit) -> String {
        words::region(&self.page.t, &self.regions, &unit.region_code)
    }

    fn code(&self, unit: &Unit) -> String {
        unit.uscc.clone().unwrap_or_else(|| self.page.t.registry_code_absent(&unit.uscc_absent_reason))
    }
}

async fn show(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(unit): Path<UnitId>,
    Query(query): Query<MergeQuery>,
) -> Result<Html<MergePage>> {
    let (scope, at, typed) = (officer.caller.scope.clone(), app.at(), query.code.trim().to_owned());
    let (found, forecast, regions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let found = org::unit(tx, &scope, unit).await?.ok_or_else(Refused::not_found)?;
            let forecast = match (foreseen(tx, &at, &scope, unit, &query).await, query.into) {
                // What was typed stays, with what is wrong beside it.
                (Err(Error::Refused(refused)), None) if refused.kind == Kind::NotFound => {
                    // Of a unit beyond reach nobody learns more than of one that does not exist.
                    Err(Refused::new("grant.unit_unknown", Kind::NotFound))
                }
                (Err(Error::Refused(refused)), None) => Err(refused),
                (forecast, _) => Ok(forecast?),
            };
            Ok((found, forecast, org::regions(tx).await?))
        })
        .await?;
    let (forecast, refused) = match forecast {
        Ok(forecast) => (forecast, None),
        Err(refused) => (None, Some(refused)),
    };
    let page = Page::of(&app, &officer.caller);
    let hindrance = forecast.as_ref().and_then(|forecast| forecast.hindrance);
    let hindrance = hindrance.map(|refusal| page.t.code(refusal.code(), &refusal.arguments()));
    let problem = refused.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default();
    Ok(Html(MergePage { page, unit: found, forecast, hindrance, typed, problem, regions }))
}

/// What a merge into the unit that is named would do; none while none is named.
async fn foreseen(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    query: &MergeQuery,
) -> Result<Option<MergeForecast>> {
    let into = match (query.into, query.code.trim()) {
        (Some(into), _) => into,
        (None, "") => return Ok(None),
        (None, code) => {
            let named = org::unit_by_uscc(tx, &Uscc::parse(code)?).await?;
            named.ok_or_else(Refused::not_found)?.id
        }
    };
    org::foresee_merge(tx, at, scope, (unit, into)).await.map(Some)
}

#[derive(Debug, Deserialize)]
struct MergeForm {
    into: UnitId,
    reason: String,
}

async fn create(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(unit): Path<UnitId>,
    Form(form): Form<MergeForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    let MergeForm { into, reason } = form;
    app.db.write(async move |tx: &Tx<'_>| org::merge_units(tx, &at, &scope, (unit, into), &reason).await).await?;
    Ok(Redirect::to(&format!("/bureau/units/{into}?done=units_merged")))
}

async fn create_undoing(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(merge): Path<MergeId>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    app.db.write(async move |tx: &Tx<'_>| org::part_units(tx, &at, &scope, merge).await).await?;
    Ok(Redirect::to("/bureau/units?done=units_parted"))
}
