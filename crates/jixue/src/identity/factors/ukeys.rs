//! UKeys: a certificate on a token that the officer plugs in. The token's own software signs the text that the page shows;
//! its answer is pasted, or fetched by the page from the software where that listens on the officer's machine.

use super::passkeys::{put_challenge, take_challenge};
use super::store;
use super::{Factor, Owner, enrolment};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::identity::IdentityRefusal;
use crate::keys::{base64_url, sha256};
use jixue_core::id::FactorId;
use jixue_core::refusal::Kind;
use jixue_standards::ukey::{SignedAnswer, Trust, UkeyError, ders, read_answer};
use serde::Deserialize;

const TO_USE: &str = "ukey_use";
const TO_ADD: &str = "ukey_add";

/// What the page asks the token to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct UkeyAsk {
    pub text: String,
    /// Where the token's software listens; empty when it is not configured.
    pub middleware: String,
}

/// A UKey to be added.
#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct NewUkey {
    /// PEM, or base64 of DER; may be empty where the answer carries it.
    #[serde(default)]
    pub ukey_certificate: String,
    /// Base64 of a signature, or CMS.
    #[serde(default)]
    pub ukey_answer: String,
}

/// One line of plain letters: for what it is signed, for which site, and a number that is good once. So an answer to another
/// site, or to another question of this one, answers nothing here.
fn text(app: &App, purpose: &str, challenge: &str) -> String {
    format!("jixue/1 {purpose} {} {challenge}", app.config.base_url)
}

async fn question(app: &App, owner: &Owner, purpose: &'static str) -> Result<UkeyAsk> {
    let challenge = put_challenge(app, owner, purpose).await?;
    let middleware = app.config.ukey.as_ref().and_then(|section| section.middleware_url.clone()).unwrap_or_default();
    Ok(UkeyAsk { text: text(app, purpose, &challenge), middleware })
}

/// Asks the account for one of its UKeys; none when it has none, or none are configured any more.
pub(in super::super) async fn ask_ukey(app: &App, owner: &Owner, factors: &[Factor]) -> Result<Option<UkeyAsk>> {
    match app.ukey.is_some() && factors.iter().any(|factor| factor.kind == "ukey") {
        true => question(app, owner, TO_USE).await.map(Some),
        false => Ok(None),
    }
}

/// What a new UKey signs; none where none are configured.
pub(in super::super) async fn offer_ukey(app: &App, owner: &Owner) -> Result<Option<UkeyAsk>> {
    match &app.ukey {
        Some(_) => question(app, owner, TO_ADD).await.map(Some),
        None => Ok(None),
    }
}

fn refused(error: &UkeyError) -> Refused {
    let code = match error {
        UkeyError::Malformed => "ukey.unreadable",
        UkeyError::Sm2 => "ukey.sm2",
        UkeyError::KeyUsage => "ukey.key_usage",
        UkeyError::NotValidNow => "ukey.not_valid_now",
        UkeyError::Revoked => "ukey.revoked",
        UkeyError::ListStale => "ukey.list_stale",
        UkeyError::Untrusted(_) => "ukey.untrusted",
        UkeyError::WrongSignature => "factor.wrong",
    };
    Refused::new(code, Kind::Invalid)
}

fn trust(app: &App) -> Result<&Trust> {
    app.ukey.as_ref().ok_or_else(|| Refused::not_found().into())
}

/// Adds a UKey that has signed what was asked; see `finish_totp` for the recovery codes.
///
/// # Errors
/// A certificate that is not good, named by its reason; an answer of another key; a UKey that is known already.
pub(in super::super) async fn add_ukey(
    app: &App,
    owner: &Owner,
    new: &NewUkey,
    label: &str,
) -> Result<Option<Vec<String>>> {
    let trust = trust(app)?;
    let challenge = take_challenge(app, owner, TO_ADD).await?.ok_or(IdentityRefusal::FactorStale)?;
    let asked = text(app, TO_ADD, &base64_url(&challenge));
    let now_seconds = app.clock.now().0.div_euclid(1_000);
    let found = signer(trust, new, &asked, now_seconds);
    let (certificate, subject) = found.map_err(|error| {
        tracing::warn!(account = %owner.account, %error, "a new UKey was refused");
        refused(&error)
    })?;
    // Without a name of the owner's, the certificate's.
    let label = if label.trim().is_empty() { subject } else { label.to_owned() };
    enrolment::add_ukey(app, owner, certificate, &label).await
}

/// The certificate whose key signed what was asked, and its holder's name.
fn signer(trust: &Trust, new: &NewUkey, asked: &str, now_seconds: i64) -> Result<(Vec<u8>, String), UkeyError> {
    let answer = read_answer(&new.ukey_answer)?;
    let mut certificates = ders(new.ukey_certificate.as_bytes(), "CERTIFICATE");
    certificates.extend(answer.certificates().iter().cloned());
    let own = match certificates.iter().position(|one| answer.verify(one, asked.as_bytes()).is_ok()) {
        Some(own) => certificates.remove(own),
        // Why, as far as the first certificate tells.
        None => {
            let first = certificates.first().ok_or(UkeyError::Malformed)?;
            answer.verify(first, asked.as_bytes())?;
            return Err(UkeyError::WrongSignature);
        }
    };
    let holder = trust.check(&own, &certificates, now_seconds)?;
    Ok((own, holder.subject))
}

/// Whether one of the account's UKeys signed what was asked, and its certificate is still good.
///
/// # Errors
/// Of a certificate that has run out or was revoked since.
pub(super) async fn by_ukey(app: &App, owner: &Owner, typed: &str) -> Result<bool> {
    let trust = trust(app)?;
    let Some(challenge) = take_challenge(app, owner, TO_USE).await? else { return Ok(false) };
    let asked = text(app, TO_USE, &base64_url(&challenge));
    let Ok(answer) = read_answer(typed) else { return Ok(false) };
    let account = owner.account;
    let kept = app.db.read(async move |tx: &Tx<'_>| store::ukeys(tx, account).await).await?;
    let signed = |(_, certificate): &&(FactorId, Vec<u8>)| answer.verify(certificate, asked.as_bytes()).is_ok();
    let Some((factor, certificate)) = kept.iter().find(signed) else { return Ok(false) };
    let now = app.clock.now();
    let between = between(&answer, certificate);
    if let Err(error) = trust.check(certificate, &between, now.0.div_euclid(1_000)) {
        tracing::warn!(%account, %factor, %error, "a UKey was refused");
        return Err(refused(&error).into());
    }
    let factor = *factor;
    app.db.write(async move |tx: &Tx<'_>| store::use_ukey(tx, account, factor, now).await).await
}

fn between(answer: &SignedAnswer, own: &[u8]) -> Vec<Vec<u8>> {
    answer.certificates().iter().filter(|one| one.as_slice() != own).cloned().collect()
}

/// What a certificate is known by: nobody else can add the same.
pub(super) fn credential(certificate: &[u8]) -> [u8; 32] {
    sha256(certificate)
}
