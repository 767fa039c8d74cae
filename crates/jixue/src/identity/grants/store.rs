//! SQL of grants. A list of grants is read within the reach of the officer who looks.

use crate::db::{Row, Tx, values};
use crate::error::Result;
use crate::org::bound_unit;
use jixue_core::authority::AuthorityRefusal;
use jixue_core::id::{AccountId, GrantId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// The condition that grant `g` counts at the instant `$now`.
macro_rules! counts {
    ($now:literal) => {
        concat!(
            "g.revoked_at IS NULL AND g.valid_from <= ",
            $now,
            " AND (g.valid_until IS NULL OR g.valid_until > ",
            $now,
            ") AND (g.deputy_for_grant IS NULL OR EXISTS (SELECT 1 FROM role_grant held
                WHERE held.account_id = g.deputy_for_account AND held.grant_id = g.deputy_for_grant
                AND held.revoked_at IS NULL AND held.valid_from <= ",
            $now,
            " AND (held.valid_until IS NULL OR held.valid_until > ",
            $now,
            ")))"
        )
    };
}
pub(in crate::identity) use counts;

crate::db::statements! {
    INSERT_GRANT = "INSERT INTO role_grant (account_id, grant_id, role, region_code, unit_id, base_id, given_by, given_at,
            valid_from, valid_until, deputy_for_account, deputy_for_grant, industry)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    GRANTS_OF = concat!("SELECT g.grant_id, g.role, g.region_code, g.unit_id, g.base_id, g.industry, g.valid_until, g.deputy_for_grant
        FROM role_grant g WHERE g.account_id = $1 AND ", counts!("$2"), " ORDER BY g.grant_id LIMIT 50");
    HATS = concat!("SELECT g.grant_id, g.role, g.valid_until, g.deputy_for_grant,
            COALESCE(u.name, b.name_zh, r.name_zh, g.region_code, ''), COALESCE(u.name, b.name_en, r.name_en, g.region_code, ''),
            g.industry
        FROM role_grant g LEFT JOIN employer_unit u ON u.unit_id = g.unit_id LEFT JOIN training_base b ON b.base_id = g.base_id
        LEFT JOIN region r ON r.code = g.region_code
        WHERE g.account_id = $1 AND ", counts!("$2"), " ORDER BY g.grant_id LIMIT 50");
    SAME_GRANT = "SELECT g.grant_id FROM role_grant g WHERE g.account_id = $1 AND g.role = $3
            AND COALESCE(g.region_code, '') = COALESCE(CAST($4 AS TEXT), '')
            AND COALESCE(g.unit_id, 0) = COALESCE(CAST($5 AS BIGINT), 0)
            AND COALESCE(g.base_id, 0) = COALESCE(CAST($6 AS BIGINT), 0)
            AND COALESCE(g.industry, '') = COALESCE(CAST($7 AS TEXT), '') AND g.deputy_for_grant IS NULL
            AND g.revoked_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > $2) ORDER BY g.grant_id LIMIT 1";
    REVOKE = "UPDATE role_grant SET revoked_at = $3, revoked_by = $4, revoked_reason = $5
        WHERE account_id = $1 AND grant_id = $2 AND revoked_at IS NULL";
    GRANT = "SELECT g.account_id, g.grant_id, a.display_name, g.role, g.region_code, g.unit_id, g.base_id, g.industry, g.given_at,
            g.valid_from, g.valid_until, g.deputy_for_grant, COALESCE(u.name, b.name_zh, r.name_zh, g.region_code, ''),
            COALESCE(u.name, b.name_en, r.name_en, g.region_code, '')
        FROM role_grant g JOIN account a ON a.account_id = g.account_id
        LEFT JOIN employer_unit u ON u.unit_id = g.unit_id LEFT JOIN training_base b ON b.base_id = g.base_id
        LEFT JOIN region r ON r.code = g.region_code
        WHERE g.grant_id = $1 AND g.revoked_at IS NULL";
    AT_UNIT = concat!("SELECT g.account_id, g.grant_id, g.role, g.valid_until, g.deputy_for_grant FROM role_grant g
        WHERE g.unit_id = $1 AND ", counts!("$2"), " ORDER BY g.grant_id LIMIT 100");
    // Who gave the hat to themselves only takes care of the unit.
    HAS_CLERK = concat!("SELECT EXISTS (SELECT 1 FROM role_grant g WHERE g.unit_id = $1 AND g.role = 'unit_clerk'
        AND g.given_by <> g.account_id AND ", counts!("$2"), ")");
    CARETAKERS = concat!("SELECT g.account_id, g.grant_id FROM role_grant g WHERE g.unit_id = $1 AND g.role = 'unit_clerk'
        AND g.given_by = g.account_id AND ", counts!("$2"), " ORDER BY g.grant_id LIMIT 50");
    REVIVE = "UPDATE role_grant SET revoked_at = NULL, revoked_by = NULL, revoked_reason = NULL
        WHERE account_id = $1 AND grant_id = $2 AND (valid_until IS NULL OR valid_until > $3)";
    // The second person's grant in the first place, any of the first person's in the second.
    TIED = "SELECT EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = $2 AND g.grant_id = $3 AND (g.given_at > $4
                OR (CAST($1 AS BIGINT) <> 0 AND (g.given_by = $1 OR g.deputy_for_account = $1))))
        OR EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = $1 AND CAST($1 AS BIGINT) <> 0
            AND (g.revoked_at IS NULL OR g.revoked_at > $4) AND (g.given_by = $2 OR g.deputy_for_account = $2))";
    GRANTS_WITHIN = concat!("SELECT g.account_id, g.grant_id, a.display_name, g.role, g.region_code, g.unit_id, g.base_id, g.industry, g.given_at,
            g.valid_from, g.valid_until, g.deputy_for_grant, COALESCE(u.name, b.name_zh, r.name_zh, g.region_code, ''),
            COALESCE(u.name, b.name_en, r.name_en, g.region_code, '')
        FROM role_grant g JOIN account a ON a.account_id = g.account_id
        LEFT JOIN employer_unit u ON u.unit_id = g.unit_id LEFT JOIN training_base b ON b.base_id = g.base_id
        LEFT JOIN region r ON r.code = g.region_code
        WHERE g.revoked_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > $1) AND g.grant_id > $2
            AND (g.base_id = CAST($6 AS BIGINT) OR (g.base_id IS NULL OR CAST($7 AS BIGINT) = 1)
                AND COALESCE(u.region_code, g.region_code, CAST($3 AS TEXT)) >= $3
                AND COALESCE(u.region_code, g.region_code, CAST($3 AS TEXT)) < $4
                AND ((g.unit_id IS NULL AND CAST($5 AS BIGINT) = 0) OR ", bound_unit!("$5"), "))
        ORDER BY g.grant_id LIMIT CAST($8 AS BIGINT)");
}

/// The reach of a grant as stored: at most one place is set, with a region also an industry system.
pub(in crate::identity) struct ReachColumns {
    pub region_code: Option<String>,
    pub unit: Option<i64>,
    pub base: Option<i64>,
    /// Code of an industry system.
    pub industry: Option<String>,
}

/// The columns of a reach from the `first` on.
pub(in crate::identity) fn reach_columns(row: &Row<'_>, first: usize) -> Result<ReachColumns> {
    Ok(ReachColumns {
        region_code: row.get(first)?,
        unit: row.get(first + 1)?,
        base: row.get(first + 2)?,
        industry: row.get(first + 3)?,
    })
}

pub(super) struct NewGrant<'a> {
    pub account: AccountId,
    pub grant: GrantId,
    pub role: &'a str,
    pub reach: ReachColumns,
    pub given_by: i64,
    pub given_at: Timestamp,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub deputy_for: Option<(AccountId, GrantId)>,
}

/// Refused when the account was given another administrator's role at the same moment.
pub(super) async fn insert(tx: &Tx<'_>, new: NewGrant<'_>) -> Result<()> {
    let ReachColumns { region_code, unit, base, industry } = new.reach;
    let (holder, held) = new.deputy_for.unzip();
    let row = values![
        new.account,
        new.grant,
        new.role,
        region_code,
        unit,
        base,
        new.given_by,
        new.given_at,
        new.from,
        new.until,
        holder,
        held,
        industry
    ];
    match tx.execute(INSERT_GRANT, row).await? {
        0 => Err(AuthorityRefusal::AdministratorsExclusive.into()),
        _ => Ok(()),
    }
}

/// A grant that counts now.
pub(in crate::identity) struct GrantRow {
    pub grant: GrantId,
    pub role: String,
    pub reach: ReachColumns,
    pub until: Option<Timestamp>,
    pub is_deputy: bool,
}

pub(in crate::identity) async fn grants_of(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<Vec<GrantRow>> {
    tx.query(GRANTS_OF, values![account, now], |row| {
        Ok(GrantRow {
            grant: row.get(0)?,
            role: row.get(1)?,
            reach: reach_columns(row, 2)?,
            until: row.get(6)?,
            is_deputy: row.get::<Option<i64>>(7)?.is_some(),
        })
    })
    .await
}

/// A grant that counts now, with the names of its place.
pub(in crate::identity) struct HatRow {
    pub grant: GrantId,
    pub role: String,
    pub until: Option<Timestamp>,
    pub is_deputy: bool,
    pub place_zh: String,
    pub place_en: String,
    /// Code of the industry system it is bound to.
    pub industry: Option<String>,
}

pub(in crate::identity) async fn hats(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<Vec<HatRow>> {
    tx.query(HATS, values![account, now], |row| {
        Ok(HatRow {
            grant: row.get(0)?,
            role: row.get(1)?,
            until: row.get(2)?,
            is_deputy: row.get::<Option<i64>>(3)?.is_some(),
            place_zh: row.get(4)?,
            place_en: row.get(5)?,
            industry: row.get(6)?,
        })
    })
    .await
}

/// A grant of the account with the same role and reach that has not ended.
pub(super) async fn same(
    tx: &Tx<'_>,
    account: AccountId,
    now: Timestamp,
    role: &str,
    reach: &ReachColumns,
) -> Result<Option<GrantId>> {
    let row = values![account, now, role, reach.region_code.clone(), reach.unit, reach.base, reach.industry.clone()];
    tx.query_value_optional(SAME_GRANT, row).await
}

/// False when it was taken away before.
pub(super) async fn revoke(
    tx: &Tx<'_>,
    account: AccountId,
    grant: GrantId,
    now: Timestamp,
    by: i64,
    reason: &str,
) -> Result<bool> {
    Ok(tx.execute(REVOKE, values![account, grant, now, by, reason]).await? == 1)
}

/// A grant as a list shows it.
pub(super) struct ShownGrant {
    pub account: AccountId,
    pub grant: GrantId,
    pub name: String,
    pub role: String,
    pub reach: ReachColumns,
    pub given_at: Timestamp,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub is_deputy: bool,
    /// Name of the unit, base or region, in Chinese.
    pub place_zh: String,
    /// The same in English, where it has an English name.
    pub place_en: String,
}

fn shown(row: &Row<'_>) -> Result<ShownGrant> {
    Ok(ShownGrant {
        account: row.get(0)?,
        grant: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        reach: reach_columns(row, 4)?,
        given_at: row.get(8)?,
        from: row.get(9)?,
        until: row.get(10)?,
        is_deputy: row.get::<Option<i64>>(11)?.is_some(),
        place_zh: row.get(12)?,
        place_en: row.get(13)?,
    })
}

/// A grant that was not taken away; whether the asker may touch it is for the rules.
pub(super) async fn grant(tx: &Tx<'_>, grant: GrantId) -> Result<Option<ShownGrant>> {
    tx.query_optional(GRANT, values![grant], shown).await
}

/// Whether the right of one of two persons comes from the other, or the second's is newer than what was begun.
pub(super) async fn tied(
    tx: &Tx<'_>,
    first: AccountId,
    (second, worn): (AccountId, GrantId),
    begun_at: Timestamp,
) -> Result<bool> {
    tx.query_value(TIED, values![first, second, worn, begun_at]).await
}

/// Grants that lie within the asker's reach, by id after `after`. Bases are the root bureau's: `with_bases`.
pub(super) async fn within(
    tx: &Tx<'_>,
    scope: &Scope,
    now: Timestamp,
    after: GrantId,
    with_bases: bool,
    limit: i64,
) -> Result<Vec<ShownGrant>> {
    let bounds = scope.bounds();
    let row = values![
        now,
        after,
        bounds.region_from,
        bounds.region_until,
        bounds.unit,
        bounds.base,
        i64::from(with_bases),
        limit
    ];
    tx.query(GRANTS_WITHIN, row, shown).await
}

/// A grant at a unit that counts now.
pub(super) struct UnitGrant {
    pub account: AccountId,
    pub grant: GrantId,
    pub role: String,
    pub until: Option<Timestamp>,
    pub is_deputy: bool,
}

pub(super) async fn at_unit(tx: &Tx<'_>, unit: UnitId, now: Timestamp) -> Result<Vec<UnitGrant>> {
    tx.query(AT_UNIT, values![unit, now], |row| {
        Ok(UnitGrant {
            account: row.get(0)?,
            grant: row.get(1)?,
            role: row.get(2)?,
            until: row.get(3)?,
            is_deputy: row.get::<Option<i64>>(4)?.is_some(),
        })
    })
    .await
}

pub(super) async fn has_clerk(tx: &Tx<'_>, unit: UnitId, now: Timestamp) -> Result<bool> {
    tx.query_value(HAS_CLERK, values![unit, now]).await
}

/// Whoever takes care of a unit without being its clerk.
pub(super) async fn caretakers(tx: &Tx<'_>, unit: UnitId, now: Timestamp) -> Result<Vec<(AccountId, GrantId)>> {
    tx.query(CARETAKERS, values![unit, now], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Gives back a grant that was taken away; one whose time is over stays away.
pub(super) async fn revive(tx: &Tx<'_>, account: AccountId, grant: GrantId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(REVIVE, values![account, grant, now]).await? == 1)
}
