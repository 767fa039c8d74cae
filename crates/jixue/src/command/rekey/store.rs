//! SQL of turning keys: rows that another key sealed, and their new bytes. An operator's command: it reads everybody's.
//!
//! The first byte of what is sealed says which key did it (see `keys`); rows of the new key are done.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::time::Timestamp;

crate::db::statements! {
    NODES = "SELECT CAST(COUNT(*) AS BIGINT) FROM lease WHERE name LIKE 'node %' AND until > $1";
    LEARNERS = "SELECT learner_id, identity_sealed, phone_sealed FROM learner
        WHERE learner_id > $1 AND length(identity_sealed) > 0 AND substr(identity_sealed, 1, 1) <> $2 ORDER BY learner_id LIMIT 500";
    TURN_LEARNER = "UPDATE learner SET identity_sealed = $2, phone_sealed = $3 WHERE learner_id = $1";
    TURN_IDENTITY_INDEX = "UPDATE identity_index SET identity_index = $2 WHERE learner_id = $1";
    TURN_PHONE_INDEX = "UPDATE learner_phone SET phone_index = $2 WHERE learner_id = $1";
    ACCOUNT_PHONES = "SELECT account_id, phone_sealed FROM account_phone
        WHERE length(phone_sealed) > 0 AND substr(phone_sealed, 1, 1) <> $1 ORDER BY account_id LIMIT 500";
    TURN_ACCOUNT_PHONE = "UPDATE account_phone SET phone_sealed = $2, phone_index = $3 WHERE account_id = $1";
    MESSAGES = "SELECT message_id, phone_sealed, parameters_sealed FROM sms_message
        WHERE length(phone_sealed) > 0 AND substr(phone_sealed, 1, 1) <> $1 ORDER BY message_id LIMIT 500";
    TURN_MESSAGE = "UPDATE sms_message SET phone_sealed = $2, parameters_sealed = $3 WHERE message_id = $1";
    ROSTER_ROW_PAGE = "SELECT import_id, row_no, sealed FROM roster_import_row
        WHERE length(sealed) > 0 AND substr(sealed, 1, 1) <> $1 ORDER BY import_id, row_no LIMIT 500";
    TURN_ROSTER_ROW = "UPDATE roster_import_row SET sealed = $3 WHERE import_id = $1 AND row_no = $2";
    ROSTER_SHEET_PAGE = "SELECT import_id, kept_at, sealed FROM roster_import_sheet
        WHERE length(sealed) > 0 AND substr(sealed, 1, 1) <> $1 ORDER BY import_id LIMIT 20";
    TURN_ROSTER_SHEET = "UPDATE roster_import_sheet SET sealed = $3 WHERE import_id = $1 AND kept_at = $2";
    WAITING_SHEET_PAGE = "SELECT sheet_id, uploaded_at, sealed FROM waiting_sheet
        WHERE length(sealed) > 0 AND substr(sealed, 1, 1) <> $1 ORDER BY sheet_id LIMIT 20";
    TURN_WAITING_SHEET = "UPDATE waiting_sheet SET sealed = $3 WHERE sheet_id = $1 AND uploaded_at = $2";
    LIST_ROW_PAGE = "SELECT import_id, row_no, sealed FROM list_import_row
        WHERE length(sealed) > 0 AND substr(sealed, 1, 1) <> $1 ORDER BY import_id, row_no LIMIT 500";
    TURN_LIST_ROW = "UPDATE list_import_row SET sealed = $3 WHERE import_id = $1 AND row_no = $2";
    CONFIRMED_LINE_PAGE = "SELECT import_id, line_no, sealed FROM confirmed_line
        WHERE length(sealed) > 0 AND substr(sealed, 1, 1) <> $1 ORDER BY import_id, line_no LIMIT 500";
    TURN_CONFIRMED_LINE = "UPDATE confirmed_line SET sealed = $3 WHERE import_id = $1 AND line_no = $2";
    CORRECTION_PAGE = "SELECT learner_id, request_id, sealed FROM correction_request
        WHERE length(sealed) > 0 AND substr(sealed, 1, 1) <> $1 ORDER BY learner_id, request_id LIMIT 500";
    TURN_CORRECTION = "UPDATE correction_request SET sealed = $3 WHERE learner_id = $1 AND request_id = $2";
    FACTOR_PAGE = "SELECT account_id, factor_id, secret_sealed FROM second_factor
        WHERE secret_sealed IS NOT NULL AND substr(secret_sealed, 1, 1) <> $1 ORDER BY account_id, factor_id LIMIT 500";
    TURN_FACTOR = "UPDATE second_factor SET secret_sealed = $3 WHERE account_id = $1 AND factor_id = $2";
    ACTIVATIONS = "SELECT request_id, phone_sealed FROM activation_request
        WHERE learner_id IS NOT NULL AND length(phone_sealed) > 0 AND substr(phone_sealed, 1, 1) <> $1
        ORDER BY request_id LIMIT 500";
    TURN_ACTIVATION = "UPDATE activation_request SET phone_sealed = $2, phone_index = $3, identity_index = COALESCE(
            (SELECT i.identity_index FROM identity_index i WHERE i.learner_id = activation_request.learner_id), identity_index)
        WHERE request_id = $1";
    REGISTRATIONS = "SELECT registration_id, phone_sealed, identity_sealed FROM registration
        WHERE length(phone_sealed) > 0 AND substr(phone_sealed, 1, 1) <> $1 ORDER BY registration_id LIMIT 500";
    TURN_REGISTRATION = "UPDATE registration SET phone_sealed = $2, phone_index = $3, identity_sealed = $4
        WHERE registration_id = $1";
    BINDINGS = "SELECT binding_id, subject_sealed FROM binding
        WHERE length(subject_sealed) > 0 AND substr(subject_sealed, 1, 1) <> $1 ORDER BY binding_id LIMIT 500";
    TURN_BINDING = "UPDATE binding SET subject_sealed = $2, subject_index = $3, union_index = $4 WHERE binding_id = $1";
    FORGET_NOBODY = "DELETE FROM activation_request WHERE learner_id IS NULL";
    FORGET_CODES = "DELETE FROM sign_in_code";
    FORGET_COUNTS = "DELETE FROM sign_in_code_count";
    FORGET_BROWSERS = "DELETE FROM known_browser";
    FORGET_PENDING = "DELETE FROM pending_sign_in";
    FORGET_QUESTIONS = "DELETE FROM factor_question";
    FORGET_TRIPS = "DELETE FROM sign_in_trip";
}

pub(super) async fn nodes(tx: &Tx<'_>, now: Timestamp) -> Result<i64> {
    tx.query_value(NODES, values![now]).await
}

/// A learner as another key sealed it.
pub(super) struct SealedLearner {
    pub learner: i64,
    pub identity_sealed: Vec<u8>,
    pub phone_sealed: Vec<u8>,
}

pub(super) async fn learners(tx: &Tx<'_>, after: i64, generation: u8) -> Result<Vec<SealedLearner>> {
    tx.query(LEARNERS, values![after, [generation]], |row| {
        Ok(SealedLearner { learner: row.get(0)?, identity_sealed: row.get(1)?, phone_sealed: row.get(2)? })
    })
    .await
}

/// A learner sealed anew, with the indexes by which they are found.
pub(super) struct TurnedLearner {
    pub learner: i64,
    pub identity_sealed: Vec<u8>,
    pub identity_index: Vec<u8>,
    pub phone_sealed: Vec<u8>,
    pub phone_index: Vec<u8>,
}

pub(super) async fn turn_learner(tx: &Tx<'_>, turned: &TurnedLearner) -> Result<()> {
    let row = values![turned.learner, &turned.identity_sealed, &turned.phone_sealed];
    tx.execute(TURN_LEARNER, row).await?;
    tx.execute(TURN_IDENTITY_INDEX, values![turned.learner, &turned.identity_index]).await?;
    tx.execute(TURN_PHONE_INDEX, values![turned.learner, &turned.phone_index]).await.map(drop)
}

pub(super) async fn account_phones(tx: &Tx<'_>, generation: u8) -> Result<Vec<(i64, Vec<u8>)>> {
    tx.query(ACCOUNT_PHONES, values![[generation]], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(super) async fn turn_account_phone(tx: &Tx<'_>, account: i64, sealed: &[u8], index: &[u8]) -> Result<()> {
    tx.execute(TURN_ACCOUNT_PHONE, values![account, sealed, index]).await.map(drop)
}

pub(super) async fn messages(tx: &Tx<'_>, generation: u8) -> Result<Vec<(i64, Vec<u8>, Vec<u8>)>> {
    tx.query(MESSAGES, values![[generation]], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(super) async fn turn_message(tx: &Tx<'_>, message: i64, phone: &[u8], parameters: &[u8]) -> Result<()> {
    tx.execute(TURN_MESSAGE, values![message, phone, parameters]).await.map(drop)
}

pub(super) async fn bindings(tx: &Tx<'_>, generation: u8) -> Result<Vec<(i64, Vec<u8>)>> {
    tx.query(BINDINGS, values![[generation]], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// A binding sealed anew, with the indexes by which it is found.
pub(super) struct TurnedBinding {
    pub binding: i64,
    pub sealed: Vec<u8>,
    pub subject_index: Vec<u8>,
    pub union_index: Option<Vec<u8>>,
}

pub(super) async fn turn_binding(tx: &Tx<'_>, turned: &TurnedBinding) -> Result<()> {
    let row = values![turned.binding, &turned.sealed, &turned.subject_index, turned.union_index.as_deref()];
    tx.execute(TURN_BINDING, row).await.map(drop)
}

/// How rows of a list are read and written.
#[derive(Clone, Copy)]
pub(super) struct List {
    page: &'static str,
    turn: &'static str,
}

pub(super) const ROSTER_ROWS: List = List { page: ROSTER_ROW_PAGE, turn: TURN_ROSTER_ROW };
pub(super) const ROSTER_SHEETS: List = List { page: ROSTER_SHEET_PAGE, turn: TURN_ROSTER_SHEET };
pub(super) const WAITING_SHEETS: List = List { page: WAITING_SHEET_PAGE, turn: TURN_WAITING_SHEET };
pub(super) const LIST_ROWS: List = List { page: LIST_ROW_PAGE, turn: TURN_LIST_ROW };
pub(super) const CONFIRMED_LINES: List = List { page: CONFIRMED_LINE_PAGE, turn: TURN_CONFIRMED_LINE };
pub(super) const CORRECTIONS: List = List { page: CORRECTION_PAGE, turn: TURN_CORRECTION };

pub(super) const FACTORS: List = List { page: FACTOR_PAGE, turn: TURN_FACTOR };

pub(super) async fn list(tx: &Tx<'_>, list: List, generation: u8) -> Result<Vec<(i64, i64, Vec<u8>)>> {
    tx.query(list.page, values![[generation]], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(super) async fn turn_list(tx: &Tx<'_>, list: List, import: i64, number: i64, sealed: &[u8]) -> Result<()> {
    tx.execute(list.turn, values![import, number, sealed]).await.map(drop)
}

/// Requests of people who have a phone number, and some of them an identity number.
#[derive(Clone, Copy)]
pub(super) struct Requests {
    page: &'static str,
    turn: &'static str,
    has_identity: bool,
}

pub(super) const ACTIVATION_REQUESTS: Requests =
    Requests { page: ACTIVATIONS, turn: TURN_ACTIVATION, has_identity: false };
pub(super) const REGISTRATION_REQUESTS: Requests =
    Requests { page: REGISTRATIONS, turn: TURN_REGISTRATION, has_identity: true };

/// A request: its number, the sealed phone, the sealed identity number.
pub(super) type SealedRequest = (i64, Vec<u8>, Option<Vec<u8>>);

pub(super) async fn requests(tx: &Tx<'_>, kind: Requests, generation: u8) -> Result<Vec<SealedRequest>> {
    tx.query(kind.page, values![[generation]], |row| {
        Ok((row.get(0)?, row.get(1)?, if kind.has_identity { row.get(2)? } else { None }))
    })
    .await
}

/// A request as the new key seals it, with the index of its phone.
pub(super) async fn turn_request(tx: &Tx<'_>, kind: Requests, turned: &SealedRequest, index: &[u8]) -> Result<()> {
    let (request, phone, identity) = turned;
    let row = match kind.has_identity {
        true => values![*request, phone, index, identity.as_deref()],
        false => values![*request, phone, index],
    };
    tx.execute(kind.turn, row).await.map(drop)
}

/// Removes what is good for minutes or only remembers, and whose indexes cannot be made anew; also requests with the
/// number of nobody, which nobody can answer.
pub(super) async fn forget(tx: &Tx<'_>) -> Result<()> {
    let briefly = [FORGET_CODES, FORGET_COUNTS, FORGET_PENDING, FORGET_QUESTIONS, FORGET_TRIPS];
    for statement in briefly.into_iter().chain([FORGET_BROWSERS, FORGET_NOBODY]) {
        tx.execute(statement, values![]).await?;
    }
    Ok(())
}
