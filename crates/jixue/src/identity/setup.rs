//! The first officer of a new installation: a one-time token from the operator's command, never a default password.

use super::password::{Personal, fit_login, hash_fit};
use super::{Granting, IdentityRefusal, NewAccount, give_grant, open_account, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::{base64_url, random, sha256};
use jixue_core::id::AccountId;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};

/// Makes a token that is good for a day and for one use.
pub async fn make_setup_token(app: &App) -> Result<String> {
    let token = base64_url(&random::<24>());
    let (digest, now) = (sha256(token.as_bytes()), app.clock.now());
    app.db.write(async move |tx: &Tx<'_>| store::insert_setup_token(tx, &digest, now, now.plus_days(1)).await).await?;
    Ok(token)
}

/// Makes the root bureau's first officer with a login and password.
///
/// The token is used up only together with the account: a refused login or password leaves it good. It is looked at
/// before the password is hashed, so that a stranger cannot spend the server's hashing.
pub async fn first_officer(app: &App, token: &str, name: &str, login: &str, password: &str) -> Result<AccountId> {
    let login = fit_login(login)?;
    let (digest, at, name) = (sha256(token.trim().as_bytes()), app.at(), name.trim().to_owned());
    let now = at.now;
    let is_good = app.db.read(async move |tx: &Tx<'_>| store::setup_token_is_good(tx, &digest, now).await).await?;
    if !is_good {
        return Err(IdentityRefusal::SetupTokenWrong.into());
    }
    let personal = Personal { name: name.clone(), numbers: vec![login.clone()] };
    let hash = hash_fit(app, password, &personal).await?;
    app.db
        .write(async move |tx: &Tx<'_>| {
            if !store::use_setup_token(tx, &digest, at.now).await? {
                return Err(IdentityRefusal::SetupTokenWrong.into());
            }
            if store::login_is_taken(tx, &login).await? {
                return Err(IdentityRefusal::LoginTaken.into());
            }
            let (login, password_hash) = (Some(login.clone()), Some(hash.clone()));
            let new = NewAccount { name: name.clone(), phone: None, login, password_hash, learner: None };
            let account = open_account(tx, &at, &new).await?;
            let root = crate::org::root_bureau(tx).await?;
            let reach = Reach::Region { region_code: root.region_code };
            let granting = Granting { account, role: Role::BureauOfficer, reach: reach.clone(), until: None };
            give_grant(tx, &at, &Scope::granted(account, reach), &granting).await?;
            Ok(account)
        })
        .await
}
