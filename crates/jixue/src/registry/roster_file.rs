//! The roster of a county or a unit as a file: for officers and for the operator's command, always on record.

use super::export;
use super::store::{self, PeopleAsked, PersonLine};
use crate::app::App;
use crate::db::Tx;
use crate::desk::Patterns;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::org::{self, Region};
use crate::sheet;
use crate::trail;
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, LearnerId, UnitId};
use jixue_core::scope::{Actor, Scope};

/// People in one file: those of a city.
const EXPORT_MAX: usize = 100_000;
/// People read in one piece.
const CHUNK: i64 = 5_000;

/// Whose roster, and how.
#[derive(Debug, Clone, Default)]
pub struct RosterWanted {
    /// Words of a search, or empty.
    pub text: String,
    /// A county, or empty.
    pub region_code: String,
    pub unit: Option<UnitId>,
    /// Whole numbers of identity, and what for; none masks them.
    pub purpose: Option<String>,
    /// CSV instead of a spreadsheet.
    pub is_csv: bool,
    /// Only these, whatever the rest says; everybody when empty.
    pub chosen: Vec<LearnerId>,
}

/// A roster as it leaves the house.
pub struct RosterFile {
    pub bytes: Vec<u8>,
    pub people: usize,
}

/// Writes the roster of everybody within reach who is wanted; that it was written is kept.
///
/// # Errors
/// Not found for a unit out of reach.
pub async fn roster_file(app: &App, scope: &Scope, t: Texts, wanted: &RosterWanted) -> Result<RosterFile> {
    let (asker, unit) = (scope.clone(), wanted.unit);
    let regions = app
        .db
        .read(async move |tx: &Tx<'_>| {
            if let Some(unit) = unit {
                org::unit(tx, &asker, unit).await?.ok_or_else(Refused::not_found)?;
            }
            org::regions(tx).await
        })
        .await?;
    let lines = match wanted.chosen.is_empty() {
        true => everybody(app, scope, wanted).await?,
        false => some(app, scope, wanted.chosen.clone()).await?,
    };
    let (at, count) = (app.at(), lines.len());
    let by = match scope.actor() {
        Actor::Account(account) => account,
        Actor::System => AccountId::from_raw(0),
    };
    let people = i64::try_from(count).map_err(Error::internal)?;
    let fact = Fact::PeopleExported { by, people, unmasked: wanted.purpose.is_some(), at: at.now };
    let purpose = wanted.purpose.clone().unwrap_or_default();
    // On record before the file leaves.
    let write = async move |tx: &Tx<'_>| {
        trail::record_export(tx, &at, by, people, &purpose).await?;
        crate::reactions::follow(tx, &at, vec![fact.clone()]).await
    };
    app.db.write(write).await?;
    let (keys, now, is_csv) = (wanted.purpose.as_ref().map(|_| app.keys.clone()), app.clock.now(), wanted.is_csv);
    let bytes = sheet::in_background(move || written(&t, &lines, &regions, keys.as_ref(), (now, is_csv))).await?;
    Ok(RosterFile { bytes, people: count })
}

fn written(
    t: &Texts,
    lines: &[PersonLine],
    regions: &[Region],
    keys: Option<&crate::keys::Keys>,
    (now, is_csv): (jixue_core::time::Timestamp, bool),
) -> Result<Vec<u8>> {
    let table = export::people(t, lines, regions, keys, now)?;
    if is_csv { Ok(sheet::csv(&table)) } else { sheet::table(&table) }
}

/// Those of the chosen who are within reach.
async fn some(app: &App, scope: &Scope, chosen: Vec<LearnerId>) -> Result<Vec<PersonLine>> {
    let scope = scope.clone();
    let nothing = Patterns::of("", &app.keys, app.clock.now().business_date());
    app.db
        .read_bulk(async move |tx: &Tx<'_>| {
            let asked = PeopleAsked { patterns: &nothing, region_code: "", unit: UnitId::from_raw(0) };
            let mut lines = Vec::new();
            for learner in &chosen {
                let before = LearnerId::from_raw(learner.raw() - 1);
                let next = store::people(tx, &scope, &asked, (before, 1)).await?;
                lines.extend(next.into_iter().filter(|line| line.id == *learner));
            }
            Ok(lines)
        })
        .await
}

/// Everybody whom a list names, read in pieces so that no snapshot is held for long.
async fn everybody(app: &App, scope: &Scope, wanted: &RosterWanted) -> Result<Vec<PersonLine>> {
    let (mut all, mut after) = (Vec::new(), LearnerId::from_raw(0));
    loop {
        let (scope, wanted) = (scope.clone(), wanted.clone());
        let patterns = Patterns::of(&wanted.text, &app.keys, app.clock.now().business_date());
        let some = app
            .db
            .read_bulk(async move |tx: &Tx<'_>| {
                let unit = wanted.unit.unwrap_or(UnitId::from_raw(0));
                let asked = PeopleAsked { patterns: &patterns, region_code: &wanted.region_code, unit };
                store::people(tx, &scope, &asked, (after, CHUNK)).await
            })
            .await?;
        let full = i64::try_from(some.len()).is_ok_and(|count| count == CHUNK);
        all.extend(some);
        match all.last().filter(|_| full && all.len() < EXPORT_MAX) {
            Some(last) => after = last.id,
            None => return Ok(all),
        }
    }
}
