//! Grants for other programs: the list an officer sees.

use super::pages::hat;
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::Caller;
use crate::web::forms::Query;
use axum::Json;
use axum::extract::State;
use jixue_core::id::GrantId;
use jixue_core::role::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Grants in one answer.
const MOST: i64 = 500;

/// This room's part of the JSON API.
#[derive(utoipa::OpenApi)]
#[openapi(paths(list))]
pub struct Api;

/// A hat of somebody, as the list tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantAnswer {
    pub grant: String,
    pub account: String,
    pub name: String,
    /// A role's code, such as `unit_clerk`.
    pub role: String,
    /// The unit's, base's or region's name in the asker's language.
    pub place: String,
    /// The industry system it is bound to, such as `health`.
    pub industry: Option<String>,
    /// Milliseconds since 1970.
    pub given_at: i64,
    /// Milliseconds since 1970, or nothing: until it is taken away.
    pub until: Option<i64>,
    pub is_deputy: bool,
}

#[derive(Debug, Deserialize)]
pub struct ListQuery {
    pub after: Option<GrantId>,
}

#[utoipa::path(get, path = "/api/v1/grants", tag = "grants",
    params(("after" = Option<String>, Query, description = "The last grant of the answer before")),
    responses((status = 200, body = [GrantAnswer]), (status = 401), (status = 403)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<GrantAnswer>>> {
    let (role, now, scope) = (hat(&caller)?, app.clock.now(), caller.scope.clone());
    let after = query.after.unwrap_or(GrantId::from_raw(0));
    let with_bases = matches!(role, Role::BureauOfficer | Role::BaseManager);
    let rows =
        app.db.read(async move |tx: &Tx<'_>| store::within(tx, &scope, now, after, with_bases, MOST).await).await?;
    let t = caller.visitor.texts();
    let answers = rows.into_iter().map(|row| GrantAnswer {
        grant: row.grant.to_string(),
        account: row.account.to_string(),
        name: row.name,
        role: row.role,
        place: t.pick(&row.place_zh, &row.place_en).to_owned(),
        industry: row.reach.industry,
        given_at: row.given_at.0,
        until: row.until.map(|until| until.0),
        is_deputy: row.is_deputy,
    });
    Ok(Json(answers.collect()))
}
