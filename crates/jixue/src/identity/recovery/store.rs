//! SQL of recoveries: of accounts whose every grant lies within the administrator's scope.

use super::Recovery;
use crate::db::{Row, Tx, Value, values};
use crate::error::Result;
use jixue_core::id::{AccountId, RecoveryId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// An account with a grant within the regions of the scope and none outside; bases belong to the root bureau's.
macro_rules! account_within {
    ($account:literal, $from:literal, $until:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = ",
            $account,
            " AND g.revoked_at IS NULL)
            AND NOT EXISTS (SELECT 1 FROM role_grant g LEFT JOIN employer_unit u ON u.unit_id = g.unit_id
                WHERE g.account_id = ",
            $account,
            " AND g.revoked_at IS NULL
                AND (COALESCE(u.region_code, g.region_code, CAST(",
            $from,
            " AS TEXT)) < ",
            $from,
            " OR COALESCE(u.region_code, g.region_code, CAST(",
            $from,
            " AS TEXT)) >= ",
            $until,
            "))"
        )
    };
}

macro_rules! recoveries {
    ($condition:literal, $from:literal, $until:literal) => {
        concat!(
            "SELECT r.recovery_id, r.account_id, a.display_name, r.reason, r.opened_by, COALESCE(o.display_name, ''),
                r.opened_at, r.token_digest
            FROM recovery r JOIN account a ON a.account_id = r.account_id
            LEFT JOIN account o ON o.account_id = r.opened_by WHERE ",
            $condition,
            " AND ",
            account_within!("r.account_id", $from, $until),
            " ORDER BY r.recovery_id LIMIT 100"
        )
    };
}

crate::db::statements! {
    IS_WITHIN = concat!("SELECT CASE WHEN ", account_within!("$1", "$2", "$3"), " THEN 1 ELSE 0 END");
    INSERT = "INSERT INTO recovery (recovery_id, account_id, reason, opened_by, opened_at, expires_at, token_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    WAITING = recoveries!("r.confirmed_at IS NULL AND r.expires_at > $1", "$2", "$3");
    ONE = recoveries!("r.recovery_id = $1 AND r.expires_at > $2", "$3", "$4");
    CONFIRM = "UPDATE recovery SET confirmed_by = $2, confirmed_at = $3 WHERE recovery_id = $1 AND confirmed_at IS NULL";
    // A confirmed one stays: it says who took whose factors away.
    FORGET = "DELETE FROM recovery WHERE confirmed_at IS NULL AND expires_at < $1";
}

fn regions(scope: &Scope, first: &[Value]) -> Vec<Value> {
    let bounds = scope.bounds().by_region_alone();
    let mut values = first.to_vec();
    values.extend([bounds.region_from.into(), bounds.region_until.into()]);
    values
}

pub(super) async fn is_within(tx: &Tx<'_>, scope: &Scope, account: AccountId) -> Result<bool> {
    tx.query_value(IS_WITHIN, &regions(scope, values![account])).await
}

pub(super) async fn insert(
    tx: &Tx<'_>,
    recovery: RecoveryId,
    (account, reason, opened_by): (AccountId, &str, AccountId),
    (now, until): (Timestamp, Timestamp),
    token_digest: Option<&[u8]>,
) -> Result<()> {
    let row = values![recovery, account, reason, opened_by, now, until, token_digest];
    tx.execute(INSERT, row).await.map(drop)
}

fn recovery_of(row: &Row<'_>) -> Result<Recovery> {
    Ok(Recovery {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        reason: row.get(3)?,
        opened_by: row.get(4)?,
        opened_by_name: row.get(5)?,
        opened_at: row.get(6)?,
        token_digest: row.get(7)?,
    })
}

pub(super) async fn waiting(tx: &Tx<'_>, scope: &Scope, now: Timestamp) -> Result<Vec<Recovery>> {
    tx.query(WAITING, &regions(scope, values![now]), recovery_of).await
}

pub(super) async fn one(tx: &Tx<'_>, scope: &Scope, recovery: RecoveryId, now: Timestamp) -> Result<Option<Recovery>> {
    tx.query_optional(ONE, &regions(scope, values![recovery, now]), recovery_of).await
}

/// False when somebody else confirmed it.
pub(super) async fn confirm(tx: &Tx<'_>, recovery: RecoveryId, by: AccountId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(CONFIRM, values![recovery, by, now]).await? == 1)
}

/// Removes what nobody confirmed before `then`.
pub(in super::super) async fn forget(tx: &Tx<'_>, then: Timestamp) -> Result<()> {
    tx.execute(FORGET, values![then]).await.map(drop)
}
