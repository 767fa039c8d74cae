//! Pages of units: the list, one unit, a new one.

use super::filter::UnitFilter;
use super::store::{self, UnitLine};
use super::{unit_files, words};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::identity::{self, Bar, Listed, Opened, open_list};
use crate::org::{self, Merge, NewUnit, Region, Unit, UnitChange, UnitMove};
use crate::web::forms::{Form, Path, Query};
use crate::web::page::with_query;
use crate::web::sorting::{self, Head, Sorting, name_key};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::UnitId;
use jixue_core::role::Role;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;
use jixue_core::uscc::Uscc;
use serde::Deserialize;

/// Units on one page.
const PER_PAGE: i64 = 50;
/// Units in one file: more than any city has.
pub(super) const EXPORT_MAX: i64 = 20_000;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/bureau/units", Policy::WATCHING, index)
        .post("/bureau/units", Policy::OFFICER, create)
        .get("/bureau/units-export", Policy::WATCHING, unit_files::of_filter)
        .post("/bureau/units-export", Policy::WATCHING, unit_files::of_chosen)
        .get("/bureau/new-unit", Policy::OFFICER, new)
        .get("/bureau/units/{unit}", Policy::WATCHING, show)
        .post("/bureau/units/{unit}", Policy::OFFICER, update)
        .post("/bureau/units/{unit}/names", Policy::OFFICER, create_name)
        .post("/bureau/units/{unit}/caretaking", Policy::OFFICER, create_caretaking)
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct UnitsQuery {
    #[serde(default)]
    find: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    industry: String,
    #[serde(default)]
    lacking: String,
    #[serde(default)]
    sort: String,
    after: Option<UnitId>,
}

impl UnitsQuery {
    pub(super) fn filter(&self) -> UnitFilter {
        let filter = UnitFilter {
            text: self.find.clone(),
            region_code: self.region.clone(),
            industry: self.industry.clone(),
            lacking: self.lacking.clone(),
        };
        filter.checked()
    }
}

/// The address of a list, of another page of it, or of its file.
fn address(path: &str, filter: &UnitFilter, sort: &str, after: Option<UnitId>) -> String {
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    with_query(path, &[&values(filter)[..], &[("sort", sort), ("after", &after)]].concat())
}

fn values(filter: &UnitFilter) -> [(&'static str, &str); 4] {
    [
        ("find", filter.text.as_str()),
        ("region", &filter.region_code),
        ("industry", &filter.industry),
        ("lacking", &filter.lacking),
    ]
}

/// What units can be sorted by.
fn sorting(t: &Texts, text: &str) -> Sorting {
    let columns = vec![
        ("name", t.registry_name()),
        ("people", t.registry_people()),
        ("clerks", t.registry_clerks()),
        ("since", t.registry_registered()),
    ];
    Sorting::parse(text, columns)
}

/// A page of units in the order that is asked for, and one beyond it.
async fn lines(
    tx: &Tx<'_>,
    scope: &Scope,
    filter: &UnitFilter,
    now: Timestamp,
    (sorting, after): (&Sorting, Option<UnitId>),
) -> Result<Vec<UnitLine>> {
    let limit = PER_PAGE + 1;
    let Some((column, is_descending)) = sorting.chosen() else {
        return store::units(tx, scope, filter, now, (after.unwrap_or(UnitId::from_raw(0)), limit)).await;
    };
    let all = store::units(tx, scope, filter, now, (UnitId::from_raw(0), EXPORT_MAX)).await?;
    let key = |line: &UnitLine| match column {
        "people" => (line.people, Vec::new()),
        "clerks" => (line.clerks, Vec::new()),
        "since" => (line.since.0, Vec::new()),
        _ => (0, name_key(&line.name)),
    };
    let bounds = (after.map(UnitId::raw), usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(sorting::page(all, is_descending, bounds, key, |line| line.id.raw()))
}

#[derive(Template)]
#[template(path = "registry/units.html")]
struct UnitsPage {
    page: Page,
    bar: Bar,
    filter: UnitFilter,
    sorting: Sorting,
    lines: Vec<UnitLine>,
    known_regions: Vec<Region>,
    regions: Vec<(String, String, bool)>,
    total: i64,
    no_code: i64,
    no_clerk: i64,
    next: Option<String>,
    first: Option<String>,
    export: String,
    /// False for those who read only.
    may_change: bool,
}

impl UnitsPage {
    fn head(&self, column: &str) -> Head {
        self.sorting.head(column, |sort| sorting::sorted_address("/bureau/units", &values(&self.filter), sort))
    }

    fn region(&self, code: &str) -> String {
        words::region(&self.page.t, &self.known_regions, code)
    }

    fn industry(&self, code: &str) -> &'static str {
        words::industry(&self.page.t, code)
    }

    fn region_options(&self) -> Vec<(String, String, bool)> {
        words::with_all(self.page.t.registry_all_regions(), self.regions.clone())
    }

    fn industry_options(&self) -> Vec<(String, String, bool)> {
        words::with_all(self.page.t.registry_all_industries(), words::industries(&self.page.t, &self.filter.industry))
    }

    fn lacking_options(&self) -> Vec<(String, String, bool)> {
        let t = &self.page.t;
        let word = |code: &str| match code {
            "no_clerk" => t.registry_no_clerk(),
            "no_code" => t.registry_no_code(),
            "no_confirmation" => t.registry_no_confirmation(),
            _ => t.registry_no_people(),
        };
        let choice = |code: &&str| ((*code).to_owned(), word(code).to_owned(), *code == self.filter.lacking);
        words::with_all(t.registry_lacking_any(), super::filter::LACKING.iter().map(choice).collect())
    }
}

async fn index(State(app): State<App>, officer: OfficerCaller, Query(query): Query<UnitsQuery>) -> Result<Response> {
    let bar = match open_list(&app, &officer.caller, Listed::BureauUnits).await? {
        Opened::With(bar) => bar,
        Opened::Elsewhere(view) => return Ok(view.into_response()),
    };
    let (scope, now, filter) = (officer.caller.scope.clone(), app.clock.now(), query.filter());
    let sorting = sorting(&officer.caller.visitor.texts(), &query.sort);
    let (asked, order, after) = (filter.clone(), sorting.clone(), query.after);
    let (mut lines, counts, known_regions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let lines = lines(tx, &scope, &asked, now, (&order, after)).await?;
            Ok((lines, store::counts(tx, &scope, now).await?, org::regions(tx).await?))
        })
        .await?;
    let page = Page::of(&app, &officer.caller);
    let wanted = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > wanted;
    lines.truncate(wanted);
    let last = lines.last().filter(|_| more).map(|line| line.id);
    let shown = UnitsPage {
        bar,
        next: last.map(|last| address("/bureau/units", &filter, &sorting.code(), Some(last))),
        first: query.after.map(|_| address("/bureau/units", &filter, &sorting.code(), None)),
        export: address("/bureau/units-export", &filter, "", None),
        sorting,
        regions: words::regions(&page.t, &known_regions, &officer.caller.scope.bounds(), &filter.region_code),
        total: counts.0,
        no_code: counts.1,
        no_clerk: counts.2,
        may_change: officer.role != Role::IndustryOfficer,
        known_regions,
        lines,
        filter,
        page,
    };
    Ok(Html(shown).into_response())
}

#[derive(Template)]
#[template(path = "registry/new_unit.html")]
struct NewUnitPage {
    page: Page,
    regions: Vec<(String, String, bool)>,
    industries: Vec<(String, String, bool)>,
    kinds: Vec<(String, String, bool)>,
}

async fn new(State(app): State<App>, officer: OfficerCaller) -> Result<Html<NewUnitPage>> {
    let regions = app.db.read(async move |tx: &Tx<'_>| org::regions(tx).await).await?;
    let page = Page::of(&app, &officer.caller);
    Ok(Html(NewUnitPage {
        regions: words::regions(&page.t, &regions, &officer.caller.scope.bounds(), ""),
        industries: words::industries(&page.t, ""),
        kinds: words::kinds(&page.t, ""),
        page,
    }))
}

#[derive(Debug, Deserialize)]
struct UnitForm {
    #[serde(default)]
    uscc: String,
    #[serde(default)]
    reason: String,
    name: String,
    kind: String,
    industry: String,
    #[serde(default)]
    region: String,
}

impl UnitForm {
    /// The code, or why there is none.
    fn code(&self) -> Result<Result<Uscc, String>> {
        match self.uscc.trim() {
            "" => Ok(Err(self.reason.clone())),
            code => Ok(Ok(Uscc::parse(code)?)),
        }
    }
}

async fn create(State(app): State<App>, officer: OfficerCaller, Form(form): Form<UnitForm>) -> Result<Redirect> {
    let (at, scope, uscc) = (app.at(), officer.caller.scope.clone(), form.code()?);
    let UnitForm { name, kind, industry, region, .. } = form;
    let new = NewUnit { uscc, name, kind, industry, region_code: region };
    let registered = app.db.write(async move |tx: &Tx<'_>| org::register_unit(tx, &at, &scope, &new).await).await?;
    let done = match registered {
        org::Registered::New(_) => "unit_registered",
        org::Registered::Known(_) => "unit_known",
    };
    Ok(Redirect::to(&format!("/bureau/units/{}?done={done}", registered.unit())))
}

#[derive(Template)]
#[template(path = "registry/unit.html")]
struct UnitPage {
    page: Page,
    unit: Unit,
    line: UnitLine,
    region: String,
    aliases: Vec<String>,
    clerks: Vec<String>,
    merges: Vec<(Merge, bool)>,
    /// False for those who read only.
    may_change: bool,
    industries: Vec<(String, String, bool)>,
    kinds: Vec<(String, String, bool)>,
    /// Counties it could go to.
    counties: Vec<(String, String, bool)>,
    /// From which county it came to which, and when.
    unit_moves: Vec<(String, String)>,
}

/// From which county to which, and when.
fn county_lines(t: &Texts, regions: &[Region], moves: &[UnitMove]) -> Vec<(String, String)> {
    let line = |one: &UnitMove| {
        let (from, to) = (words::region(t, regions, &one.from_region), words::region(t, regions, &one.to_region));
        (t.registry_move_line(from, to), one.asked_at.china_minutes())
    };
    moves.iter().filter(|one| one.state == "moved").map(line).collect()
}

async fn show(State(app): State<App>, officer: OfficerCaller, Path(unit): Path<UnitId>) -> Result<Response> {
    let (scope, now) = (officer.caller.scope.clone(), app.clock.now());
    let found = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let found = org::unit(tx, &scope, unit).await?.ok_or_else(Refused::not_found)?;
            if found.merged_into.is_some() {
                return Ok(Err(org::present_unit(tx, unit).await?));
            }
            let before = UnitId::from_raw(unit.raw() - 1);
            let lines = store::units(tx, &scope, &UnitFilter::default(), now, (before, 1)).await?;
            let mut merges = Vec::new();
            for merge in org::merges_of(tx, &scope, unit).await? {
                let open = merge.into == unit && org::parting_hindrance(tx, &merge, now).await?.is_none();
                merges.push((merge, open));
            }
            let line = lines.into_iter().next().ok_or_else(|| Error::internal("a unit without its line"))?;
            let aliases = org::aliases(tx, &scope, unit).await?;
            let clerks = store::clerks(tx, &scope, unit, now).await?;
            let moves = org::counties_of(tx, &scope, unit).await?;
            Ok(Ok((found, line, aliases, clerks, merges, moves, org::regions(tx).await?)))
        })
        .await?;
    let (unit, line, aliases, clerks, merges, moves, regions) = match found {
        Ok(found) => found,
        // Whoever kept the old address comes to the unit of today.
        Err(present) => {
            return Ok(Redirect::to(&format!("/bureau/units/{present}?done=unit_was_merged")).into_response());
        }
    };
    let page = Page::of(&app, &officer.caller);
    Ok(Html(UnitPage {
        region: words::region(&page.t, &regions, &unit.region_code),
        industries: words::industries(&page.t, &unit.industry),
        kinds: words::kinds(&page.t, &unit.kind),
        counties: words::other_regions(&page.t, &regions, &unit.region_code),
        unit_moves: county_lines(&page.t, &regions, &moves),
        page,
        unit,
        line,
        aliases,
        clerks,
        merges,
        may_change: officer.role != Role::IndustryOfficer,
    })
    .into_response())
}

async fn update(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(unit): Path<UnitId>,
    Form(form): Form<UnitForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            // Who may not see the unit is not told what is wrong with the form either.
            org::unit(tx, &scope, unit).await?.ok_or_else(Refused::not_found)?;
            let (uscc, name) = (form.code()?, form.name.clone());
            let change = UnitChange { uscc, name, kind: form.kind.clone(), industry: form.industry.clone() };
            org::change_unit(tx, &at, &scope, unit, &change).await
        })
        .await?;
    Ok(Redirect::to(&format!("/bureau/units/{unit}?done=unit_changed")))
}

#[derive(Debug, Deserialize)]
struct NameForm {
    name: String,
}

async fn create_name(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(unit): Path<UnitId>,
    Form(form): Form<NameForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            org::unit(tx, &scope, unit).await?.ok_or_else(Refused::not_found)?;
            org::name_alias(tx, &at, &scope, unit, &form.name).await
        })
        .await?;
    Ok(Redirect::to(&format!("/bureau/units/{unit}?done=unit_changed")))
}

/// The officer takes care of a unit that has nobody in charge, and goes on to where hats are changed.
async fn create_caretaking(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(unit): Path<UnitId>,
) -> Result<Redirect> {
    let (at, scope, role) = (app.at(), officer.caller.scope.clone(), officer.role);
    app.db.write(async move |tx: &Tx<'_>| identity::take_care(tx, &at, &scope, role, unit).await).await?;
    Ok(Redirect::to("/me?done=unit_cared_for"))
}
