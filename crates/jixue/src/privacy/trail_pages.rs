//! The page on which auditors search the trail, and its file.

use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::org;
use crate::sheet::{self, Cell, Column, Table, csv_text};
use crate::trail::{self, Act, Filter, Shown};
use crate::web::forms::{Form, Query};
use crate::web::page::encode;
use crate::web::{Caller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::audit::Action;
use jixue_core::id::{AuditEntryId, LearnerId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::Phone;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};
use serde::Deserialize;

const AUDITORS: Policy = Policy::Hats(&[Role::AuditAdministrator]);
/// Entries on a page.
const PER_PAGE: i64 = 50;
/// The most in one file; a narrower search gives the rest.
const EXPORT_MAX: i64 = 20_000;
/// How far back a search goes that names no first day.
const DAYS_SHOWN: i64 = 30;

pub fn routes(routes: Routes) -> Routes {
    routes.get("/audit", AUDITORS, index).get("/audit-export", AUDITORS, export).post(
        "/audit-people",
        AUDITORS,
        find_person,
    )
}

#[derive(Debug, Default, Deserialize)]
struct TrailQuery {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    format: String,
    before: Option<AuditEntryId>,
    /// Found by a number, which must not stand in an address.
    person: Option<LearnerId>,
}

impl TrailQuery {
    /// # Errors
    /// A day that is none.
    fn filter(&self, now: Timestamp) -> Result<Filter> {
        let from = day(&self.from)?.unwrap_or_else(|| now.plus_days(-DAYS_SHOWN).business_date());
        let until = day(&self.until)?.unwrap_or_else(|| now.business_date());
        Ok(Filter {
            from: from.start(),
            until: until.end(),
            action: self.action.clone(),
            actor: self.actor.trim().to_owned(),
            about: self.about.trim().to_owned(),
            person: self.person,
        })
    }

    fn address(&self, path: &str, before: Option<AuditEntryId>, format: &str) -> String {
        let before = before.map(|before| before.to_string()).unwrap_or_default();
        let person = self.person.map(|person| person.to_string()).unwrap_or_default();
        let pairs = [
            ("actor", self.actor.as_str()),
            ("about", &self.about),
            ("action", &self.action),
            ("from", &self.from),
            ("until", &self.until),
            ("person", &person),
            ("before", &before),
            ("format", format),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

/// `2026-11-23`, as a browser's field of a day sends it; nothing for an empty field.
fn day(text: &str) -> Result<Option<BusinessDate>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parts: Vec<i64> = text.trim().split('-').filter_map(|part| part.parse().ok()).collect();
    let day = match parts[..] {
        [year, month, day] => BusinessDate::new(year, month, day),
        _ => None,
    };
    day.map(Some).ok_or_else(|| Refused::new("year.date_unreadable", Kind::Invalid).into())
}

/// An entry's row, in words.
struct Line {
    at: String,
    actor: String,
    role: String,
    action: String,
    about: String,
    words: String,
}

fn line(t: &Texts, shown: Shown) -> Line {
    let system = || t.privacy_system().to_owned();
    let actor = shown.actor.unwrap_or_else(|| if shown.account == 0 { system() } else { shown.account.to_string() });
    let role = if shown.role.is_empty() { String::new() } else { t.say(&format!("role.{}", shown.role)) };
    Line {
        at: shown.at.china_seconds(),
        actor,
        role,
        action: t.say(&format!("audit.{}", shown.action)),
        about: shown.about.unwrap_or_default(),
        words: match shown.object_kind.as_str() {
            "people" => format!("{} {}", t.privacy_people(shown.object), shown.words).trim().to_owned(),
            kind => words(t, &shown.action, kind, &shown.words),
        },
    }
}

/// Some entries tell a code or a count: those are put into words.
fn words(t: &Texts, action: &str, kind: &str, words: &str) -> String {
    match Action::from_code(action) {
        Some(Action::GrantGiven) => t.say(&format!("role.{words}")),
        Some(Action::GrantTaken) => match words.split_once('：') {
            Some((role, reason)) => format!("{} · {reason}", t.say(&format!("role.{role}"))),
            None => t.say(&format!("role.{words}")),
        },
        Some(Action::Disclosed) => format!("{} · {words}", t.say(&format!("disclosure.{kind}"))),
        Some(
            Action::RosterImported
            | Action::RosterUndone
            | Action::HoursConfirmed
            | Action::UnitsMerged
            | Action::UnitsParted,
        ) => t.privacy_people(words),
        Some(Action::ListImported | Action::ListUndone) => t.lists_rows_count(words),
        _ => words.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "privacy/trail.html")]
struct TrailPage {
    page: Page,
    query: TrailQuery,
    actions: Vec<(&'static str, String, bool)>,
    from: String,
    until: String,
    days_kept: i64,
    lines: Vec<Line>,
    next: Option<String>,
    first: Option<String>,
    xlsx: String,
    csv: String,
}

async fn index(State(app): State<App>, caller: Caller, Query(query): Query<TrailQuery>) -> Result<Html<TrailPage>> {
    let filter = query.filter(app.clock.now())?;
    let (scope, asked) = (caller.scope.clone(), filter.clone());
    let before = query.before.unwrap_or(AuditEntryId::from_raw(i64::MAX));
    let read = async move |tx: &Tx<'_>| trail::entries(tx, &scope, &asked, before, PER_PAGE).await;
    let found = app.db.read(read).await?;
    let page = Page::of(&app, &caller);
    let full = found.len() == usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let last = found.last().filter(|_| full).map(|last| last.entry);
    let all = ("", page.t.privacy_every_action().to_owned(), query.action.is_empty());
    let each = |action: &Action| {
        (action.code(), page.t.say(&format!("audit.{}", action.code())), action.code() == query.action)
    };
    Ok(Html(TrailPage {
        actions: std::iter::once(all).chain(Action::ALL.iter().map(each)).collect(),
        from: filter.from.business_date().to_string(),
        until: filter.until.plus_ms(-1).business_date().to_string(),
        days_kept: app.config.limits.audit_days_kept,
        lines: found.into_iter().map(|shown| line(&page.t, shown)).collect(),
        next: last.map(|last| query.address("/audit", Some(last), "")),
        first: query.before.map(|_| query.address("/audit", None, "")),
        xlsx: query.address("/audit-export", None, "xlsx"),
        csv: query.address("/audit-export", None, "csv"),
        query,
        page,
    }))
}

#[derive(Debug, Deserialize)]
struct PersonForm {
    #[serde(default)]
    number: String,
}

/// "Who has looked at me": finds somebody by the whole identity or phone number, through its blind index. Who is not
/// there and who has no entry within reach look alike.
async fn find_person(State(app): State<App>, caller: Caller, Form(form): Form<PersonForm>) -> Result<Redirect> {
    let person = person_with(&app, caller.scope, &form.number).await?.unwrap_or(LearnerId::from_raw(-1));
    Ok(Redirect::to(&format!("/audit?person={person}&from={EVER}")))
}

/// Who has a number and an entry within reach, also after leaving.
async fn person_with(app: &App, scope: Scope, number: &str) -> Result<Option<LearnerId>> {
    let (at, area) = (app.at(), AreaPolicy::ANY.with_demo(app.config.demo));
    let (by_identity, index) = match IdentityNumber::parse(number, at.now.business_date(), area) {
        Ok(number) => (true, org::identity_index(&at.keys, &number)),
        Err(_) => (false, org::phone_index(&at.keys, &Phone::parse(number)?)),
    };
    let read = async move |tx: &Tx<'_>| {
        let found = match by_identity {
            true => org::learner_ever_by_identity(tx, &scope, &index).await?,
            false => org::learner_by_phone(tx, &index).await?.map(|found| found.0),
        };
        match found {
            Some(learner) => with_entries(tx, &scope, learner, at.now).await,
            None => Ok(None),
        }
    };
    app.db.read(read).await
}

/// The first day of the search for a person: before any entry.
const EVER: &str = "2020-01-01";

/// The learner, where an entry about them lies within reach.
async fn with_entries(tx: &Tx<'_>, scope: &Scope, learner: LearnerId, now: Timestamp) -> Result<Option<LearnerId>> {
    let query = TrailQuery { person: Some(learner), from: EVER.to_owned(), ..TrailQuery::default() };
    let found = trail::entries(tx, scope, &query.filter(now)?, AuditEntryId::from_raw(i64::MAX), 1).await?;
    Ok((!found.is_empty()).then_some(learner))
}

/// The file tells of itself in the next one: taking the trail out is an act.
async fn export(State(app): State<App>, caller: Caller, Query(query): Query<TrailQuery>) -> Result<Response> {
    let (at, t) = (app.at(), caller.visitor.texts());
    let filter = query.filter(at.now)?;
    let region_code = caller.scope.bounds().region_from;
    let act = Act::of(&caller, Action::TrailExported).at_region(region_code);
    let act = act.saying(format!("{}—{}", filter.from.business_date(), filter.until.plus_ms(-1).business_date()));
    let (scope, before) = (caller.scope.clone(), AuditEntryId::from_raw(i64::MAX));
    let write = async move |tx: &Tx<'_>| {
        let found = trail::entries(tx, &scope, &filter, before, EXPORT_MAX).await?;
        trail::record(tx, &at, act.clone()).await?;
        Ok(found)
    };
    let found = app.db.write_bulk(write).await?;
    let as_csv = query.format == "csv";
    let bytes = sheet::in_background(move || {
        let rows: Vec<Line> = found.into_iter().map(|shown| line(&t, shown)).collect();
        if as_csv { Ok(csv(&t, &rows)) } else { workbook(&t, rows) }
    });
    let bytes = bytes.await?;
    if !as_csv {
        return Ok(sheet::download(t.privacy_trail_file(), bytes));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

fn titles(t: &Texts) -> [(&'static str, f64); 6] {
    [
        (t.privacy_when(), 20.0),
        (t.privacy_who(), 14.0),
        (t.privacy_role(), 16.0),
        (t.privacy_what(), 20.0),
        (t.privacy_whose(), 14.0),
        (t.privacy_why(), 60.0),
    ]
}

fn cells(line: Line) -> [String; 6] {
    [line.at, line.actor, line.role, line.action, line.about, line.words]
}

fn workbook(t: &Texts, rows: Vec<Line>) -> Result<Vec<u8>> {
    sheet::table(&Table {
        name: t.privacy_trail_sheet().to_owned(),
        intro: t.privacy_trail_intro(rows.len()),
        columns: titles(t).map(|(title, width)| Column { title: title.to_owned(), width }).to_vec(),
        rows: rows.into_iter().map(|row| cells(row).map(Cell::Text).to_vec()).collect(),
    })
}

/// With the mark by which spreadsheets know UTF-8.
fn csv(t: &Texts, rows: &[Line]) -> Vec<u8> {
    let head = titles(t).map(|(title, _)| csv_text(title)).join(",");
    let mut text = format!("\u{feff}{head}\r\n");
    for row in rows {
        let fields = [&row.at, &row.actor, &row.role, &row.action, &row.about, &row.words];
        text.push_str(&fields.map(|field| csv_text(field)).join(","));
        text.push_str("\r\n");
    }
    text.into_bytes()
}
