//! SQL of bindings and of those who are on their way to another side. Found by account, or by keyed digests of secrets.

use super::{Binding, Trip};
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::{AccountId, BindingId};
use jixue_core::time::Timestamp;

crate::db::statements! {
    BINDINGS_OF = "SELECT binding_id, provider, bound_at, used_at FROM binding
        WHERE account_id = $1 AND removed_at IS NULL ORDER BY binding_id LIMIT 20";
    ACCOUNT_OF = "SELECT b.account_id FROM binding b JOIN account a ON a.account_id = b.account_id
        WHERE b.provider = $1 AND b.subject_index = $2 AND b.removed_at IS NULL AND a.disabled_at IS NULL";
    // Of two that bind the same at once, one does: three unique indexes stand behind this.
    INSERT_BINDING = "INSERT INTO binding (binding_id, account_id, provider, subject_index, union_index, subject_sealed,
            bound_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    NOTE_USE = "UPDATE binding SET used_at = $3 WHERE provider = $1 AND subject_index = $2 AND removed_at IS NULL";
    REMOVE_BINDING = "UPDATE binding SET removed_at = $3, subject_sealed = $4
        WHERE account_id = $1 AND provider = $2 AND removed_at IS NULL";
    REMOVE_BINDINGS = "UPDATE binding SET removed_at = $2, subject_sealed = $3
        WHERE account_id = $1 AND removed_at IS NULL";
    INSERT_TRIP = "INSERT INTO sign_in_trip (state_digest, browser_digest, provider, session_digest, secret_sealed, back,
            expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    TRIP = "SELECT provider, session_digest, secret_sealed, back FROM sign_in_trip
        WHERE state_digest = $1 AND browser_digest = $2 AND expires_at > $3";
    KNOWS_TRIP = "SELECT EXISTS (SELECT 1 FROM sign_in_trip
        WHERE state_digest = $1 AND browser_digest = $2 AND expires_at > $3)";
    DROP_TRIP = "DELETE FROM sign_in_trip WHERE state_digest = $1 AND browser_digest = $2";
    FORGET_TRIPS = "DELETE FROM sign_in_trip WHERE expires_at < $1";
}

/// What is sealed of a binding that was taken away.
const NOBODY: &[u8] = &[];

pub(super) async fn bindings_of(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Binding>> {
    tx.query(BINDINGS_OF, values![account], |row| {
        Ok(Binding { id: row.get(0)?, provider: row.get(1)?, bound_at: row.get(2)?, used_at: row.get(3)? })
    })
    .await
}

pub(super) async fn account_of(tx: &Tx<'_>, provider: &str, subject_index: &[u8]) -> Result<Option<AccountId>> {
    tx.query_value_optional(ACCOUNT_OF, values![provider, subject_index]).await
}

/// A binding to be kept.
pub(super) struct NewBinding<'a> {
    pub binding: BindingId,
    pub account: AccountId,
    pub provider: &'a str,
    pub subject_index: &'a [u8],
    pub union_index: Option<&'a [u8]>,
    pub subject_sealed: &'a [u8],
    pub now: Timestamp,
}

/// False when the person there, or this kind of the account, is bound already.
pub(super) async fn insert_binding(tx: &Tx<'_>, new: &NewBinding<'_>) -> Result<bool> {
    let (found_by, sealed) = ((new.subject_index, new.union_index), new.subject_sealed);
    let row = values![new.binding, new.account, new.provider, found_by.0, found_by.1, sealed, new.now];
    Ok(tx.execute(INSERT_BINDING, row).await? == 1)
}

pub(super) async fn note_use(tx: &Tx<'_>, provider: &str, subject_index: &[u8], now: Timestamp) -> Result<()> {
    tx.execute(NOTE_USE, values![provider, subject_index, now]).await.map(drop)
}

/// False when there was none.
pub(super) async fn remove_binding(tx: &Tx<'_>, account: AccountId, provider: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(REMOVE_BINDING, values![account, provider, now, NOBODY]).await? == 1)
}

/// Takes every way in by another side from an account.
pub(in super::super) async fn remove_bindings(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<()> {
    tx.execute(REMOVE_BINDINGS, values![account, now, NOBODY]).await.map(drop)
}

pub(super) async fn insert_trip(
    tx: &Tx<'_>,
    (state, browser): (&[u8], &[u8]),
    trip: &Trip,
    until: Timestamp,
) -> Result<()> {
    let session = trip.session.as_deref();
    let row = values![state, browser, &trip.provider, session, &trip.secret, &trip.back, until];
    tx.execute(INSERT_TRIP, row).await.map(drop)
}

/// Whether a trip of this browser is open; uses nothing up.
pub(super) async fn knows_trip(tx: &Tx<'_>, state: &[u8], browser: &[u8], now: Timestamp) -> Result<bool> {
    tx.query_value(KNOWS_TRIP, values![state, browser, now]).await
}

/// A trip of this browser, used up by being found; a second finder, at the same moment too, finds none.
pub(super) async fn take_trip(tx: &Tx<'_>, state: &[u8], browser: &[u8], now: Timestamp) -> Result<Option<Trip>> {
    let found = tx
        .query_optional(TRIP, values![state, browser, now], |row| {
            Ok(Trip { provider: row.get(0)?, session: row.get(1)?, secret: row.get(2)?, back: row.get(3)? })
        })
        .await?;
    let is_first = tx.execute(DROP_TRIP, values![state, browser]).await? == 1;
    Ok(found.filter(|_| is_first))
}

pub(in super::super) async fn forget_trips(tx: &Tx<'_>, then: Timestamp) -> Result<()> {
    tx.execute(FORGET_TRIPS, values![then]).await.map(drop)
}
