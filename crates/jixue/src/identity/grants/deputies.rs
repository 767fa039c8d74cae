//! Deputies (代理): somebody acts in another's hat for a time.

use super::store::{self, NewGrant};
use super::{columns, grants_of};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::identity::IdentityRefusal;
use jixue_core::authority::{self, AuthorityRefusal};
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, GrantId};
use jixue_core::time::Timestamp;

/// Lets `deputy` act in a hat of `holder` until then.
///
/// # Errors
/// The hat is not the holder's, the holder is a deputy, the time is longer than a quarter, or the deputy is the holder or
/// an administrator of another kind.
pub async fn deputize(
    tx: &Tx<'_>,
    at: &At,
    holder: AccountId,
    held: GrantId,
    deputy: AccountId,
    until: Timestamp,
) -> Result<GrantId> {
    if holder == deputy {
        return Err(AuthorityRefusal::Oneself.into());
    }
    let grants = grants_of(tx, holder, at.now).await?;
    let hat = grants.into_iter().find(|grant| grant.grant == held).ok_or(IdentityRefusal::GrantMissing)?;
    authority::may_deputize(hat.is_deputy, until, at.now)?;
    let roles: Vec<_> = grants_of(tx, deputy, at.now).await?.into_iter().map(|grant| grant.role).collect();
    let clash = hat.role.is_administrator() && roles.iter().any(|role| role.is_administrator() && *role != hat.role);
    if clash {
        return Err(AuthorityRefusal::AdministratorsExclusive.into());
    }
    let grant = at.ids.next::<GrantId>();
    let new = NewGrant {
        account: deputy,
        grant,
        role: hat.role.code(),
        reach: columns(&hat.reach)?,
        given_by: holder.raw(),
        given_at: at.now,
        from: at.now,
        until: Some(until),
        deputy_for: Some((holder, held)),
    };
    store::insert(tx, new).await?;
    let fact = Fact::GrantGiven { grant, account: deputy, role: hat.role.code().to_owned(), at: at.now };
    crate::reactions::follow(tx, at, vec![fact]).await?;
    Ok(grant)
}
