//! The learner's archive: every row, counted or taken back, by year.

use super::{EntryRow, LearnerStanding, entries_of, exemption, standing_of};
use crate::app::App;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::web::forms::Query;
use crate::web::{Html, LearnerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use jixue_core::credit::HourMeasure;
use jixue_core::study::Subject;
use jixue_core::time::Year;
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    super::confirmed::routes(routes.get("/credit", Policy::Learner, archive))
}

#[derive(Debug, Deserialize)]
struct ArchiveQuery {
    year: Option<i64>,
}

/// A ledger row as the page shows it.
struct Line {
    title: String,
    provider: String,
    date: String,
    subject: &'static str,
    hours: String,
    /// The exact time, since hours are rounded only on the sum.
    time: String,
    reversal: bool,
    source: String,
}

#[derive(Template)]
#[template(path = "credit/archive.html")]
struct ArchivePage {
    page: Page,
    year: Year,
    years: Vec<Year>,
    standing: Option<LearnerStanding>,
    lines: Vec<Line>,
    /// Granted exemptions that reach the year: sort and dates, never the reason.
    exemptions: Vec<String>,
}

async fn archive(
    State(app): State<App>,
    me: LearnerCaller,
    Query(query): Query<ArchiveQuery>,
) -> Result<Html<ArchivePage>> {
    let (learner, scope, today) = (me.learner, me.caller.scope.clone(), app.clock.now().business_date());
    let page = Page::of(&app, &me.caller);
    let (years, programme, entries, standing, exemptions) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let years = years::open_years(tx).await?;
            let programme = match query.year {
                Some(year) => years::year(tx, Year(year)).await?,
                None => years::current_year(tx, today).await?,
            };
            let programme = programme.ok_or_else(Refused::not_found)?;
            let entries = entries_of(tx, &scope, learner, programme.year).await?;
            let standing = standing_of(tx, learner, programme.clone()).await?;
            let exemptions = exemption::of_learner(tx, &scope, learner).await?;
            Ok((years, programme, entries, standing, exemptions))
        })
        .await?;
    let measure = programme.rules.measure();
    let lines = entries.iter().map(|entry| line(&page.t, measure, entry)).collect();
    let years = years.iter().map(|year| year.year).collect();
    let reaches = |one: &&exemption::Exemption| one.state == "granted" && one.years().contains(&programme.year);
    let words = |one: &exemption::Exemption| {
        page.t.credit_exempt_line(page.t.pick(&one.sort.name_zh, &one.sort.name_en), one.from, one.until)
    };
    let exemptions = exemptions.iter().filter(reaches).map(words).collect();
    Ok(Html(ArchivePage { year: programme.year, years, standing, lines, exemptions, page }))
}

fn line(t: &Texts, measure: HourMeasure, entry: &EntryRow) -> Line {
    let exact = HourMeasure { granularity: 1, ..measure };
    let hours = exact.hours(jixue_core::study::StudySeconds(entry.seconds.0.abs()));
    let sign = if entry.seconds.0 < 0 { "−" } else { "" };
    Line {
        title: entry.title.clone(),
        provider: entry.provider.clone(),
        date: entry.happened_on.to_string(),
        subject: subject_word(t, entry.subject),
        hours: format!("{sign}{hours}"),
        time: format!("{sign}{}", jixue_core::study::StudySeconds(entry.seconds.0.abs()).clock()),
        reversal: entry.reverses.is_some(),
        source: t.say(&format!("credit_source.{}", entry.source)),
    }
}

fn subject_word(t: &Texts, subject: Subject) -> &'static str {
    match subject {
        Subject::Public => t.credit_public(),
        Subject::Professional => t.credit_professional(),
    }
}
