//! Lists of units as files: what a filter finds, or what was chosen.

use super::export;
use super::filter::UnitFilter;
use super::store;
use super::unit_pages::{EXPORT_MAX, UnitsQuery};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org;
use crate::sheet;
use crate::web::OfficerCaller;
use crate::web::forms::{Query, RawForm};
use axum::extract::State;
use axum::response::Response;
use jixue_core::id::UnitId;
use jixue_core::refusal::Kind;
use std::collections::BTreeSet;

/// The file of everything that a filter finds.
pub(super) async fn of_filter(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<UnitsQuery>,
) -> Result<Response> {
    file(&app, &officer, query.filter(), None).await
}

/// The file of those units that were chosen, on however many pages they stand.
pub(super) async fn of_chosen(State(app): State<App>, officer: OfficerCaller, form: RawForm) -> Result<Response> {
    let unreadable = |_| Refused::new("request.unreadable", Kind::Invalid).into();
    let ids: Result<BTreeSet<UnitId>> = form.all("chosen").iter().map(|id| id.parse().map_err(unreadable)).collect();
    let ids = ids?;
    if ids.is_empty() {
        return Err(Refused::new("registry.no_unit_chosen", Kind::Invalid).into());
    }
    file(&app, &officer, UnitFilter::default(), Some(ids)).await
}

async fn file(
    app: &App,
    officer: &OfficerCaller,
    filter: UnitFilter,
    chosen: Option<BTreeSet<UnitId>>,
) -> Result<Response> {
    let (scope, now) = (officer.caller.scope.clone(), app.clock.now());
    let t = officer.caller.visitor.texts();
    let (mut lines, regions) = app
        .db
        .read_bulk(async move |tx: &Tx<'_>| {
            let everything = (UnitId::from_raw(0), EXPORT_MAX);
            Ok((store::units(tx, &scope, &filter, now, everything).await?, org::regions(tx).await?))
        })
        .await?;
    lines.retain(|line| chosen.as_ref().is_none_or(|chosen| chosen.contains(&line.id)));
    let bytes = sheet::in_background(move || export::units(&t, &lines, &regions, now)).await?;
    Ok(sheet::download(t.registry_units_file(), bytes))
}
