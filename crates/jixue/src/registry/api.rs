//! Units and people for other programs: read, page by page, within the asker's reach.

use super::filter::UnitFilter;
use super::store::{self, PeopleAsked};
use crate::app::App;
use crate::db::Tx;
use crate::desk::Patterns;
use crate::error::Result;
use crate::web::forms::Query;
use crate::web::{Caller, Policy, Routes};
use axum::Json;
use axum::extract::State;
use jixue_core::id::{LearnerId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Entries in one answer, and the most that may be asked for.
const USUAL: i64 = 100;
const MOST: i64 = 500;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/api/v1/units", Policy::REGISTRY_READING, list_units).get(
        "/api/v1/people",
        Policy::REGISTRY_READING,
        list_people,
    )
}

/// This room's part of the JSON API.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list_units, list_people))]
pub struct Api;

/// An employer unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitAnswer {
    pub unit: String,
    /// Unified social credit code, or nothing.
    pub uscc: Option<String>,
    /// Why there is no code; empty where there is one.
    pub uscc_absent_reason: String,
    pub name: String,
    /// `public` or `enterprise`.
    pub kind: String,
    /// Six digits of GB/T 2260.
    pub region_code: String,
    pub industry: String,
    /// People it employs now.
    pub people: i64,
    /// Clerks whose right counts now.
    pub clerks: i64,
}

/// Somebody whom a unit employs; numbers are masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonAnswer {
    pub learner: String,
    pub name: String,
    /// `resident_card`, `residence_permit`, `permanent_residence` or `passport`.
    pub identity_kind: String,
    pub identity_masked: String,
    pub phone_masked: String,
    pub unit: String,
    pub unit_name: String,
    pub region_code: String,
    pub department: String,
    /// Two digits, or empty: no title.
    pub title_series: String,
    pub title_level: String,
    /// `YYYY-MM-DD`.
    pub since: String,
}

#[derive(Debug, Deserialize)]
pub struct UnitsQuery {
    after: Option<UnitId>,
    limit: Option<i64>,
    #[serde(default)]
    find: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    industry: String,
}

#[utoipa::path(get, path = "/api/v1/units", tag = "registry",
    params(("after" = Option<String>, Query, description = "The last unit of the answer before"),
        ("limit" = Option<i64>, Query, description = "At most 500"),
        ("find" = Option<String>, Query, description = "Part of a name, a former name or a code"),
        ("region" = Option<String>, Query), ("industry" = Option<String>, Query)),
    responses((status = 200, body = [UnitAnswer]), (status = 401), (status = 403)))]
pub async fn list_units(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<UnitsQuery>,
) -> Result<Json<Vec<UnitAnswer>>> {
    let (scope, now) = (caller.scope.clone(), app.clock.now());
    let (after, limit) = (query.after.unwrap_or(UnitId::from_raw(0)), query.limit.unwrap_or(USUAL).clamp(1, MOST));
    let filter =
        UnitFilter { text: query.find, region_code: query.region, industry: query.industry, lacking: String::new() };
    let filter = filter.checked();
    let lines =
        app.db.read(async move |tx: &Tx<'_>| store::units(tx, &scope, &filter, now, (after, limit)).await).await?;
    let answers = lines.into_iter().map(|line| UnitAnswer {
        unit: line.id.to_string(),
        uscc: line.uscc,
        uscc_absent_reason: line.uscc_absent_reason,
        name: line.name,
        kind: line.kind,
        region_code: line.region_code,
        industry: line.industry,
        people: line.people,
        clerks: line.clerks,
    });
    Ok(Json(answers.collect()))
}

#[derive(Debug, Deserialize)]
pub struct PeopleQuery {
    after: Option<LearnerId>,
    limit: Option<i64>,
    unit: Option<UnitId>,
    #[serde(default)]
    find: String,
    #[serde(default)]
    region: String,
}

#[utoipa::path(get, path = "/api/v1/people", tag = "registry",
    params(("after" = Option<String>, Query, description = "The last learner of the answer before"),
        ("limit" = Option<i64>, Query, description = "At most 500"),
        ("unit" = Option<String>, Query), ("region" = Option<String>, Query),
        ("find" = Option<String>, Query, description = "Part of a name, or a whole number of identity or phone")),
    responses((status = 200, body = [PersonAnswer]), (status = 401), (status = 403)))]
pub async fn list_people(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<Vec<PersonAnswer>>> {
    let scope = caller.scope.clone();
    let patterns = Patterns::of(&query.find, &app.keys, app.clock.now().business_date());
    let (after, limit) = (query.after.unwrap_or(LearnerId::from_raw(0)), query.limit.unwrap_or(USUAL).clamp(1, MOST));
    let lines = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let unit = query.unit.unwrap_or(UnitId::from_raw(0));
            let asked = PeopleAsked { patterns: &patterns, region_code: &query.region, unit };
            store::people(tx, &scope, &asked, (after, limit)).await
        })
        .await?;
    let answers = lines.into_iter().map(|line| PersonAnswer {
        learner: line.id.to_string(),
        name: line.name,
        identity_kind: line.identity_kind,
        identity_masked: line.identity_masked,
        phone_masked: line.phone_masked,
        unit: line.unit.to_string(),
        unit_name: line.unit_name,
        region_code: line.region_code,
        department: line.department,
        title_series: line.title_series,
        title_level: line.title_level,
        since: line.since.to_string(),
    });
    Ok(Json(answers.collect()))
}
