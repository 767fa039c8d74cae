//! Getting a second factor: an app by its QR code and a first code, a passkey by the browser; and giving one back.

use super::passkeys::{TO_ADD, asked, bytes, offer, take_challenge};
use super::store::{self, NewFactor};
use super::{FACTORS_MAX, Owner, PasskeyOffer, QUESTION_SECONDS, is_compulsory, recovery_codes};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::identity::IdentityRefusal;
use crate::keys::random;
use crate::reactions::follow;
use jixue_core::fact::Fact;
use jixue_core::id::FactorId;
use jixue_standards::totp;
use jixue_standards::webauthn::register;

const TO_ADD_TOTP: &str = "totp_add";

/// The secret of an app to be added. Asked again, it is the same: a page loaded twice shows one code.
pub(in super::super) async fn begin_totp(app: &App, owner: &Owner) -> Result<Vec<u8>> {
    let (digest, now) = (owner.digest, app.clock.now());
    let kept = app.db.read(async move |tx: &Tx<'_>| store::question(tx, &digest, TO_ADD_TOTP, now).await).await?;
    if let Some(sealed) = kept {
        return app.keys.open("totp", &sealed);
    }
    let secret: [u8; totp::SECRET_BYTES] = random();
    let (sealed, until) = (app.keys.seal("totp", &secret), now.plus_seconds(QUESTION_SECONDS));
    app.db.write(async move |tx: &Tx<'_>| store::put_question(tx, &digest, TO_ADD_TOTP, &sealed, until).await).await?;
    Ok(secret.to_vec())
}

/// Adds the app once a first code proves that it knows the secret. With the first factor of an account come recovery
/// codes, to be shown this once.
///
/// # Errors
/// A wrong code; a page that is too old; too many factors.
pub(in super::super) async fn finish_totp(
    app: &App,
    owner: &Owner,
    typed: &str,
    label: &str,
) -> Result<Option<Vec<String>>> {
    let (at, owner, typed, label) = (app.at(), *owner, typed.to_owned(), fit_label(label));
    let codes = recovery_codes::make();
    let write = async move |tx: &Tx<'_>| {
        let sealed = store::question(tx, &owner.digest, TO_ADD_TOTP, at.now).await?;
        let sealed = sealed.ok_or(IdentityRefusal::FactorStale)?;
        let secret = at.keys.open("totp", &sealed)?;
        let step = totp::step_of(&secret, &typed, at.now.0 / 1_000, 0).ok_or(IdentityRefusal::FactorWrong)?;
        let factor = at.ids.next::<FactorId>();
        let new = NewFactor { account: owner.account, factor, label: &label, now: at.now };
        let is_first = may_add(tx, &owner).await?;
        store::drop_question(tx, &owner.digest, TO_ADD_TOTP, &sealed).await?;
        store::insert_totp(tx, &new, &sealed, step).await?;
        added(tx, &at, &new, "totp", is_first.then_some(codes.as_slice())).await?;
        Ok(is_first.then(|| codes.clone()))
    };
    app.db.write(write).await
}

/// What the browser needs to make a passkey.
pub(in super::super) async fn offer_passkey(app: &App, owner: &Owner) -> Result<PasskeyOffer> {
    let account = owner.account;
    let factors = app.db.read(async move |tx: &Tx<'_>| store::factors_of(tx, account).await).await?;
    offer(app, owner, &factors).await
}

/// Adds a passkey that the browser has made; see [`finish_totp`] for the recovery codes.
///
/// # Errors
/// An answer that does not fit what was asked; a passkey that is known already; too many factors.
pub(in super::super) async fn add_passkey(
    app: &App,
    owner: &Owner,
    (client_data, attestation_object): (&str, &str),
    label: &str,
) -> Result<Option<Vec<String>>> {
    let challenge = take_challenge(app, owner, TO_ADD).await?.ok_or(IdentityRefusal::FactorStale)?;
    let (Some(client_data), Some(object)) = (bytes(client_data), bytes(attestation_object)) else {
        return Err(IdentityRefusal::FactorWrong.into());
    };
    let made = register(asked(app, &challenge), &client_data, &object).map_err(|error| {
        tracing::warn!(account = %owner.account, %error, "a new passkey was refused");
        IdentityRefusal::FactorWrong
    })?;
    let (at, owner, label, codes) = (app.at(), *owner, fit_label(label), recovery_codes::make());
    let write = async move |tx: &Tx<'_>| {
        let factor = at.ids.next::<FactorId>();
        let new = NewFactor { account: owner.account, factor, label: &label, now: at.now };
        let is_first = may_add(tx, &owner).await?;
        if !store::insert_passkey(tx, &new, &made.id, &made.public_key, made.sign_count).await? {
            return Err(IdentityRefusal::FactorKnown.into());
        }
        added(tx, &at, &new, "passkey", is_first.then_some(codes.as_slice())).await?;
        Ok(is_first.then(|| codes.clone()))
    };
    app.db.write(write).await
}

/// Keeps a UKey whose certificate and answer were checked; see [`finish_totp`] for the recovery codes.
pub(super) async fn add_ukey(
    app: &App,
    owner: &Owner,
    certificate: Vec<u8>,
    label: &str,
) -> Result<Option<Vec<String>>> {
    let (at, owner, label, codes) = (app.at(), *owner, fit_label(label), recovery_codes::make());
    let write = async move |tx: &Tx<'_>| {
        let factor = at.ids.next::<FactorId>();
        let new = NewFactor { account: owner.account, factor, label: &label, now: at.now };
        let is_first = may_add(tx, &owner).await?;
        if !store::insert_ukey(tx, &new, &super::ukeys::credential(&certificate), &certificate).await? {
            return Err(IdentityRefusal::FactorKnown.into());
        }
        added(tx, &at, &new, "ukey", is_first.then_some(codes.as_slice())).await?;
        Ok(is_first.then(|| codes.clone()))
    };
    app.db.write(write).await
}

/// Whether it is the account's first.
async fn may_add(tx: &Tx<'_>, owner: &Owner) -> Result<bool> {
    match store::factors_of(tx, owner.account).await?.len() {
        count if count >= FACTORS_MAX => Err(IdentityRefusal::TooManyFactors.into()),
        count => Ok(count == 0),
    }
}

async fn added(tx: &Tx<'_>, at: &At, new: &NewFactor<'_>, method: &str, codes: Option<&[String]>) -> Result<()> {
    if let Some(codes) = codes {
        recovery_codes::keep(tx, at, new.account, codes).await?;
    }
    let (account, factor) = (new.account, new.factor);
    follow(tx, at, vec![Fact::FactorAdded { account, factor, method: method.to_owned(), at: at.now }]).await
}

fn fit_label(label: &str) -> String {
    label.trim().chars().filter(|mark| !mark.is_control()).take(40).collect()
}

/// Takes a factor away. Again, it changes nothing.
///
/// # Errors
/// Not found when it is none of the account's; `factor.last_needed` for the last one of an officer.
pub(super) async fn remove(app: &App, owner: &Owner, factor: FactorId) -> Result<()> {
    let (at, account, from) = (app.at(), owner.account, app.config.accounts.second_factor_from);
    let write = async move |tx: &Tx<'_>| {
        if !store::is_known(tx, account, factor).await? {
            return Err(Refused::not_found().into());
        }
        let factors = store::factors_of(tx, account).await?;
        let is_last = factors.len() == 1 && factors[0].id == factor;
        if is_last && is_compulsory(tx, &at, account, from).await? {
            return Err(IdentityRefusal::LastFactorNeeded.into());
        }
        if !store::remove(tx, account, factor, at.now).await? {
            return Ok(());
        }
        if is_last {
            store::put_codes(tx, account, &[]).await?;
        }
        follow(tx, &at, vec![Fact::FactorRemoved { account, factor, at: at.now }]).await
    };
    app.db.write(write).await
}
