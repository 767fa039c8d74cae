//! A unit with nobody in charge: an officer of its region wears its clerk's hat for a while, so that its people are put on
//! the roster and paid for. It ends by itself when a clerk is named.

use super::giving::{held, wanted};
use super::{Granting, give_grant, store, worn};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org;
use jixue_core::authority::{self, AuthorityRefusal};
use jixue_core::fact::Fact;
use jixue_core::id::{GrantId, UnitId};
use jixue_core::role::Role;
use jixue_core::scope::{Actor, Reach, Scope};
use jixue_core::time::Timestamp;

/// How long it lasts at most: a quarter, as any deputy's time.
const DAYS: i64 = 92;
const CLERK_NAMED: &str = "clerk named";

/// Gives an officer who wears `hat` the hat of a unit's clerk, while the unit has none. Again, it changes nothing.
///
/// # Errors
/// Not found outside the officer's reach; `grant.unit_has_clerk` when somebody is in charge.
pub async fn take_care(tx: &Tx<'_>, at: &At, officer: &Scope, hat: Role, unit: UnitId) -> Result<GrantId> {
    let Actor::Account(account) = officer.actor() else {
        return Err(Error::internal("the system takes care of no unit"));
    };
    org::unit(tx, officer, unit).await?.ok_or_else(Refused::not_found)?;
    // Held first: of two who are named and take care at once, the second sees the first.
    if !org::hold_unit(tx, unit).await? {
        return Err(Refused::not_found().into());
    }
    let holding = worn(tx, officer, hat, at.now).await?;
    let until = Some(at.now.plus_days(DAYS));
    let granting = Granting { account, role: Role::UnitClerk, reach: Reach::Unit { unit }, until };
    authority::may_give(&holding, &wanted(tx, at, &granting).await?, &held(tx, at, account).await?, at.now)?;
    if has_clerk(tx, unit, at.now).await? {
        return Err(AuthorityRefusal::UnitHasClerk.into());
    }
    give_grant(tx, at, officer, &granting).await
}

/// Whether somebody is in charge of a unit; whoever only takes care of it is not.
pub async fn has_clerk(tx: &Tx<'_>, unit: UnitId, now: Timestamp) -> Result<bool> {
    store::has_clerk(tx, unit, now).await
}

/// Somebody is in charge from now on: whoever took care of the unit no longer does.
pub(super) async fn relieve(tx: &Tx<'_>, at: &At, unit: UnitId) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for (account, grant) in store::caretakers(tx, unit, at.now).await? {
        if store::revoke(tx, account, grant, at.now, 0, CLERK_NAMED).await? {
            facts.push(Fact::GrantTaken { grant, account, role: Role::UnitClerk.code().to_owned(), at: at.now });
        }
    }
    Ok(facts)
}
