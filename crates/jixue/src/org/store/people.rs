//! People and where they work.

use super::super::people::{Learner, PersonRecord};
use super::scoped::{bounds, person_within, unit_within};
use crate::at::At;
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

crate::db::statements! {
    CLAIM_IDENTITY = "INSERT INTO identity_index (identity_index, learner_id) VALUES ($1, $2)
        ON CONFLICT (identity_index) DO NOTHING";
    RELEASE_IDENTITY = "DELETE FROM identity_index WHERE identity_index = $1 AND learner_id = $2";
    CLAIM_PHONE = "INSERT INTO learner_phone (phone_index, learner_id) VALUES ($1, $2)
        ON CONFLICT (phone_index) DO NOTHING";
    PHONE_OWNER = "SELECT learner_id FROM learner_phone WHERE phone_index = $1";
    INSERT_LEARNER = "INSERT INTO learner (learner_id, name, identity_sealed, identity_masked, phone_sealed, phone_masked,
            title_series, title_level, created_at, identity_kind)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    EMPLOY = "INSERT INTO employment (learner_id, employment_id, unit_id, department, started_on)
        VALUES ($1, $2, $3, $4, $5)";
    END_EMPLOYMENT = concat!(
        "UPDATE employment SET ended_on = $3 WHERE learner_id = $1 AND ended_on IS NULL AND unit_id IN (
            SELECT u.unit_id FROM employer_unit u WHERE u.unit_id = $2 AND ",
        unit_within!("$4", "$5", "$6", "$7", "$8"), ")"
    );
    LAST_UNIT = "SELECT unit_id FROM employment WHERE learner_id = $1 ORDER BY employment_id DESC LIMIT 1";
    WORKS_HERE = "SELECT EXISTS (SELECT 1 FROM employment WHERE learner_id = $1 AND unit_id = $2 AND ended_on IS NULL)";
    CAME_ONLY_HERE = "SELECT EXISTS (SELECT 1 FROM learner WHERE learner_id = $1 AND created_at >= $3)
        AND NOT EXISTS (SELECT 1 FROM employment WHERE learner_id = $1 AND unit_id <> $2)";
    FORGET_IDENTITY = "DELETE FROM identity_index WHERE learner_id = $1";
    FORGET_PHONE = "DELETE FROM learner_phone WHERE learner_id = $1";
    FORGET_EMPLOYMENTS = "DELETE FROM employment WHERE learner_id = $1";
    FIRST_TITLE = "INSERT INTO person_title (learner_id, title_id, series, level, is_main, told_by, told_at)
        VALUES ($1, $2, $3, $4, 1, 0, $5)";
    FORGET_TITLES = "DELETE FROM person_title WHERE learner_id = $1";
    FORGET_EXEMPTIONS = "DELETE FROM exemption WHERE learner_id = $1";
    HOLD_LEARNER = "UPDATE learner SET title_level = title_level WHERE learner_id = $1";
    FORGET_LEARNER = "DELETE FROM learner WHERE learner_id = $1";
    // What a clerk may learn of a person anywhere: whether the name fits, and whether they work here.
    PERSON_FOUND = "SELECT l.learner_id, CASE WHEN l.name = $3 THEN 1 ELSE 0 END,
            CASE WHEN e.unit_id IS NULL THEN 'nowhere' WHEN e.unit_id = $2 THEN 'here' ELSE 'elsewhere' END
        FROM identity_index i JOIN learner l ON l.learner_id = i.learner_id
        LEFT JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        WHERE i.identity_index = $1";
    LEARNER_BY_PHONE = "SELECT l.learner_id, l.name FROM learner_phone p JOIN learner l ON l.learner_id = p.learner_id
        WHERE p.phone_index = $1";
    LEARNER = concat!(
        "SELECT l.learner_id, l.name, l.identity_masked, l.phone_masked, u.unit_id, u.name, e.department,
            l.title_series, l.title_level, u.region_code
        FROM learner l JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE l.learner_id = $1 AND ",
        person_within!("$2", "$3", "$4", "$5", "$6")
    );
    LEARNER_BY_IDENTITY = concat!(
        "SELECT l.learner_id, l.name FROM identity_index i JOIN learner l ON l.learner_id = i.learner_id
        JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE i.identity_index = $1 AND ",
        person_within!("$2", "$3", "$4", "$5", "$6")
    );
    // Whoever was employed within reach at any time: what was done to them then can still be asked for.
    LEARNER_EVER_BY_IDENTITY = concat!(
        "SELECT l.learner_id FROM identity_index i JOIN learner l ON l.learner_id = i.learner_id
        JOIN employment e ON e.learner_id = l.learner_id JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE i.identity_index = $1 AND ",
        person_within!("$2", "$3", "$4", "$5", "$6"),
        " LIMIT 1"
    );
    IDENTITY_SEALED = concat!(
        "SELECT l.identity_sealed, l.identity_kind FROM learner l JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE l.learner_id = $1 AND ",
        person_within!("$2", "$3", "$4", "$5", "$6")
    );
    PHONE_SEALED = concat!(
        "SELECT l.phone_sealed FROM learner l JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE l.learner_id = $1 AND ",
        person_within!("$2", "$3", "$4", "$5", "$6")
    );
    UNIT_PEOPLE = concat!(
        "SELECT l.learner_id FROM employment l JOIN employer_unit u ON u.unit_id = l.unit_id
        WHERE l.unit_id = $1 AND l.ended_on IS NULL AND l.learner_id > $2 AND ",
        person_within!("$4", "$5", "$6", "$7", "$8"),
        " ORDER BY l.learner_id LIMIT $3"
    );
}

/// False when the number is somebody's already.
pub(in super::super) async fn claim_identity(tx: &Tx<'_>, index: &[u8], learner: LearnerId) -> Result<bool> {
    Ok(tx.execute(CLAIM_IDENTITY, values![index, learner]).await? == 1)
}

pub(in super::super) async fn release_identity(tx: &Tx<'_>, index: &[u8], learner: LearnerId) -> Result<()> {
    tx.execute(RELEASE_IDENTITY, values![index, learner]).await.map(drop)
}

/// False when the number is somebody's already.
pub(in super::super) async fn claim_phone(tx: &Tx<'_>, index: &[u8], learner: LearnerId) -> Result<bool> {
    Ok(tx.execute(CLAIM_PHONE, values![index, learner]).await? == 1)
}

pub(in super::super) async fn phone_is_taken(tx: &Tx<'_>, index: &[u8]) -> Result<bool> {
    let owner: Option<LearnerId> = tx.query_value_optional(PHONE_OWNER, values![index]).await?;
    Ok(owner.is_some())
}

pub(in super::super) async fn insert_learner(
    tx: &Tx<'_>,
    learner: LearnerId,
    record: &PersonRecord,
    now: Timestamp,
) -> Result<()> {
    let row = values![
        learner,
        &record.name,
        &record.identity_sealed,
        &record.identity_masked,
        &record.phone_sealed,
        &record.phone_masked,
        &record.title_series,
        &record.title_level,
        now,
        record.identity_kind
    ];
    tx.execute(INSERT_LEARNER, row).await?;
    if record.title_series.is_empty() {
        return Ok(());
    }
    // The first title of somebody bears their own number.
    let title = values![learner, i64::from(learner), &record.title_series, &record.title_level, now];
    tx.execute(FIRST_TITLE, title).await.map(drop)
}

/// Nobody else who holds this person goes on until this transaction ends.
pub(in super::super) async fn hold_learner(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    tx.execute(HOLD_LEARNER, values![learner]).await.map(drop)
}

pub(in super::super) async fn employ(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    unit: UnitId,
    department: &str,
) -> Result<()> {
    employ_from(tx, at, learner, unit, department, at.now.business_date()).await
}

pub(in super::super) async fn employ_from(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    unit: UnitId,
    department: &str,
    on: BusinessDate,
) -> Result<()> {
    let row = values![learner, at.ids.next_raw(), unit, department, on];
    tx.execute(EMPLOY, row).await.map(drop)
}

/// Where somebody is employed, as seen from one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Place {
    Here,
    Elsewhere,
    Nowhere,
}

/// Somebody who has an identity number already.
pub(in super::super) struct Found {
    pub learner: LearnerId,
    pub same_name: bool,
    pub place: Place,
}

pub(in super::super) async fn person_found(tx: &Tx<'_>, unit: UnitId, record: &PersonRecord) -> Result<Option<Found>> {
    person_by_index(tx, unit, &record.identity_index, &record.name).await
}

/// Who has a number, and where they work as seen from a unit.
pub(in super::super) async fn person_by_index(
    tx: &Tx<'_>,
    unit: UnitId,
    identity_index: &[u8],
    name: &str,
) -> Result<Option<Found>> {
    tx.query_optional(PERSON_FOUND, values![identity_index, unit, name], |row| {
        let place = match row.get::<String>(2)?.as_str() {
            "here" => Place::Here,
            "elsewhere" => Place::Elsewhere,
            "nowhere" => Place::Nowhere,
            other => return Err(Error::internal(format!("a place {other:?}"))),
        };
        Ok(Found { learner: row.get(0)?, same_name: row.get(1)?, place })
    })
    .await
}

pub(in super::super) async fn learner_by_phone(tx: &Tx<'_>, index: &[u8]) -> Result<Option<(LearnerId, String)>> {
    tx.query_optional(LEARNER_BY_PHONE, values![index], |row| Ok((row.get(0)?, row.get(1)?))).await
}

fn learner_of(row: &Row<'_>) -> Result<Learner> {
    Ok(Learner {
        id: row.get(0)?,
        name: row.get(1)?,
        identity_masked: row.get(2)?,
        phone_masked: row.get(3)?,
        unit: row.get(4)?,
        unit_name: row.get(5)?,
        department: row.get(6)?,
        title_series: row.get(7)?,
        title_level: row.get(8)?,
        region_code: row.get(9)?,
    })
}

pub(in super::super) async fn learner(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Option<Learner>> {
    tx.query_optional(LEARNER, &bounds(scope, values![learner]), learner_of).await
}

pub(in super::super) async fn learner_by_identity(
    tx: &Tx<'_>,
    scope: &Scope,
    index: &[u8],
) -> Result<Option<(LearnerId, String)>> {
    tx.query_optional(LEARNER_BY_IDENTITY, &bounds(scope, values![index]), |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(in super::super) async fn learner_ever_by_identity(
    tx: &Tx<'_>,
    scope: &Scope,
    index: &[u8],
) -> Result<Option<LearnerId>> {
    tx.query_value_optional(LEARNER_EVER_BY_IDENTITY, &bounds(scope, values![index])).await
}

pub(in super::super) async fn identity_sealed(
    tx: &Tx<'_>,
    scope: &Scope,
    learner: LearnerId,
) -> Result<Option<(Vec<u8>, String)>> {
    tx.query_optional(IDENTITY_SEALED, &bounds(scope, values![learner]), |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(in super::super) async fn phone_sealed(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Option<Vec<u8>>> {
    tx.query_value_optional(PHONE_SEALED, &bounds(scope, values![learner])).await
}

pub(in super::super) async fn unit_people_ids(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    after: LearnerId,
    limit: i64,
) -> Result<Vec<LearnerId>> {
    tx.query(UNIT_PEOPLE, &bounds(scope, values![unit, after, limit]), |row| row.get(0)).await
}

/// False when the unit does not employ the learner, or lies out of reach.
pub(in super::super) async fn end_employment(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    learner: LearnerId,
    now: Timestamp,
) -> Result<bool> {
    let row = bounds(scope, values![learner, unit, now.business_date()]);
    Ok(tx.execute(END_EMPLOYMENT, &row).await? == 1)
}

pub(in super::super) async fn last_unit(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<UnitId>> {
    tx.query_value_optional(LAST_UNIT, values![learner]).await
}

pub(in super::super) async fn works_here(tx: &Tx<'_>, unit: UnitId, learner: LearnerId) -> Result<bool> {
    tx.query_value(WORKS_HERE, values![learner, unit]).await
}

/// Whether a learner was unknown before an instant and has worked for one unit only.
pub(in super::super) async fn came_only_here(
    tx: &Tx<'_>,
    unit: UnitId,
    learner: LearnerId,
    since: Timestamp,
) -> Result<bool> {
    tx.query_value(CAME_ONLY_HERE, values![learner, unit, since]).await
}

/// Everything that is known of a learner on whom nothing hangs.
pub(in super::super) async fn forget(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    let all = [FORGET_IDENTITY, FORGET_PHONE, FORGET_EMPLOYMENTS, FORGET_TITLES, FORGET_EXEMPTIONS, FORGET_LEARNER];
    for statement in all {
        tx.execute(statement, values![learner]).await?;
    }
    Ok(())
}
