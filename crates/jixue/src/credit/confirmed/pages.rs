//! The officer's pages of confirmed lists.

use super::store::{self, List, ShownLine};
use crate::app::App;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org::Received;
use crate::sheet::{self, Cell, Column, Table};
use crate::web::forms::{Path, Upload};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use jixue_core::credit::{HourMeasure, Hours};
use jixue_core::id::ImportId;
use jixue_core::study::Subject;
use jixue_core::time::Year;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/bureau/confirmed-hours", Policy::OFFICER, index)
        .upload("/bureau/confirmed-hours", Policy::OFFICER, create)
        .get("/bureau/confirmed-hours-template", Policy::OFFICER, template)
        .get("/bureau/confirmed-hours/{import}", Policy::OFFICER, show)
        .post("/bureau/confirmed-hours/{import}/confirmation", Policy::OFFICER, create_confirmation)
}

#[derive(Template)]
#[template(path = "credit/confirmed_lists.html")]
struct ListsPage {
    page: Page,
    years: Vec<Year>,
    lists: Vec<List>,
    bytes_max: usize,
}

async fn index(State(app): State<App>, officer: OfficerCaller) -> Result<Html<ListsPage>> {
    let scope = officer.caller.scope.clone();
    let (years, lists) = app
        .db
        .read(async move |tx: &Tx<'_>| Ok((years::open_years(tx).await?, store::lists(tx, &scope).await?)))
        .await?;
    let years = years.iter().map(|programme| programme.year).collect();
    let bytes_max = app.config.limits.upload_bytes_max;
    Ok(Html(ListsPage { page: Page::of(&app, &officer.caller), years, lists, bytes_max }))
}

async fn create(State(app): State<App>, officer: OfficerCaller, upload: Upload) -> Result<Redirect> {
    let year = upload.fields.iter().find(|(name, _)| name == "year").and_then(|(_, year)| year.parse().ok());
    let year = Year(year.ok_or_else(Refused::not_found)?);
    let received = super::receive(&app, &officer.caller.scope, year, &upload.file_name, upload.bytes).await?;
    Ok(match received {
        Received::Import(import) => Redirect::to(&format!("/bureau/confirmed-hours/{import}")),
        Received::Waiting(sheet) => Redirect::to(&format!("/bureau/sheets/{sheet}/columns")),
    })
}

#[derive(Template)]
#[template(path = "credit/confirmed_list.html")]
struct ListPage {
    page: Page,
    list: List,
    measure: HourMeasure,
    bad: Vec<ShownLine>,
    lines: Vec<ShownLine>,
}

async fn show(State(app): State<App>, officer: OfficerCaller, Path(import): Path<ImportId>) -> Result<Html<ListPage>> {
    let scope = officer.caller.scope.clone();
    let (list, measure, bad, lines) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let list = store::list(tx, &scope, import).await?.ok_or_else(Refused::not_found)?;
            let bad = store::lines(tx, &list, 0, true).await?;
            let lines = store::lines(tx, &list, 0, false).await?;
            let programme = years::year(tx, list.year).await?.ok_or_else(Refused::not_found)?;
            Ok((list, programme.rules.measure(), bad, lines))
        })
        .await?;
    let lines = lines.into_iter().filter(|line| line.refusals.is_empty()).collect();
    Ok(Html(ListPage { page: Page::of(&app, &officer.caller), list, measure, bad, lines }))
}

async fn create_confirmation(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(import): Path<ImportId>,
) -> Result<Redirect> {
    super::confirm(&app, &officer.caller.scope, import).await?;
    Ok(Redirect::to(&format!("/bureau/confirmed-hours/{import}?done=hours_confirmed")))
}

/// An empty list to fill in, with the headers we read.
async fn template(officer: OfficerCaller) -> Result<impl IntoResponse> {
    let t = officer.caller.visitor.texts();
    let titles = [
        t.confirmed_name(),
        t.confirmed_identity(),
        t.confirmed_subject(),
        t.confirmed_hours(),
        t.confirmed_content(),
        t.confirmed_provider(),
        t.confirmed_date(),
    ];
    let table = Table {
        name: t.confirmed_sheet().to_owned(),
        intro: t.confirmed_template_intro().to_owned(),
        columns: titles.into_iter().map(|title| Column { title: title.to_owned(), width: 22.0 }).collect(),
        rows: vec![vec![Cell::Text(String::new()); 7]],
    };
    let bytes = sheet::in_background(move || sheet::table(&table)).await?;
    Ok(sheet::download("confirmed-hours.xlsx", bytes))
}

impl ListPage {
    /// What is wrong with a line, in the reader's language.
    fn sentence(&self, refusal: &str) -> String {
        let (code, values) = refusal.split_once('?').unwrap_or((refusal, ""));
        let names = values.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
        let arguments: Vec<(&str, String)> =
            names.filter_map(|name| Some((name, crate::web::forms::field(values.as_bytes(), name)?))).collect();
        self.page.t.code(code, &arguments)
    }

    fn hours(&self, line: &ShownLine) -> Hours {
        self.measure.hours(line.seconds)
    }

    fn subject(&self, line: &ShownLine) -> &'static str {
        match line.subject {
            Subject::Public => self.page.t.credit_public(),
            Subject::Professional => self.page.t.credit_professional(),
        }
    }
}
