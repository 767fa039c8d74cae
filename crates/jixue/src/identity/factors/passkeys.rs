//! Asking a browser for a passkey: what stands in the page for the script that speaks with the browser.

use super::{Factor, Owner, QUESTION_SECONDS, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::{base64_url, random, sha256};
use base64::Engine;
use jixue_standards::webauthn::Asked;

pub(super) const TO_USE: &str = "passkey_use";
pub(super) const TO_ADD: &str = "passkey_add";

/// For `navigator.credentials.get`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct PasskeyAsk {
    pub challenge: String,
    pub rp_id: String,
    /// Credentials of the account, separated by blanks.
    pub credentials: String,
}

/// For `navigator.credentials.create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct PasskeyOffer {
    pub challenge: String,
    pub rp_id: String,
    /// What the authenticator knows the account by; says nothing of the person.
    pub user: String,
    /// Those the account has already, separated by blanks: a device is not asked twice.
    pub credentials: String,
}

/// The host of our address: what passkeys are bound to.
pub(super) fn rp_id(base_url: &str) -> &str {
    let host = base_url.split("://").nth(1).unwrap_or(base_url);
    host.split(['/', ':']).next().unwrap_or(host)
}

pub(super) fn asked<'a>(app: &'a App, challenge: &'a [u8]) -> Asked<'a> {
    Asked { origin: &app.config.base_url, rp_id: rp_id(&app.config.base_url), challenge }
}

fn credentials(factors: &[Factor]) -> String {
    let ids = factors.iter().filter_map(|factor| factor.credential.as_deref()).map(base64_url);
    ids.collect::<Vec<_>>().join(" ")
}

/// Asks the account for one of its passkeys; none when it has none.
pub(in super::super) async fn ask_passkey(app: &App, owner: &Owner, factors: &[Factor]) -> Result<Option<PasskeyAsk>> {
    if !factors.iter().any(|factor| factor.kind == "passkey") {
        return Ok(None);
    }
    let challenge = put_challenge(app, owner, TO_USE).await?;
    let rp_id = rp_id(&app.config.base_url).to_owned();
    Ok(Some(PasskeyAsk { challenge, rp_id, credentials: credentials(factors) }))
}

pub(super) async fn offer(app: &App, owner: &Owner, factors: &[Factor]) -> Result<PasskeyOffer> {
    let challenge = put_challenge(app, owner, TO_ADD).await?;
    let user = base64_url(&sha256(format!("passkey user {}", owner.account).as_bytes())[..16]);
    let rp_id = rp_id(&app.config.base_url).to_owned();
    Ok(PasskeyOffer { challenge, rp_id, user, credentials: credentials(factors) })
}

pub(super) async fn put_challenge(app: &App, owner: &Owner, purpose: &'static str) -> Result<String> {
    let challenge: [u8; 32] = random();
    let sealed = app.keys.seal(purpose, &challenge);
    let (digest, until) = (owner.digest, app.clock.now().plus_seconds(QUESTION_SECONDS));
    app.db.write(async move |tx: &Tx<'_>| store::put_question(tx, &digest, purpose, &sealed, until).await).await?;
    Ok(base64_url(&challenge))
}

/// Takes the challenge that was asked: the first answer uses it up, a right one or a wrong one.
pub(super) async fn take_challenge(app: &App, owner: &Owner, purpose: &'static str) -> Result<Option<Vec<u8>>> {
    let (digest, now) = (owner.digest, app.clock.now());
    let write = async move |tx: &Tx<'_>| {
        let Some(sealed) = store::question(tx, &digest, purpose, now).await? else { return Ok(None) };
        let is_first = store::drop_question(tx, &digest, purpose, &sealed).await?;
        Ok(is_first.then_some(sealed))
    };
    let sealed = app.db.write(write).await?;
    sealed.map(|sealed| app.keys.open(purpose, &sealed)).transpose()
}

/// Bytes that a browser's script wrote down in base64url.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_bound_to_the_host_alone() {
        let hosts = [
            ("http://localhost:8080", "localhost"),
            ("https://jixue.example", "jixue.example"),
            ("https://a.example/x", "a.example"),
        ];
        for (base_url, expected) in hosts {
            assert_eq!(rp_id(base_url), expected);
        }
    }
}
