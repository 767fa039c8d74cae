//! SQL of fresh proofs. Rows are found by session digest or by the account itself.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::AccountId;
use jixue_core::time::Timestamp;

crate::db::statements! {
    ELEVATED_UNTIL = "SELECT elevated_until FROM session WHERE token_digest = $1 AND ended_at IS NULL";
    ELEVATE = "UPDATE session SET elevated_until = $2, factored_at = COALESCE($3, factored_at)
        WHERE token_digest = $1 AND ended_at IS NULL";
    PASSWORD_HASH = "SELECT password_hash FROM account WHERE account_id = $1 AND disabled_at IS NULL";
    PHONE_SEALED = "SELECT phone_sealed FROM account_phone WHERE account_id = $1";
}

pub(super) async fn elevated_until(tx: &Tx<'_>, digest: &[u8]) -> Result<Option<Timestamp>> {
    tx.query_value_optional(ELEVATED_UNTIL, values![digest]).await
}

pub(super) async fn elevate(
    tx: &Tx<'_>,
    digest: &[u8],
    until: Timestamp,
    factored_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(ELEVATE, values![digest, until, factored_at]).await.map(drop)
}

pub(super) async fn password_hash(tx: &Tx<'_>, account: AccountId) -> Result<Option<String>> {
    let found: Option<Option<String>> = tx.query_optional(PASSWORD_HASH, values![account], |row| row.get(0)).await?;
    Ok(found.flatten())
}

pub(super) async fn phone_sealed(tx: &Tx<'_>, account: AccountId) -> Result<Option<Vec<u8>>> {
    tx.query_value_optional(PHONE_SEALED, values![account]).await
}
