//! The hats of a person as pages offer them: the learner's own first, then by age.

use super::grants;
use super::sessions::OWN_HAT;
use super::store::SessionRow;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::{Caller, WearableHat};
use jixue_core::id::{AccountId, GrantId};
use jixue_core::role::Role;
use jixue_core::time::Timestamp;

/// The hats of whoever a session belongs to.
pub(super) async fn of(tx: &Tx<'_>, row: &SessionRow, now: Timestamp) -> Result<Vec<WearableHat>> {
    let worn = if row.role.is_some() { row.grant } else { OWN_HAT };
    read(tx, row.account, row.learner.is_some(), worn, now).await
}

/// Every hat of a caller, also the only one. Whoever looks at a learner's pages wears that and no other.
pub async fn hats_of(app: &App, caller: &Caller) -> Result<Vec<WearableHat>> {
    if caller.looking.is_some() {
        return Ok(Vec::new());
    }
    let (account, studies, worn, now) = (caller.account, caller.learner.is_some(), caller.grant, app.clock.now());
    app.db.read(async move |tx: &Tx<'_>| read(tx, account, studies, worn, now).await).await
}

async fn read(
    tx: &Tx<'_>,
    account: AccountId,
    studies: bool,
    worn: GrantId,
    now: Timestamp,
) -> Result<Vec<WearableHat>> {
    let own = studies.then(|| WearableHat {
        grant: OWN_HAT,
        role: None,
        place_zh: String::new(),
        place_en: String::new(),
        industry: None,
        until: None,
        is_deputy: false,
        is_worn: worn == OWN_HAT,
    });
    let given = grants::hats(tx, account, now).await?.into_iter().filter_map(|row| {
        Some(WearableHat {
            grant: row.grant,
            role: Some(Role::from_code(&row.role)?),
            place_zh: row.place_zh,
            place_en: row.place_en,
            industry: row.industry,
            until: row.until,
            is_deputy: row.is_deputy,
            is_worn: row.grant == worn,
        })
    });
    Ok(own.into_iter().chain(given).collect())
}
