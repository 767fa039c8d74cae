//! Completing an activation: the unit's code, then a code sent to the new phone.

use super::deciding::code_digest;
use super::{identity, store};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::identity::accounts::{NewAccount, open_account};
use crate::identity::browsers::Browser;
use crate::identity::sign_in::{Attempt, Entrance, enter};
use crate::identity::{IdentityRefusal, anew, codes};
use crate::reactions::follow;
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, ActivationId, LearnerId};
use jixue_core::identity_number::IdentityNumber;
use jixue_core::org::Phone;

/// A confirmed request that the right code opened.
struct Opened {
    request: ActivationId,
    learner: LearnerId,
    name: String,
    phone: Phone,
}

async fn opened(tx: &Tx<'_>, at: &At, number: &IdentityNumber, unit_code: &str) -> Result<Opened> {
    let index = crate::org::identity_index(&at.keys, number);
    let digest = code_digest(at, unit_code);
    // One answer for a number that nobody has, a wrong code and an old one.
    let found = store::confirmed(tx, &index, &digest, at.now).await?.ok_or(IdentityRefusal::ActivationCodeWrong)?;
    let plain = String::from_utf8(at.keys.open("phone", &found.phone_sealed)?).map_err(Error::internal)?;
    let phone = Phone::parse(&plain).map_err(|_| Error::internal("a stored phone"))?;
    Ok(Opened { request: found.request, learner: found.learner, name: found.name, phone })
}

/// With the unit's code: sends one to the new phone; returns the phone, masked.
///
/// # Errors
/// `activation.code_wrong`; too many messages.
pub(super) async fn begin(app: &App, browser: &Browser, typed: &str, unit_code: &str) -> Result<String> {
    let (at, number, unit_code) = (app.at(), identity(app, typed)?, unit_code.to_owned());
    let opened = app.db.read(async move |tx: &Tx<'_>| opened(tx, &at, &number, &unit_code).await).await?;
    codes::send_code(app, browser, &opened.phone).await?;
    Ok(opened.phone.to_string())
}

/// With both codes: the phone is the learner's, on the roster and for signing in, and nobody else's.
///
/// # Errors
/// `activation.code_wrong`, `sign_in.code_wrong`, `activation.holds_office`.
pub(super) async fn complete(
    app: &App,
    (browser, device): (&Browser, &str),
    (typed, unit_code): (&str, &str),
    code: &str,
) -> Result<Entrance> {
    let (at, number, unit_code) = (app.at(), identity(app, typed)?, unit_code.to_owned());
    let (digest, code) = (browser.digest(), code.trim().to_owned());
    let write = async move |tx: &Tx<'_>| {
        let opened = opened(tx, &at, &number, &unit_code).await?;
        let is_right = codes::take_code(tx, &at, &opened.phone, &digest, &code).await?;
        Ok(is_right.then_some(opened))
    };
    // A wrong code is counted, so that transaction commits.
    let opened = app.db.write(write).await?.ok_or(IdentityRefusal::CodeWrong)?;
    let attempt = Attempt::new(browser, device, opened.phone.revealed());
    let at = app.at();
    let account = app.db.write(async move |tx: &Tx<'_>| take_over(tx, &at, &opened).await).await?;
    enter(app, &attempt, account).await
}

async fn take_over(tx: &Tx<'_>, at: &At, opened: &Opened) -> Result<AccountId> {
    super::refuse_offices(tx, opened.learner).await?;
    if !store::finish(tx, opened.request).await? {
        return Err(IdentityRefusal::ActivationCodeWrong.into());
    }
    let (learner, phone) = (opened.learner, &opened.phone);
    crate::org::replace_phone(tx, &at.keys, learner, phone).await?;
    let own = crate::identity::store::account_by_learner(tx, learner).await?;
    let index = codes::phone_index(at, phone);
    store::drop_phone(tx, &index, own.map_or(0, AccountId::raw)).await?;
    let account = match own {
        Some(account) => {
            let sealed = at.keys.seal("phone", phone.revealed().as_bytes());
            crate::identity::store::insert_account_phone(tx, &index, account, &sealed).await?;
            // Whoever had the old phone is out, however they came in.
            anew::begin_anew(tx, at, account).await?;
            account
        }
        None => {
            let (name, phone) = (opened.name.clone(), Some(phone.clone()));
            let new = NewAccount { name, phone, login: None, password_hash: None, learner: Some(learner) };
            open_account(tx, at, &new).await?
        }
    };
    let request = opened.request;
    follow(tx, at, vec![Fact::PhoneReplaced { learner, request, at: at.now }]).await?;
    Ok(account)
}
