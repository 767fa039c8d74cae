//! The list of a unit's people.

use super::filter::{PeopleFilter, StageChoice};
use super::overview::{Overview, outline, overview, people};
use super::store::PersonStanding;
use super::{Stage, export};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::i18n::Texts;
use crate::identity::{Bar, Listed, Opened, open_list};
use crate::org::titles;
use crate::sheet;
use crate::trail::{self, Act};
use crate::web::forms::Query;
use crate::web::page::with_query;
use crate::web::sorting::{self, Head, Sorting, name_key};
use crate::web::{ClerkCaller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jixue_core::audit::Action;
use jixue_core::credit::{Hours, Part, RuleSet, relieved_standing};
use jixue_core::id::LearnerId;
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Year};
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes.get("/unit/people", Policy::UNIT, unit_people).get("/unit/people-export", Policy::UNIT, people_export).post(
        "/unit/people-order",
        Policy::UNIT,
        super::ordering::create,
    )
}

/// People on a page, unless more are asked for.
const PER_PAGE: i64 = 50;
/// The most on one page: an order of so many is paid at once.
const PER_PAGE_MAX: i64 = 500;
/// The most of a unit that are put into another order.
const SORTED_MAX: i64 = 20_000;
/// The most in one file: what one roster may bring in.
const EXPORT_MAX: i64 = 5_000;

#[derive(Debug, Default, Deserialize)]
struct PeopleQuery {
    year: Option<i64>,
    #[serde(default)]
    find: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    sort: String,
    after: Option<LearnerId>,
    size: Option<i64>,
}

impl PeopleQuery {
    fn filter(&self) -> PeopleFilter {
        PeopleFilter {
            text: self.find.trim().to_owned(),
            department: self.department.clone(),
            stage: StageChoice::from_code(&self.state),
        }
    }

    fn size(&self) -> i64 {
        self.size.unwrap_or(PER_PAGE).clamp(1, PER_PAGE_MAX)
    }

    /// The address of this list, of another page of it, or of its file.
    fn address(&self, path: &str, year: Option<Year>, after: Option<LearnerId>) -> String {
        let year = year.map(|year| year.to_string()).unwrap_or_default();
        let size = self.size.map(|_| self.size().to_string()).unwrap_or_default();
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let values = [
            ("year", year.as_str()),
            ("find", &self.find),
            ("department", &self.department),
            ("state", &self.state),
            ("size", &size),
            ("sort", &self.sort),
            ("after", &after),
        ];
        with_query(path, &values)
    }
}

/// The word of a stage.
pub(super) fn stage_word(t: &Texts, stage: Stage) -> &'static str {
    match stage {
        Stage::Required => t.desk_stage_required(),
        Stage::Paid => t.desk_stage_paid(),
        Stage::Learning => t.desk_stage_learning(),
        Stage::Finished => t.desk_stage_finished(),
        Stage::Exempt => t.desk_stage_exempt(),
    }
}

/// A person's row.
pub(super) struct Line {
    learner: LearnerId,
    name: String,
    phone: String,
    department: String,
    title: String,
    stage: Stage,
    word: &'static str,
    /// None before a year is opened.
    pub public: Option<Part>,
    pub professional: Option<Part>,
    /// Hundredths of an hour for the bar: what counts of what is required.
    done: i64,
    required: i64,
    missing: Hours,
    since: BusinessDate,
}

impl Line {
    pub(super) fn of(t: &Texts, overview: &Overview, person: &PersonStanding) -> Self {
        let stands = overview
            .programme
            .as_ref()
            .map(|programme| relieved_standing(person.earned, &programme.rules, person.exam_passed, person.relief));
        let part = |part: Part| part.earned_hours.0.min(part.required_hours.0);
        Self {
            learner: person.learner,
            name: person.name.clone(),
            phone: person.phone_masked.clone(),
            department: person.department.clone(),
            title: titles::words(t, &person.title_series, &person.title_level),
            stage: person.stage,
            word: stage_word(t, person.stage),
            public: stands.map(|stands| stands.public),
            professional: stands.map(|stands| stands.professional),
            done: stands.map_or(0, |stands| part(stands.public) + part(stands.professional)),
            missing: overview.programme.as_ref().map_or(Hours(0), |programme| missing(&programme.rules, person)),
            since: person.since,
            required: stands.map_or(1, |stands| stands.public.required_hours.0 + stands.professional.required_hours.0),
        }
    }

    /// The colour of the state's word.
    fn kind(&self) -> &'static str {
        match self.stage {
            Stage::Required => "due",
            Stage::Paid => "",
            Stage::Learning => "now",
            Stage::Finished => "done",
            Stage::Exempt => "",
        }
    }

    fn can_be_paid(&self) -> bool {
        self.stage == Stage::Required
    }
}

#[derive(Template)]
#[template(path = "desk/people.html")]
struct PeoplePage {
    page: Page,
    bar: Bar,
    overview: Overview,
    filter: PeopleFilter,
    size: String,
    lines: Vec<Line>,
    days_left: i64,
    fee: Option<Fen>,
    /// How many of the filtered are not paid for, where the counts above the list say so.
    payable: Option<i64>,
    next: Option<String>,
    first: Option<String>,
    export: String,
    year: String,
    sorting: Sorting,
}

impl PeoplePage {
    fn head(&self, column: &str) -> Head {
        let filter = &self.filter;
        let values = [
            ("year", self.year.as_str()),
            ("find", &filter.text),
            ("department", &filter.department),
            ("state", filter.stage.code()),
            ("size", &self.size),
        ];
        self.sorting.head(column, |sort| sorting::sorted_address("/unit/people", &values, sort))
    }

    fn department_options(&self) -> Vec<(String, String, bool)> {
        let t = &self.page.t;
        let all = (String::new(), t.desk_all_departments().to_owned(), self.filter.department.is_empty());
        let each = |name: &String| (name.clone(), name.clone(), *name == self.filter.department);
        std::iter::once(all).chain(self.overview.departments.iter().map(each)).collect()
    }

    fn stage_options(&self) -> Vec<(&'static str, &'static str, bool)> {
        let t = &self.page.t;
        let mut options = vec![("", t.desk_all_stages()), ("unfinished", t.desk_stage_unfinished())];
        options.extend(Stage::ALL.map(|stage| (stage.code(), stage_word(t, stage))));
        options.into_iter().map(|(code, word)| (code, word, code == self.filter.stage.code())).collect()
    }

    fn parts(&self) -> [(&'static str, i64); 4] {
        let counts = self.overview.counts;
        // Whoever is exempt has no part in the bar: nothing is asked of them.
        [("done", counts.finished), ("now", counts.learning), ("", counts.paid), ("due", counts.required)]
    }

    /// The list of one stage in this year.
    fn stage_address(&self, code: &str) -> String {
        format!("/unit/people?year={}&state={code}", self.year)
    }

    /// Some people, and somebody may pay for them.
    fn can_pay(&self) -> bool {
        self.fee.is_some() && self.lines.iter().any(Line::can_be_paid)
    }

    /// The list goes on beyond this page, so that whom the filter finds is more than whom the page shows.
    fn has_more(&self) -> bool {
        self.next.is_some() || self.first.is_some()
    }

    fn fee_fen(&self) -> i64 {
        self.fee.map_or(0, |fee| fee.0)
    }
}

async fn unit_people(State(app): State<App>, clerk: ClerkCaller, Query(query): Query<PeopleQuery>) -> Result<Response> {
    let bar = match open_list(&app, &clerk.caller, Listed::UnitPeople).await? {
        Opened::With(bar) => bar,
        Opened::Elsewhere(view) => return Ok(view.into_response()),
    };
    let (scope, filter) = (&clerk.caller.scope, query.filter());
    let year = query.year.map(Year);
    let overview = match query.after {
        None => overview(&app, scope, clerk.unit, year).await?,
        Some(_) => outline(&app, scope, clerk.unit, year).await?,
    };
    let order = sorting(&clerk.caller.visitor.texts(), &query.sort);
    let mut found = sorted(&app, scope, &overview, &filter, (&order, query.after, query.size() + 1)).await?;
    let more = found.len() as i64 > query.size();
    found.truncate(query.size() as usize);
    Ok(Html(people_page(&app, &clerk, &query, (overview, bar), &found, more)).into_response())
}

/// What people of a unit can be sorted by.
fn sorting(t: &Texts, text: &str) -> Sorting {
    let columns = vec![
        ("name", t.desk_name()),
        ("state", t.desk_stage()),
        ("missing", t.desk_missing()),
        ("since", t.desk_since()),
    ];
    Sorting::parse(text, columns)
}

/// People of a unit in the order that is asked for, at most `limit` after `after`.
async fn sorted(
    app: &App,
    scope: &Scope,
    overview: &Overview,
    filter: &PeopleFilter,
    (order, after, limit): (&Sorting, Option<LearnerId>, i64),
) -> Result<Vec<PersonStanding>> {
    let everybody = LearnerId::from_raw(0);
    let Some((column, is_descending)) = order.chosen() else {
        return people(app, scope, overview, filter, after.unwrap_or(everybody), limit).await;
    };
    let all = people(app, scope, overview, filter, everybody, SORTED_MAX).await?;
    let rules = overview.programme.as_ref().map(|programme| &programme.rules);
    let key = |person: &PersonStanding| match column {
        "state" => (Stage::ALL.iter().position(|stage| *stage == person.stage).unwrap_or_default() as i64, Vec::new()),
        "missing" => (rules.map_or(0, |rules| missing(rules, person).0), Vec::new()),
        "since" => (person.since.0, Vec::new()),
        _ => (0, name_key(&person.name)),
    };
    let bounds = (after.map(LearnerId::raw), usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(sorting::page(all, is_descending, bounds, key, |person| person.learner.raw()))
}

/// How many hours somebody still lacks in a year.
fn missing(rules: &RuleSet, person: &PersonStanding) -> Hours {
    if person.stage == Stage::Exempt {
        return Hours(0);
    }
    let stands = relieved_standing(person.earned, rules, person.exam_passed, person.relief);
    let lacks = |part: Part| (part.required_hours.0 - part.earned_hours.0).max(0);
    Hours(lacks(stands.public) + lacks(stands.professional))
}

fn people_page(
    app: &App,
    clerk: &ClerkCaller,
    query: &PeopleQuery,
    (overview, bar): (Overview, Bar),
    found: &[PersonStanding],
    more: bool,
) -> PeoplePage {
    let page = Page::of(app, &clerk.caller);
    let today = app.clock.now().business_date();
    let year = overview.programme.as_ref().map(|programme| programme.year);
    let last = found.last().filter(|_| more).map(|person| person.learner);
    let filter = query.filter();
    let counted = query.after.is_none() && filter.text.is_empty() && filter.department.is_empty();
    PeoplePage {
        lines: found.iter().map(|person| Line::of(&page.t, &overview, person)).collect(),
        days_left: overview.programme.as_ref().map_or(0, |programme| today.days_until(programme.closes_on)),
        fee: overview.fee.map(|fee| fee.amount),
        payable: counted.then_some(overview.counts.required),
        next: last.map(|last| query.address("/unit/people", year, Some(last))),
        first: query.after.map(|_| query.address("/unit/people", year, None)),
        export: query.address("/unit/people-export", year, None),
        year: year.map(|year| year.to_string()).unwrap_or_default(),
        sorting: sorting(&page.t, &query.sort),
        size: query.size.map(|_| query.size().to_string()).unwrap_or_default(),
        filter,
        overview,
        bar,
        page,
    }
}

async fn people_export(
    State(app): State<App>,
    clerk: ClerkCaller,
    Query(query): Query<PeopleQuery>,
) -> Result<Response> {
    let scope = &clerk.caller.scope;
    let overview = outline(&app, scope, clerk.unit, query.year.map(Year)).await?;
    let everybody = LearnerId::from_raw(0);
    let found = people(&app, scope, &overview, &query.filter(), everybody, EXPORT_MAX).await?;
    let (at, count) = (app.at(), found.len().to_string());
    let act = Act::of(&clerk.caller, Action::Exported).on("unit", clerk.unit);
    let act = act.at_region(&overview.unit.region_code).saying(count);
    app.db.write(async move |tx: &Tx<'_>| trail::record(tx, &at, act.clone()).await).await?;
    let (t, now) = (clerk.caller.visitor.texts(), app.clock.now());
    let bytes = sheet::in_background(move || export::write(&t, &overview, &found, now)).await?;
    Ok(sheet::download(t.desk_export_file(), bytes))
}
