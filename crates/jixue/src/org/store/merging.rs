//! SQL of units that were registered twice.

use super::super::merging::{Likeness, Merge};
use super::scoped::{bounds, unit_within};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::id::{AccountId, GrantId, MergeId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// Pairs of living units within the scope, older first, that are alike by a condition on `o` and `u`.
macro_rules! pairs_alike {
    ($condition:literal, $likeness:literal) => {
        concat!(
            "SELECT o.unit_id AS one, u.unit_id AS other, CAST('",
            $likeness,
            "' AS TEXT) AS likeness FROM employer_unit u JOIN employer_unit o ON ",
            $condition,
            " WHERE u.unit_id > $1 AND o.unit_id < u.unit_id AND u.merged_into IS NULL AND o.merged_into IS NULL
            AND o.region_code >= $3 AND o.region_code < $4 AND ",
            unit_within!("$3", "$4", "$5", "$6", "$7")
        )
    };
}

macro_rules! merge_columns {
    () => {
        "SELECT m.merge_id, m.from_unit, f.name, m.into_unit, u.name, m.reason, m.people, m.merged_at, m.undone_at
        FROM unit_merge m JOIN employer_unit u ON u.unit_id = m.into_unit
        JOIN employer_unit f ON f.unit_id = m.from_unit "
    };
}

crate::db::statements! {
    PEOPLE = concat!(
        "SELECT CAST(COUNT(DISTINCT e.learner_id) FILTER (WHERE e.ended_on IS NULL) AS BIGINT),
            CAST(COUNT(DISTINCT e.learner_id) FILTER (WHERE e.ended_on IS NOT NULL) AS BIGINT)
        FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id WHERE e.unit_id = $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    IMPORT_UNDER_WAY = "SELECT EXISTS (SELECT 1 FROM roster_import WHERE unit_id = $1
        AND state IN ('receiving', 'applying', 'undoing'))";
    INSERT_MERGE = "INSERT INTO unit_merge (merge_id, from_unit, into_unit, reason, people, merged_by, merged_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    KEEP_EMPLOYMENTS = "INSERT INTO unit_merge_item (merge_id, kind, owner_id, item_id)
        SELECT CAST($1 AS BIGINT), 'employment', e.learner_id, e.employment_id FROM employment e WHERE e.unit_id = $2";
    MOVE_EMPLOYMENTS = "UPDATE employment SET unit_id = $2 WHERE unit_id = $1";
    MOVE_NAMES = "INSERT INTO unit_alias (unit_id, name_key, alias, told_by, told_at)
        SELECT CAST($2 AS BIGINT), a.name_key, a.alias, a.told_by, a.told_at FROM unit_alias a WHERE a.unit_id = $1
        ON CONFLICT (unit_id, name_key) DO NOTHING";
    MOVE_ASKED_FROM = "UPDATE employment_move SET from_unit = $2 WHERE from_unit = $1 AND state = 'asked'";
    WITHDRAW_ASKED_TO = "UPDATE employment_move SET state = 'withdrawn' WHERE to_unit = $1 AND state = 'asked'
        OR from_unit = to_unit AND state = 'asked'";
    MARK_MERGED = "UPDATE employer_unit SET merged_into = $2 WHERE unit_id = $1 OR merged_into = $1";
    NOTE_PARTED = "UPDATE unit_merge SET undone_by = $2, undone_at = $3 WHERE merge_id = $1 AND undone_at IS NULL";
    MARK_PARTED = "UPDATE employer_unit SET merged_into = NULL WHERE unit_id = $1";
    MARK_UNDER = "UPDATE employer_unit SET merged_into = $1 WHERE unit_id IN (
        SELECT m.from_unit FROM unit_merge m WHERE m.into_unit = $1 AND m.undone_at IS NULL)";
    MOVE_BACK = "UPDATE employment SET unit_id = $2 WHERE unit_id = $3 AND EXISTS (
        SELECT 1 FROM unit_merge_item i WHERE i.merge_id = $1 AND i.kind = 'employment'
            AND i.owner_id = employment.learner_id AND i.item_id = employment.employment_id)";
    NOTE_GRANT = "INSERT INTO unit_merge_item (merge_id, kind, owner_id, item_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (merge_id, kind, owner_id, item_id) DO NOTHING";
    GRANTS = "SELECT owner_id, item_id FROM unit_merge_item WHERE merge_id = $1 AND kind = $2
        ORDER BY item_id LIMIT 200";
    MERGE = concat!(
        merge_columns!(), "WHERE m.merge_id = $1 AND f.region_code >= $2 AND f.region_code < $3 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    MERGES_OF = concat!(
        merge_columns!(), "WHERE (m.into_unit = $1 OR m.from_unit = $1) AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), " ORDER BY m.merge_id DESC LIMIT 50"
    );
    PAIRS = concat!(
        pairs_alike!("o.region_code = u.region_code AND o.name_key = u.name_key", "name"),
        " UNION ALL ",
        pairs_alike!("o.region_code = u.region_code AND o.name_key <> u.name_key AND (
            EXISTS (SELECT 1 FROM unit_alias a WHERE a.unit_id = o.unit_id AND a.name_key = u.name_key)
            OR EXISTS (SELECT 1 FROM unit_alias b WHERE b.unit_id = u.unit_id AND b.name_key = o.name_key))", "former"),
        " UNION ALL ",
        pairs_alike!("o.uscc IS NOT NULL AND u.uscc IS NOT NULL AND SUBSTR(o.uscc, 9, 9) = SUBSTR(u.uscc, 9, 9)
            AND (o.region_code <> u.region_code OR o.name_key <> u.name_key)", "code"),
        " ORDER BY 2, 1 LIMIT $2"
    );
}

/// Who works there, and who once did.
pub(in super::super) async fn people(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<(i64, i64)> {
    tx.query_one(PEOPLE, &bounds(scope, values![unit]), |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(in super::super) async fn import_is_under_way(tx: &Tx<'_>, unit: UnitId) -> Result<bool> {
    tx.query_value(IMPORT_UNDER_WAY, values![unit]).await
}

pub(in super::super) struct NewMerge<'a> {
    pub merge: MergeId,
    pub from: UnitId,
    pub into: UnitId,
    pub reason: &'a str,
    pub people: i64,
    pub by: AccountId,
}

pub(in super::super) async fn insert(tx: &Tx<'_>, new: &NewMerge<'_>, now: Timestamp) -> Result<()> {
    let row = values![new.merge, new.from, new.into, new.reason, new.people, new.by, now];
    tx.execute(INSERT_MERGE, row).await.map(drop)
}

/// Moves employments with their history and names, and marks the unit.
pub(in super::super) async fn move_over(tx: &Tx<'_>, merge: MergeId, from: UnitId, into: UnitId) -> Result<()> {
    tx.execute(KEEP_EMPLOYMENTS, values![merge, from]).await?;
    for statement in [MOVE_EMPLOYMENTS, MOVE_NAMES, MOVE_ASKED_FROM] {
        tx.execute(statement, values![from, into]).await?;
    }
    tx.execute(WITHDRAW_ASKED_TO, values![from]).await?;
    tx.execute(MARK_MERGED, values![from, into]).await.map(drop)
}

/// False when it was taken back before.
pub(in super::super) async fn note_parted(tx: &Tx<'_>, merge: MergeId, by: AccountId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(NOTE_PARTED, values![merge, by, now]).await? == 1)
}

/// Brings back whoever is still there; returns how many employments that are.
pub(in super::super) async fn move_back(tx: &Tx<'_>, merge: MergeId, from: UnitId, into: UnitId) -> Result<i64> {
    tx.execute(MARK_PARTED, values![from]).await?;
    tx.execute(MARK_UNDER, values![from]).await?;
    let moved = tx.execute(MOVE_BACK, values![merge, from, into]).await?;
    i64::try_from(moved).map_err(Error::internal)
}

/// Notes a grant that ended by a merge, or one that was given for it, by account.
pub async fn note_grants(tx: &Tx<'_>, merge: MergeId, kind: GrantKind, grants: &[(AccountId, GrantId)]) -> Result<()> {
    for (account, grant) in grants {
        tx.execute(NOTE_GRANT, values![merge, kind.code(), *account, *grant]).await?;
    }
    Ok(())
}

/// What a merge did to a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantKind {
    Taken,
    Given,
}

impl GrantKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Taken => "grant_taken",
            Self::Given => "grant_given",
        }
    }
}

/// Grants that ended by a merge, by account.
pub async fn taken_grants(tx: &Tx<'_>, merge: MergeId) -> Result<Vec<(AccountId, GrantId)>> {
    grants(tx, merge, GrantKind::Taken).await
}

/// Grants that were given by a merge, by account.
pub async fn given_grants(tx: &Tx<'_>, merge: MergeId) -> Result<Vec<(AccountId, GrantId)>> {
    grants(tx, merge, GrantKind::Given).await
}

async fn grants(tx: &Tx<'_>, merge: MergeId, kind: GrantKind) -> Result<Vec<(AccountId, GrantId)>> {
    tx.query(GRANTS, values![merge, kind.code()], |row| Ok((row.get(0)?, row.get(1)?))).await
}

fn merge_of(row: &Row<'_>) -> Result<Merge> {
    Ok(Merge {
        id: row.get(0)?,
        from: row.get(1)?,
        from_name: row.get(2)?,
        into: row.get(3)?,
        into_name: row.get(4)?,
        reason: row.get(5)?,
        people: row.get(6)?,
        merged_at: row.get(7)?,
        undone_at: row.get(8)?,
    })
}

/// A merge of which both ends lie within reach.
pub(in super::super) async fn merge(tx: &Tx<'_>, scope: &Scope, merge: MergeId) -> Result<Option<Merge>> {
    tx.query_optional(MERGE, &bounds(scope, values![merge]), merge_of).await
}

pub(in super::super) async fn merges_of(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<Merge>> {
    tx.query(MERGES_OF, &bounds(scope, values![unit]), merge_of).await
}

/// Pairs by the newer unit's id after `after`: the older, the newer, and why.
pub(in super::super) async fn pairs(
    tx: &Tx<'_>,
    scope: &Scope,
    after: UnitId,
    limit: i64,
) -> Result<Vec<(UnitId, UnitId, Likeness)>> {
    tx.query(PAIRS, &bounds(scope, values![after, limit]), |row| {
        let likeness = match row.get::<String>(2)?.as_str() {
            "name" => Likeness::Name,
            "former" => Likeness::FormerName,
            "code" => Likeness::OrganisationCode,
            other => return Err(Error::internal(format!("a likeness {other:?}"))),
        };
        Ok((row.get(0)?, row.get(1)?, likeness))
    })
    .await
}
