//! Units on their way from county to county.

use super::words;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::org::{self, Region, UnitMove, UnitMoveAsked};
use crate::web::forms::{Form, Path, Query};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::{UnitId, UnitMoveId};
use jixue_core::scope::ScopeBounds;
use serde::Deserialize;

/// Moves on one page.
const PER_PAGE: i64 = 50;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/bureau/unit-moves", Policy::OFFICER, index)
        .post("/bureau/units/{unit}/region", Policy::OFFICER, update_region)
        .post("/bureau/unit-moves/{unit_move}/answer", Policy::OFFICER, create_answer)
        .post("/bureau/unit-moves/{unit_move}/withdrawal", Policy::OFFICER, create_withdrawal)
}

#[derive(Template)]
#[template(path = "registry/unit_moves.html")]
struct UnitMovesPage {
    page: Page,
    moves: Vec<UnitMove>,
    regions: Vec<Region>,
    bounds: ScopeBounds,
    next: Option<String>,
    first: Option<String>,
}

impl UnitMovesPage {
    fn region(&self, code: &str) -> String {
        words::region(&self.page.t, &self.regions, code)
    }

    fn reaches(&self, code: &str) -> bool {
        self.bounds.region_from.as_str() <= code && code < self.bounds.region_until.as_str()
    }

    fn may_answer(&self, one: &UnitMove) -> bool {
        one.state == "asked" && self.reaches(&one.to_region)
    }

    fn may_withdraw(&self, one: &UnitMove) -> bool {
        one.state == "asked" && self.reaches(&one.from_region)
    }

    /// Kind of tag and word of a state.
    fn state(&self, one: &UnitMove) -> (&'static str, &'static str) {
        let t = &self.page.t;
        match one.state.as_str() {
            "asked" => ("due", t.registry_unit_move_asked()),
            "moved" => ("done", t.registry_unit_move_moved()),
            "refused" => ("late", t.registry_unit_move_refused()),
            _ => ("", t.registry_move_withdrawn()),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct MovesQuery {
    before: Option<UnitMoveId>,
}

async fn index(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<MovesQuery>,
) -> Result<Html<UnitMovesPage>> {
    let scope = officer.caller.scope.clone();
    let before = query.before.unwrap_or(UnitMoveId::from_raw(i64::MAX));
    let (moves, regions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            Ok((org::unit_moves(tx, &scope, before, PER_PAGE).await?, org::regions(tx).await?))
        })
        .await?;
    let full = i64::try_from(moves.len()).is_ok_and(|count| count == PER_PAGE);
    Ok(Html(UnitMovesPage {
        page: Page::of(&app, &officer.caller),
        next: moves.last().filter(|_| full).map(|one| format!("/bureau/unit-moves?before={}", one.id)),
        first: query.before.map(|_| "/bureau/unit-moves".to_owned()),
        bounds: officer.caller.scope.bounds(),
        moves,
        regions,
    }))
}

#[derive(Debug, Deserialize)]
struct RegionForm {
    region: String,
    #[serde(default)]
    reason: String,
}

async fn update_region(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(unit): Path<UnitId>,
    Form(form): Form<RegionForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    let asked = app
        .db
        .write(async move |tx: &Tx<'_>| org::ask_unit_move(tx, &at, &scope, unit, (&form.region, &form.reason)).await)
        .await?;
    Ok(Redirect::to(match asked {
        UnitMoveAsked::Waiting(_) => "/bureau/unit-moves?done=unit_move_asked",
        UnitMoveAsked::Moved(_) => "/bureau/unit-moves?done=unit_moved",
    }))
}

#[derive(Debug, Deserialize)]
struct AnswerForm {
    /// `comes` or `stays`.
    answer: String,
    #[serde(default)]
    why: String,
}

async fn create_answer(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(id): Path<UnitMoveId>,
    Form(form): Form<AnswerForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    let comes = form.answer == "comes";
    app.db
        .write(async move |tx: &Tx<'_>| {
            org::answer_unit_move(tx, &at, &scope, id, (!comes).then_some(form.why.as_str())).await
        })
        .await?;
    let done = if comes { "unit_moved" } else { "unit_move_refused" };
    Ok(Redirect::to(&format!("/bureau/unit-moves?done={done}")))
}

async fn create_withdrawal(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(id): Path<UnitMoveId>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    app.db.write(async move |tx: &Tx<'_>| org::withdraw_unit_move(tx, &at, &scope, id).await).await?;
    Ok(Redirect::to("/bureau/unit-moves?done=move_withdrawn"))
}
