//! Giving a grant: by an officer within the rules, by the operator for the first of a kind.

use super::store::{self, NewGrant};
use super::{actor_number, caretaking, columns, grants_of, industry_of, region_of, worn};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use jixue_core::authority::{self, AuthorityRefusal, Holding, Wanted};
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, GrantId};
use jixue_core::role::Role;
use jixue_core::scope::{Actor, Reach, Scope};
use jixue_core::time::Timestamp;

/// A grant to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granting {
    pub account: AccountId,
    pub role: Role,
    pub reach: Reach,
    /// None: until it is taken away.
    pub until: Option<Timestamp>,
}

/// Gives a role in the name of an officer who wears `hat`. The same role and reach again changes nothing.
///
/// # Errors
/// What `authority::may_give` refuses; not found when the unit or base does not exist.
pub async fn give_role(tx: &Tx<'_>, at: &At, giver: &Scope, hat: Role, granting: &Granting) -> Result<GrantId> {
    if giver.actor() == Actor::Account(granting.account) {
        return Err(AuthorityRefusal::Oneself.into());
    }
    let holding = worn(tx, giver, hat, at.now).await?;
    let wanted = wanted(tx, at, granting).await?;
    authority::may_give(&holding, &wanted, &held(tx, at, granting.account).await?, at.now)?;
    give_grant(tx, at, giver, granting).await
}

/// Names the first of a kind by the operator's command; only what fits nobody is refused.
///
/// # Errors
/// What `authority::fits` refuses; not found when the unit or base does not exist.
pub async fn name_by_operator(tx: &Tx<'_>, at: &At, operator: &Scope, granting: &Granting) -> Result<GrantId> {
    let wanted = wanted(tx, at, granting).await?;
    authority::fits(&wanted, &held(tx, at, granting.account).await?, at.now)?;
    give_grant(tx, at, operator, granting).await
}

pub(super) async fn wanted(tx: &Tx<'_>, at: &At, granting: &Granting) -> Result<Wanted> {
    let region_code = region_of(tx, &granting.reach).await?.ok_or_else(Refused::not_found)?;
    let holding = Holding { role: granting.role, reach: granting.reach.clone() };
    let industry = industry_of(tx, &granting.reach).await?;
    Ok(Wanted { holding, region_code, industry, from: at.now, until: granting.until })
}

pub(super) async fn held(tx: &Tx<'_>, at: &At, account: AccountId) -> Result<Vec<Role>> {
    Ok(grants_of(tx, account, at.now).await?.into_iter().map(|grant| grant.role).collect())
}

/// Writes a grant that was judged before, or that the sample and the first set-up bring.
pub async fn give_grant(tx: &Tx<'_>, at: &At, giver: &Scope, granting: &Granting) -> Result<GrantId> {
    if let Reach::Unit { unit } = granting.reach
        && !crate::org::hold_unit(tx, unit).await?
    {
        return Err(Refused::not_found().into());
    }
    let reach = columns(&granting.reach)?;
    let (account, role) = (granting.account, granting.role.code());
    if let Some(grant) = store::same(tx, account, at.now, role, &reach).await? {
        return Ok(grant);
    }
    let grant = at.ids.next::<GrantId>();
    let new = NewGrant {
        account,
        grant,
        role,
        reach,
        given_by: actor_number(giver),
        given_at: at.now,
        from: at.now,
        until: granting.until,
        deputy_for: None,
    };
    store::insert(tx, new).await?;
    let mut facts = vec![Fact::GrantGiven { grant, account, role: role.to_owned(), at: at.now }];
    if let (Role::UnitClerk, Reach::Unit { unit }) = (granting.role, &granting.reach)
        && giver.actor() != Actor::Account(account)
    {
        facts.extend(caretaking::relieve(tx, at, *unit).await?);
    }
    crate::reactions::follow(tx, at, facts).await?;
    Ok(grant)
}
