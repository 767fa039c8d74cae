//! Units that go from one county to another: at once where an officer reaches both, else when the county that receives
//! agrees. People, clerks and history go along; whoever reached the unit only by the county it left reaches it no more.

use super::store::{places, unit_moves as store, units};
use super::units::actor;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::{UnitId, UnitMoveId};
use jixue_core::org::unit_name_key;
use jixue_core::refusal::{Kind, Refusal};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

const WORDS_MAX: usize = 200;

/// A unit's way to another county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitMove {
    pub id: UnitMoveId,
    pub unit: UnitId,
    pub unit_name: String,
    pub from_region: String,
    pub to_region: String,
    /// `asked`, `moved`, `refused` or `withdrawn`.
    pub state: String,
    pub reason: String,
    pub asked_at: Timestamp,
    pub answer: String,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitMoveAsked {
    Waiting(UnitMoveId),
    Moved(UnitMoveId),
}

/// Why a unit stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitMoveRefusal {
    RegionUnknown,
    /// It lies there already.
    LiesThere,
    AskedAlready,
    Answered,
    /// The county has a unit of this name.
    NameTaken,
    ReasonMissing,
}

impl Refusal for UnitMoveRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::RegionUnknown => "unit_move.region_unknown",
            Self::LiesThere => "unit_move.lies_there",
            Self::AskedAlready => "unit_move.asked_already",
            Self::Answered => "unit_move.answered",
            Self::NameTaken => "unit_move.name_taken",
            Self::ReasonMissing => "unit_move.reason_missing",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::RegionUnknown | Self::ReasonMissing => Kind::Invalid,
            Self::LiesThere | Self::AskedAlready | Self::Answered | Self::NameTaken => Kind::Conflict,
        }
    }
}

fn words(text: &str) -> Result<String> {
    let kept: String = text.trim().chars().take(WORDS_MAX).collect();
    if kept.is_empty() { Err(UnitMoveRefusal::ReasonMissing.into()) } else { Ok(kept) }
}

/// Whether a scope reaches every unit of a region, whatever its kind.
fn reaches(scope: &Scope, region: &str) -> bool {
    let bounds = scope.bounds();
    let is_wide = bounds.unit == 0 && bounds.base == 0 && bounds.learner == 0;
    is_wide && bounds.region_from.as_str() <= region && region < bounds.region_until.as_str()
}

/// Asks for a unit within reach to go to another county; it goes at once when the asker reaches that county too.
///
/// # Errors
/// Not found; `unit_move.region_unknown`, `unit_move.lies_there`, `unit_move.asked_already`, `unit_move.name_taken`,
/// `unit_move.reason_missing`.
pub async fn ask_unit_move(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    (to, reason): (&str, &str),
) -> Result<UnitMoveAsked> {
    let found = units::unit(tx, scope, unit).await?.ok_or_else(Refused::not_found)?;
    if !reaches(scope, &found.region_code) || !units::hold_unit(tx, scope, unit).await? {
        return Err(Refused::not_found().into());
    }
    if !places::regions(tx).await?.iter().any(|region| region.code == to) {
        return Err(UnitMoveRefusal::RegionUnknown.into());
    }
    if found.region_code == to {
        return Err(UnitMoveRefusal::LiesThere.into());
    }
    let (id, reason) = (at.ids.next::<UnitMoveId>(), words(reason)?);
    if !store::insert(tx, id, unit, (&found.region_code, to), &reason, actor(scope), at.now).await? {
        return Err(UnitMoveRefusal::AskedAlready.into());
    }
    if !reaches(scope, to) {
        return Ok(UnitMoveAsked::Waiting(id));
    }
    note(tx, at, scope, id, "moved", "").await?;
    go(tx, at, scope, unit, (&found.name, &found.region_code, to)).await?;
    Ok(UnitMoveAsked::Moved(id))
}

async fn note(tx: &Tx<'_>, at: &At, scope: &Scope, id: UnitMoveId, state: &'static str, answer: &str) -> Result<()> {
    match store::note(tx, id, state, actor(scope), answer, at.now).await? {
        true => Ok(()),
        false => Err(UnitMoveRefusal::Answered.into()),
    }
}

async fn go(tx: &Tx<'_>, at: &At, scope: &Scope, unit: UnitId, (name, from, to): (&str, &str, &str)) -> Result<()> {
    if !units::units_named(tx, to, &unit_name_key(name)).await?.is_empty() {
        return Err(UnitMoveRefusal::NameTaken.into());
    }
    // It was merged, or went elsewhere, since it was asked for.
    if !store::set_region(tx, unit, from, to).await? {
        return Err(UnitMoveRefusal::Answered.into());
    }
    let (from_region, to_region) = (from.to_owned(), to.to_owned());
    let fact = Fact::UnitMoved { unit, from_region, to_region, by: actor(scope), at: at.now };
    reactions::follow(tx, at, vec![fact]).await
}

/// Answers for the county that receives: `why_not` is none when the unit may come.
///
/// # Errors
/// Not found when the county is out of reach; `unit_move.answered`, `unit_move.name_taken`, `unit_move.reason_missing`.
pub async fn answer_unit_move(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    id: UnitMoveId,
    why_not: Option<&str>,
) -> Result<()> {
    let asked = store::unit_move(tx, scope, id).await?.ok_or_else(Refused::not_found)?;
    if !reaches(scope, &asked.to_region) {
        return Err(Refused::not_found().into());
    }
    if let Some(why) = why_not {
        return note(tx, at, scope, id, "refused", &words(why)?).await;
    }
    note(tx, at, scope, id, "moved", "").await?;
    go(tx, at, scope, asked.unit, (&asked.unit_name, &asked.from_region, &asked.to_region)).await
}

/// Takes back what was asked and not answered, for the county that has the unit.
///
/// # Errors
/// Not found; `unit_move.answered`.
pub async fn withdraw_unit_move(tx: &Tx<'_>, at: &At, scope: &Scope, id: UnitMoveId) -> Result<()> {
    let asked = store::unit_move(tx, scope, id).await?.ok_or_else(Refused::not_found)?;
    if !reaches(scope, &asked.from_region) {
        return Err(Refused::not_found().into());
    }
    note(tx, at, scope, id, "withdrawn", "").await
}

/// Moves that a scope reaches at either end, newest first, before `before`; at most `limit`.
pub async fn unit_moves(tx: &Tx<'_>, scope: &Scope, before: UnitMoveId, limit: i64) -> Result<Vec<UnitMove>> {
    store::unit_moves(tx, scope, before, limit).await
}

/// Where a unit within reach has lain, latest first; 20 at most.
pub async fn counties_of(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<UnitMove>> {
    store::counties_of(tx, scope, unit).await
}
