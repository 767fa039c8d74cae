//! SQL of units that leave the registry again.

use super::scoped::{bounds, unit_within};
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::UnitId;
use jixue_core::scope::Scope;

crate::db::statements! {
    BONDS = "SELECT CASE WHEN EXISTS (SELECT 1 FROM employment e WHERE e.unit_id = $1)
                OR EXISTS (SELECT 1 FROM employment_move m WHERE m.to_unit = $1) THEN 1 ELSE 0 END,
            CASE WHEN EXISTS (SELECT 1 FROM employer_unit u WHERE u.unit_id = $1 AND u.changed_at IS NOT NULL)
                OR EXISTS (SELECT 1 FROM unit_alias a WHERE a.unit_id = $1)
                OR EXISTS (SELECT 1 FROM unit_move m WHERE m.unit_id = $1) THEN 1 ELSE 0 END,
            CASE WHEN EXISTS (SELECT 1 FROM unit_merge m WHERE m.into_unit = $1)
                OR EXISTS (SELECT 1 FROM roster_import i WHERE i.unit_id = $1) THEN 1 ELSE 0 END";
    REMOVE = concat!(
        "DELETE FROM employer_unit WHERE unit_id IN (SELECT u.unit_id FROM employer_unit u WHERE u.unit_id = $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), ")"
    );
}

/// What the registry itself knows to hang on a unit.
pub(in super::super) struct UnitBonds {
    /// Somebody works there, has, or is asked for.
    pub people: bool,
    /// An officer changed what was registered.
    pub changed: bool,
    /// Another unit became it, or a roster was sent.
    pub used: bool,
}

pub(in super::super) async fn bonds(tx: &Tx<'_>, unit: UnitId) -> Result<UnitBonds> {
    tx.query_one(BONDS, values![unit], |row| {
        Ok(UnitBonds { people: row.get(0)?, changed: row.get(1)?, used: row.get(2)? })
    })
    .await
}

/// False when it is out of reach, or gone.
pub(in super::super) async fn remove(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<bool> {
    Ok(tx.execute(REMOVE, &bounds(scope, values![unit])).await? == 1)
}
