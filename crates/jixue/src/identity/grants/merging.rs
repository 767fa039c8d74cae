//! Grants at a unit that became another: they end, and the same ones are given at that unit. Deputies are named anew.

use super::store::{self, NewGrant, ReachColumns, UnitGrant};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::org::{self, GrantKind};
use jixue_core::fact::Fact;
use jixue_core::id::{GrantId, MergeId, UnitId};
use jixue_core::role::Role;
use jixue_core::time::Timestamp;

/// How many grants at a unit count now.
pub async fn grants_at_unit(tx: &Tx<'_>, unit: UnitId, now: Timestamp) -> Result<i64> {
    let found = store::at_unit(tx, unit, now).await?;
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}

/// The first unit became the second.
pub async fn units_merged(tx: &Tx<'_>, at: &At, merge: MergeId, (from, into): (UnitId, UnitId)) -> Result<Vec<Fact>> {
    let (mut taken, mut given, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    for old in store::at_unit(tx, from, at.now).await? {
        let UnitGrant { account, grant, .. } = old;
        store::revoke(tx, account, grant, at.now, 0, "unit merged").await?;
        facts.push(Fact::GrantTaken { grant, account, role: old.role.clone(), at: at.now });
        if old.is_deputy {
            continue;
        }
        taken.push((account, grant));
        // Whoever held it there before the merge keeps it after a parting too.
        let reach = ReachColumns { region_code: None, unit: Some(into.raw()), base: None, industry: None };
        if store::same(tx, account, at.now, &old.role, &reach).await?.is_none() {
            let grant = give(tx, at, &old, reach).await?;
            given.push((account, grant));
            facts.push(Fact::GrantGiven { grant, account, role: old.role, at: at.now });
        }
    }
    org::note_grants(tx, merge, GrantKind::Taken, &taken).await?;
    org::note_grants(tx, merge, GrantKind::Given, &given).await?;
    Ok(facts)
}

async fn give(tx: &Tx<'_>, at: &At, old: &UnitGrant, reach: ReachColumns) -> Result<GrantId> {
    let grant = at.ids.next::<GrantId>();
    let new = NewGrant {
        account: old.account,
        grant,
        role: &old.role,
        reach,
        given_by: 0,
        given_at: at.now,
        from: at.now,
        until: old.until,
        deputy_for: None,
    };
    store::insert(tx, new).await?;
    Ok(grant)
}

/// A merge was taken back: what it gave ends, what it took is held again.
pub async fn units_parted(tx: &Tx<'_>, at: &At, merge: MergeId) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    let role = || Role::UnitClerk.code().to_owned();
    for (account, grant) in org::given_grants(tx, merge).await? {
        if store::revoke(tx, account, grant, at.now, 0, "merge undone").await? {
            facts.push(Fact::GrantTaken { grant, account, role: role(), at: at.now });
        }
    }
    for (account, grant) in org::taken_grants(tx, merge).await? {
        if store::revive(tx, account, grant, at.now).await? {
            facts.push(Fact::GrantGiven { grant, account, role: role(), at: at.now });
        }
    }
    Ok(facts)
}
