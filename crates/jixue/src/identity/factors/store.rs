//! SQL of second factors. Every row is one account's.

use super::Factor;
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::{AccountId, FactorId};
use jixue_core::time::Timestamp;

crate::db::statements! {
    FACTORS_OF = "SELECT factor_id, kind, label, credential_id, added_at, used_at FROM second_factor
        WHERE account_id = $1 AND removed_at IS NULL ORDER BY factor_id LIMIT 20";
    HAS_FACTOR = "SELECT EXISTS (SELECT 1 FROM second_factor WHERE account_id = $1 AND removed_at IS NULL)";
    INSERT_TOTP = "INSERT INTO second_factor (account_id, factor_id, kind, label, secret_sealed, used_step, added_at)
        VALUES ($1, $2, 'totp', $3, $4, $5, $6)";
    INSERT_PASSKEY = "INSERT INTO second_factor (account_id, factor_id, kind, label, credential_id, public_key, sign_count,
            added_at)
        VALUES ($1, $2, 'passkey', $3, $4, $5, $6, $7)
        ON CONFLICT (credential_id) WHERE credential_id IS NOT NULL AND removed_at IS NULL DO NOTHING";
    INSERT_UKEY = "INSERT INTO second_factor (account_id, factor_id, kind, label, credential_id, public_key, added_at)
        VALUES ($1, $2, 'ukey', $3, $4, $5, $6)
        ON CONFLICT (credential_id) WHERE credential_id IS NOT NULL AND removed_at IS NULL DO NOTHING";
    UKEYS = "SELECT factor_id, public_key FROM second_factor
        WHERE account_id = $1 AND kind = 'ukey' AND removed_at IS NULL ORDER BY factor_id LIMIT 20";
    USE_UKEY = "UPDATE second_factor SET used_at = $3 WHERE account_id = $1 AND factor_id = $2 AND removed_at IS NULL";
    REMOVE = "UPDATE second_factor SET removed_at = $3, secret_sealed = NULL
        WHERE account_id = $1 AND factor_id = $2 AND removed_at IS NULL";
    REMOVE_ALL = "UPDATE second_factor SET removed_at = $2, secret_sealed = NULL
        WHERE account_id = $1 AND removed_at IS NULL";
    KNOWN = "SELECT EXISTS (SELECT 1 FROM second_factor WHERE account_id = $1 AND factor_id = $2)";
    TOTP_SECRETS = "SELECT factor_id, secret_sealed, used_step FROM second_factor
        WHERE account_id = $1 AND kind = 'totp' AND removed_at IS NULL ORDER BY factor_id LIMIT 20";
    USE_STEP = "UPDATE second_factor SET used_step = $3, used_at = $4
        WHERE account_id = $1 AND factor_id = $2 AND used_step < $3 AND removed_at IS NULL";
    PASSKEY = "SELECT factor_id, public_key, sign_count FROM second_factor
        WHERE account_id = $1 AND credential_id = $2 AND removed_at IS NULL";
    WHOSE_PASSKEY = "SELECT account_id, factor_id, public_key, sign_count FROM second_factor
        WHERE credential_id = $1 AND kind = 'passkey' AND removed_at IS NULL";
    USE_PASSKEY = "UPDATE second_factor SET sign_count = $4, used_at = $5
        WHERE account_id = $1 AND factor_id = $2 AND sign_count = $3 AND removed_at IS NULL";
    PUT_QUESTION = "INSERT INTO factor_question (owner_digest, purpose, sealed, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (owner_digest, purpose) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at";
    ANSWER_ONCE = "INSERT INTO factor_question (owner_digest, purpose, sealed, expires_at) VALUES ($1, $2, $1, $3)
        ON CONFLICT (owner_digest, purpose) DO NOTHING";
    QUESTION = "SELECT sealed FROM factor_question WHERE owner_digest = $1 AND purpose = $2 AND expires_at > $3";
    DROP_QUESTION = "DELETE FROM factor_question WHERE owner_digest = $1 AND purpose = $2 AND sealed = $3";
    FORGET_QUESTIONS = "DELETE FROM factor_question WHERE expires_at < $1";
    FORGET_CODES = "DELETE FROM recovery_code WHERE account_id = $1";
    INSERT_CODE = "INSERT INTO recovery_code (account_id, code_digest) VALUES ($1, $2)";
    USE_CODE = "UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND code_digest = $2 AND used_at IS NULL";
    CODES_LEFT = "SELECT COUNT(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL";
}

pub(in super::super) async fn factors_of(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Factor>> {
    tx.query(FACTORS_OF, values![account], |row| {
        Ok(Factor {
            id: row.get(0)?,
            kind: row.get(1)?,
            label: row.get(2)?,
            credential: row.get(3)?,
            added_at: row.get(4)?,
            used_at: row.get(5)?,
        })
    })
    .await
}

pub(in super::super) async fn has_factor(tx: &Tx<'_>, account: AccountId) -> Result<bool> {
    tx.query_value(HAS_FACTOR, values![account]).await
}

/// A factor to be added; its first use is the proof that came with it.
pub(super) struct NewFactor<'a> {
    pub account: AccountId,
    pub factor: FactorId,
    pub label: &'a str,
    pub now: Timestamp,
}

pub(super) async fn insert_totp(tx: &Tx<'_>, new: &NewFactor<'_>, sealed: &[u8], used_step: i64) -> Result<()> {
    let row = values![new.account, new.factor, new.label, sealed, used_step, new.now];
    tx.execute(INSERT_TOTP, row).await.map(drop)
}

/// False when the passkey is somebody's already.
pub(super) async fn insert_passkey(
    tx: &Tx<'_>,
    new: &NewFactor<'_>,
    credential: &[u8],
    public_key: &[u8],
    sign_count: i64,
) -> Result<bool> {
    let row = values![new.account, new.factor, new.label, credential, public_key, sign_count, new.now];
    Ok(tx.execute(INSERT_PASSKEY, row).await? == 1)
}

/// False when the certificate is somebody's already.
pub(super) async fn insert_ukey(
    tx: &Tx<'_>,
    new: &NewFactor<'_>,
    credential: &[u8],
    certificate: &[u8],
) -> Result<bool> {
    let row = values![new.account, new.factor, new.label, credential, certificate, new.now];
    Ok(tx.execute(INSERT_UKEY, row).await? == 1)
}

/// UKeys: factor, certificate.
pub(super) async fn ukeys(tx: &Tx<'_>, account: AccountId) -> Result<Vec<(FactorId, Vec<u8>)>> {
    tx.query(UKEYS, values![account], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// False when it was taken away meanwhile.
pub(super) async fn use_ukey(tx: &Tx<'_>, account: AccountId, factor: FactorId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(USE_UKEY, values![account, factor, now]).await? == 1)
}

pub(super) async fn remove(tx: &Tx<'_>, account: AccountId, factor: FactorId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(REMOVE, values![account, factor, now]).await? == 1)
}

pub(in super::super) async fn remove_all(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<()> {
    tx.execute(REMOVE_ALL, values![account, now]).await?;
    tx.execute(FORGET_CODES, values![account]).await.map(drop)
}

/// Whether a factor is or was the account's.
pub(super) async fn is_known(tx: &Tx<'_>, account: AccountId, factor: FactorId) -> Result<bool> {
    tx.query_value(KNOWN, values![account, factor]).await
}

/// Apps: factor, sealed secret, last step used.
pub(super) async fn totp_secrets(tx: &Tx<'_>, account: AccountId) -> Result<Vec<(FactorId, Vec<u8>, i64)>> {
    tx.query(TOTP_SECRETS, values![account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

/// False when the step, or a later one, was used meanwhile.
pub(super) async fn use_step(
    tx: &Tx<'_>,
    account: AccountId,
    factor: FactorId,
    step: i64,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(USE_STEP, values![account, factor, step, now]).await? == 1)
}

/// A passkey by its credential: factor, public key, counter.
pub(super) async fn passkey(
    tx: &Tx<'_>,
    account: AccountId,
    credential: &[u8],
) -> Result<Option<(FactorId, Vec<u8>, i64)>> {
    tx.query_optional(PASSKEY, values![account, credential], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

/// Whose a passkey is: account, factor, public key, counter.
pub(super) async fn whose_passkey(
    tx: &Tx<'_>,
    credential: &[u8],
) -> Result<Option<(AccountId, FactorId, Vec<u8>, i64)>> {
    tx.query_optional(WHOSE_PASSKEY, values![credential], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })
    .await
}

/// Remembers that a question which was kept nowhere has its answer. False when it had one before.
pub(super) async fn answer_once(tx: &Tx<'_>, question: &[u8], purpose: &str, until: Timestamp) -> Result<bool> {
    Ok(tx.execute(ANSWER_ONCE, values![question, purpose, until]).await? == 1)
}

/// False when the passkey was used meanwhile.
pub(super) async fn use_passkey(
    tx: &Tx<'_>,
    account: AccountId,
    factor: FactorId,
    (before, after): (i64, i64),
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(USE_PASSKEY, values![account, factor, before, after, now]).await? == 1)
}

pub(super) async fn put_question(
    tx: &Tx<'_>,
    owner: &[u8],
    purpose: &str,
    sealed: &[u8],
    until: Timestamp,
) -> Result<()> {
    tx.execute(PUT_QUESTION, values![owner, purpose, sealed, until]).await.map(drop)
}

pub(super) async fn question(tx: &Tx<'_>, owner: &[u8], purpose: &str, now: Timestamp) -> Result<Option<Vec<u8>>> {
    tx.query_value_optional(QUESTION, values![owner, purpose, now]).await
}

/// False when somebody else took it: a question has one answer.
pub(super) async fn drop_question(tx: &Tx<'_>, owner: &[u8], purpose: &str, sealed: &[u8]) -> Result<bool> {
    Ok(tx.execute(DROP_QUESTION, values![owner, purpose, sealed]).await? == 1)
}

pub(in super::super) async fn forget_questions(tx: &Tx<'_>, then: Timestamp) -> Result<()> {
    tx.execute(FORGET_QUESTIONS, values![then]).await.map(drop)
}

pub(super) async fn put_codes(tx: &Tx<'_>, account: AccountId, digests: &[Vec<u8>]) -> Result<()> {
    tx.execute(FORGET_CODES, values![account]).await?;
    for digest in digests {
        tx.execute(INSERT_CODE, values![account, digest]).await?;
    }
    Ok(())
}

pub(super) async fn use_code(tx: &Tx<'_>, account: AccountId, digest: &[u8], now: Timestamp) -> Result<bool> {
    Ok(tx.execute(USE_CODE, values![account, digest, now]).await? == 1)
}

pub(in super::super) async fn codes_left(tx: &Tx<'_>, account: AccountId) -> Result<i64> {
    tx.query_value(CODES_LEFT, values![account]).await
}
