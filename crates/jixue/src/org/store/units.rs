//! Employer units.

use super::super::units::{NewUnit, Unit, UnitChange};
use super::scoped::{bounds, unit_within};
use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::id::{AccountId, UnitId};
use jixue_core::org::unit_name_key;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;
use jixue_core::uscc::Uscc;

macro_rules! unit_columns {
    () => {
        "SELECT u.unit_id, u.uscc, u.name, u.kind, u.region_code, u.industry, COALESCE(u.uscc_absent_reason, ''),
            u.merged_into FROM employer_unit u "
    };
}

crate::db::statements! {
    INSERT_UNIT = "INSERT INTO employer_unit (unit_id, uscc, uscc_absent_reason, name, name_key, kind, region_code, industry,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    UPDATE_UNIT = concat!(
        "UPDATE employer_unit SET uscc = $2, uscc_absent_reason = $3, name = $4, name_key = $5, kind = $6, industry = $7,
            changed_at = $13
        WHERE merged_into IS NULL AND unit_id IN (SELECT u.unit_id FROM employer_unit u WHERE u.unit_id = $1 AND ",
        unit_within!("$8", "$9", "$10", "$11", "$12"), ")"
    );
    HOLD_UNIT = concat!(
        "UPDATE employer_unit SET merged_into = merged_into WHERE merged_into IS NULL AND unit_id IN (
            SELECT u.unit_id FROM employer_unit u WHERE u.unit_id = $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), ")"
    );
    HOLD_LIVING = "UPDATE employer_unit SET merged_into = merged_into WHERE unit_id = $1 AND merged_into IS NULL";
    HOLD_ANY = "UPDATE employer_unit SET merged_into = merged_into WHERE unit_id = $1";
    UNIT_REGION = "SELECT region_code FROM employer_unit WHERE unit_id = $1";
    MERGED_INTO = "SELECT merged_into FROM employer_unit WHERE unit_id = $1";
    UNIT_BY_USCC = concat!(unit_columns!(), "WHERE u.uscc = $1");
    UNIT_BY_ID = concat!(unit_columns!(), "WHERE u.unit_id = $1");
    UNITS_NAMED = concat!(
        unit_columns!(),
        "WHERE u.merged_into IS NULL AND (CAST($1 AS TEXT) = '' OR u.region_code = $1)
            AND (u.name_key = $2 OR u.unit_id IN (SELECT a.unit_id FROM unit_alias a WHERE a.name_key = $2))
        ORDER BY u.unit_id LIMIT 5"
    );
    UNIT = concat!(
        unit_columns!(), "WHERE u.unit_id = $1 AND ", unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    UNITS = concat!(
        unit_columns!(), "WHERE u.unit_id > $1 AND u.merged_into IS NULL AND ",
        unit_within!("$3", "$4", "$5", "$6", "$7"),
        " ORDER BY u.unit_id LIMIT $2"
    );
    ADD_ALIAS = "INSERT INTO unit_alias (unit_id, name_key, alias, told_by, told_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (unit_id, name_key) DO NOTHING";
    HAS_ALIAS = "SELECT EXISTS (SELECT 1 FROM unit_alias WHERE unit_id = $1 AND name_key = $2)";
    ALIASES = concat!(
        "SELECT a.alias FROM unit_alias a JOIN employer_unit u ON u.unit_id = a.unit_id WHERE a.unit_id = $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), " ORDER BY a.told_at, a.name_key LIMIT 50"
    );
}

fn unit_of(row: &Row<'_>) -> Result<Unit> {
    Ok(Unit {
        id: row.get(0)?,
        uscc: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        region_code: row.get(4)?,
        industry: row.get(5)?,
        uscc_absent_reason: row.get(6)?,
        merged_into: row.get(7)?,
    })
}

fn code_and_reason(uscc: &Result<Uscc, String>) -> (Option<&str>, Option<&str>) {
    match uscc {
        Ok(uscc) => (Some(uscc.as_str()), None),
        Err(reason) => (None, Some(reason.as_str())),
    }
}

/// False when a unit of the code is there.
pub(in super::super) async fn insert_unit(tx: &Tx<'_>, id: UnitId, new: &NewUnit, now: Timestamp) -> Result<bool> {
    let (uscc, absent) = code_and_reason(&new.uscc);
    let key = unit_name_key(&new.name);
    let row = values![id, uscc, absent, &new.name, key, &new.kind, &new.region_code, &new.industry, now];
    Ok(tx.execute(INSERT_UNIT, row).await? == 1)
}

/// False when it is out of reach, or another unit by now.
pub(in super::super) async fn update_unit(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    change: &UnitChange,
    now: Timestamp,
) -> Result<bool> {
    let (uscc, absent) = code_and_reason(&change.uscc);
    let key = unit_name_key(&change.name);
    let mut row = bounds(scope, values![unit, uscc, absent, &change.name, key, &change.kind, &change.industry]);
    row.push(now.into());
    Ok(tx.execute(UPDATE_UNIT, &row).await? == 1)
}

/// Keeps a living unit within reach as it is until this transaction ends: nobody merges it meanwhile. False when it is out
/// of reach or another unit by now.
pub(in super::super) async fn hold_unit(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<bool> {
    Ok(tx.execute(HOLD_UNIT, &bounds(scope, values![unit])).await? == 1)
}

/// The same for a unit that somebody was asked to, whoever answers; false when it is another unit by now.
pub(in super::super) async fn hold_living(tx: &Tx<'_>, unit: UnitId) -> Result<bool> {
    Ok(tx.execute(HOLD_LIVING, values![unit]).await? == 1)
}

/// The same for any unit, also one that is another by now; false when there is none.
pub(in super::super) async fn hold_any(tx: &Tx<'_>, unit: UnitId) -> Result<bool> {
    Ok(tx.execute(HOLD_ANY, values![unit]).await? == 1)
}

pub(in super::super) async fn unit_by_uscc(tx: &Tx<'_>, uscc: &str) -> Result<Option<Unit>> {
    tx.query_optional(UNIT_BY_USCC, values![uscc], unit_of).await
}

/// For the operator's commands and for what follows a merge: units are public.
pub(in super::super) async fn unit_by_id(tx: &Tx<'_>, unit: UnitId) -> Result<Option<Unit>> {
    tx.query_optional(UNIT_BY_ID, values![unit], unit_of).await
}

/// Units whose present or former name has this key, five at most; in one county, or anywhere when it is empty.
pub(in super::super) async fn units_named(tx: &Tx<'_>, region_code: &str, key: &str) -> Result<Vec<Unit>> {
    tx.query(UNITS_NAMED, values![region_code, key], unit_of).await
}

/// The region of a unit that any grant may name; units are public.
pub(in super::super) async fn unit_region(tx: &Tx<'_>, unit: UnitId) -> Result<Option<String>> {
    tx.query_value_optional(UNIT_REGION, values![unit]).await
}

/// The unit that a unit became, if it is one that was merged.
pub(in super::super) async fn merged_into(tx: &Tx<'_>, unit: UnitId) -> Result<Option<UnitId>> {
    let found: Option<Option<UnitId>> = tx.query_optional(MERGED_INTO, values![unit], |row| row.get(0)).await?;
    Ok(found.flatten())
}

pub(in super::super) async fn unit(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Option<Unit>> {
    tx.query_optional(UNIT, &bounds(scope, values![unit]), unit_of).await
}

pub(in super::super) async fn units_page(tx: &Tx<'_>, scope: &Scope, after: UnitId, limit: i64) -> Result<Vec<Unit>> {
    tx.query(UNITS, &bounds(scope, values![after, limit]), unit_of).await
}

/// A name that is there already stays as it was told first.
pub(in super::super) async fn add_alias(
    tx: &Tx<'_>,
    unit: UnitId,
    alias: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(ADD_ALIAS, values![unit, unit_name_key(alias), alias, by, now]).await.map(drop)
}

pub(in super::super) async fn has_alias(tx: &Tx<'_>, unit: UnitId, key: &str) -> Result<bool> {
    tx.query_value(HAS_ALIAS, values![unit, key]).await
}

pub(in super::super) async fn aliases(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<String>> {
    tx.query(ALIASES, &bounds(scope, values![unit]), |row| row.get(0)).await
}
