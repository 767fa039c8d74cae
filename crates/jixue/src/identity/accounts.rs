//! Accounts: one a person, whatever hats they wear.

use super::IdentityRefusal;
use super::codes::phone_index;
use super::store::{self, AccountRow};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use jixue_core::id::{AccountId, LearnerId};
use jixue_core::org::Phone;

/// What an account is opened with. Without a password it signs in by phone only.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub name: String,
    pub phone: Option<Phone>,
    pub login: Option<String>,
    /// As `hash_password` gives it.
    pub password_hash: Option<String>,
    pub learner: Option<LearnerId>,
}

/// Opens an account, or finds the one its phone or its learner already has.
pub async fn open_account(tx: &Tx<'_>, at: &At, new: &NewAccount) -> Result<AccountId> {
    if let Some(phone) = &new.phone
        && let Some((account, ..)) = store::account_by_phone(tx, &phone_index(at, phone)).await?
    {
        return Ok(account);
    }
    if let Some(learner) = new.learner
        && let Some(account) = store::account_by_learner(tx, learner).await?
    {
        return Ok(account);
    }
    let account = at.ids.next::<AccountId>();
    // The phone decides: of two that open an account for it at once, the second finds the first one's.
    if let Some(phone) = &new.phone {
        let (index, sealed) = (phone_index(at, phone), at.keys.seal("phone", phone.revealed().as_bytes()));
        if !store::insert_account_phone(tx, &index, account, &sealed).await? {
            let first = store::account_by_phone(tx, &index).await?;
            return first.map(|(first, ..)| first).ok_or_else(|| Error::internal("the phone of a disabled account"));
        }
    }
    let row = AccountRow {
        account,
        login: new.login.as_deref(),
        password_hash: new.password_hash.as_deref(),
        name: &new.name,
        learner: new.learner,
        created_at: at.now,
    };
    store::insert_account(tx, row).await?;
    Ok(account)
}

/// Whether a learner has signed in before.
pub async fn has_account(tx: &Tx<'_>, learner: LearnerId) -> Result<bool> {
    Ok(store::account_by_learner(tx, learner).await?.is_some())
}

/// True when a phone can sign in: an account has it, or a learner on a roster.
pub(super) async fn is_known(tx: &Tx<'_>, at: &At, phone: &Phone) -> Result<bool> {
    let index = phone_index(at, phone);
    Ok(store::account_by_phone(tx, &index).await?.is_some()
        || crate::org::learner_by_phone(tx, &index).await?.is_some())
}

/// The account a phone signs in. A learner's first sign-in makes it; a clerk who is also a learner keeps one account.
///
/// # Errors
/// `sign_in.phone_reissued` when the roster gives the number to another person than the account: numbers are given out
/// again, and the new owner must not find the old one's account behind it.
pub(super) async fn account_of_phone(tx: &Tx<'_>, at: &At, phone: &Phone) -> Result<Option<AccountId>> {
    let index = phone_index(at, phone);
    let learner = crate::org::learner_by_phone(tx, &index).await?;
    match (store::account_by_phone(tx, &index).await?, learner) {
        (Some((account, None, known_as)), Some((learner, name))) if known_as.trim() == name.trim() => {
            store::attach_learner(tx, account, learner).await?;
            Ok(Some(account))
        }
        (Some((_, None, _)), Some(_)) => Err(IdentityRefusal::PhoneReissued.into()),
        (Some((_, Some(own), _)), Some((learner, _))) if own != learner => Err(IdentityRefusal::PhoneReissued.into()),
        (Some((account, ..)), _) => Ok(Some(account)),
        (None, Some((learner, name))) => match store::account_by_learner(tx, learner).await? {
            Some(account) => Ok(Some(account)),
            None => {
                let new = NewAccount {
                    name,
                    phone: Some(phone.clone()),
                    login: None,
                    password_hash: None,
                    learner: Some(learner),
                };
                open_account(tx, at, &new).await.map(Some)
            }
        },
        (None, None) => Ok(None),
    }
}
