//! SQL of accounts, sessions, grants and codes. Rows are found by account or by secret digest: that is their scope.

pub(super) mod browsers;
pub(super) mod codes;
pub(super) mod pending;

use super::grants::{ReachColumns, counts, reach_columns};
use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::id::{AccountId, GrantId, LearnerId, LearnerViewId};
use jixue_core::time::Timestamp;

crate::db::statements! {
    SESSION_CALLER = concat!("SELECT s.account_id, a.display_name, a.learner_id, g.role, g.region_code, g.unit_id, g.base_id,
            g.industry, s.grant_id, v.view_id, v.learner_id, v.ends_at,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM role_grant o WHERE o.account_id = s.account_id AND o.revoked_at IS NULL)
        FROM session s JOIN account a ON a.account_id = s.account_id
        LEFT JOIN role_grant g ON g.account_id = s.account_id AND g.grant_id = s.grant_id AND ", counts!("$2"), "
        LEFT JOIN learner_view v ON v.view_id = s.view_id AND v.account_id = s.account_id AND v.grant_id = s.grant_id
            AND v.ended_at IS NULL AND v.ends_at > $2
        WHERE s.token_digest = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND a.disabled_at IS NULL");
    INSERT_SESSION = "INSERT INTO session (token_digest, account_id, grant_id, device, created_at, expires_at, seen_at,
            elevated_until, factored_at)
        VALUES ($1, $2, $3, $4, $5, $6, $5, $7, $8)";
    FACTORED_AT = "SELECT factored_at FROM session WHERE token_digest = $1 AND ended_at IS NULL";
    END_SESSION = "UPDATE session SET ended_at = $2 WHERE token_digest = $1 AND ended_at IS NULL";
    END_OTHER_SESSIONS = "UPDATE session SET ended_at = $3
        WHERE account_id = $1 AND token_digest <> $2 AND ended_at IS NULL";
    WEAR_GRANT = "UPDATE session SET grant_id = $2 WHERE token_digest = $1 AND ended_at IS NULL";
    INSERT_ACCOUNT = "INSERT INTO account (account_id, login, password_hash, display_name, learner_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    INSERT_ACCOUNT_PHONE = "INSERT INTO account_phone (phone_index, account_id, phone_sealed) VALUES ($1, $2, $3)
        ON CONFLICT (phone_index) DO NOTHING";
    FORGET_ACCOUNT_PHONE = "DELETE FROM account_phone WHERE account_id = $1";
    RENAME_ACCOUNT = "UPDATE account SET display_name = $2 WHERE account_id = $1";
    ACCOUNT_BY_PHONE = "SELECT a.account_id, a.learner_id, a.display_name FROM account_phone p JOIN account a ON a.account_id = p.account_id
        WHERE p.phone_index = $1 AND a.disabled_at IS NULL";
    ACCOUNT_BY_LEARNER = "SELECT account_id FROM account WHERE learner_id = $1 AND disabled_at IS NULL";
    HOLDS_OFFICE = "SELECT EXISTS (SELECT 1 FROM role_grant WHERE account_id = $1 AND revoked_at IS NULL)";
    ATTACH_LEARNER = "UPDATE account SET learner_id = $2 WHERE account_id = $1 AND learner_id IS NULL";
    ACCOUNT_BY_LOGIN = "SELECT account_id, password_hash FROM account WHERE login = $1 AND disabled_at IS NULL";
    // A phone may be typed where a login is asked for.
    ACCOUNT_PASSWORD_BY_PHONE = "SELECT a.account_id, a.password_hash FROM account_phone p
        JOIN account a ON a.account_id = p.account_id WHERE p.phone_index = $1 AND a.disabled_at IS NULL";
    LOGIN_IS_TAKEN = "SELECT EXISTS (SELECT 1 FROM account WHERE login = $1)";
    FORGET_SESSIONS = "DELETE FROM session WHERE expires_at < $1";
    FORGET_SMS = "DELETE FROM sms_message WHERE created_at < $1";
    INSERT_SMS = "INSERT INTO sms_message (message_id, phone_sealed, template, parameters_sealed, state, created_at)
        VALUES ($1, $2, $3, $4, 'waiting', $5)";
    SMS_WAITING = "SELECT phone_sealed, template, parameters_sealed FROM sms_message WHERE message_id = $1 AND state = 'waiting'";
    SMS_SENDING = "UPDATE sms_message SET state = 'sending' WHERE message_id = $1 AND state = 'waiting'";
    SMS_SENT = "UPDATE sms_message SET state = $2, provider_id = $3, refusal = $4, sent_at = $5 WHERE message_id = $1";
    INSERT_SETUP_TOKEN = "INSERT INTO setup_token (token_digest, created_at, expires_at) VALUES ($1, $2, $3)";
    SETUP_TOKEN_IS_GOOD = "SELECT EXISTS (SELECT 1 FROM setup_token
        WHERE token_digest = $1 AND used_at IS NULL AND expires_at > $2)";
    USE_SETUP_TOKEN = "UPDATE setup_token SET used_at = $2 WHERE token_digest = $1 AND used_at IS NULL AND expires_at > $2";
}

/// A session's account, hat and learner as one row.
pub(super) struct SessionRow {
    pub account: AccountId,
    pub name: String,
    pub learner: Option<LearnerId>,
    pub role: Option<String>,
    pub reach: ReachColumns,
    pub grant: GrantId,
    /// What it looks at, if that has not ended.
    pub view: Option<ViewColumns>,
    /// Grants of the account that were not taken away; some may have ended.
    pub grants: i64,
}

/// What a session looks at.
pub(super) struct ViewColumns {
    pub view: LearnerViewId,
    pub learner: LearnerId,
    pub until: Timestamp,
}

pub(super) async fn session_caller(tx: &Tx<'_>, digest: &[u8], now: Timestamp) -> Result<Option<SessionRow>> {
    tx.query_optional(SESSION_CALLER, values![digest, now], |row| {
        Ok(SessionRow {
            account: row.get(0)?,
            name: row.get(1)?,
            learner: row.get(2)?,
            role: row.get(3)?,
            reach: reach_columns(row, 4)?,
            grant: row.get(8)?,
            view: view_columns(row)?,
            grants: row.get(12)?,
        })
    })
    .await
}

fn view_columns(row: &Row<'_>) -> Result<Option<ViewColumns>> {
    let Some(view) = row.get(9)? else { return Ok(None) };
    Ok(Some(ViewColumns { view, learner: row.get(10)?, until: row.get(11)? }))
}

pub(super) struct NewSession<'a> {
    pub digest: &'a [u8],
    pub account: AccountId,
    pub grant: GrantId,
    pub device: &'a str,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Until when what is dangerous may be done in it.
    pub elevated_until: Timestamp,
    /// When a second factor was given for it.
    pub factored_at: Option<Timestamp>,
}

pub(super) async fn insert_session(tx: &Tx<'_>, new: NewSession<'_>) -> Result<()> {
    let row = values![
        new.digest,
        new.account,
        new.grant,
        new.device,
        new.created_at,
        new.expires_at,
        new.elevated_until,
        new.factored_at
    ];
    tx.execute(INSERT_SESSION, row).await.map(drop)
}

pub(super) async fn end_session(tx: &Tx<'_>, digest: &[u8], now: Timestamp) -> Result<()> {
    tx.execute(END_SESSION, values![digest, now]).await.map(drop)
}

pub(super) async fn forget_account_phone(tx: &Tx<'_>, account: AccountId) -> Result<()> {
    tx.execute(FORGET_ACCOUNT_PHONE, values![account]).await.map(drop)
}

pub(super) async fn rename_account(tx: &Tx<'_>, account: AccountId, name: &str) -> Result<()> {
    tx.execute(RENAME_ACCOUNT, values![account, name]).await.map(drop)
}

pub(super) async fn end_other_sessions(tx: &Tx<'_>, account: AccountId, digest: &[u8], now: Timestamp) -> Result<u64> {
    tx.execute(END_OTHER_SESSIONS, values![account, digest, now]).await
}

/// When a second factor was given in a session.
pub(super) async fn factored_at(tx: &Tx<'_>, digest: &[u8]) -> Result<Option<Timestamp>> {
    let found: Option<Option<Timestamp>> = tx.query_optional(FACTORED_AT, values![digest], |row| row.get(0)).await?;
    Ok(found.flatten())
}

pub(super) async fn wear(tx: &Tx<'_>, digest: &[u8], grant: GrantId) -> Result<bool> {
    Ok(tx.execute(WEAR_GRANT, values![digest, grant]).await? == 1)
}

pub(super) struct AccountRow<'a> {
    pub account: AccountId,
    pub login: Option<&'a str>,
    pub password_hash: Option<&'a str>,
    pub name: &'a str,
    pub learner: Option<LearnerId>,
    pub created_at: Timestamp,
}

pub(super) async fn insert_account(tx: &Tx<'_>, new: AccountRow<'_>) -> Result<()> {
    let row = values![new.account, new.login, new.password_hash, new.name, new.learner, new.created_at];
    tx.execute(INSERT_ACCOUNT, row).await.map(drop)
}

pub(super) async fn insert_account_phone(tx: &Tx<'_>, index: &[u8], account: AccountId, sealed: &[u8]) -> Result<bool> {
    Ok(tx.execute(INSERT_ACCOUNT_PHONE, values![index, account, sealed]).await? == 1)
}

/// The account of a phone: its number, the learner it is, the name.
pub(super) async fn account_by_phone(
    tx: &Tx<'_>,
    index: &[u8],
) -> Result<Option<(AccountId, Option<LearnerId>, String)>> {
    tx.query_optional(ACCOUNT_BY_PHONE, values![index], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(super) async fn account_by_learner(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<AccountId>> {
    tx.query_value_optional(ACCOUNT_BY_LEARNER, values![learner]).await
}

/// Whether an account has a role that was not taken away.
pub(super) async fn holds_office(tx: &Tx<'_>, account: AccountId) -> Result<bool> {
    tx.query_value(HOLDS_OFFICE, values![account]).await
}

pub(super) async fn attach_learner(tx: &Tx<'_>, account: AccountId, learner: LearnerId) -> Result<()> {
    tx.execute(ATTACH_LEARNER, values![account, learner]).await.map(drop)
}

pub(super) async fn account_by_login(tx: &Tx<'_>, login: &str) -> Result<Option<(AccountId, Option<String>)>> {
    tx.query_optional(ACCOUNT_BY_LOGIN, values![login], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(super) async fn account_password_by_phone(
    tx: &Tx<'_>,
    index: &[u8],
) -> Result<Option<(AccountId, Option<String>)>> {
    tx.query_optional(ACCOUNT_PASSWORD_BY_PHONE, values![index], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// True also for an account that was disabled: its history keeps the login.
pub(super) async fn login_is_taken(tx: &Tx<'_>, login: &str) -> Result<bool> {
    tx.query_one(LOGIN_IS_TAKEN, values![login], |row| row.get(0)).await
}

/// Removes what is only good for a while: codes, sessions, messages and requests that ended before `then`; what is good for
/// minutes and ended before `briefly`. How many codes, sessions and messages were removed.
pub(super) async fn forget(tx: &Tx<'_>, then: Timestamp, briefly: Timestamp) -> Result<[u64; 3]> {
    let sessions = tx.execute(FORGET_SESSIONS, values![then]).await?;
    let messages = tx.execute(FORGET_SMS, values![then]).await?;
    let codes = codes::forget(tx, then).await?;
    browsers::forget_old(tx, then).await?;
    pending::forget(tx, briefly).await?;
    super::activation::forget(tx, then, briefly).await?;
    super::recovery::forget(tx, then).await?;
    super::registrations::forget(tx, then).await?;
    super::bindings::forget_trips(tx, briefly).await?;
    super::efforts::forget(tx, briefly).await?;
    super::factors::store::forget_questions(tx, briefly).await?;
    Ok([codes, sessions, messages])
}

pub(super) async fn insert_sms(
    tx: &Tx<'_>,
    id: i64,
    phone: &[u8],
    template: &str,
    parameters: &[u8],
    now: Timestamp,
) -> Result<()> {
    tx.execute(INSERT_SMS, values![id, phone, template, parameters, now]).await.map(drop)
}

/// A message that waits: sealed phone, template, sealed parameters.
pub(super) async fn sms_waiting(tx: &Tx<'_>, id: i64) -> Result<Option<(Vec<u8>, String, Vec<u8>)>> {
    tx.query_optional(SMS_WAITING, values![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(super) async fn sms_sending(tx: &Tx<'_>, id: i64) -> Result<bool> {
    Ok(tx.execute(SMS_SENDING, values![id]).await? == 1)
}

pub(super) async fn sms_outcome(
    tx: &Tx<'_>,
    id: i64,
    state: &str,
    provider_id: Option<&str>,
    refusal: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(SMS_SENT, values![id, state, provider_id, refusal, now]).await.map(drop)
}

pub(super) async fn insert_setup_token(
    tx: &Tx<'_>,
    digest: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(INSERT_SETUP_TOKEN, values![digest, now, expires_at]).await.map(drop)
}

pub(super) async fn setup_token_is_good(tx: &Tx<'_>, digest: &[u8], now: Timestamp) -> Result<bool> {
    tx.query_one(SETUP_TOKEN_IS_GOOD, values![digest, now], |row| row.get(0)).await
}

pub(super) async fn use_setup_token(tx: &Tx<'_>, digest: &[u8], now: Timestamp) -> Result<bool> {
    Ok(tx.execute(USE_SETUP_TOKEN, values![digest, now]).await? == 1)
}
