//! A fresh proof for what is dangerous: changing a phone, a password or a second factor, erasing data.
//!
//! Who has a second factor proves it again; others their password or a code sent to their phone. It lasts ten minutes in
//! the session that proved it. Signing in counts as such a proof.

mod asking;
mod pages;
mod store;

pub use asking::{Confirmed, SessionOf, to_confirmation};
pub use pages::routes;
pub(super) use store::CATALOGUE;

use super::browsers::Browser;
use super::factors::{self, Owner, Proof};
use super::{IdentityRefusal, codes, password};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::limits;
use jixue_core::org::Phone;
use jixue_core::time::Timestamp;

/// How long a proof lasts.
pub(super) const MINUTES: i64 = 10;

pub(super) fn until(now: Timestamp) -> Timestamp {
    now.plus_seconds(MINUTES * 60)
}

/// What an account can prove itself with.
#[derive(Debug, Clone)]
pub(super) struct Means {
    pub factors: Vec<factors::Factor>,
    pub has_password: bool,
    pub phone: Option<Phone>,
}

impl Means {
    /// A stolen phone or password must not take the second factor away.
    pub fn only_factors(&self) -> bool {
        !self.factors.is_empty()
    }
}

pub(super) async fn means(app: &App, account: jixue_core::id::AccountId) -> Result<Means> {
    let read = async move |tx: &Tx<'_>| {
        let factors = factors::store::factors_of(tx, account).await?;
        Ok((factors, store::password_hash(tx, account).await?.is_some(), store::phone_sealed(tx, account).await?))
    };
    let (factors, has_password, sealed) = app.db.read(read).await?;
    let phone = match sealed {
        Some(sealed) => {
            let plain = String::from_utf8(app.keys.open("phone", &sealed)?).map_err(crate::error::Error::internal)?;
            Phone::parse(&plain).ok()
        }
        None => None,
    };
    Ok(Means { factors, has_password, phone })
}

/// How somebody proves it once more.
#[derive(Debug, Clone)]
pub(super) enum Again {
    Factor(Proof),
    Password(String),
    Code(String),
}

/// Takes a proof; from then on the session may do what is dangerous, for ten minutes.
///
/// # Errors
/// A wrong proof, or one of a kind that this account may not use; too many tries.
pub(super) async fn confirm(app: &App, asking: &SessionOf, browser: &Browser, again: Again) -> Result<()> {
    let (account, now) = (asking.caller.account, app.clock.now());
    app.limits.take(limits::CONFIRMATION, &(account, asking.digest), now)?;
    let means = means(app, account).await?;
    let is_factor = matches!(again, Again::Factor(_));
    let fits = match again {
        Again::Factor(proof) => {
            factors::prove(app, &Owner { account, digest: asking.digest }, &proof).await?;
            true
        }
        _ if means.only_factors() => false,
        Again::Password(typed) => {
            let hash = app.db.read(async move |tx: &Tx<'_>| store::password_hash(tx, account).await).await?;
            password::verify(app, hash, &typed).await?
        }
        Again::Code(typed) => match means.phone {
            Some(phone) => {
                let (at, digest) = (app.at(), browser.digest());
                let write = async move |tx: &Tx<'_>| codes::take_code(tx, &at, &phone, &digest, typed.trim()).await;
                app.db.write(write).await?
            }
            None => false,
        },
    };
    if !fits {
        return Err(IdentityRefusal::ConfirmationWrong.into());
    }
    let (digest, until) = (asking.digest, until(now));
    app.db.write(async move |tx: &Tx<'_>| store::elevate(tx, &digest, until, is_factor.then_some(now)).await).await
}
