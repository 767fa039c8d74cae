//! The bureau opens a year with a rule set and says what a subject costs.

use super::{Fee, ProgrammeYear, fee_in_force, open_year, open_years, set_fee};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org;
use crate::web::forms::{Form, Path};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::credit::{HoursRequired, RuleSet};
use jixue_core::id::BaseId;
use jixue_core::money::Fen;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::study::Subject;
use jixue_core::time::{BusinessDate, Year};
use serde::Deserialize;

/// The rules a form starts from.
const PROPOSED_RULES: &str = include_str!("../../../rules/hunan-2026.toml");

pub fn routes(routes: Routes) -> Routes {
    routes.get("/bureau/years", Policy::OFFICER, index).post("/bureau/years", Policy::BUREAU, create).post(
        "/bureau/years/{year}/fees",
        Policy::BUREAU,
        create_fee,
    )
}

/// The rules proposed for a new year.
pub fn proposed_rules() -> Result<RuleSet> {
    toml::from_str(PROPOSED_RULES).map_err(Error::internal)
}

/// The rules proposed for the year that follows the latest opened one.
fn proposed_after(latest: Option<Year>) -> Result<RuleSet> {
    let proposed = proposed_rules()?;
    match latest {
        Some(latest) if latest >= proposed.year => Ok(moved(&proposed, Year(latest.0 + 1))),
        _ => Ok(proposed),
    }
}

/// The same rules a whole number of years on or back.
fn moved(rules: &RuleSet, year: Year) -> RuleSet {
    let renamed = |name: &str| name.replace(&rules.year.to_string(), &year.to_string());
    let day = |date: BusinessDate| {
        let shifted = date.year() + year.0 - rules.year.0;
        // 29 February is the only day that another year may not have.
        BusinessDate::new(shifted, date.month(), date.day()).or(BusinessDate::new(shifted, 2, 28)).unwrap_or(date)
    };
    RuleSet {
        name_zh: renamed(&rules.name_zh),
        name_en: renamed(&rules.name_en),
        year,
        opens_on: day(rules.opens_on),
        closes_on: day(rules.closes_on),
        ..rules.clone()
    }
}

/// An opened year with what its public subject costs.
struct OpenYear {
    programme: ProgrammeYear,
    fee: Option<Fee>,
    fee_yuan: String,
}

/// A base that a fee can be set for.
struct BaseChoice {
    id: BaseId,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "catalog/years.html")]
struct YearsPage {
    page: Page,
    may_change: bool,
    years: Vec<OpenYear>,
    bases: Vec<BaseChoice>,
    proposed: Option<RuleSet>,
}

async fn index(State(app): State<App>, officer: OfficerCaller) -> Result<Html<YearsPage>> {
    let page = Page::of(&app, &officer.caller);
    let (years, bases) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let mut years = Vec::new();
            for programme in open_years(tx).await? {
                let fee = fee_in_force(tx, programme.year, Subject::Public).await?;
                let fee_yuan = fee.map(|fee| fee.amount.yuan()).unwrap_or_default();
                years.push(OpenYear { programme, fee, fee_yuan });
            }
            Ok((years, org::bases(tx).await?))
        })
        .await?;
    let charging = years.first().and_then(|year| year.fee).map(|fee| fee.base);
    let bases = bases
        .into_iter()
        .map(|base| BaseChoice {
            chosen: charging == Some(base.id),
            id: base.id,
            name: page.t.pick(&base.name_zh, &base.name_en).to_owned(),
        })
        .collect();
    let latest = years.iter().map(|year| year.programme.year).max();
    let proposed = proposed_after(latest)?;
    let may_change = officer.role == Role::BureauOfficer;
    Ok(Html(YearsPage { page, may_change, years, bases, proposed: Some(proposed) }))
}

#[derive(Debug, Deserialize)]
struct YearForm {
    year: i64,
    total_hours: i64,
    public_hours: i64,
    professional_hours: i64,
    exam_pass_score: i64,
    exam_attempts: i64,
    /// `YYYY-MM-DD`, as date fields send it.
    opens_on: String,
    closes_on: String,
}

impl YearForm {
    /// The proposed rules with what the officer changed.
    fn rules(self) -> Result<RuleSet> {
        let proposed = proposed_rules()?;
        let renamed = |name: &str| name.replace(&proposed.year.to_string(), &self.year.to_string());
        Ok(RuleSet {
            name_zh: renamed(&proposed.name_zh),
            name_en: renamed(&proposed.name_en),
            year: Year(self.year),
            total_hours_min: self.total_hours,
            public_hours_min: HoursRequired::Hours(self.public_hours),
            professional_hours_min: HoursRequired::Hours(self.professional_hours),
            exam_pass_score: self.exam_pass_score,
            exam_attempts_max: Some(self.exam_attempts),
            opens_on: date(&self.opens_on)?,
            closes_on: date(&self.closes_on)?,
            ..proposed
        })
    }
}

fn date(text: &str) -> Result<BusinessDate> {
    let parts: Vec<i64> = text.split('-').filter_map(|part| part.parse().ok()).collect();
    let date = match parts[..] {
        [year, month, day] => BusinessDate::new(year, month, day),
        _ => None,
    };
    date.ok_or_else(|| Refused::new("year.date_unreadable", Kind::Invalid).into())
}

async fn create(State(app): State<App>, officer: OfficerCaller, Form(form): Form<YearForm>) -> Result<Redirect> {
    let (at, scope, rules) = (app.at(), officer.caller.scope.clone(), form.rules()?);
    app.db
        .write(async move |tx: &Tx<'_>| {
            let root = org::root_bureau(tx).await?;
            open_year(tx, &at, &scope, &root.region_code, &rules).await
        })
        .await?;
    app.outbox.wake();
    Ok(Redirect::to("/bureau/years?done=year_opened"))
}

#[derive(Debug, Deserialize)]
struct FeeForm {
    base: BaseId,
    yuan: String,
}

async fn create_fee(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(year): Path<i64>,
    Form(form): Form<FeeForm>,
) -> Result<Redirect> {
    let unreadable = || Refused::new("fee.unreadable", Kind::Invalid);
    let amount = Fen::from_yuan(form.yuan.trim()).map_err(|_| unreadable())?;
    let (at, scope) = (app.at(), officer.caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            let known = org::bases(tx).await?.iter().any(|base| base.id == form.base);
            let open = super::year(tx, Year(year)).await?.is_some();
            if !known || !open {
                return Err(Refused::not_found().into());
            }
            set_fee(tx, &at, &scope, (Year(year), Subject::Public), form.base, amount).await
        })
        .await?;
    Ok(Redirect::to("/bureau/years?done=fee_set"))
}

impl YearsPage {
    /// Required hours as people read them.
    fn hours(&self, programme: &ProgrammeYear, subject: Subject) -> String {
        let rules = &programme.rules;
        let required = match subject {
            Subject::Public => rules.public_required(),
            Subject::Professional => rules.professional_required(),
        };
        rules.measure().hours(required).to_string()
    }

    /// A required number of whole hours, for a form field.
    fn whole(&self, required: &HoursRequired) -> i64 {
        match required {
            HoursRequired::Hours(hours) => *hours,
            HoursRequired::ShareOfTotal { .. } => 0,
        }
    }
}
