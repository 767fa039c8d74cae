//! Proving a second factor: a code of the app, a recovery code, a passkey, or a UKey.

use super::passkeys::{TO_USE, asked, bytes, take_challenge};
use super::ukeys::by_ukey;
use super::{Owner, recovery_codes, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::identity::IdentityRefusal;
use jixue_standards::totp;
use jixue_standards::webauthn::{Assertion, verify};
use serde::Deserialize;

/// What was sent as a proof.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in super::super) struct Proof {
    /// Six digits of the app, or a recovery code.
    #[serde(default)]
    pub factor_code: String,
    /// What the browser says after a passkey was used, each in base64url.
    #[serde(default)]
    pub credential: String,
    #[serde(default)]
    pub client_data: String,
    #[serde(default)]
    pub authenticator_data: String,
    #[serde(default)]
    pub signature: String,
    /// What a UKey's software answers: base64 of a signature, or CMS.
    #[serde(default)]
    pub ukey_answer: String,
}

/// Believes a proof and uses it up.
///
/// # Errors
/// `factor.wrong`, whatever is wrong with it.
pub(in super::super) async fn prove(app: &App, owner: &Owner, proof: &Proof) -> Result<()> {
    let is_right = match proof.credential.is_empty() {
        false => by_passkey(app, owner, proof).await?,
        true if !proof.ukey_answer.is_empty() => by_ukey(app, owner, &proof.ukey_answer).await?,
        true => by_code(app, owner, &proof.factor_code).await?,
    };
    if is_right { Ok(()) } else { Err(IdentityRefusal::FactorWrong.into()) }
}

async fn by_code(app: &App, owner: &Owner, typed: &str) -> Result<bool> {
    let (at, account, typed) = (app.at(), owner.account, typed.trim().to_owned());
    let write = async move |tx: &Tx<'_>| {
        for (factor, sealed, used_step) in store::totp_secrets(tx, account).await? {
            let secret = at.keys.open("totp", &sealed)?;
            if let Some(step) = totp::step_of(&secret, &typed, at.now.0 / 1_000, used_step) {
                // Of two who use the same code at once, one comes in.
                return store::use_step(tx, account, factor, step, at.now).await;
            }
        }
        recovery_codes::take(tx, &at, account, &typed).await
    };
    app.db.write(write).await
}

async fn by_passkey(app: &App, owner: &Owner, proof: &Proof) -> Result<bool> {
    let Some(challenge) = take_challenge(app, owner, TO_USE).await? else { return Ok(false) };
    let parts = [&proof.credential, &proof.client_data, &proof.authenticator_data, &proof.signature];
    let parts: Option<Vec<Vec<u8>>> = parts.into_iter().map(|part| bytes(part)).collect();
    let Some([credential, client_data, authenticator_data, signature]) =
        parts.and_then(|parts| <[Vec<u8>; 4]>::try_from(parts).ok())
    else {
        return Ok(false);
    };
    let account = owner.account;
    let kept = app.db.read(async move |tx: &Tx<'_>| store::passkey(tx, account, &credential).await).await?;
    let Some((factor, public_key, sign_count)) = kept else { return Ok(false) };
    let assertion =
        Assertion { client_data: &client_data, authenticator_data: &authenticator_data, signature: &signature };
    let counted = match verify(asked(app, &challenge), assertion, &public_key, sign_count) {
        Ok(counted) => counted,
        Err(error) => {
            tracing::warn!(%account, %factor, %error, "a passkey was refused");
            return Ok(false);
        }
    };
    let now = app.clock.now();
    let write = async move |tx: &Tx<'_>| store::use_passkey(tx, account, factor, (sign_count, counted), now).await;
    app.db.write(write).await
}
