//! SQL of registrations: officers see those of their regions; units and clerks see none.

use super::Registration;
use crate::db::{Row, Tx, Value, values};
use crate::error::Result;
use jixue_core::id::{RegistrationId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

macro_rules! registrations {
    ($condition:literal, $from:literal, $until:literal, $unit:literal) => {
        concat!(
            "SELECT g.registration_id, g.kind, g.uscc, g.unit_name, g.region_code, COALESCE(r.name_zh, g.region_code),
                g.industry, g.contact_name, g.phone_masked, g.phone_sealed, g.identity_masked, g.identity_sealed, g.state,
                g.asked_at, COALESCE(r.name_en, g.region_code)
            FROM registration g LEFT JOIN region r ON r.code = g.region_code
            WHERE ",
            $condition,
            " AND g.region_code >= ",
            $from,
            " AND g.region_code < ",
            $until,
            " AND CAST(",
            $unit,
            " AS BIGINT) = 0"
        )
    };
}

crate::db::statements! {
    INSERT = "INSERT INTO registration (registration_id, kind, uscc, unit_name, region_code, industry, contact_name,
            phone_index, phone_sealed, phone_masked, identity_sealed, identity_masked, state, asked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'asked', $13) ON CONFLICT DO NOTHING";
    WAITING = concat!(registrations!("g.state = 'asked' AND g.registration_id > $1", "$2", "$3", "$4"),
        " ORDER BY g.registration_id LIMIT 100");
    ONE = registrations!("g.registration_id = $1", "$2", "$3", "$4");
    DECIDE = "UPDATE registration SET state = $2, decided_by = $3, decided_at = $4, reason = $5, unit_id = $6
        WHERE registration_id = $1 AND state = 'asked'";
    // What was accepted is a unit's history; the identity number went into the roster with it.
    FORGET = "DELETE FROM registration WHERE (state = 'refused' AND decided_at < $1) OR (state = 'asked' AND asked_at < $1)";
    FORGET_IDENTITIES = "UPDATE registration SET identity_sealed = NULL, identity_masked = NULL
        WHERE state = 'accepted' AND decided_at < $1 AND identity_sealed IS NOT NULL";
}

pub(super) struct NewRegistration<'a> {
    pub registration: RegistrationId,
    pub kind: &'a str,
    pub uscc: Option<&'a str>,
    pub unit_name: &'a str,
    pub region_code: &'a str,
    pub industry: &'a str,
    pub contact_name: &'a str,
    pub phone_index: &'a [u8],
    pub phone_sealed: &'a [u8],
    pub phone_masked: &'a str,
    /// Sealed and masked.
    pub identity: Option<(&'a [u8], &'a str)>,
    pub now: Timestamp,
}

/// False when the firm or the phone waits already.
pub(super) async fn insert(tx: &Tx<'_>, new: &NewRegistration<'_>) -> Result<bool> {
    let (identity_sealed, identity_masked) = new.identity.unzip();
    let row = values![
        new.registration,
        new.kind,
        new.uscc,
        new.unit_name,
        new.region_code,
        new.industry,
        new.contact_name,
        new.phone_index,
        new.phone_sealed,
        new.phone_masked,
        identity_sealed,
        identity_masked,
        new.now
    ];
    Ok(tx.execute(INSERT, row).await? == 1)
}

fn scoped(scope: &Scope, first: Value) -> Vec<Value> {
    let bounds = scope.bounds();
    // A base and a learner have no region of their own: they see none.
    let unit = bounds.unit | bounds.base | bounds.learner;
    vec![first, bounds.region_from.into(), bounds.region_until.into(), unit.into()]
}

fn registration_of(row: &Row<'_>) -> Result<Registration> {
    Ok(Registration {
        id: row.get(0)?,
        kind: row.get(1)?,
        uscc: row.get(2)?,
        unit_name: row.get(3)?,
        region_code: row.get(4)?,
        region_zh: row.get(5)?,
        industry: row.get(6)?,
        contact_name: row.get(7)?,
        phone_masked: row.get(8)?,
        phone_sealed: row.get(9)?,
        identity_masked: row.get(10)?,
        identity_sealed: row.get(11)?,
        state: row.get(12)?,
        asked_at: row.get(13)?,
        region_en: row.get(14)?,
    })
}

pub(super) async fn waiting(tx: &Tx<'_>, scope: &Scope, after: RegistrationId) -> Result<Vec<Registration>> {
    tx.query(WAITING, &scoped(scope, after.into()), registration_of).await
}

pub(super) async fn one(tx: &Tx<'_>, scope: &Scope, registration: RegistrationId) -> Result<Option<Registration>> {
    tx.query_optional(ONE, &scoped(scope, registration.into()), registration_of).await
}

/// What was decided, by whom; the unit that came of it.
pub(super) struct Decision<'a> {
    pub state: &'a str,
    pub by: i64,
    pub reason: Option<&'a str>,
    pub unit: Option<UnitId>,
}

/// False when it was decided before.
pub(super) async fn decide(
    tx: &Tx<'_>,
    registration: RegistrationId,
    decision: &Decision<'_>,
    now: Timestamp,
) -> Result<bool> {
    let row = values![registration, decision.state, decision.by, now, decision.reason, decision.unit];
    Ok(tx.execute(DECIDE, row).await? == 1)
}

/// Removes what came to nothing before `then`, and numbers that nobody needs here any more.
pub(in super::super) async fn forget(tx: &Tx<'_>, then: Timestamp) -> Result<()> {
    tx.execute(FORGET, values![then]).await?;
    tx.execute(FORGET_IDENTITIES, values![then]).await.map(drop)
}
