//! Employer units (用人单位).

use super::OrgRefusal;
use super::store::units as store;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::UnitId;
use jixue_core::scope::Scope;
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
    pub industry: String,
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
        Some(unit) if unit.name == new.name => Ok(unit.id),
        _ => Err(OrgRefusal::UsccTaken.into()),
    }
}

/// A unit within reach.
pub async fn unit(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Option<Unit>> {
    store::unit(tx, scope, unit).await
}

/// The unit of a unified social credit code, for the operator's commands: units are public.
pub async fn unit_by_uscc(tx: &Tx<'_>, uscc: &Uscc) -> Result<Option<Unit>> {
    store::unit_by_uscc(tx, uscc.as_str()).await
}

/// The region in which a unit lies, for the rules of who may give what; units are public.
pub async fn unit_region(tx: &Tx<'_>, unit: UnitId) -> Result<Option<String>> {
    store::unit_region(tx, unit).await
}

/// Units within reach, by id, after `after`; at most `limit`.
pub async fn units_page(tx: &Tx<'_>, scope: &Scope, after: UnitId, limit: i64) -> Result<Vec<Unit>> {
    store::units_page(tx, scope, after, limit).await
}
