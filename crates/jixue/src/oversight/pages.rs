//! The officers' first page: how far each county is, and each unit of a county.

use super::published::{Cell, published};
use super::{Progress, RegionProgress, UnitProgress, progress_by_region, progress_by_unit};
use crate::app::App;
use crate::catalog::years::{self, ProgrammeYear};
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::web::forms::{Path, Query};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use jixue_core::id::UnitId;
use jixue_core::time::Year;
use serde::Deserialize;

/// Units on one page.
const UNITS: i64 = 100;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/bureau/progress", Policy::WATCHING, regions)
        .get("/bureau/progress/{region}", Policy::WATCHING, units)
        .get("/bureau/progress-export", Policy::WATCHING, export)
}

#[derive(Debug, Deserialize)]
struct ProgressQuery {
    year: Option<i64>,
    #[serde(default)]
    after: i64,
}

#[derive(Template)]
#[template(path = "oversight/regions.html")]
struct RegionsPage {
    page: Page,
    programme: Option<ProgrammeYear>,
    as_of: String,
    days_left: i64,
    total: Progress,
    unit_count: i64,
    regions: Vec<RegionProgress>,
}

async fn programme_of(
    tx: &Tx<'_>,
    year: Option<i64>,
    today: jixue_core::time::BusinessDate,
) -> Result<Option<ProgrammeYear>> {
    match year {
        Some(year) => years::year(tx, Year(year)).await,
        None => years::current_year(tx, today).await,
    }
}

async fn regions(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<ProgressQuery>,
) -> Result<Html<RegionsPage>> {
    let (scope, now) = (officer.caller.scope.clone(), app.clock.now());
    let (programme, regions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let programme = programme_of(tx, query.year, now.business_date()).await?;
            let regions = match &programme {
                Some(programme) => progress_by_region(tx, &scope, programme.year).await?,
                None => Vec::new(),
            };
            Ok((programme, regions))
        })
        .await?;
    let total = regions.iter().fold(Progress::default(), |sum, region| sum.plus(region.progress));
    let days_left =
        programme.as_ref().map_or(0, |programme| now.business_date().days_until(programme.closes_on).max(0));
    Ok(Html(RegionsPage {
        page: Page::of(&app, &officer.caller),
        as_of: now.china_minutes(),
        days_left,
        total,
        unit_count: regions.iter().map(|region| region.units).sum(),
        regions: regions.into_iter().filter(|region| region.progress.required + region.progress.exempt > 0).collect(),
        programme,
    }))
}

#[derive(Template)]
#[template(path = "oversight/units.html")]
struct UnitsPage {
    page: Page,
    year: Year,
    region: RegionProgress,
    units: Vec<UnitProgress>,
    next: Option<UnitId>,
}

async fn units(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(region): Path<String>,
    Query(query): Query<ProgressQuery>,
) -> Result<Html<UnitsPage>> {
    let (scope, today) = (officer.caller.scope.clone(), app.clock.now().business_date());
    let (year, region, units) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let programme = programme_of(tx, query.year, today).await?.ok_or_else(Refused::not_found)?;
            let regions = progress_by_region(tx, &scope, programme.year).await?;
            let known = regions.into_iter().find(|known| known.code == region).ok_or_else(Refused::not_found)?;
            let after = UnitId::from_raw(query.after);
            let units = progress_by_unit(tx, &scope, programme.year, &known.code, after, UNITS).await?;
            Ok((programme.year, known, units))
        })
        .await?;
    let full = i64::try_from(units.len()).is_ok_and(|count| count == UNITS);
    let next = units.last().filter(|_| full).map(|unit| unit.unit);
    Ok(Html(UnitsPage { page: Page::of(&app, &officer.caller), year, region, units, next }))
}

/// The table of counties for a spreadsheet; text that could be a formula is quoted.
async fn export(
    State(app): State<App>,
    officer: OfficerCaller,
    Query(query): Query<ProgressQuery>,
) -> Result<impl IntoResponse> {
    let (scope, today) = (officer.caller.scope.clone(), app.clock.now().business_date());
    let t = officer.caller.visitor.texts();
    let regions = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let programme = programme_of(tx, query.year, today).await?.ok_or_else(Refused::not_found)?;
            progress_by_region(tx, &scope, programme.year).await
        })
        .await?;
    let head = [
        t.oversight_region(),
        t.oversight_units(),
        t.oversight_required(),
        t.oversight_paid(),
        t.oversight_learning(),
        t.oversight_finished(),
        t.oversight_exempt(),
    ];
    let threshold = app.config.limits.cell_people_min;
    let mut csv = format!("\u{feff}{}\r\n", head.join(","));
    let rows = published(&regions, threshold);
    for (region, cells) in regions.iter().zip(&rows) {
        let name = crate::sheet::csv_text(t.pick(&region.name_zh, &region.name_en));
        let cells = cells.map(|cell| match cell {
            Cell::Shown(count) => count.to_string(),
            Cell::Few => t.oversight_few(threshold),
            Cell::Hidden => t.oversight_hidden().to_owned(),
        });
        csv.push_str(&format!("{name},{},{}\r\n", region.units, cells.join(",")));
    }
    if rows.iter().flatten().any(|cell| !matches!(cell, Cell::Shown(_))) {
        csv.push_str(&crate::sheet::csv_text(&t.oversight_few_note(threshold)));
        csv.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"progress.csv\""),
    ];
    Ok((headers, csv))
}

impl RegionsPage {
    fn percent(&self, progress: &Progress) -> String {
        format!("{}%", progress.finished_percent())
    }

    fn legend(&self) -> [(&'static str, &'static str); 4] {
        let t = &self.page.t;
        [
            ("done", t.oversight_legend_finished()),
            ("now", t.oversight_legend_learning()),
            ("due", t.oversight_legend_paid()),
            ("", t.oversight_legend_unpaid()),
        ]
    }

    /// The bar's parts without overlap: finished, learning but not finished, paid but not begun.
    fn parts(&self, progress: &Progress) -> [(&'static str, i64); 3] {
        let learning = (progress.learning - progress.finished).max(0);
        let paid = (progress.paid - progress.learning.max(progress.finished)).max(0);
        [("done", progress.finished), ("now", learning), ("due", paid)]
    }

    fn bar_label(&self, region: &RegionProgress) -> String {
        let Progress { required, paid, learning, finished, .. } = region.progress;
        let name = self.page.t.pick(&region.name_zh, &region.name_en);
        self.page.t.oversight_bar_label(name, required, paid, learning, finished)
    }
}
