//! SQL of sign-ins that still owe a second factor.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::AccountId;
use jixue_core::time::Timestamp;

crate::db::statements! {
    INSERT = "INSERT INTO pending_sign_in (token_digest, account_id, device, name_index, tries, expires_at)
        VALUES ($1, $2, $3, $4, 0, $5)";
    FIND = "SELECT p.account_id, p.device, p.name_index, a.display_name FROM pending_sign_in p
        JOIN account a ON a.account_id = p.account_id
        WHERE p.token_digest = $1 AND p.expires_at > $2 AND a.disabled_at IS NULL";
    COUNT_TRY = "UPDATE pending_sign_in SET tries = tries + 1
        WHERE token_digest = $1 AND tries < CAST($2 AS BIGINT) AND expires_at > $3";
    TAKE = "DELETE FROM pending_sign_in WHERE token_digest = $1";
    FORGET_ACCOUNT = "DELETE FROM pending_sign_in WHERE account_id = $1";
    FORGET = "DELETE FROM pending_sign_in WHERE expires_at < $1";
}

/// A sign-in half done.
#[derive(Debug, Clone)]
pub(in super::super) struct Pending {
    pub account: AccountId,
    pub device: String,
    pub name_index: Vec<u8>,
    pub name: String,
}

pub(in super::super) async fn insert(
    tx: &Tx<'_>,
    digest: &[u8],
    (account, device, name_index): (AccountId, &str, &[u8]),
    until: Timestamp,
) -> Result<()> {
    tx.execute(INSERT, values![digest, account, device, name_index, until]).await.map(drop)
}

pub(in super::super) async fn find(tx: &Tx<'_>, digest: &[u8], now: Timestamp) -> Result<Option<Pending>> {
    tx.query_optional(FIND, values![digest, now], |row| {
        Ok(Pending { account: row.get(0)?, device: row.get(1)?, name_index: row.get(2)?, name: row.get(3)? })
    })
    .await
}

/// False when it is over, or no try is left.
pub(in super::super) async fn count_try(tx: &Tx<'_>, digest: &[u8], tries_max: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(COUNT_TRY, values![digest, tries_max, now]).await? == 1)
}

/// False when it was taken before.
pub(in super::super) async fn take(tx: &Tx<'_>, digest: &[u8]) -> Result<bool> {
    Ok(tx.execute(TAKE, values![digest]).await? == 1)
}

/// Ends those that an account has half done.
pub(in super::super) async fn forget_account(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.execute(FORGET_ACCOUNT, values![account]).await.map(drop)
}

pub(super) async fn forget(tx: &Tx<'_>, then: Timestamp) -> Result<()> {
    tx.execute(FORGET, values![then]).await.map(drop)
}
