//! Employer units.

use super::super::units::{NewUnit, Unit};
use super::scoped::{bounds, unit_within};
use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::id::UnitId;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    INSERT_UNIT = "INSERT INTO employer_unit (unit_id, uscc, uscc_absent_reason, name, kind, region_code, industry, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    UNIT_REGION = "SELECT region_code FROM employer_unit WHERE unit_id = $1";
    UNIT_BY_USCC = "SELECT u.unit_id, u.uscc, u.name, u.kind, u.region_code, u.industry FROM employer_unit u WHERE u.uscc = $1";
    UNIT = concat!(
        "SELECT u.unit_id, u.uscc, u.name, u.kind, u.region_code, u.industry FROM employer_unit u
        WHERE u.unit_id = $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    UNITS = concat!(
        "SELECT u.unit_id, u.uscc, u.name, u.kind, u.region_code, u.industry FROM employer_unit u
        WHERE u.unit_id > $1 AND ",
        unit_within!("$3", "$4", "$5", "$6", "$7"),
        " ORDER BY u.unit_id LIMIT $2"
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
    })
}

/// False when a unit of the code is there.
pub(in super::super) async fn insert_unit(tx: &Tx<'_>, id: UnitId, new: &NewUnit, now: Timestamp) -> Result<bool> {
    let (uscc, absent) = match &new.uscc {
        Ok(uscc) => (Some(uscc.as_str()), None),
        Err(reason) => (None, Some(reason)),
    };
    let row = values![id, uscc, absent, &new.name, &new.kind, &new.region_code, &new.industry, now];
    Ok(tx.execute(INSERT_UNIT, row).await? == 1)
}

pub(in super::super) async fn unit_by_uscc(tx: &Tx<'_>, uscc: &str) -> Result<Option<Unit>> {
    tx.query_optional(UNIT_BY_USCC, values![uscc], unit_of).await
}

/// The region of a unit that any grant may name; units are public.
pub(in super::super) async fn unit_region(tx: &Tx<'_>, unit: UnitId) -> Result<Option<String>> {
    tx.query_value_optional(UNIT_REGION, values![unit]).await
}

pub(in super::super) async fn unit(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Option<Unit>> {
    tx.query_optional(UNIT, &bounds(scope, values![unit]), unit_of).await
}

pub(in super::super) async fn units_page(tx: &Tx<'_>, scope: &Scope, after: UnitId, limit: i64) -> Result<Vec<Unit>> {
    tx.query(UNITS, &bounds(scope, values![after, limit]), unit_of).await
}
