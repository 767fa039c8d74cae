//! The people of a county, or of one of its units: the list and its files.

use super::batch_pages::{BATCH_MAX, chosen};
use super::roster_file::{RosterWanted, roster_file};
use super::store::{self, PeopleAsked, PersonLine};
use super::words;
use crate::app::App;
use crate::db::Tx;
use crate::desk::Patterns;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::identity::{Bar, Listed, Opened, open_list};
use crate::org::{self, Region, Unit, titles};
use crate::sheet;
use crate::web::forms::{Query, RawForm};
use crate::web::page::with_query;
use crate::web::sorting::{self, Head, Sorting, name_key};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::org::TitleLevel;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::Scope;
use serde::Deserialize;

/// The most of a unit that are put into another order.
const SORTED_MAX: i64 = 20_000;
/// People on one page.
const PER_PAGE: i64 = 50;
const PURPOSE_MAX: usize = 200;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/bureau/people", Policy::WATCHING, index)
        .get("/bureau/people-export", Policy::WATCHING, masked_export)
        .post("/bureau/people-export", Policy::OFFICER, whole_export)
}

#[derive(Debug, Default, Clone, Deserialize)]
struct PeopleQuery {
    #[serde(default)]
    find: String,
    #[serde(default)]
    region: String,
    unit: Option<UnitId>,
    #[serde(default)]
    sort: String,
    after: Option<LearnerId>,
    /// `csv`, or a spreadsheet.
    #[serde(default)]
    format: String,
    #[serde(default)]
    purpose: String,
}

impl PeopleQuery {
    fn patterns(&self, app: &App) -> Patterns {
        Patterns::of(&self.find, &app.keys, app.clock.now().business_date())
    }

    fn unit(&self) -> UnitId {
        self.unit.unwrap_or(UnitId::from_raw(0))
    }

    fn address(&self, path: &str, after: Option<LearnerId>) -> String {
        let unit = self.unit.map(|unit| unit.to_string()).unwrap_or_default();
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let sort = if path == "/bureau/people" { self.sort.as_str() } else { "" };
        let values = [("find", self.find.as_str()), ("region", &self.region), ("unit", &unit)];
        with_query(path, &[&values[..], &[("sort", sort), ("after", &after)]].concat())
    }

    /// In which order: only the people of one unit are few enough for another than their own.
    fn sorting(&self, t: &Texts) -> Sorting {
        let columns = vec![
            ("name", t.org_column_name()),
            ("department", t.org_column_department()),
            ("title", t.registry_title()),
            ("since", t.registry_since()),
        ];
        Sorting::parse(if self.unit.is_some() { &self.sort } else { "" }, columns)
    }
}

#[derive(Template)]
#[template(path = "registry/people.html")]
struct PeoplePage {
    page: Page,
    bar: Bar,
    query: PeopleQuery,
    unit: Option<Unit>,
    sorting: Sorting,
    lines: Vec<PersonLine>,
    known_regions: Vec<Region>,
    regions: Vec<(String, String, bool)>,
    next: Option<String>,
    first: Option<String>,
    export: String,
    /// How many the filter finds, where they are more than this page shows and few enough to act for at once.
    found: Option<usize>,
    /// False for those who read only.
    may_change: bool,
}

impl PeoplePage {
    fn head(&self, column: &str) -> Head {
        let unit = self.query.unit().to_string();
        let values = [("find", self.query.find.as_str()), ("region", &self.query.region), ("unit", &unit)];
        self.sorting.head(column, |sort| sorting::sorted_address("/bureau/people", &values, sort))
    }

    fn region(&self, code: &str) -> String {
        words::region(&self.page.t, &self.known_regions, code)
    }

    fn title(&self, line: &PersonLine) -> String {
        titles::words(&self.page.t, &line.title_series, &line.title_level)
    }

    fn region_options(&self) -> Vec<(String, String, bool)> {
        words::with_all(self.page.t.registry_all_regions(), self.regions.clone())
    }
}

async fn index(State(app): State<App>, officer: OfficerCaller, Query(query): Query<PeopleQuery>) -> Result<Response> {
    let bar = match open_list(&app, &officer.caller, Listed::BureauPeople).await? {
        Opened::With(bar) => bar,
        Opened::Elsewhere(view) => return Ok(view.into_response()),
    };
    let (scope, asked, patterns) = (officer.caller.scope.clone(), query.clone(), query.patterns(&app));
    let sorting = query.sorting(&officer.caller.visitor.texts());
    let order = sorting.clone();
    let (unit, mut lines, found, known_regions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let unit = match asked.unit {
                Some(unit) => Some(org::unit(tx, &scope, unit).await?.ok_or_else(Refused::not_found)?),
                None => None,
            };
            let wanted = PeopleAsked { patterns: &patterns, region_code: &asked.region, unit: asked.unit() };
            let lines = lines(tx, &scope, &wanted, (&order, asked.after)).await?;
            let is_part = asked.after.is_some() || lines.len() as i64 > PER_PAGE;
            // Nobody acts for a whole county at once: only what was narrowed down is counted.
            let is_narrow = asked.unit.is_some() || !asked.find.trim().is_empty();
            let found = if is_part && is_narrow { few(tx, &scope, &wanted).await? } else { None };
            Ok((unit, lines, found, org::regions(tx).await?))
        })
        .await?;
    let page = Page::of(&app, &officer.caller);
    let wanted = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > wanted;
    lines.truncate(wanted);
    let last = lines.last().filter(|_| more).map(|line| line.id);
    let shown = PeoplePage {
        bar,
        next: last.map(|last| query.address("/bureau/people", Some(last))),
        first: query.after.map(|_| query.address("/bureau/people", None)),
        export: query.address("/bureau/people-export", None),
        regions: words::regions(&page.t, &known_regions, &officer.caller.scope.bounds(), &query.region),
        page,
        query,
        unit,
        sorting,
        lines,
        found,
        known_regions,
        may_change: officer.role != Role::IndustryOfficer,
    };
    Ok(Html(shown).into_response())
}

/// How many a filter finds, when one step may act for all of them.
async fn few(tx: &Tx<'_>, scope: &Scope, wanted: &PeopleAsked<'_>) -> Result<Option<usize>> {
    let found = store::people(tx, scope, wanted, (LearnerId::from_raw(0), BATCH_MAX as i64 + 1)).await?.len();
    Ok((found <= BATCH_MAX).then_some(found))
}

/// A page of people in the order that is asked for, and one beyond it.
async fn lines(
    tx: &Tx<'_>,
    scope: &Scope,
    wanted: &PeopleAsked<'_>,
    (sorting, after): (&Sorting, Option<LearnerId>),
) -> Result<Vec<PersonLine>> {
    let limit = PER_PAGE + 1;
    let Some((column, is_descending)) = sorting.chosen() else {
        return store::people(tx, scope, wanted, (after.unwrap_or(LearnerId::from_raw(0)), limit)).await;
    };
    let all = store::people(tx, scope, wanted, (LearnerId::from_raw(0), SORTED_MAX)).await?;
    let key = |line: &PersonLine| match column {
        "department" => (0, name_key(&line.department)),
        "title" => (rank(&line.title_level), line.title_series.clone().into_bytes()),
        "since" => (line.since.0, Vec::new()),
        _ => (0, name_key(&line.name)),
    };
    let bounds = (after.map(LearnerId::raw), usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(sorting::page(all, is_descending, bounds, key, |line| line.id.raw()))
}

/// How high a title stands; nothing stands lowest.
fn rank(level: &str) -> i64 {
    TitleLevel::from_code(level).map_or(-10, |level| -(level as i64))
}

async fn masked_export(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<PeopleQuery>,
) -> Result<Response> {
    let query = PeopleQuery { purpose: String::new(), ..query };
    file(&app, &officer, query, (false, Vec::new())).await
}

/// Those who were chosen, with masked numbers; or everybody of the filter with whole ones. Whole numbers leave only for a
/// purpose, which is kept with who asked and for how many.
async fn whole_export(State(app): State<App>, officer: OfficerCaller, form: RawForm) -> Result<Response> {
    let chosen = chosen(&form)?;
    let value = |name: &str| form.first(name).unwrap_or_default();
    let query = PeopleQuery {
        find: value("find"),
        region: value("region"),
        unit: value("unit").parse().ok(),
        format: value("format"),
        purpose: value("purpose"),
        ..PeopleQuery::default()
    };
    if !chosen.is_empty() && query.purpose.is_empty() {
        return file(&app, &officer, query, (false, chosen)).await;
    }
    let purpose: String = query.purpose.trim().chars().take(PURPOSE_MAX).collect();
    if purpose.chars().count() < 4 {
        return Err(Refused::new("registry.purpose_missing", Kind::Invalid).into());
    }
    file(&app, &officer, PeopleQuery { purpose, ..query }, (true, chosen)).await
}

async fn file(
    app: &App,
    officer: &OfficerCaller,
    query: PeopleQuery,
    (unmasked, chosen): (bool, Vec<LearnerId>),
) -> Result<Response> {
    let (scope, t) = (&officer.caller.scope, officer.caller.visitor.texts());
    let wanted = RosterWanted {
        text: query.find.clone(),
        region_code: query.region.clone(),
        unit: query.unit,
        purpose: unmasked.then(|| query.purpose.clone()),
        is_csv: query.format == "csv",
        chosen,
    };
    let bytes = roster_file(app, scope, t, &wanted).await?.bytes;
    Ok(match wanted.is_csv {
        true => sheet::download_csv(t.registry_people_file_csv(), bytes),
        false => sheet::download(t.registry_people_file(), bytes),
    })
}
