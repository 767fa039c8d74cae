//! Employer units (用人单位): registered once, found by code, by name and by the names they had before.

use super::OrgRefusal;
use super::store::{places, units as store};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, UnitId};
use jixue_core::org::{Industry, unit_name, unit_name_key};
use jixue_core::scope::{Actor, Scope};
use jixue_core::uscc::Uscc;

/// An employer unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    /// None for a unit that has no unified social credit code.
    pub uscc: Option<String>,
    pub name: String,
    /// `public` or `enterprise`.
    pub kind: String,
    pub region_code: String,
    /// Code of the industry system.
    pub industry: String,
    /// Why there is no code; empty where there is one.
    pub uscc_absent_reason: String,
    /// The unit in whose place this one was registered by mistake.
    pub merged_into: Option<UnitId>,
}

/// A unit to be added.
#[derive(Debug, Clone)]
pub struct NewUnit {
    /// The code, or why there is none.
    pub uscc: Result<Uscc, String>,
    pub name: String,
    pub kind: String,
    pub region_code: String,
    pub industry: String,
}

/// What an officer may say anew of a unit. Its county stays: whose unit it is would change with it.
#[derive(Debug, Clone)]
pub struct UnitChange {
    pub uscc: Result<Uscc, String>,
    pub name: String,
    pub kind: String,
    pub industry: String,
}

/// Sorts of units.
pub const UNIT_KINDS: [&str; 2] = ["public", "enterprise"];

/// The longest reason for a missing code.
const REASON_MAX: usize = 100;

/// Who acts, as facts name them; 0 for the application itself.
pub(super) fn actor(scope: &Scope) -> AccountId {
    match scope.actor() {
        Actor::Account(account) => account,
        Actor::System => AccountId::from_raw(0),
    }
}

/// Adds a unit; the same code and name again is the same unit.
///
/// # Errors
/// `org.uscc_taken` when the code belongs to a unit of another name.
pub async fn add_unit(tx: &Tx<'_>, at: &At, new: &NewUnit) -> Result<UnitId> {
    let id = at.ids.next::<UnitId>();
    if store::insert_unit(tx, id, new, at.now).await? {
        return Ok(id);
    }
    let code = new.uscc.as_ref().map_or("", Uscc::as_str);
    match store::unit_by_uscc(tx, code).await? {
        Some(unit) if unit_name_key(&unit.name) == unit_name_key(&new.name) => Ok(unit.id),
        Some(unit) if store::has_alias(tx, unit.id, &unit_name_key(&new.name)).await? => Ok(unit.id),
        _ => Err(OrgRefusal::UsccTaken.into()),
    }
}

/// What came of registering a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    New(UnitId),
    /// The same code and name, or without a code the same name in the county, or a former name.
    Known(UnitId),
}

impl Registered {
    pub const fn unit(self) -> UnitId {
        match self {
            Self::New(unit) | Self::Known(unit) => unit,
        }
    }
}

/// Registers a unit in the name of an officer, within the officer's region.
///
/// # Errors
/// `unit.region_beyond`, `unit.kind_unknown`, `unit.industry_unknown`, `unit.reason_missing`, what is wrong with the name;
/// `org.uscc_taken`; `unit.name_taken` for a name that the county has already under another code or with one.
pub async fn register_unit(tx: &Tx<'_>, at: &At, scope: &Scope, new: &NewUnit) -> Result<Registered> {
    let new = checked(tx, scope, new).await?;
    if let Some(known) = known_unit(tx, &new).await? {
        return Ok(Registered::Known(known));
    }
    let unit = add_unit(tx, at, &new).await?;
    crate::reactions::follow(tx, at, vec![Fact::UnitRegistered { unit, by: actor(scope), at: at.now }]).await?;
    Ok(Registered::New(unit))
}

/// What registering a unit would come to: the unit that is there already, or none.
///
/// # Errors
/// As [`register_unit`].
pub async fn foresee_unit(tx: &Tx<'_>, scope: &Scope, new: &NewUnit) -> Result<Option<UnitId>> {
    let new = checked(tx, scope, new).await?;
    known_unit(tx, &new).await
}

async fn known_unit(tx: &Tx<'_>, new: &NewUnit) -> Result<Option<UnitId>> {
    let key = unit_name_key(&new.name);
    if let Ok(code) = &new.uscc
        && let Some(known) = unit_by_uscc(tx, code).await?
    {
        let same = unit_name_key(&known.name) == key || store::has_alias(tx, known.id, &key).await?;
        return if same { Ok(Some(known.id)) } else { Err(OrgRefusal::UsccTaken.into()) };
    }
    let named = store::units_named(tx, &new.region_code, &key).await?;
    match (named.as_slice(), &new.uscc) {
        ([], _) => Ok(None),
        ([known, ..], Err(_)) if known.uscc.is_none() => Ok(Some(known.id)),
        // One that has the other's name may be the same with a mistyped code: an officer has to look.
        _ => Err(OrgRefusal::UnitNameTaken.into()),
    }
}

/// The unit as it may be registered: a region within reach, a known kind and system, a name in one spelling, a reason.
async fn checked(tx: &Tx<'_>, scope: &Scope, new: &NewUnit) -> Result<NewUnit> {
    let bounds = scope.bounds();
    let region = new.region_code.as_str();
    let within = bounds.region_from.as_str() <= region && region < bounds.region_until.as_str();
    let narrower = bounds.unit != 0 || bounds.base != 0 || bounds.learner != 0;
    if !within || narrower || !places::regions(tx).await?.iter().any(|known| known.code == region) {
        return Err(OrgRefusal::RegionBeyond.into());
    }
    Ok(NewUnit {
        uscc: code_or_reason(&new.uscc)?,
        name: unit_name(&new.name)?,
        kind: known_kind(&new.kind)?,
        region_code: new.region_code.clone(),
        industry: known_industry(&new.industry)?,
    })
}

fn code_or_reason(uscc: &Result<Uscc, String>) -> Result<Result<Uscc, String>> {
    match uscc {
        Ok(code) => Ok(Ok(code.clone())),
        Err(reason) => {
            let reason: String = reason.trim().chars().take(REASON_MAX).collect();
            if reason.is_empty() { Err(OrgRefusal::ReasonMissing.into()) } else { Ok(Err(reason)) }
        }
    }
}

fn known_kind(kind: &str) -> Result<String> {
    let known = UNIT_KINDS.into_iter().find(|known| *known == kind);
    known.map(str::to_owned).ok_or_else(|| OrgRefusal::KindUnknown.into())
}

fn known_industry(industry: &str) -> Result<String> {
    let known = Industry::from_code(industry).map(Industry::code);
    known.map(str::to_owned).ok_or_else(|| OrgRefusal::IndustryUnknown.into())
}

/// Changes what the registry says of a unit within reach. A name that is given up stays as one it is found by.
///
/// # Errors
/// Not found; `unit.merged` for one that is another by now; as [`register_unit`] for what it is to be.
pub async fn change_unit(tx: &Tx<'_>, at: &At, scope: &Scope, unit: UnitId, change: &UnitChange) -> Result<()> {
    let before = store::unit(tx, scope, unit).await?.ok_or_else(Refused::not_found)?;
    if before.merged_into.is_some() {
        return Err(OrgRefusal::UnitMerged.into());
    }
    let change = UnitChange {
        uscc: code_or_reason(&change.uscc)?,
        name: unit_name(&change.name)?,
        kind: known_kind(&change.kind)?,
        industry: known_industry(&change.industry)?,
    };
    if let Ok(code) = &change.uscc
        && store::unit_by_uscc(tx, code.as_str()).await?.is_some_and(|other| other.id != unit)
    {
        return Err(OrgRefusal::UsccTaken.into());
    }
    if !store::update_unit(tx, scope, unit, &change, at.now).await? {
        return Err(Refused::not_found().into());
    }
    if unit_name_key(&before.name) != unit_name_key(&change.name) {
        store::add_alias(tx, unit, &before.name, actor(scope), at.now).await?;
    }
    crate::reactions::follow(tx, at, vec![Fact::UnitChanged { unit, by: actor(scope), at: at.now }]).await
}

/// Most names of one unit besides its own.
const ALIASES_MAX: usize = 20;

/// Lets a unit within reach be found by another name too. Again, it changes nothing.
///
/// # Errors
/// Not found; what is wrong with the name; `unit.aliases_full`.
pub async fn name_alias(tx: &Tx<'_>, at: &At, scope: &Scope, unit: UnitId, alias: &str) -> Result<()> {
    let alias = unit_name(alias)?;
    let found = store::unit(tx, scope, unit).await?.ok_or_else(Refused::not_found)?;
    if found.merged_into.is_some() {
        return Err(OrgRefusal::UnitMerged.into());
    }
    // Nobody takes it off the registry meanwhile.
    if !store::hold_any(tx, unit).await? {
        return Err(Refused::not_found().into());
    }
    if store::aliases(tx, scope, unit).await?.len() >= ALIASES_MAX {
        return Err(OrgRefusal::AliasesFull.into());
    }
    store::add_alias(tx, unit, &alias, actor(scope), at.now).await?;
    crate::reactions::follow(tx, at, vec![Fact::UnitChanged { unit, by: actor(scope), at: at.now }]).await
}

/// The names of a unit within reach besides its own, oldest first.
pub async fn aliases(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<String>> {
    store::aliases(tx, scope, unit).await
}

/// A unit within reach, also one that is another by now.
pub async fn unit(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Option<Unit>> {
    store::unit(tx, scope, unit).await
}

/// Steps from a unit to the one it became. Longer chains are no honest history.
const MERGES_MAX: usize = 16;

/// The unit that a unit is today: itself, or the one it was merged into.
pub async fn present_unit(tx: &Tx<'_>, unit: UnitId) -> Result<UnitId> {
    let mut present = unit;
    for _ in 0..MERGES_MAX {
        match store::merged_into(tx, present).await? {
            Some(next) => present = next,
            None => return Ok(present),
        }
    }
    Err(Error::internal(format!("unit {unit} was merged in a circle")))
}

/// The unit of a unified social credit code, for the operator's commands: units are public. A code that belonged to a
/// unit registered by mistake leads to the one it became.
pub async fn unit_by_uscc(tx: &Tx<'_>, uscc: &Uscc) -> Result<Option<Unit>> {
    let Some(found) = store::unit_by_uscc(tx, uscc.as_str()).await? else { return Ok(None) };
    let present = present_unit(tx, found.id).await?;
    if present == found.id { Ok(Some(found)) } else { store::unit_by_id(tx, present).await }
}

/// The one unit of a name, present or former, in a county or, where none is given, anywhere; none when several have it.
pub async fn unit_by_name(tx: &Tx<'_>, name: &str, region_code: &str) -> Result<Option<Unit>> {
    let mut named = store::units_named(tx, region_code, &unit_name_key(name)).await?;
    Ok(if named.len() == 1 { named.pop() } else { None })
}

/// The industry system of a unit, for the rules of who may give what; none for a unit that is not known.
pub async fn unit_industry(tx: &Tx<'_>, unit: UnitId) -> Result<Option<Industry>> {
    Ok(store::unit_by_id(tx, unit).await?.and_then(|found| Industry::from_code(&found.industry)))
}

/// Keeps a unit in the registry until this transaction ends, for whatever is about to hang on it; false when there is none.
pub async fn hold_unit(tx: &Tx<'_>, unit: UnitId) -> Result<bool> {
    store::hold_any(tx, unit).await
}

/// The region in which a unit lies, for the rules of who may give what; units are public.
pub async fn unit_region(tx: &Tx<'_>, unit: UnitId) -> Result<Option<String>> {
    store::unit_region(tx, unit).await
}

/// Units within reach, by id, after `after`; at most `limit`.
pub async fn units_page(tx: &Tx<'_>, scope: &Scope, after: UnitId, limit: i64) -> Result<Vec<Unit>> {
    store::units_page(tx, scope, after, limit).await
}
