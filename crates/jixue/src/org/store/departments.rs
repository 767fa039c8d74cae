//! SQL of departments.

use super::super::departments::Department;
use super::scoped::{bounds, unit_within};
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::UnitId;
use jixue_core::scope::Scope;

crate::db::statements! {
    DEPARTMENTS = concat!(
        "SELECT e.department, CAST(COUNT(*) AS BIGINT) FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE e.unit_id = $1 AND e.ended_on IS NULL AND e.department <> '' AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"),
        " GROUP BY e.department ORDER BY e.department LIMIT 300"
    );
    RENAME = concat!(
        "UPDATE employment SET department = $3 WHERE department = $2 AND ended_on IS NULL AND unit_id IN (
            SELECT u.unit_id FROM employer_unit u WHERE u.unit_id = $1 AND ",
        unit_within!("$4", "$5", "$6", "$7", "$8"), ")"
    );
}

pub(in super::super) async fn departments(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<Department>> {
    tx.query(DEPARTMENTS, &bounds(scope, values![unit]), |row| {
        Ok(Department { name: row.get(0)?, people: row.get(1)? })
    })
    .await
}

/// How many people it was.
pub(in super::super) async fn rename(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    (from, to): (&str, &str),
) -> Result<u64> {
    tx.execute(RENAME, &bounds(scope, values![unit, from, to])).await
}
