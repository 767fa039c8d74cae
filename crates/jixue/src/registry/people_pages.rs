//! The people of a county, or of one of its units: the list and its files.

use super::roster_file::{RosterWanted, roster_file};
use super::store::{self, PeopleAsked, PersonLine};
use super::words;
use crate::app::App;
use crate::db::Tx;
use crate::desk::Patterns;
use crate::error::{Refused, Result};
use crate::identity::{Bar, Listed, Opened, open_list};
use crate::org::{self, Region, Unit, titles};
use crate::sheet;
use crate::web::forms::{Form, Query};
use crate::web::page::with_query;
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use serde::Deserialize;

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
        with_query(path, &[("find", &self.find), ("region", &self.region), ("unit", &unit), ("after", &after)])
    }
}

#[derive(Template)]
#[template(path = "registry/people.html")]
struct PeoplePage {
    page: Page,
    bar: Bar,
    query: PeopleQuery,
    unit: Option<Unit>,
    lines: Vec<PersonLine>,
    known_regions: Vec<Region>,
    regions: Vec<(String, String, bool)>,
    next: Option<String>,
    first: Option<String>,
    export: String,
    /// False for those who read only.
    may_change: bool,
}

impl PeoplePage {
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
    let (unit, mut lines, known_regions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let unit = match asked.unit {
                Some(unit) => Some(org::unit(tx, &scope, unit).await?.ok_or_else(Refused::not_found)?),
                None => None,
            };
            let wanted = PeopleAsked { patterns: &patterns, region_code: &asked.region, unit: asked.unit() };
            let after = asked.after.unwrap_or(LearnerId::from_raw(0));
            let lines = store::people(tx, &scope, &wanted, (after, PER_PAGE + 1)).await?;
            Ok((unit, lines, org::regions(tx).await?))
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
        lines,
        known_regions,
        may_change: officer.role != Role::IndustryOfficer,
    };
    Ok(Html(shown).into_response())
}

async fn masked_export(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<PeopleQuery>,
) -> Result<Response> {
    let query = PeopleQuery { purpose: String::new(), ..query };
    file(&app, &officer, query, false).await
}

/// Whole numbers leave only for a purpose, which is kept with who asked and for how many.
async fn whole_export(
    State(app): State<App>,
    officer: OfficerCaller,
    Form(query): Form<PeopleQuery>,
) -> Result<Response> {
    let purpose: String = query.purpose.trim().chars().take(PURPOSE_MAX).collect();
    if purpose.chars().count() < 4 {
        return Err(Refused::new("registry.purpose_missing", Kind::Invalid).into());
    }
    file(&app, &officer, PeopleQuery { purpose, ..query }, true).await
}

async fn file(app: &App, officer: &OfficerCaller, query: PeopleQuery, unmasked: bool) -> Result<Response> {
    let (scope, t) = (&officer.caller.scope, officer.caller.visitor.texts());
    let wanted = RosterWanted {
        text: query.find.clone(),
        region_code: query.region.clone(),
        unit: query.unit,
        purpose: unmasked.then(|| query.purpose.clone()),
        is_csv: query.format == "csv",
    };
    let bytes = roster_file(app, scope, t, &wanted).await?.bytes;
    Ok(match wanted.is_csv {
        true => sheet::download_csv(t.registry_people_file_csv(), bytes),
        false => sheet::download(t.registry_people_file(), bytes),
    })
}
