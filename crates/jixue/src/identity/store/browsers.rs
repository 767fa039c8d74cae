//! SQL of browsers that have signed in before.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::AccountId;
use jixue_core::time::Timestamp;

crate::db::statements! {
    IS_KNOWN = "SELECT EXISTS (SELECT 1 FROM known_browser WHERE name_index = $1 AND browser_digest = $2)";
    IS_KNOWN_AT_ALL = "SELECT EXISTS (SELECT 1 FROM known_browser WHERE browser_digest = $1)";
    REMEMBER = "INSERT INTO known_browser (name_index, browser_digest, account_id, seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name_index, browser_digest) DO UPDATE SET account_id = excluded.account_id, seen_at = excluded.seen_at";
    FORGET_ALL = "DELETE FROM known_browser WHERE account_id = $1";
    FORGET_OLD = "DELETE FROM known_browser WHERE seen_at < $1";
}

pub(in super::super) async fn is_known(tx: &Tx<'_>, name_index: &[u8], digest: &[u8]) -> Result<bool> {
    tx.query_value(IS_KNOWN, values![name_index, digest]).await
}

pub(in super::super) async fn is_known_at_all(tx: &Tx<'_>, digest: &[u8]) -> Result<bool> {
    tx.query_value(IS_KNOWN_AT_ALL, values![digest]).await
}

pub(in super::super) async fn remember(
    tx: &Tx<'_>,
    name_index: &[u8],
    digest: &[u8],
    account: AccountId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(REMEMBER, values![name_index, digest, account, now]).await.map(drop)
}

/// Every browser of an account is a stranger again.
pub(in super::super) async fn forget_all(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.execute(FORGET_ALL, values![account]).await.map(drop)
}

pub(super) async fn forget_old(tx: &Tx<'_>, then: Timestamp) -> Result<()> {
    tx.execute(FORGET_OLD, values![then]).await.map(drop)
}
