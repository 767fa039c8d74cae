//! What follows for somebody's account when their name or phone was put right.

use super::codes::phone_index;
use super::store;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use jixue_core::id::LearnerId;
use jixue_core::org::Phone;
use jixue_core::refusal::Kind;

/// The account carries the learner's new name; without an account there is nothing to do.
pub async fn rename_account(tx: &Tx<'_>, learner: LearnerId, name: &str) -> Result<()> {
    match store::account_by_learner(tx, learner).await? {
        Some(account) => store::rename_account(tx, account, name).await,
        None => Ok(()),
    }
}

/// From now on the new number signs in to the learner's account, and the old one to nothing. Every other way in
/// ends with it: whoever holds the old telephone is not let go on.
///
/// # Errors
/// `correction.phone_of_account` when the number signs in to another account.
pub async fn move_phone(tx: &Tx<'_>, at: &At, learner: LearnerId, phone: &Phone) -> Result<()> {
    let Some(account) = store::account_by_learner(tx, learner).await? else {
        return Ok(());
    };
    store::forget_account_phone(tx, account).await?;
    let sealed = at.keys.seal("phone", phone.revealed().as_bytes());
    if !store::insert_account_phone(tx, &phone_index(at, phone), account, &sealed).await? {
        return Err(Refused::new("correction.phone_of_account", Kind::Conflict).into());
    }
    super::anew::begin_anew(tx, at, account).await
}
