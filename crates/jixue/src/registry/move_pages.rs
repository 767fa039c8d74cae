//! Ways from unit to unit: what is asked and answered, and asking for somebody.

use super::person_pages::day;
use super::words;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org::{self, Answer, Asked, Move};
use crate::web::forms::{Form, Path, Query};
use crate::web::{Caller, ClerkCaller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::{MoveId, UnitId};
use jixue_core::identity_number::{AreaPolicy, IdentityKind, IdentityNumber};
use jixue_core::org::PersonName;
use jixue_core::time::BusinessDate;
use serde::Deserialize;

/// Moves on one page.
const PER_PAGE: i64 = 50;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/moves", Policy::REGISTRY, index)
        .post("/moves", Policy::UNIT, create)
        .post("/moves/{move}/answer", Policy::REGISTRY, create_answer)
        .post("/moves/{move}/withdrawal", Policy::REGISTRY, create_withdrawal)
}

#[derive(Template)]
#[template(path = "registry/moves.html")]
struct MovesPage {
    page: Page,
    /// The clerk's own unit; none for an officer.
    unit: Option<UnitId>,
    moves: Vec<Move>,
    kinds: Vec<(String, String, bool)>,
    today: BusinessDate,
    next: Option<String>,
    first: Option<String>,
}

impl MovesPage {
    fn is_open(&self, one: &Move) -> bool {
        one.state == "asked"
    }

    /// The unit that is left answers; an officer may for it.
    fn may_answer(&self, one: &Move) -> bool {
        self.is_open(one) && self.unit.is_none_or(|unit| unit == one.from)
    }

    fn may_withdraw(&self, one: &Move) -> bool {
        self.is_open(one) && self.unit == Some(one.to)
    }

    /// Kind of tag and word of a state.
    fn state(&self, one: &Move) -> (&'static str, &'static str) {
        let t = &self.page.t;
        match one.state.as_str() {
            "asked" => ("due", t.registry_move_asked()),
            "moved" => ("done", t.registry_move_moved()),
            "refused" => ("late", t.registry_move_refused()),
            _ => ("", t.registry_move_withdrawn()),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct MovesQuery {
    before: Option<MoveId>,
}

async fn index(State(app): State<App>, caller: Caller, Query(query): Query<MovesQuery>) -> Result<Html<MovesPage>> {
    let scope = caller.scope.clone();
    let before = query.before.unwrap_or(MoveId::from_raw(i64::MAX));
    let moves = app.db.read(async move |tx: &Tx<'_>| org::moves(tx, &scope, before, PER_PAGE).await).await?;
    let page = Page::of(&app, &caller);
    let full = i64::try_from(moves.len()).is_ok_and(|count| count == PER_PAGE);
    let last = moves.last().filter(|_| full).map(|one| one.id);
    Ok(Html(MovesPage {
        kinds: words::documents(&page.t),
        page,
        unit: caller.scope.unit(),
        moves,
        today: app.clock.now().business_date(),
        next: last.map(|last| format!("/moves?before={last}")),
        first: query.before.map(|_| "/moves".to_owned()),
    }))
}

#[derive(Debug, Deserialize)]
struct AskForm {
    name: String,
    #[serde(default)]
    kind: String,
    number: String,
    #[serde(default)]
    department: String,
}

async fn create(State(app): State<App>, clerk: ClerkCaller, Form(form): Form<AskForm>) -> Result<Redirect> {
    let (at, scope, unit) = (app.at(), clerk.caller.scope.clone(), clerk.unit);
    let name = PersonName::parse(&form.name)?;
    let areas = AreaPolicy::ANY.with_demo(app.config.demo);
    let kind = IdentityKind::from_code(&form.kind).filter(|kind| *kind != IdentityKind::ResidentCard);
    let number = IdentityNumber::parse_as(kind, &form.number, at.now.business_date(), areas)?;
    let index = org::identity_index(&app.keys, &number);
    let asked = app
        .db
        .write(async move |tx: &Tx<'_>| {
            org::ask_for(tx, &at, &scope, unit, (&index, name.as_str()), &form.department).await
        })
        .await?;
    Ok(Redirect::to(match asked {
        Asked::Waiting(_) => "/moves?done=move_asked",
        Asked::Joined(_) => "/unit/people?done=person_joined",
    }))
}

#[derive(Debug, Deserialize)]
struct AnswerForm {
    /// `goes` or `stays`.
    answer: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    why: String,
}

async fn create_answer(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MoveId>,
    Form(form): Form<AnswerForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    let answer = match form.answer.as_str() {
        "goes" => Answer::Goes { on: day(&form.on)? },
        "stays" => Answer::Stays { why: form.why },
        _ => return Err(Refused::not_found().into()),
    };
    app.db.write(async move |tx: &Tx<'_>| org::answer_move(tx, &at, &scope, id, &answer).await).await?;
    Ok(Redirect::to("/moves?done=move_answered"))
}

async fn create_withdrawal(State(app): State<App>, caller: Caller, Path(id): Path<MoveId>) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db.write(async move |tx: &Tx<'_>| org::withdraw_move(tx, &at, &scope, id).await).await?;
    Ok(Redirect::to("/moves?done=move_withdrawn"))
}
