//! SQL of the registry: units beside their people and clerks.

use super::filter::UnitFilter;
use crate::db::{Row, Tx, values};
use crate::desk::Patterns;
use crate::error::Result;
use crate::org::{bounds, person_within, unit_within};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp, Year};

/// How many grants at unit `u` count at the instant `$8`.
macro_rules! clerks {
    () => {
        "(SELECT COUNT(*) FROM role_grant g WHERE g.unit_id = u.unit_id AND g.role = 'unit_clerk' AND g.revoked_at IS NULL
            AND g.given_by <> g.account_id
            AND g.valid_from <= $8 AND (g.valid_until IS NULL OR g.valid_until > $8))"
    };
}

/// How many people unit `u` employs.
macro_rules! people {
    () => {
        "(SELECT COUNT(*) FROM employment e WHERE e.unit_id = u.unit_id AND e.ended_on IS NULL)"
    };
}

crate::db::statements! {
    UNITS = concat!(
        "SELECT u.unit_id, u.uscc, u.name, u.kind, u.region_code, u.industry, COALESCE(u.uscc_absent_reason, ''),
            ", people!(), ", ", clerks!(), ",
            COALESCE((SELECT MIN(a.alias) FROM unit_alias a WHERE a.unit_id = u.unit_id AND CAST($9 AS TEXT) <> ''
                AND a.name_key LIKE $9 ESCAPE '!' AND NOT u.name_key LIKE $9 ESCAPE '!'), ''), u.created_at
        FROM employer_unit u
        WHERE u.unit_id > $1 AND u.merged_into IS NULL AND ",
        unit_within!("$3", "$4", "$5", "$6", "$7"),
        " AND (CAST($9 AS TEXT) = '' OR u.name_key LIKE $9 ESCAPE '!'
                OR (CAST($10 AS TEXT) <> '' AND u.uscc LIKE $10)
                OR EXISTS (SELECT 1 FROM unit_alias b WHERE b.unit_id = u.unit_id AND b.name_key LIKE $9 ESCAPE '!'))
            AND (CAST($11 AS TEXT) = '' OR u.region_code = $11)
            AND (CAST($12 AS TEXT) = '' OR u.industry = $12)
            AND (CAST($13 AS TEXT) <> 'no_clerk' OR ", clerks!(), " = 0)
            AND (CAST($13 AS TEXT) <> 'no_code' OR u.uscc IS NULL)
            AND (CAST($13 AS TEXT) <> 'no_people' OR ", people!(), " = 0)
            AND (CAST($13 AS TEXT) <> 'no_confirmation' OR NOT EXISTS (SELECT 1 FROM roster_confirmation c
                WHERE c.unit_id = u.unit_id AND c.year = CAST($14 AS BIGINT)))
        ORDER BY u.unit_id LIMIT $2"
    );
    PEOPLE = concat!(
        "SELECT l.learner_id, l.name, l.identity_masked, l.phone_masked, u.unit_id, u.name, u.region_code, e.department,
            l.title_series, l.title_level, e.started_on, l.identity_kind, l.identity_sealed
        FROM learner l JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE l.learner_id > $1 AND ", person_within!("$3", "$4", "$5", "$6", "$7"),
        " AND (CAST($8 AS TEXT) = '' OR LOWER(l.name) LIKE $8 ESCAPE '!'
                OR (CAST($9 AS TEXT) <> '' AND l.phone_masked LIKE $9)
                OR l.learner_id IN (SELECT x.learner_id FROM learner_phone x WHERE x.phone_index = $10)
                OR l.learner_id IN (SELECT y.learner_id FROM identity_index y WHERE y.identity_index = $11))
            AND (CAST($12 AS TEXT) = '' OR u.region_code = $12)
            AND (CAST($13 AS BIGINT) = 0 OR u.unit_id = CAST($13 AS BIGINT))
        ORDER BY l.learner_id LIMIT $2"
    );
    CONFIRM = concat!(
        "INSERT INTO roster_confirmation (unit_id, year, people, confirmed_by, confirmed_at)
        SELECT u.unit_id, CAST($2 AS BIGINT), (SELECT COUNT(*) FROM employment e WHERE e.unit_id = u.unit_id
            AND e.ended_on IS NULL), CAST($3 AS BIGINT), CAST($4 AS BIGINT) FROM employer_unit u
        WHERE u.unit_id = $1 AND u.merged_into IS NULL AND ", unit_within!("$5", "$6", "$7", "$8", "$9"),
        " ON CONFLICT (unit_id, year) DO UPDATE SET people = excluded.people, confirmed_by = excluded.confirmed_by,
            confirmed_at = excluded.confirmed_at"
    );
    CONFIRMATION = concat!(
        "SELECT c.people, c.confirmed_at, (SELECT COUNT(*) FROM employment e WHERE e.unit_id = u.unit_id
            AND e.ended_on IS NULL) FROM employer_unit u
        LEFT JOIN roster_confirmation c ON c.unit_id = u.unit_id AND c.year = CAST($2 AS BIGINT)
        WHERE u.unit_id = $1 AND ", unit_within!("$3", "$4", "$5", "$6", "$7")
    );
    COUNTS = concat!(
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(*) FILTER (WHERE u.uscc IS NULL) AS BIGINT),
            CAST(COUNT(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM role_grant g WHERE g.unit_id = u.unit_id
                AND g.role = 'unit_clerk' AND g.revoked_at IS NULL AND g.valid_from <= $1
                AND (g.valid_until IS NULL OR g.valid_until > $1))) AS BIGINT)
        FROM employer_unit u WHERE u.merged_into IS NULL AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    CLERKS = concat!(
        "SELECT a.display_name FROM role_grant g JOIN account a ON a.account_id = g.account_id
            JOIN employer_unit u ON u.unit_id = g.unit_id
        WHERE g.unit_id = $1 AND g.role = 'unit_clerk' AND g.given_by <> g.account_id
            AND g.revoked_at IS NULL AND g.valid_from <= $7
            AND (g.valid_until IS NULL OR g.valid_until > $7) AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), " ORDER BY g.grant_id LIMIT 50"
    );
}

/// A unit as the registry lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLine {
    pub id: UnitId,
    pub uscc: Option<String>,
    pub name: String,
    pub kind: String,
    pub region_code: String,
    pub industry: String,
    pub uscc_absent_reason: String,
    pub people: i64,
    pub clerks: i64,
    /// When it was registered.
    pub since: Timestamp,
    /// The former name by which it was found, when its own does not say so.
    pub found_as: String,
}

fn line(row: &Row<'_>) -> Result<UnitLine> {
    Ok(UnitLine {
        id: row.get(0)?,
        uscc: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        region_code: row.get(4)?,
        industry: row.get(5)?,
        uscc_absent_reason: row.get(6)?,
        people: row.get(7)?,
        clerks: row.get(8)?,
        found_as: row.get(9)?,
        since: row.get(10)?,
    })
}

/// Units within reach that a filter asks for, by id after `after`; at most `limit`.
pub async fn units(
    tx: &Tx<'_>,
    scope: &Scope,
    filter: &UnitFilter,
    now: Timestamp,
    (after, limit): (UnitId, i64),
) -> Result<Vec<UnitLine>> {
    let mut values = bounds(scope, values![after, limit]);
    values.extend_from_slice(values![
        now,
        filter.name_pattern(),
        filter.code_pattern(),
        &filter.region_code,
        &filter.industry,
        &filter.lacking,
        now.year()
    ]);
    tx.query(UNITS, &values, line).await
}

/// How many units are within reach, how many of them have no code, and how many no clerk.
pub(super) async fn counts(tx: &Tx<'_>, scope: &Scope, now: Timestamp) -> Result<(i64, i64, i64)> {
    let values = bounds(scope, values![now]);
    tx.query_one(COUNTS, &values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

/// The clerks of a unit within reach, by name.
pub(super) async fn clerks(tx: &Tx<'_>, scope: &Scope, unit: UnitId, now: Timestamp) -> Result<Vec<String>> {
    let mut values = bounds(scope, values![unit]);
    values.push(now.into());
    tx.query(CLERKS, &values, |row| row.get(0)).await
}

/// Somebody as the registry lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    pub id: LearnerId,
    pub name: String,
    pub identity_masked: String,
    pub phone_masked: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub region_code: String,
    pub department: String,
    pub title_series: String,
    pub title_level: String,
    pub since: BusinessDate,
    pub identity_kind: String,
    pub(super) identity_sealed: Vec<u8>,
}

/// Whom to look for.
pub(super) struct PeopleAsked<'a> {
    pub patterns: &'a Patterns,
    pub region_code: &'a str,
    /// The only unit, or 0.
    pub unit: UnitId,
}

/// People within reach, by id after `after`; at most `limit`.
pub(super) async fn people(
    tx: &Tx<'_>,
    scope: &Scope,
    asked: &PeopleAsked<'_>,
    (after, limit): (LearnerId, i64),
) -> Result<Vec<PersonLine>> {
    let mut values = bounds(scope, values![after, limit]);
    let patterns = asked.patterns;
    values.extend_from_slice(values![
        &patterns.name,
        &patterns.phone_tail,
        &patterns.phone_index,
        &patterns.identity_index,
        asked.region_code,
        asked.unit
    ]);
    tx.query(PEOPLE, &values, |row| {
        Ok(PersonLine {
            id: row.get(0)?,
            name: row.get(1)?,
            identity_masked: row.get(2)?,
            phone_masked: row.get(3)?,
            unit: row.get(4)?,
            unit_name: row.get(5)?,
            region_code: row.get(6)?,
            department: row.get(7)?,
            title_series: row.get(8)?,
            title_level: row.get(9)?,
            since: row.get(10)?,
            identity_kind: row.get(11)?,
            identity_sealed: row.get(12)?,
        })
    })
    .await
}

/// Keeps a unit's word that its roster is true; false when the unit is out of reach.
pub(super) async fn confirm(
    tx: &Tx<'_>,
    scope: &Scope,
    (unit, year): (UnitId, Year),
    by: jixue_core::id::AccountId,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(CONFIRM, &bounds(scope, values![unit, year, by, now])).await? == 1)
}

/// A unit's word of a year, and how many people it has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Confirmation {
    /// How many it was said of, and when.
    pub said: Option<(i64, Timestamp)>,
    pub people: i64,
}

pub(super) async fn confirmation(tx: &Tx<'_>, scope: &Scope, unit: UnitId, year: Year) -> Result<Option<Confirmation>> {
    tx.query_optional(CONFIRMATION, &bounds(scope, values![unit, year]), |row| {
        let (people, at): (Option<i64>, Option<Timestamp>) = (row.get(0)?, row.get(1)?);
        Ok(Confirmation { said: people.zip(at), people: row.get(2)? })
    })
    .await
}
