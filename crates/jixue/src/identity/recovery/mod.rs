//! Recovery with a second person: an officer who has lost every second factor gets in again when two administrators say
//! so, or one of them and the operator, whose command prints a token.

mod pages;
mod store;

pub use pages::routes;
pub(super) use store::{CATALOGUE, forget};

use super::{IdentityRefusal, codes, devices, factors, grants};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::keys::{base64_url, random, sha256};
use crate::reactions::follow;
use crate::web::Caller;
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, RecoveryId};
use jixue_core::org::Phone;
use jixue_core::scope::Scope;

/// How long a recovery waits for its second person.
const HOURS: i64 = 24;
/// Who opened it, where the operator's command did.
const OPERATOR: AccountId = AccountId::from_raw(0);

/// An open recovery as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Recovery {
    id: RecoveryId,
    account: AccountId,
    name: String,
    reason: String,
    opened_by: AccountId,
    opened_by_name: String,
    opened_at: jixue_core::time::Timestamp,
    token_digest: Option<Vec<u8>>,
}

fn fit_reason(reason: &str) -> Result<String> {
    let reason: String = reason.trim().chars().take(200).collect();
    if reason.chars().count() < 2 { Err(IdentityRefusal::ReasonMissing.into()) } else { Ok(reason) }
}

/// The account of a phone or a login.
async fn named(tx: &Tx<'_>, at: &At, name: &str) -> Result<Option<AccountId>> {
    match Phone::parse(name) {
        Ok(phone) => {
            let found = super::store::account_by_phone(tx, &codes::phone_index(at, &phone)).await?;
            Ok(found.map(|(account, ..)| account))
        }
        Err(_) => {
            let found = super::store::account_by_login(tx, &name.trim().to_lowercase()).await?;
            Ok(found.map(|(account, _)| account))
        }
    }
}

/// Begins a recovery in the name of an administrator, for somebody within their scope.
///
/// # Errors
/// Not found outside the scope, or when nobody is called so; nobody begins one for themselves.
async fn open(app: &App, caller: &Caller, name: &str, reason: &str) -> Result<()> {
    let (at, scope, opened_by) = (app.at(), caller.scope.clone(), caller.account);
    let (name, reason) = (name.to_owned(), fit_reason(reason)?);
    let write = async move |tx: &Tx<'_>| {
        let account = named(tx, &at, &name).await?.ok_or_else(Refused::not_found)?;
        if account == opened_by {
            return Err(IdentityRefusal::RecoveryByOneself.into());
        }
        if !store::is_within(tx, &scope, account).await? {
            return Err(Refused::not_found().into());
        }
        insert(tx, &at, (account, &reason), opened_by, None).await
    };
    app.db.write(write).await
}

/// Begins a recovery by the operator's command; returns the token that an administrator confirms it with.
///
/// # Errors
/// Not found when nobody has the phone or login.
pub async fn open_by_operator(app: &App, name: &str, reason: &str) -> Result<String> {
    let (at, name, reason) = (app.at(), name.to_owned(), fit_reason(reason)?);
    let token = base64_url(&random::<24>());
    let digest = sha256(token.as_bytes());
    let write = async move |tx: &Tx<'_>| {
        let account = named(tx, &at, &name).await?.ok_or_else(Refused::not_found)?;
        insert(tx, &at, (account, &reason), OPERATOR, Some(&digest)).await
    };
    app.db.write(write).await?;
    Ok(token)
}

async fn insert(
    tx: &Tx<'_>,
    at: &At,
    (account, reason): (AccountId, &str),
    opened_by: AccountId,
    token_digest: Option<&[u8]>,
) -> Result<()> {
    let until = at.now.plus_seconds(HOURS * 3_600);
    let recovery = at.ids.next::<RecoveryId>();
    store::insert(tx, recovery, (account, reason, opened_by), (at.now, until), token_digest).await
}

/// The second person's word: factors and recovery codes go, every device is signed out.
///
/// # Errors
/// Not found outside the scope or when it is over; the first person or the account itself; somebody who has
/// the right from the first person, or gave it to them; a wrong token.
async fn confirm(app: &App, caller: &Caller, recovery: RecoveryId, token: &str) -> Result<()> {
    let (at, caller, by) = (app.at(), caller.clone(), caller.account);
    let digest = sha256(token.trim().as_bytes());
    let write = async move |tx: &Tx<'_>| {
        let found = store::one(tx, &caller.scope, recovery, at.now).await?.ok_or_else(Refused::not_found)?;
        if found.account == by || found.opened_by == by {
            return Err(IdentityRefusal::RecoveryByOneself.into());
        }
        if !grants::is_independent(tx, &caller, found.opened_by, found.opened_at).await? {
            return Err(IdentityRefusal::RecoveryNotIndependent.into());
        }
        if found.token_digest.as_ref().is_some_and(|kept| *kept != digest) {
            return Err(IdentityRefusal::RecoveryTokenWrong.into());
        }
        if !store::confirm(tx, recovery, by, at.now).await? {
            return Err(IdentityRefusal::DecidedAlready.into());
        }
        recover(tx, &at, &found, by).await
    };
    app.db.write(write).await
}

async fn recover(tx: &Tx<'_>, at: &At, found: &Recovery, by: AccountId) -> Result<()> {
    let account = found.account;
    factors::store::remove_all(tx, account, at.now).await?;
    super::bindings::remove_bindings(tx, account, at.now).await?;
    devices::end_everywhere(tx, account, at.now).await?;
    let (recovery, opened_by) = (found.id, found.opened_by);
    follow(tx, at, vec![Fact::AccountRecovered { account, recovery, opened_by, confirmed_by: by, at: at.now }]).await
}

async fn waiting(tx: &Tx<'_>, scope: &Scope, at: &At) -> Result<Vec<Recovery>> {
    store::waiting(tx, scope, at.now).await
}
