//! A unit that was registered by mistake leaves the registry again, as long as nothing hangs on it.

use super::store::{unit_removal as store, units};
use super::units::actor;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::UnitId;
use jixue_core::scope::Scope;

/// Takes a unit within reach off the registry; or the code of why it stays.
///
/// It is held first: whoever employs somebody there, gives a grant for it, merges or changes it in this moment is waited
/// for, and what they did is seen; whoever comes later finds no unit.
pub(super) async fn remove_unit(tx: &Tx<'_>, at: &At, scope: &Scope, unit: UnitId) -> Result<Option<&'static str>> {
    if !units::hold_unit(tx, scope, unit).await? {
        return Ok(Some("list.stays_gone"));
    }
    let bonds = store::bonds(tx, unit).await?;
    let elsewhere = reactions::unit_bonds(tx, unit, at.now).await?;
    let stays = if bonds.people {
        Some("list.stays_people")
    } else if elsewhere.grants > 0 {
        Some("list.stays_clerk")
    } else if bonds.changed {
        Some("list.stays_changed")
    } else if bonds.used || elsewhere.orders > 0 || elsewhere.years > 0 {
        Some("list.stays_used")
    } else {
        None
    };
    if stays.is_some() {
        return Ok(stays);
    }
    if !store::remove(tx, scope, unit).await? {
        return Ok(Some("list.stays_gone"));
    }
    let fact = Fact::UnitRemoved { unit, by: actor(scope), at: at.now };
    reactions::follow(tx, at, vec![fact]).await?;
    Ok(None)
}
