//! An account begun anew for its owner: whoever had its telephone, or another way in, is out.

use super::store::{self, pending};
use super::{bindings, devices, factors, password};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::{AccountId, LearnerId};

/// Whether the account of a learner, where there is one, holds an office besides.
pub async fn learner_holds_office(tx: &Tx<'_>, learner: LearnerId) -> Result<bool> {
    match store::account_by_learner(tx, learner).await? {
        Some(account) => store::holds_office(tx, account).await,
        None => Ok(false),
    }
}

/// Ends every way into an account but its telephone: password, WeChat and issuers, sign-ins half done, sessions; second
/// factors too, unless the account holds an office, where two administrators take them away.
pub(super) async fn begin_anew(tx: &Tx<'_>, at: &At, account: AccountId) -> Result<()> {
    password::set_password(tx, account, None).await?;
    bindings::remove_bindings(tx, account, at.now).await?;
    pending::forget_account(tx, account).await?;
    if !store::holds_office(tx, account).await? {
        factors::store::remove_all(tx, account, at.now).await?;
    }
    devices::end_everywhere(tx, account, at.now).await
}
