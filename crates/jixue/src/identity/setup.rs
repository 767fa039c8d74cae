//! The first officer of a new installation: a one-time token from the operator's command, never a default password.

use super::store;
use super::{Granting, IdentityRefusal, NewAccount, give_grant, open_account, set_password};
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
pub async fn first_officer(app: &App, token: &str, name: &str, login: &str, password: &str) -> Result<AccountId> {
    // The hash is checked for fitness before the token is used up.
    super::hash_password(app, password).await?;
    let (digest, at, name) = (sha256(token.trim().as_bytes()), app.at(), name.trim().to_owned());
    let account = app
        .db
        .write(async move |tx: &Tx<'_>| {
            if !store::use_setup_token(tx, &digest, at.now).await? {
                return Err(IdentityRefusal::SetupTokenWrong.into());
            }
            let new = NewAccount { name: name.clone(), phone: None, login: None, password_hash: None, learner: None };
            let account = open_account(tx, &at, &new).await?;
            let root = crate::org::root_bureau(tx).await?;
            let reach = Reach::Region { region_code: root.region_code };
            let granting = Granting { account, role: Role::BureauOfficer, reach: reach.clone() };
            give_grant(tx, &at, &Scope::granted(account, reach), &granting).await?;
            Ok(account)
        })
        .await?;
    set_password(app, account, login, password).await?;
    Ok(account)
}
