//! SQL of one-time codes: one for each number and browser; how many a number got today.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::time::{BusinessDate, Timestamp};

crate::db::statements! {
    CODE_OF = "SELECT code_digest, sent_at, expires_at FROM sign_in_code WHERE phone_index = $1 AND browser_digest = $2";
    PUT_CODE = "INSERT INTO sign_in_code (phone_index, browser_digest, code_digest, sent_at, expires_at, tries)
        VALUES ($1, $2, $3, $4, $5, 0)
        ON CONFLICT (phone_index, browser_digest) DO UPDATE SET code_digest = excluded.code_digest,
            sent_at = excluded.sent_at, expires_at = excluded.expires_at, tries = 0";
    COUNT_TRY = "UPDATE sign_in_code SET tries = tries + 1
        WHERE phone_index = $1 AND browser_digest = $2 AND tries < CAST($3 AS BIGINT) AND expires_at > $4";
    USE_CODE = "UPDATE sign_in_code SET expires_at = 0 WHERE phone_index = $1 AND browser_digest = $2";
    COUNT_SENT = "INSERT INTO sign_in_code_count (phone_index, is_known, sent_on, sent_count, sent_at)
        VALUES ($1, $2, $3, 1, $4)
        ON CONFLICT (phone_index, is_known) DO UPDATE SET sent_count = CASE
                WHEN sign_in_code_count.sent_on = excluded.sent_on THEN sign_in_code_count.sent_count + 1 ELSE 1 END,
            sent_on = excluded.sent_on, sent_at = excluded.sent_at
        RETURNING sent_count";
    FORGET_CODES = "DELETE FROM sign_in_code WHERE expires_at < $1";
    FORGET_COUNTS = "DELETE FROM sign_in_code_count WHERE sent_at < $1";
}

/// A sign-in code as stored: only its digest.
pub(in super::super) struct CodeRow {
    pub digest: Vec<u8>,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
}

pub(in super::super) async fn code_of(tx: &Tx<'_>, index: &[u8], browser: &[u8]) -> Result<Option<CodeRow>> {
    tx.query_optional(CODE_OF, values![index, browser], |row| {
        Ok(CodeRow { digest: row.get(0)?, sent_at: row.get(1)?, expires_at: row.get(2)? })
    })
    .await
}

pub(in super::super) async fn put_code(tx: &Tx<'_>, index: &[u8], browser: &[u8], code: &CodeRow) -> Result<()> {
    let row = values![index, browser, &code.digest, code.sent_at, code.expires_at];
    tx.execute(PUT_CODE, row).await.map(drop)
}

/// False when there is no code to try, or no try left.
pub(in super::super) async fn count_try(
    tx: &Tx<'_>,
    index: &[u8],
    browser: &[u8],
    tries_max: i64,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(COUNT_TRY, values![index, browser, tries_max, now]).await? == 1)
}

pub(in super::super) async fn use_code(tx: &Tx<'_>, index: &[u8], browser: &[u8]) -> Result<()> {
    tx.execute(USE_CODE, values![index, browser]).await.map(drop)
}

/// Counts one more for the number; returns how many that makes today.
pub(in super::super) async fn count_sent(
    tx: &Tx<'_>,
    index: &[u8],
    is_known: bool,
    (today, now): (BusinessDate, Timestamp),
) -> Result<i64> {
    tx.query_value(COUNT_SENT, values![index, is_known, today, now]).await
}

pub(super) async fn forget(tx: &Tx<'_>, then: Timestamp) -> Result<u64> {
    tx.execute(FORGET_COUNTS, values![then]).await?;
    tx.execute(FORGET_CODES, values![then]).await
}
