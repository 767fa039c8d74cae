//! Who is required to study: everybody employed when a year opens, and everybody a roster brings after that.

use super::standing::require;
use super::store;
use crate::app::App;
use crate::at::At;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::Result;
use crate::org;
use crate::outbox::{self, JobKind};
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Year;

/// People per transaction.
const CHUNK: i64 = 250;
/// Units looked at in one step of opening a year.
const UNITS: i64 = 500;

/// A year was opened: a job for each unit makes its people's standings.
pub async fn require_everybody(tx: &Tx<'_>, at: &At, year: Year) -> Result<Vec<Fact>> {
    let scope = Scope::system("opening a year");
    let mut after = UnitId::from_raw(0);
    loop {
        let units = org::units_page(tx, &scope, after, UNITS).await?;
        for unit in &units {
            outbox::enqueue(tx, at, JobKind::RequireUnit, unit.id, year, at.now).await?;
        }
        match units.last() {
            Some(last) => after = last.id,
            None => return Ok(Vec::new()),
        }
    }
}

/// A roster brought people: they are required in every open year.
pub async fn require_unit_in_open_years(tx: &Tx<'_>, at: &At, unit: UnitId) -> Result<Vec<Fact>> {
    let today = at.now.business_date();
    for programme in years::open_years(tx).await?.iter().filter(|programme| programme.is_open_on(today)) {
        outbox::enqueue(tx, at, JobKind::RequireUnit, unit, programme.year, at.now).await?;
    }
    Ok(Vec::new())
}

/// Makes the standings of a unit's people, in chunks; whoever has one already is left alone.
pub async fn require_unit(app: &App, unit: UnitId, year: Year) -> Result<()> {
    let mut after = LearnerId::from_raw(0);
    loop {
        let at = app.at();
        let last = app
            .db
            .write_bulk(async move |tx: &Tx<'_>| {
                let scope = Scope::system("requiring a unit");
                let people = org::unit_people_ids(tx, &scope, unit, after, CHUNK).await?;
                for learner in &people {
                    let facts = require(tx, &at, *learner, year).await?;
                    crate::reactions::follow(tx, &at, facts).await?;
                }
                Ok(people.last().copied())
            })
            .await?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Finds units with people that no job has required, and asks for them again.
pub async fn sweep(app: &App) -> Result<()> {
    let at = app.at();
    app.db
        .write_bulk(async move |tx: &Tx<'_>| {
            let (scope, today) = (Scope::system("sweep of standings"), at.now.business_date());
            for programme in years::open_years(tx).await?.iter().filter(|programme| programme.is_open_on(today)) {
                for unit in store::unrequired_units(tx, &scope, programme.year).await? {
                    outbox::enqueue(tx, &at, JobKind::RequireUnit, unit, programme.year, at.now).await?;
                }
            }
            Ok(())
        })
        .await
}
