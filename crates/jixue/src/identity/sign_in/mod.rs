//! Signing in: a first proof, a phone's code or a password; then a second factor where one is owed; then a session.

mod factor_page;
pub(super) mod pages;
mod passkey;

use pages::signed_in;

use super::browsers::{self, Browser};
use super::factors::{self, Owed, Owner, Proof};
use super::sessions::{Lasting, NewToken, digest, open_session_row};
use super::store::pending::Pending;
use super::{IdentityRefusal, accounts, codes, password, store};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::{base64_url, random};
use crate::web::limits;
use jixue_core::fact::Fact;
use jixue_core::id::AccountId;
use jixue_core::org::Phone;

/// How long a sign-in may stay half done: time enough to set up an app.
const PENDING_MINUTES: i64 = 15;
/// Tries at the second factor of one sign-in.
const TRIES_MAX: i64 = 6;

/// What a first proof opened; the token for the cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entrance {
    Session(String),
    /// A second factor is owed.
    Pending(String),
}

/// Who asks to come in: the browser, its user agent, and the phone or login typed.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub browser: [u8; 32],
    pub device: String,
    pub name: String,
}

impl Attempt {
    pub fn new(browser: &Browser, device: &str, name: &str) -> Self {
        Self { browser: browser.digest(), device: device.chars().take(200).collect(), name: name.to_owned() }
    }
}

/// Signs in by phone and one-time code. A learner's first sign-in makes the account.
pub(super) async fn by_code(app: &App, attempt: &Attempt, code: &str) -> Result<Entrance> {
    let phone = codes::phone(&attempt.name)?;
    let (at, code, browser) = (app.at(), code.trim().to_owned(), attempt.browser);
    let proved = phone.clone();
    let is_right =
        app.db.write(async move |tx: &Tx<'_>| codes::take_code(tx, &at, &phone, &browser, &code).await).await?;
    // A wrong code is counted, so that transaction commits; the refusal comes after it.
    if !is_right {
        return Err(IdentityRefusal::CodeWrong.into());
    }
    let at = app.at();
    let account = app.db.write(async move |tx: &Tx<'_>| accounts::account_of_phone(tx, &at, &proved).await).await?;
    enter(app, attempt, account.ok_or(IdentityRefusal::CodeWrong)?).await
}

/// Signs in by password and login, or the account's phone.
pub(super) async fn by_password(app: &App, attempt: &Attempt, password: &str) -> Result<Entrance> {
    let (at, name) = (app.at(), attempt.name.clone());
    let read = async move |tx: &Tx<'_>| match Phone::parse(&name) {
        Ok(phone) => store::account_password_by_phone(tx, &codes::phone_index(&at, &phone)).await,
        Err(_) => store::account_by_login(tx, &name).await,
    };
    let (account, hash) = app.db.read(read).await?.unwrap_or((AccountId::from_raw(0), None));
    // An unknown name costs the same hash, so that time does not tell who exists.
    if !password::verify(app, hash, password).await? {
        note_refusal(app, account);
        return Err(IdentityRefusal::PasswordWrong.into());
    }
    enter(app, attempt, account).await
}

/// Tells the audit trail that somebody could not sign in to an account that there is. Beside the answer: that must take
/// the same time for a name that nobody has.
fn note_refusal(app: &App, account: AccountId) {
    if account.raw() == 0 {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        let at = app.at();
        let fact = Fact::SignInRefused { account, at: at.now };
        let write = async move |tx: &Tx<'_>| crate::reactions::follow(tx, &at, vec![fact.clone()]).await;
        if let Err(error) = app.db.write(write).await {
            tracing::error!(%error, "a refused sign-in could not be recorded");
        }
    });
}

/// After the first proof: a session, or the question for the second.
pub(super) async fn enter(app: &App, attempt: &Attempt, account: AccountId) -> Result<Entrance> {
    let (at, lasting, attempt) = (app.at(), Lasting::of(app), attempt.clone());
    let (token, compulsory_from) = (base64_url(&random::<32>()), app.config.accounts.second_factor_from);
    let write = async move |tx: &Tx<'_>| {
        let name_index = browsers::name_index(&at, &attempt.name);
        if factors::owed(tx, &at, account, compulsory_from).await? == Owed::Nothing {
            browsers::remember(tx, &at, &name_index, &attempt.browser, account).await?;
            let new = NewToken { account, token: &token, device: &attempt.device, factored_at: None };
            open_session_row(tx, &at, &new, lasting).await?;
            return Ok(Entrance::Session(token.clone()));
        }
        let until = at.now.plus_seconds(PENDING_MINUTES * 60);
        let half_done = (account, attempt.device.as_str(), name_index.as_slice());
        store::pending::insert(tx, &digest(&token), half_done, until).await?;
        Ok(Entrance::Pending(token.clone()))
    };
    app.db.write(write).await
}

/// A sign-in that is half done, by the token in its cookie.
pub(super) async fn pending(app: &App, token: &str) -> Result<Pending> {
    let (digest, now) = (digest(token), app.clock.now());
    let found = app.db.read(async move |tx: &Tx<'_>| store::pending::find(tx, &digest, now).await).await?;
    found.ok_or_else(|| IdentityRefusal::SignInOver.into())
}

/// Gives the second factor: returns the session's token.
///
/// # Errors
/// `factor.wrong`; `sign_in.over` when it took too long or too many tries.
async fn prove(app: &App, browser: &Browser, token: &str, proof: &Proof) -> Result<String> {
    let half_done = pending(app, token).await?;
    let (owner, now) = (Owner { account: half_done.account, digest: digest(token) }, app.clock.now());
    let (index, browser_digest) = (half_done.name_index.clone(), browser.digest());
    let read = async move |tx: &Tx<'_>| store::browsers::is_known(tx, &index, &browser_digest).await;
    // Guesses elsewhere do not use up the tries of a browser that the owner has signed in with.
    let source = app.db.read(read).await?.then_some(browser_digest);
    app.limits.take(limits::FACTOR, &(owner.account, source), now)?;
    let count = async move |tx: &Tx<'_>| store::pending::count_try(tx, &owner.digest, TRIES_MAX, now).await;
    if !app.db.write(count).await? {
        return Err(IdentityRefusal::SignInOver.into());
    }
    if let Err(error) = factors::prove(app, &owner, proof).await {
        note_refusal(app, half_done.account);
        return Err(error);
    }
    finish(app, browser, token, &half_done).await
}

/// Makes a session of a sign-in whose second factor was given.
async fn finish(app: &App, browser: &Browser, pending_token: &str, half_done: &Pending) -> Result<String> {
    let (at, lasting, half_done) = (app.at(), Lasting::of(app), half_done.clone());
    let (token, digest, browser) = (base64_url(&random::<32>()), digest(pending_token), browser.digest());
    let given = token.clone();
    let write = async move |tx: &Tx<'_>| {
        if !store::pending::take(tx, &digest).await? {
            return Err(IdentityRefusal::SignInOver.into());
        }
        remembered(tx, &at, &half_done, &browser).await?;
        let (account, factored_at) = (half_done.account, Some(at.now));
        let new = NewToken { account, token: &token, device: &half_done.device, factored_at };
        open_session_row(tx, &at, &new, lasting).await
    };
    app.db.write(write).await?;
    Ok(given)
}

async fn remembered(tx: &Tx<'_>, at: &At, half_done: &Pending, browser: &[u8]) -> Result<()> {
    browsers::remember(tx, at, &half_done.name_index, browser, half_done.account).await
}
