//! A unit's year: who is how far, what is missing, what it costs.

use super::filter::{Patterns, PeopleFilter};
use super::store::{self, Asked, PersonStanding, StageCounts};
use crate::app::App;
use crate::catalog::years::{self, Fee, ProgrammeYear};
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org::{self, Unit};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;

/// What stands above the list of people.
#[derive(Debug, Clone)]
pub struct Overview {
    pub unit: Unit,
    /// None when no year was opened yet.
    pub programme: Option<ProgrammeYear>,
    /// Every opened year, latest first.
    pub years: Vec<Year>,
    pub counts: StageCounts,
    pub departments: Vec<String>,
    /// What the public subject costs; none when it is not offered.
    pub fee: Option<Fee>,
}

/// The unit's overview of a year; of the current one when none is named.
///
/// # Errors
/// Not found when the unit is out of reach or the year was never opened.
pub async fn overview(app: &App, scope: &Scope, unit: UnitId, year: Option<Year>) -> Result<Overview> {
    overview_of(app, scope, unit, year, true).await
}

/// The same without counts and departments, for what follows a list's first page: they cost a look at everybody.
///
/// # Errors
/// As [`overview`].
pub(super) async fn outline(app: &App, scope: &Scope, unit: UnitId, year: Option<Year>) -> Result<Overview> {
    overview_of(app, scope, unit, year, false).await
}

async fn overview_of(app: &App, scope: &Scope, unit: UnitId, year: Option<Year>, is_whole: bool) -> Result<Overview> {
    let (scope, today) = (scope.clone(), app.clock.now().business_date());
    app.db
        .read(async move |tx: &Tx<'_>| {
            let found = org::unit(tx, &scope, unit).await?.ok_or_else(Refused::not_found)?;
            let programme = match year {
                Some(year) => Some(years::year(tx, year).await?.ok_or_else(Refused::not_found)?),
                None => years::current_year(tx, today).await?,
            };
            let asked = Asked { scope: &scope, unit, year: year_of(programme.as_ref()) };
            let fee = match &programme {
                Some(programme) => years::fee_in_force(tx, programme.year, Subject::Public).await?,
                None => None,
            };
            Ok(Overview {
                unit: found,
                years: years::open_years(tx).await?.iter().map(|opened| opened.year).collect(),
                counts: if is_whole { store::stages(tx, asked).await? } else { StageCounts::default() },
                departments: if is_whole { store::departments(tx, &scope, unit).await? } else { Vec::new() },
                programme,
                fee,
            })
        })
        .await
}

/// The year of standings; 0, which nobody has, before the first is opened.
fn year_of(programme: Option<&ProgrammeYear>) -> Year {
    programme.map_or(Year(0), |programme| programme.year)
}

/// People of a unit with their standing, by id after `after`; at most `limit`.
pub async fn people(
    app: &App,
    scope: &Scope,
    overview: &Overview,
    filter: &PeopleFilter,
    after: LearnerId,
    limit: i64,
) -> Result<Vec<PersonStanding>> {
    let (scope, unit, year) = (scope.clone(), overview.unit.id, year_of(overview.programme.as_ref()));
    let patterns = Patterns::of(&filter.text, &app.keys, app.clock.now().business_date());
    let (department, stage) = (filter.department.clone(), filter.stage);
    app.db
        .read(async move |tx: &Tx<'_>| {
            let asked = Asked { scope: &scope, unit, year };
            store::people(tx, asked, &patterns, &department, stage, (after, limit)).await
        })
        .await
}
