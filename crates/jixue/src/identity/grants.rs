//! Grants: which hats an account may wear, and how far each reaches.

use super::sessions::reach;
use super::store::{self, GrantRow, ReachColumns};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, GrantId};
use jixue_core::role::Role;
use jixue_core::scope::{Actor, Reach, Scope};

/// A hat of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub grant: GrantId,
    pub role: Role,
    pub reach: Reach,
}

/// A grant to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granting {
    pub account: AccountId,
    pub role: Role,
    pub reach: Reach,
}

/// Gives a grant in `giver`'s name.
pub async fn give_grant(tx: &Tx<'_>, at: &At, giver: &Scope, granting: &Granting) -> Result<GrantId> {
    let grant = at.ids.next::<GrantId>();
    let given_by = match giver.actor() {
        Actor::Account(account) => account.raw(),
        Actor::System => 0,
    };
    let reach = columns(&granting.reach)?;
    let account = granting.account;
    let row = GrantRow { account, grant, role: granting.role.code(), reach, given_by, given_at: at.now };
    store::insert_grant(tx, row).await?;
    let fact = Fact::GrantGiven { grant, account, role: granting.role.code().to_owned(), at: at.now };
    crate::reactions::follow(tx, at, vec![fact]).await?;
    Ok(grant)
}

fn columns(reach: &Reach) -> Result<ReachColumns> {
    let none = ReachColumns { region_code: None, unit: None, base: None };
    match reach {
        Reach::Region { region_code } => Ok(ReachColumns { region_code: Some(region_code.clone()), ..none }),
        Reach::Unit { unit } => Ok(ReachColumns { unit: Some(unit.raw()), ..none }),
        Reach::Base { base } => Ok(ReachColumns { base: Some(base.raw()), ..none }),
        Reach::Everybody | Reach::Learner { .. } => Err(Error::internal("a grant reaches a region, a unit or a base")),
    }
}

/// The hats of an account, oldest first.
pub async fn grants_of(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Grant>> {
    let rows = store::grants_of(tx, account).await?;
    let known = rows.into_iter().filter_map(|(grant, role, columns)| {
        Some(Grant { grant, role: Role::from_code(&role)?, reach: reach(&columns)? })
    });
    Ok(known.collect())
}
