//! Taking a grant away: it gives nothing in the next request, and deputies of it neither.

use super::store::{self, ShownGrant};
use super::{actor_number, industry_of, region_of, worn};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::sessions::reach;
use jixue_core::authority::{self, Holding, Wanted};
use jixue_core::fact::Fact;
use jixue_core::id::GrantId;
use jixue_core::role::Role;
use jixue_core::scope::{Actor, Scope};

/// Takes a grant away in the name of an officer who wears `hat`, or of the person who holds it. Again, it changes nothing.
///
/// # Errors
/// Not found when the grant is not there or not within the asker's rights: which of the two is not told.
pub async fn take_grant(
    tx: &Tx<'_>,
    at: &At,
    remover: &Scope,
    hat: Option<Role>,
    grant: GrantId,
    reason: &str,
) -> Result<()> {
    let held = store::grant(tx, grant).await?.ok_or_else(Refused::not_found)?;
    let is_own = remover.actor() == Actor::Account(held.account);
    if !is_own {
        let hat = hat.ok_or_else(Refused::not_found)?;
        let holding = worn(tx, remover, hat, at.now).await?;
        let wanted = as_wanted(tx, &held).await?;
        authority::may_take(&holding, &wanted).map_err(|_| Refused::not_found())?;
    }
    take(tx, at, remover, &held, reason).await
}

/// Takes a grant away by the operator's command.
///
/// # Errors
/// Not found when there is none.
pub async fn take_grant_by_operator(
    tx: &Tx<'_>,
    at: &At,
    operator: &Scope,
    grant: GrantId,
    reason: &str,
) -> Result<()> {
    let held = store::grant(tx, grant).await?.ok_or_else(Refused::not_found)?;
    take(tx, at, operator, &held, reason).await
}

async fn as_wanted(tx: &Tx<'_>, held: &ShownGrant) -> Result<Wanted> {
    let role = Role::from_code(&held.role).ok_or_else(Refused::not_found)?;
    let reach = reach(&held.reach).ok_or_else(|| Error::internal("a grant without a place"))?;
    let region_code = region_of(tx, &reach).await?.ok_or_else(Refused::not_found)?;
    let industry = industry_of(tx, &reach).await?;
    Ok(Wanted { holding: Holding { role, reach }, region_code, industry, from: held.from, until: held.until })
}

async fn take(tx: &Tx<'_>, at: &At, remover: &Scope, held: &ShownGrant, reason: &str) -> Result<()> {
    let (account, grant) = (held.account, held.grant);
    let reason: String = reason.trim().chars().take(200).collect();
    if !store::revoke(tx, account, grant, at.now, actor_number(remover), &reason).await? {
        return Ok(());
    }
    let fact = Fact::GrantTaken { grant, account, role: held.role.clone(), at: at.now };
    crate::reactions::follow(tx, at, vec![fact]).await
}
