//! OneRoster packages as other systems export them: their schools become units, their staff the units' rosters.
//!
//! Each part takes the path of a file that an officer or a clerk sends: units as a list, people as one roster a unit, looked
//! at, answered row by row, and taken back within a day. The same package again changes nothing.

mod meaning;
mod package;
mod refusal;

pub use refusal::OneRosterRefusal;

use super::lists::{self, Outcome, RowAnswer};
use super::roster::{self, ImportReport};
use super::{regions, unit_by_uscc};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::sheet::{self, Cell, Column, Table};
use bytes::Bytes;
use jixue_core::id::UnitId;
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;
use jixue_core::uscc::Uscc;
use meaning::{Meaning, Org, Person};

/// A row that is left out, by its place in the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub file: &'static str,
    pub line: u32,
    /// Why.
    pub code: &'static str,
    /// Whom or what the row names.
    pub name: String,
}

impl Skipped {
    fn of(file: &'static str, line: u32, code: &'static str, name: &str) -> Self {
        Self { file, line, code, name: name.chars().take(60).collect() }
    }
}

/// The roster of one unit of a package.
#[derive(Debug)]
pub struct UnitRoster {
    pub unit_name: String,
    pub people: usize,
    /// What came of it; nothing when it was only looked at.
    pub report: Option<Result<ImportReport, Refused>>,
    /// The line in `users.csv` of each person, in the order of the roster's rows.
    pub lines: Vec<u32>,
}

impl UnitRoster {
    /// The line in `users.csv` of a row of the roster, whose header is its first.
    pub fn line(&self, row: i64) -> Option<u32> {
        usize::try_from(row).ok().and_then(|row| self.lines.get(row.checked_sub(2)?)).copied()
    }
}

/// What a package came to.
#[derive(Debug)]
pub struct PackageReport {
    /// By line in `orgs.csv`.
    pub units: Vec<RowAnswer>,
    pub rosters: Vec<UnitRoster>,
    pub skipped: Vec<Skipped>,
}

/// Brings a package in, or with `check` only says what would become of its units and whom each of them has. `region`: where
/// units lie whose code does not say it.
///
/// # Errors
/// [`OneRosterRefusal`]; [`sheet::SheetRefusal`]. A wrong row is an answer.
pub async fn import_oneroster(
    app: &App,
    scope: &Scope,
    bytes: Bytes,
    (region, check): (&str, bool),
) -> Result<PackageReport> {
    if bytes.len() > app.config.limits.upload_bytes_max {
        return Err(Refused::new("request.too_large", Kind::TooLarge).into());
    }
    let regions = app.db.read(async move |tx: &Tx<'_>| regions(tx).await).await?;
    let (region, today, demo) = (region.to_owned(), app.clock.now().business_date(), app.config.demo);
    let read = move || {
        let rules = meaning::Rules { regions: &regions, region: &region, today, demo };
        Ok(meaning::of(&package::read(&bytes)?, &rules))
    };
    let Meaning { units, mut people, mut skipped } = sheet::in_background(read).await?;
    let rows = units.values().map(|org| (org.line, org.cells.clone())).collect();
    let answers = lists::take_in_units(app, scope, rows, check).await?;
    let is_refused = |org: &Org| {
        answers.iter().any(|answer| answer.number == org.line && matches!(answer.outcome, Outcome::Refused(_)))
    };
    let mut rosters = Vec::new();
    for (id, org) in &units {
        let Some(staff) = people.remove(id) else { continue };
        if is_refused(org) {
            let left = |one: &Person| Skipped::of("users.csv", one.line, "oneroster.skipped_unit_refused", &one.name);
            skipped.extend(staff.iter().map(left));
            continue;
        }
        let report = if check { None } else { Some(roster_of(app, scope, org, &staff).await?) };
        let lines = staff.iter().map(|one| one.line).collect();
        rosters.push(UnitRoster { unit_name: org.name.clone(), people: staff.len(), report, lines });
    }
    Ok(PackageReport { units: answers, rosters, skipped })
}

/// The roster of a unit, written as its clerk would send it: the same people make the same file, and that is the same import.
async fn roster_of(app: &App, scope: &Scope, org: &Org, staff: &[Person]) -> Result<Result<ImportReport, Refused>> {
    let unit = unit_of(app, org).await?;
    let column = |title: &str| Column { title: title.to_owned(), width: 20.0 };
    let row = |one: &Person| {
        [&one.name, &one.identity, &one.phone, &one.department].map(|cell| Cell::Text(cell.clone())).to_vec()
    };
    let table = Table {
        name: String::new(),
        intro: String::new(),
        columns: ["姓名", "身份证号", "手机号", "科室"].map(column).to_vec(),
        rows: staff.iter().map(row).collect(),
    };
    let file = Bytes::from(sheet::csv(&table));
    match roster::import_roster(app, scope, unit, "users.csv", file).await {
        Ok(report) => Ok(Ok(report)),
        Err(Error::Refused(refused)) => Ok(Err(refused)),
        Err(error) => Err(error),
    }
}

/// The unit that a row of the list registered, or found.
async fn unit_of(app: &App, org: &Org) -> Result<UnitId> {
    let code = Uscc::parse(&org.code)?;
    let found = app.db.read(async move |tx: &Tx<'_>| unit_by_uscc(tx, &code).await).await?;
    Ok(found.ok_or_else(Refused::not_found)?.id)
}
