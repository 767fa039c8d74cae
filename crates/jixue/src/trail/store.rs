//! SQL of the trail: entries are added, and removed when their time is over; never changed.

use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::audit::Entry;
use jixue_core::id::{AccountId, AuditEntryId, CertificateId, GrantId, ImportId, LearnerId, LearnerViewId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::{Timestamp, Year};

crate::db::statements! {
    INSERT_ENTRY = "INSERT INTO audit_entry (entry_id, at, account_id, role, action, object_kind, object_id, learner_id,
            region_code, words, salt)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    // An auditor of a city or province also reads what belongs to no county.
    ENTRIES = "SELECT e.entry_id, e.at, e.account_id, a.display_name, e.role, e.action, e.object_kind, e.object_id,
            o.display_name, l.name, e.words
        FROM audit_entry e LEFT JOIN account a ON a.account_id = e.account_id
        LEFT JOIN account o ON e.object_kind = 'account' AND o.account_id = e.object_id
        LEFT JOIN learner l ON l.learner_id = e.learner_id
        WHERE e.entry_id < $1 AND ((e.region_code >= $2 AND e.region_code < $3)
                OR (e.region_code = '' AND CAST($4 AS BIGINT) = 1))
            AND e.at >= $5 AND e.at < $6
            AND (CAST($7 AS TEXT) = '' OR e.action = CAST($7 AS TEXT))
            AND (CAST($8 AS TEXT) = '' OR a.display_name = CAST($8 AS TEXT))
            AND (CAST($9 AS TEXT) = '' OR l.name = CAST($9 AS TEXT) OR o.display_name = CAST($9 AS TEXT))
            AND (CAST($11 AS BIGINT) = 0 OR e.learner_id = CAST($11 AS BIGINT))
        ORDER BY e.entry_id DESC LIMIT CAST($10 AS BIGINT)";
    LOOKS_AT = "SELECT e.at, e.role, e.action, e.object_kind, e.words, a.display_name
        FROM audit_entry e LEFT JOIN account a ON a.account_id = e.account_id
        WHERE e.learner_id = $1 AND e.action IN ('disclosed', 'view_begun') ORDER BY e.entry_id DESC LIMIT 50";
    REMOVE_BEFORE = "DELETE FROM audit_entry WHERE at < $1";
    REMOVED = "SELECT body FROM fact WHERE book = 'audit' AND kind = 'audit_removed' ORDER BY fact_id LIMIT 10000";
    BOUND = "SELECT f.seq, f.body, e.entry_id, e.at, e.account_id, e.role, e.action, e.object_kind, e.object_id,
            e.learner_id, e.region_code, e.words, e.salt
        FROM fact f LEFT JOIN audit_entry e ON e.entry_id = f.fact_id
        WHERE f.book = 'audit' AND f.kind = 'audited' AND f.seq > $1 ORDER BY f.seq LIMIT 500";
    STRAY = "SELECT e.entry_id FROM audit_entry e WHERE NOT EXISTS (
            SELECT 1 FROM fact f WHERE f.book = 'audit' AND f.fact_id = e.entry_id) ORDER BY e.entry_id LIMIT 1";
    YEAR_OPENER = "SELECT opened_by FROM programme_year WHERE year = $1";
    GIVER = "SELECT g.given_by, COALESCE(g.region_code, u.region_code, '') FROM role_grant g
        LEFT JOIN employer_unit u ON u.unit_id = g.unit_id WHERE g.account_id = $1 AND g.grant_id = $2";
    TAKER = "SELECT COALESCE(g.revoked_by, 0), COALESCE(g.region_code, u.region_code, ''), COALESCE(g.revoked_reason, '')
        FROM role_grant g LEFT JOIN employer_unit u ON u.unit_id = g.unit_id WHERE g.account_id = $1 AND g.grant_id = $2";
    FIRST_REGION = "SELECT COALESCE(g.region_code, u.region_code, '') FROM role_grant g
        LEFT JOIN employer_unit u ON u.unit_id = g.unit_id WHERE g.account_id = $1 ORDER BY g.grant_id LIMIT 1";
    VIEW = "SELECT region_code, purpose FROM learner_view WHERE account_id = $1 AND view_id = $2";
    ROSTER = "SELECT i.uploaded_by, u.region_code FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id
        WHERE i.import_id = $1";
    ROSTER_UNDONE = "SELECT COALESCE(i.undone_by, 0), u.region_code FROM roster_import i
        JOIN employer_unit u ON u.unit_id = i.unit_id WHERE i.import_id = $1";
    LIST = "SELECT COALESCE(applied_by, 0), COALESCE(undone_by, 0), region_code FROM list_import WHERE import_id = $1";
    UNIT_REGION = "SELECT region_code FROM employer_unit WHERE unit_id = $1";
    ENDER = "SELECT COALESCE(c.ended_by, 0), COALESCE(s.region_code, '') FROM certificate c
        LEFT JOIN standing s ON s.learner_id = c.learner_id AND s.year = c.year
        WHERE c.learner_id = $1 AND c.certificate_id = $2";
    CONFIRMER = "SELECT COALESCE(confirmed_by, 0) FROM confirmed_import WHERE import_id = $1";
}

pub(super) async fn insert(tx: &Tx<'_>, entry: &Entry, salt: &[u8]) -> Result<()> {
    let row = values![
        entry.entry,
        entry.at,
        entry.account,
        &entry.role,
        &entry.action,
        &entry.object_kind,
        entry.object,
        entry.learner,
        &entry.region_code,
        &entry.words,
        salt
    ];
    tx.execute(INSERT_ENTRY, row).await.map(drop)
}

/// What is looked for; empty texts ask for everything.
#[derive(Debug, Clone)]
pub struct Filter {
    pub from: Timestamp,
    pub until: Timestamp,
    /// An action's code.
    pub action: String,
    /// Whole name of who did it.
    pub actor: String,
    /// Whole name of the learner or account it was done to.
    pub about: String,
    /// The learner it was done to, as found by a number.
    pub person: Option<LearnerId>,
}

/// An entry as the page and the file show it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub entry: AuditEntryId,
    pub at: Timestamp,
    pub account: i64,
    /// Nothing for the application itself or an account that is gone.
    pub actor: Option<String>,
    pub role: String,
    pub action: String,
    pub object_kind: String,
    pub object: i64,
    /// The name of the account or learner it was done to.
    pub about: Option<String>,
    pub words: String,
}

/// Entries within reach before `before`, the newest first.
pub async fn entries(
    tx: &Tx<'_>,
    scope: &Scope,
    filter: &Filter,
    before: AuditEntryId,
    limit: i64,
) -> Result<Vec<Shown>> {
    let bounds = scope.bounds().by_region_alone();
    // A county's range is one code wide.
    let is_wide = bounds.unit == 0 && bounds.region_from.ends_with("00");
    let row = values![
        before,
        bounds.region_from,
        bounds.region_until,
        is_wide,
        filter.from,
        filter.until,
        &filter.action,
        &filter.actor,
        &filter.about,
        limit,
        filter.person.map_or(0, LearnerId::raw)
    ];
    tx.query(ENTRIES, row, |row| {
        let (account_name, learner_name): (Option<String>, Option<String>) = (row.get(8)?, row.get(9)?);
        Ok(Shown {
            entry: row.get(0)?,
            at: row.get(1)?,
            account: row.get(2)?,
            actor: row.get(3)?,
            role: row.get(4)?,
            action: row.get(5)?,
            object_kind: row.get(6)?,
            object: row.get(7)?,
            about: learner_name.or(account_name),
            words: row.get(10)?,
        })
    })
    .await
}

/// A look at a learner's data, as the learner reads of it.
#[derive(Debug, Clone)]
pub struct Look {
    pub at: Timestamp,
    pub role: String,
    pub action: String,
    pub object_kind: String,
    pub words: String,
    pub actor: Option<String>,
}

/// Who has looked at the learner within a scope, the newest first; nothing for a scope that is not one learner's.
pub async fn looks_at(tx: &Tx<'_>, scope: &Scope) -> Result<Vec<Look>> {
    let learner = scope.learner().unwrap_or(LearnerId::from_raw(-1));
    tx.query(LOOKS_AT, values![learner], |row| {
        Ok(Look {
            at: row.get(0)?,
            role: row.get(1)?,
            action: row.get(2)?,
            object_kind: row.get(3)?,
            words: row.get(4)?,
            actor: row.get(5)?,
        })
    })
    .await
}

pub(super) async fn remove_before(tx: &Tx<'_>, until: Timestamp) -> Result<u64> {
    tx.execute(REMOVE_BEFORE, values![until]).await
}

pub(super) async fn removed(tx: &Tx<'_>) -> Result<Vec<Vec<u8>>> {
    tx.query(REMOVED, values![], |row| row.get(0)).await
}

/// A fact of the trail with the row it binds, if that stands.
pub(super) struct Bound {
    pub seq: i64,
    pub body: Vec<u8>,
    pub row: Option<(Entry, Vec<u8>)>,
}

pub(super) async fn bound(tx: &Tx<'_>, after: i64) -> Result<Vec<Bound>> {
    tx.query(BOUND, values![after], |row| Ok(Bound { seq: row.get(0)?, body: row.get(1)?, row: entry(row)? })).await
}

fn entry(row: &Row<'_>) -> Result<Option<(Entry, Vec<u8>)>> {
    let Some(entry) = row.get(2)? else { return Ok(None) };
    let entry = Entry {
        entry,
        at: row.get(3)?,
        account: row.get(4)?,
        role: row.get(5)?,
        action: row.get(6)?,
        object_kind: row.get(7)?,
        object: row.get(8)?,
        learner: row.get(9)?,
        region_code: row.get(10)?,
        words: row.get(11)?,
    };
    Ok(Some((entry, row.get(12)?)))
}

pub(super) async fn stray(tx: &Tx<'_>) -> Result<Option<i64>> {
    tx.query_value_optional(STRAY, values![]).await
}

pub(super) async fn year_opener(tx: &Tx<'_>, year: Year) -> Result<Option<i64>> {
    tx.query_value_optional(YEAR_OPENER, values![year]).await
}

/// Who gave a grant, and the region it lies in.
pub(super) async fn giver(tx: &Tx<'_>, account: AccountId, grant: GrantId) -> Result<Option<(i64, String)>> {
    tx.query_optional(GIVER, values![account, grant], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Who took a grant, the region it lies in, and why.
pub(super) async fn taker(tx: &Tx<'_>, account: AccountId, grant: GrantId) -> Result<Option<(i64, String, String)>> {
    tx.query_optional(TAKER, values![account, grant], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(super) async fn first_region(tx: &Tx<'_>, account: AccountId) -> Result<Option<String>> {
    tx.query_value_optional(FIRST_REGION, values![account]).await
}

/// The region and the purpose of a view.
pub(super) async fn view(tx: &Tx<'_>, account: AccountId, view: LearnerViewId) -> Result<Option<(String, String)>> {
    tx.query_optional(VIEW, values![account, view], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(super) async fn roster(tx: &Tx<'_>, import: ImportId) -> Result<Option<(i64, String)>> {
    tx.query_optional(ROSTER, values![import], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(super) async fn roster_undone(tx: &Tx<'_>, import: ImportId) -> Result<Option<(i64, String)>> {
    tx.query_optional(ROSTER_UNDONE, values![import], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Who had a list brought in, who had it taken back, and the region it belongs to.
pub(super) async fn list(tx: &Tx<'_>, import: ImportId) -> Result<Option<(i64, i64, String)>> {
    tx.query_optional(LIST, values![import], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}

pub(super) async fn unit_region(tx: &Tx<'_>, unit: UnitId) -> Result<Option<String>> {
    tx.query_value_optional(UNIT_REGION, values![unit]).await
}

/// Who ended a certificate, and where its holder's year lies.
pub(super) async fn ender(
    tx: &Tx<'_>,
    learner: LearnerId,
    certificate: CertificateId,
) -> Result<Option<(i64, String)>> {
    tx.query_optional(ENDER, values![learner, certificate], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(super) async fn confirmer(tx: &Tx<'_>, import: ImportId) -> Result<Option<i64>> {
    tx.query_value_optional(CONFIRMER, values![import]).await
}
