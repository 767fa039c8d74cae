//! Units that were registered twice: found, merged with all that hangs on them, and parted again while that is possible.

use super::OrgRefusal;
use super::store::{merging as store, units};
use super::units::{Unit, actor};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::reactions::{self, UnitBonds};
use jixue_core::fact::Fact;
use jixue_core::id::{MergeId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// How long a merge can be taken back.
pub const PARTING_DAYS: i64 = 30;
const REASON_MAX: usize = 200;

/// What merging a unit into another would move, or why it cannot be.
#[derive(Debug, Clone)]
pub struct MergeForecast {
    pub from: Unit,
    pub into: Unit,
    /// People who work there now.
    pub people: i64,
    /// Whoever once worked there.
    pub former: i64,
    pub bonds: UnitBonds,
    pub hindrance: Option<OrgRefusal>,
}

/// A merge as the registry shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub id: MergeId,
    pub from: UnitId,
    pub from_name: String,
    pub into: UnitId,
    pub into_name: String,
    pub reason: String,
    pub people: i64,
    pub merged_at: Timestamp,
    pub undone_at: Option<Timestamp>,
}

/// Both ends within reach.
async fn ends(tx: &Tx<'_>, scope: &Scope, from: UnitId, into: UnitId) -> Result<(Unit, Unit)> {
    let from = units::unit(tx, scope, from).await?.ok_or_else(Refused::not_found)?;
    let into = units::unit(tx, scope, into).await?.ok_or_else(Refused::not_found)?;
    Ok((from, into))
}

/// What a merge would come to, without doing it.
///
/// # Errors
/// Not found when one of the two is out of reach.
pub async fn foresee_merge(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    (from, into): (UnitId, UnitId),
) -> Result<MergeForecast> {
    let (from, into) = ends(tx, scope, from, into).await?;
    let bonds = reactions::unit_bonds(tx, from.id, at.now).await?;
    let hindrance = hindrance(tx, &from, &into, &bonds).await?;
    let (people, former) = store::people(tx, scope, from.id).await?;
    Ok(MergeForecast { people, former, bonds, hindrance, from, into })
}

async fn hindrance(tx: &Tx<'_>, from: &Unit, into: &Unit, bonds: &UnitBonds) -> Result<Option<OrgRefusal>> {
    if from.id == into.id {
        return Ok(Some(OrgRefusal::MergeWithItself));
    }
    if from.merged_into.is_some() || into.merged_into.is_some() {
        return Ok(Some(OrgRefusal::UnitMerged));
    }
    if bonds.orders_open > 0 {
        return Ok(Some(OrgRefusal::MergeOrdersOpen));
    }
    Ok(store::import_is_under_way(tx, from.id).await?.then_some(OrgRefusal::MergeImportOpen))
}

/// Makes one unit of two: people with their history, years, grants and names go over, orders are shown with the other.
///
/// # Errors
/// Not found; `unit.reason_missing`, `unit.merge_with_itself`, `unit.merged`, `unit.merge_orders_open`,
/// `unit.merge_import_open`.
pub async fn merge_units(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    (from, into): (UnitId, UnitId),
    reason: &str,
) -> Result<MergeId> {
    let reason: String = reason.trim().chars().take(REASON_MAX).collect();
    if reason.is_empty() {
        return Err(OrgRefusal::ReasonMissing.into());
    }
    let (from, into) = ends(tx, scope, from, into).await?;
    // In one order, so that two officers who merge the same pair both ways wait for each other instead of for ever.
    let (first, second) = if from.id < into.id { (from.id, into.id) } else { (into.id, from.id) };
    for end in [first, second] {
        if !units::hold_unit(tx, scope, end).await? {
            return Err(OrgRefusal::UnitMerged.into());
        }
    }
    let bonds = reactions::unit_bonds(tx, from.id, at.now).await?;
    if let Some(hindrance) = hindrance(tx, &from, &into, &bonds).await? {
        return Err(hindrance.into());
    }
    let merge = at.ids.next::<MergeId>();
    let (people, _) = store::people(tx, scope, from.id).await?;
    let new = store::NewMerge { merge, from: from.id, into: into.id, reason: &reason, people, by: actor(scope) };
    store::insert(tx, &new, at.now).await?;
    units::add_alias(tx, into.id, &from.name, actor(scope), at.now).await?;
    store::move_over(tx, merge, from.id, into.id).await?;
    let fact = Fact::UnitsMerged { merge, from: from.id, into: into.id, people, by: actor(scope), at: at.now };
    reactions::follow(tx, at, vec![fact]).await?;
    Ok(merge)
}

/// Why a merge cannot be taken back, if it cannot.
///
/// # Errors
/// When the database fails.
pub async fn parting_hindrance(tx: &Tx<'_>, merge: &Merge, now: Timestamp) -> Result<Option<OrgRefusal>> {
    if merge.undone_at.is_some() {
        return Ok(Some(OrgRefusal::PartedAlready));
    }
    if merge.merged_at.plus_days(PARTING_DAYS) < now {
        return Ok(Some(OrgRefusal::PartingOver));
    }
    if units::merged_into(tx, merge.into).await?.is_some() {
        return Ok(Some(OrgRefusal::PartingBlocked));
    }
    Ok(None)
}

/// Takes a merge back: whoever came by it and still works there goes back, with their years and the grants that moved.
///
/// # Errors
/// Not found; `unit.parted_already`, `unit.parting_over` after 30 days, `unit.parting_blocked` when the other unit was
/// itself merged since.
pub async fn part_units(tx: &Tx<'_>, at: &At, scope: &Scope, merge: MergeId) -> Result<()> {
    let found = store::merge(tx, scope, merge).await?.ok_or_else(Refused::not_found)?;
    if let Some(hindrance) = parting_hindrance(tx, &found, at.now).await? {
        return Err(hindrance.into());
    }
    if !store::note_parted(tx, merge, actor(scope), at.now).await? {
        return Err(OrgRefusal::PartedAlready.into());
    }
    let people = store::move_back(tx, merge, found.from, found.into).await?;
    let fact = Fact::UnitsParted { merge, from: found.from, into: found.into, people, by: actor(scope), at: at.now };
    reactions::follow(tx, at, vec![fact]).await
}

/// Merges of a unit within reach, into it or of itself, newest first; 50 at most.
pub async fn merges_of(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<Merge>> {
    store::merges_of(tx, scope, unit).await
}

/// Why two units may be the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same name in the same county.
    Name,
    /// One's name is the other's former one.
    FormerName,
    /// The same organisation code within two unified codes.
    OrganisationCode,
}

/// Two units that may be the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The older one.
    pub one: Unit,
    pub other: Unit,
    pub likeness: Likeness,
}

/// Pairs of units within reach that may be the same one, by the id of the newer one after `after`; at most `limit`.
pub async fn likely_pairs(tx: &Tx<'_>, scope: &Scope, after: UnitId, limit: i64) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for (one, other, likeness) in store::pairs(tx, scope, after, limit).await? {
        let one = units::unit(tx, scope, one).await?;
        let other = units::unit(tx, scope, other).await?;
        if let (Some(one), Some(other)) = (one, other) {
            pairs.push(Pair { one, other, likeness });
        }
    }
    Ok(pairs)
}

pub use store::{GrantKind, given_grants, note_grants, taken_grants};
