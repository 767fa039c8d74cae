//! Devices: where an account is signed in, since when, and when it was last seen; any of them can be signed out.

mod pages;
mod sightings;
pub(super) mod store;
mod words;

pub use pages::routes;
pub use sightings::{Sightings, note_seen};
pub(super) use store::CATALOGUE;
pub(super) use words::device_words;

use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::keys::{hex, sha256};
use crate::web::Caller;
use jixue_core::id::AccountId;
use jixue_core::time::Timestamp;

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    pub digest: Vec<u8>,
    pub agent: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

/// The name of a session in addresses: from it nobody finds the token, nor its digest.
pub(super) fn device_name(digest: &[u8]) -> String {
    hex(&sha256(&[b"device", digest].concat())[..16])
}

/// The same, of a session's token.
pub fn device_of(token: &str) -> String {
    device_name(&super::sessions::digest(token))
}

/// Signs one device out. Again, it changes nothing.
///
/// # Errors
/// Not found when it is none of the caller's.
pub(super) async fn end_device(app: &App, caller: &Caller, name: &str) -> Result<()> {
    let (account, now, name) = (caller.account, app.clock.now(), name.to_owned());
    app.db
        .write(async move |tx: &Tx<'_>| {
            let digests = store::digests(tx, account).await?;
            let found = digests.iter().find(|digest| device_name(digest) == name);
            let digest = found.ok_or_else(Refused::not_found)?;
            super::store::end_session(tx, digest, now).await
        })
        .await
}

/// Signs every device out, the one that asks too; browsers that were known are strangers again.
pub(super) async fn end_everywhere(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<()> {
    super::store::end_other_sessions(tx, account, &[], now).await?;
    super::store::browsers::forget_all(tx, account).await
}
