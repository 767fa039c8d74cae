//! SQL of the erasure itself: every row and column in which somebody's name, numbers, devices or messages stand.
//!
//! What the law keeps stays under the learner's number alone: ledger and orders, learning evidence, credit entries,
//! certificates without their holder, audit entries. Whoever adds a column of personal data adds it here.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::time::Timestamp;

crate::db::statements! {
    SEALED = "SELECT identity_sealed, phone_sealed FROM learner WHERE learner_id = $1";
    UNIT = "SELECT unit_id FROM employment WHERE learner_id = $1 AND ended_on IS NULL";
    MESSAGES = "SELECT message_id, phone_sealed FROM sms_message WHERE message_id > $1 ORDER BY message_id LIMIT 500";
    DELETE_MESSAGE = "DELETE FROM sms_message WHERE message_id = $1";
    RECORDS = "SELECT certificate_id, record, document_sha256 FROM certificate WHERE learner_id = $1
        ORDER BY certificate_id LIMIT 1000";
    PUT_RECORD = "UPDATE certificate SET record = $3 WHERE learner_id = $1 AND certificate_id = $2";
    WITHDRAW_MOVES = "UPDATE employment_move SET state = 'withdrawn', answer = '' WHERE learner_id = $1 AND state = 'asked'";
    ACTIVATIONS = "DELETE FROM activation_request WHERE learner_id = $1 OR phone_index IN (
        SELECT phone_index FROM learner_phone WHERE learner_id = $1)";
    UNKNOWN_ACTIVATIONS = "DELETE FROM activation_request WHERE identity_index IN (
        SELECT identity_index FROM identity_index WHERE learner_id = $1)";
    REGISTRATIONS = "DELETE FROM registration WHERE phone_index IN (
        SELECT phone_index FROM learner_phone WHERE learner_id = $1)";
    CODES = "DELETE FROM sign_in_code WHERE phone_index IN (SELECT phone_index FROM learner_phone WHERE learner_id = $1)";
    CODE_COUNTS = "DELETE FROM sign_in_code_count WHERE phone_index IN (
        SELECT phone_index FROM learner_phone WHERE learner_id = $1)";
    IDENTITIES = "DELETE FROM identity_index WHERE learner_id = $1";
    PHONES = "DELETE FROM learner_phone WHERE learner_id = $1";
    LIST_ROWS = "DELETE FROM list_import_row WHERE learner_id = $1";
    ROSTER_ROWS = "DELETE FROM roster_import_row WHERE learner_id = $1";
    CONFIRMED_LINES = "UPDATE confirmed_line SET name = '', identity_masked = '', sealed = $2 WHERE learner_id = $1";
    CORRECTIONS = "DELETE FROM correction_request WHERE learner_id = $1";
    SESSIONS = "DELETE FROM session WHERE account_id IN (SELECT account_id FROM account WHERE learner_id = $1)";
    PENDING_SIGN_INS = "DELETE FROM pending_sign_in WHERE account_id IN (
        SELECT account_id FROM account WHERE learner_id = $1)";
    FACTORS = "DELETE FROM second_factor WHERE account_id IN (SELECT account_id FROM account WHERE learner_id = $1)";
    RECOVERY_CODES = "DELETE FROM recovery_code WHERE account_id IN (SELECT account_id FROM account WHERE learner_id = $1)";
    BROWSERS = "DELETE FROM known_browser WHERE account_id IN (SELECT account_id FROM account WHERE learner_id = $1)";
    ACCOUNT_PHONES = "DELETE FROM account_phone WHERE account_id IN (SELECT account_id FROM account WHERE learner_id = $1)";
    ACCOUNT = "UPDATE account SET login = NULL, password_hash = NULL, display_name = '—',
            disabled_at = COALESCE(disabled_at, $2) WHERE learner_id = $1";
    LEARNER = "UPDATE learner SET name = '—', identity_sealed = $2, identity_masked = '', phone_sealed = $2,
            phone_masked = '', title_series = '', title_level = '' WHERE learner_id = $1";
    BINDINGS = "DELETE FROM binding WHERE account_id IN (SELECT account_id FROM account WHERE learner_id = $1)";
    SAVED_VIEWS = "DELETE FROM saved_view WHERE account_id IN (SELECT account_id FROM account WHERE learner_id = $1)";
    TITLES = "DELETE FROM person_title WHERE learner_id = $1";
    // That a year asked for less stays with the year; why goes.
    EXEMPTIONS = "UPDATE exemption SET reason = '', answer = '', ended_reason = '' WHERE learner_id = $1";
    DEPARTMENTS = "UPDATE employment SET department = '' WHERE learner_id = $1";
    MARK = "INSERT INTO erasure (learner_id, erased_at) VALUES ($1, $2) ON CONFLICT (learner_id) DO NOTHING";
    STANDS = "SELECT EXISTS (SELECT 1 FROM learner WHERE learner_id = $1 AND length(identity_sealed) > 0)";
    ERASED = "SELECT learner_id, erased_at FROM erasure WHERE learner_id > $1 ORDER BY learner_id LIMIT 500";
}

/// Rows that hang on the learner's indexes go before the indexes, and those on the account before its phone.
const BY_LEARNER: [&str; 22] = [
    WITHDRAW_MOVES,
    ACTIVATIONS,
    UNKNOWN_ACTIVATIONS,
    REGISTRATIONS,
    CODES,
    CODE_COUNTS,
    IDENTITIES,
    PHONES,
    LIST_ROWS,
    ROSTER_ROWS,
    CORRECTIONS,
    SESSIONS,
    PENDING_SIGN_INS,
    FACTORS,
    RECOVERY_CODES,
    BROWSERS,
    BINDINGS,
    SAVED_VIEWS,
    ACCOUNT_PHONES,
    TITLES,
    EXEMPTIONS,
    DEPARTMENTS,
];

pub(in super::super) async fn withdraw_moves(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    tx.execute(WITHDRAW_MOVES, values![learner]).await.map(drop)
}

/// The sealed identity and phone numbers; nothing for somebody who is not there.
pub(in super::super) async fn sealed(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    tx.query_optional(SEALED, values![learner], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Where somebody works.
pub(in super::super) async fn unit(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<UnitId>> {
    tx.query_value_optional(UNIT, values![learner]).await
}

/// Messages after `after` with the sealed phone; they hold no index of it.
pub(in super::super) async fn messages(tx: &Tx<'_>, after: i64) -> Result<Vec<(i64, Vec<u8>)>> {
    tx.query(MESSAGES, values![after], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(in super::super) async fn delete_message(tx: &Tx<'_>, message: i64) -> Result<()> {
    tx.execute(DELETE_MESSAGE, values![message]).await.map(drop)
}

/// Certificates: number of the row, the record's bytes, the document's digest.
pub(in super::super) async fn records(tx: &Tx<'_>, learner: LearnerId) -> Result<Vec<(i64, Vec<u8>, Option<String>)>> {
    tx.query(RECORDS, values![learner], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(in super::super) async fn put_record(tx: &Tx<'_>, learner: LearnerId, id: i64, record: &[u8]) -> Result<()> {
    tx.execute(PUT_RECORD, values![learner, id, record]).await.map(drop)
}

/// Everything else, and the mark that it went.
pub(in super::super) async fn purge(tx: &Tx<'_>, learner: LearnerId, at: Timestamp) -> Result<()> {
    for statement in BY_LEARNER {
        tx.execute(statement, values![learner]).await?;
    }
    let none: &[u8] = &[];
    tx.execute(CONFIRMED_LINES, values![learner, none]).await?;
    tx.execute(ACCOUNT, values![learner, at]).await?;
    tx.execute(LEARNER, values![learner, none]).await?;
    tx.execute(MARK, values![learner, at]).await.map(drop)
}

/// Whether somebody's numbers are held.
pub(in super::super) async fn stands(tx: &Tx<'_>, learner: LearnerId) -> Result<bool> {
    tx.query_value(STANDS, values![learner]).await
}

/// Erasures by number, after `after`: whose, and when.
pub(in super::super) async fn erased(tx: &Tx<'_>, after: LearnerId) -> Result<Vec<(LearnerId, Timestamp)>> {
    tx.query(ERASED, values![after], |row| Ok((row.get(0)?, row.get(1)?))).await
}
