//! A passkey that comes first: the device is asked before anybody has said who they are, and finds the account itself.
//!
//! The question stands in the page and is kept nowhere: moment, chance and a seal over both and the browser. Whoever opens
//! the page makes no row; an answer that is right makes one, so that no question is answered twice.
//! Source: W3C Web Authentication Level 2, 1.3.3 (a discoverable credential, no list of allowed ones).

use super::passkeys::{asked, bytes, rp_id};
use super::{PasskeyAsk, Proof, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::identity::browsers::Browser;
use crate::keys::{base64_url, random, sha256};
use jixue_core::id::{AccountId, FactorId};
use jixue_core::time::Timestamp;
use jixue_standards::webauthn::{Assertion, verify};

/// How long a question may be answered.
const LIFE_MS: i64 = 15 * 60_000;
/// Eight bytes of time, sixteen of chance; the seal follows.
const BODY_BYTES: usize = 24;
const ANSWERED: &str = "passkey_first";

/// A passkey that answered rightly; not used yet.
#[derive(Debug, Clone)]
pub(in super::super) struct Found {
    pub account: AccountId,
    factor: FactorId,
    /// The counter before and after.
    counts: (i64, i64),
    question: [u8; 32],
    until: Timestamp,
}

fn sealed(app: &App, browser: &Browser, body: &[u8]) -> Vec<u8> {
    app.keys.blind_index("passkey question", &format!("{}\n{}", base64_url(&browser.digest()), base64_url(body)))
}

/// What the page asks whichever passkey the device has for us.
pub(in super::super) fn ask_whoever(app: &App, browser: &Browser) -> PasskeyAsk {
    let mut question = app.clock.now().0.to_be_bytes().to_vec();
    question.extend(random::<16>());
    question.extend(sealed(app, browser, &question));
    let rp_id = rp_id(&app.config.base_url).to_owned();
    PasskeyAsk { challenge: base64_url(&question), rp_id, credentials: String::new() }
}

/// Until when a question of ours may be answered; none when it is not ours, another browser's, or old.
fn until(app: &App, browser: &Browser, question: &[u8]) -> Option<Timestamp> {
    let (body, seal) = question.split_at_checked(BODY_BYTES)?;
    let asked_at = Timestamp(i64::from_be_bytes(body[..8].try_into().ok()?));
    let is_ours = sha256(seal) == sha256(&sealed(app, browser, body));
    let age_ms = app.clock.now().since_ms(asked_at);
    (is_ours && (0..=LIFE_MS).contains(&age_ms)).then(|| asked_at.plus_ms(LIFE_MS))
}

/// Whose passkey answered `question`, and whether rightly: the account is there even when the answer is not believed.
pub(in super::super) async fn find(
    app: &App,
    browser: &Browser,
    question: &str,
    proof: &Proof,
) -> Result<(Option<AccountId>, Option<Found>)> {
    let parts = [question, &proof.credential, &proof.client_data, &proof.authenticator_data, &proof.signature];
    let parts: Option<Vec<Vec<u8>>> = parts.into_iter().map(bytes).collect();
    let Some([question, credential, client_data, authenticator_data, signature]) =
        parts.and_then(|parts| <[Vec<u8>; 5]>::try_from(parts).ok())
    else {
        return Ok((None, None));
    };
    let Some(until) = until(app, browser, &question) else { return Ok((None, None)) };
    let kept = app.db.read(async move |tx: &Tx<'_>| store::whose_passkey(tx, &credential).await).await?;
    let Some((account, factor, public_key, before)) = kept else { return Ok((None, None)) };
    let assertion =
        Assertion { client_data: &client_data, authenticator_data: &authenticator_data, signature: &signature };
    match verify(asked(app, &question), assertion, &public_key, before) {
        Ok(after) => {
            let found = Found { account, factor, counts: (before, after), question: sha256(&question), until };
            Ok((Some(account), Some(found)))
        }
        Err(error) => {
            tracing::warn!(%account, %factor, %error, "a passkey was refused");
            Ok((Some(account), None))
        }
    }
}

/// Uses the passkey and its question up, in the transaction that lets the owner in. False when either was used meanwhile.
pub(in super::super) async fn use_up(tx: &Tx<'_>, found: &Found, now: Timestamp) -> Result<bool> {
    Ok(store::answer_once(tx, &found.question, ANSWERED, found.until).await?
        && store::use_passkey(tx, found.account, found.factor, found.counts, now).await?)
}
