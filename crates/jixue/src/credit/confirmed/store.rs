//! SQL of confirmed lists. A list is read within the reach of the officer who looks: only lines of people in reach were
//! resolved when it came, and a list belongs to the officers of the account that sent it or of the root bureau.

use super::file::Checked;
use crate::credit::ConfirmedHours;
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::id::{ImportId, LearnerId};
use jixue_core::scope::{Actor, Reach, Scope};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::{BusinessDate, Timestamp, Year};

crate::db::statements! {
    BY_DIGEST = "SELECT import_id FROM confirmed_import WHERE year = $1 AND file_digest = $2";
    INSERT_LIST = "INSERT INTO confirmed_import
        (import_id, year, file_name, file_digest, state, uploaded_by, uploaded_at, rows_good, rows_bad)
        VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8) ON CONFLICT (year, file_digest) DO NOTHING";
    INSERT_LINE = "INSERT INTO confirmed_line
        (import_id, line_no, learner_id, name, identity_masked, subject, seconds, title, provider, happened_on, refusals, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    LIST = "SELECT import_id, year, file_name, file_digest, state, uploaded_at, confirmed_at, rows_good, rows_bad
        FROM confirmed_import
        WHERE import_id = $1 AND (CAST($2 AS BIGINT) = 0 OR uploaded_by = CAST($2 AS BIGINT))";
    LISTS = "SELECT import_id, year, file_name, file_digest, state, uploaded_at, confirmed_at, rows_good, rows_bad
        FROM confirmed_import
        WHERE (CAST($1 AS BIGINT) = 0 OR uploaded_by = CAST($1 AS BIGINT)) ORDER BY import_id DESC LIMIT 50";
    LINES = "SELECT line_no, name, identity_masked, subject, seconds, title, provider, happened_on, refusals, credited_at
        FROM confirmed_line WHERE import_id = $1 AND line_no > $2
            AND (CAST($3 AS BIGINT) = 0 OR refusals <> '') ORDER BY line_no LIMIT 200";
    CONFIRM = "UPDATE confirmed_import SET state = 'confirmed', confirmed_by = $2, confirmed_at = $3
        WHERE import_id = $1 AND state = 'draft'";
    UNCREDITED = "SELECT l.line_no, l.learner_id, l.subject, l.seconds, l.title, l.provider, l.happened_on, i.year
        FROM confirmed_line l JOIN confirmed_import i ON i.import_id = l.import_id
        WHERE l.import_id = $1 AND i.state = 'confirmed' AND l.learner_id IS NOT NULL AND l.credited_at IS NULL
        ORDER BY l.line_no LIMIT CAST($2 AS BIGINT)";
    CREDITED = "UPDATE confirmed_line SET credited_at = $3 WHERE import_id = $1 AND line_no = $2";
}

/// A line with its person, or with what is wrong.
pub(super) struct Line {
    pub learner: Option<LearnerId>,
    pub refusals: Vec<String>,
    pub checked: Checked,
}

pub(super) struct Head<'a> {
    pub import: ImportId,
    pub year: Year,
    pub file_name: &'a str,
    pub digest: &'a str,
    pub by: i64,
    pub good: usize,
    pub bad: usize,
}

/// A list as its page shows it.
#[derive(Debug, Clone)]
pub struct List {
    pub import: ImportId,
    pub year: Year,
    pub file_name: String,
    pub digest: String,
    pub confirmed: bool,
    pub uploaded_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub rows_good: i64,
    pub rows_bad: i64,
}

/// A line as its page shows it.
#[derive(Debug, Clone)]
pub struct ShownLine {
    pub number: i64,
    pub name: String,
    pub identity_masked: String,
    pub subject: Subject,
    pub seconds: StudySeconds,
    pub title: String,
    pub provider: String,
    pub happened_on: BusinessDate,
    pub refusals: Vec<String>,
    pub credited: bool,
}

pub(super) struct GoodLine {
    pub line: i64,
    pub learner: LearnerId,
    pub subject: Subject,
    pub seconds: StudySeconds,
    pub title: String,
    pub provider: String,
    pub happened_on: BusinessDate,
}

/// The account whose lists a scope sees: a county officer's own; the root bureau's officers see all.
fn uploader(scope: &Scope) -> i64 {
    match (scope.reach(), scope.actor()) {
        (Reach::Everybody, _) => 0,
        (Reach::Region { region_code }, _) if region_code.ends_with("00") => 0,
        (_, Actor::Account(account)) => account.raw(),
        (_, Actor::System) => 0,
    }
}

fn subject(code: &str) -> Result<Subject> {
    Subject::from_code(code).ok_or_else(|| Error::internal(format!("subject {code:?}")))
}

pub(super) async fn by_digest(tx: &Tx<'_>, year: Year, digest: &str) -> Result<Option<ImportId>> {
    tx.query_value_optional(BY_DIGEST, values![year, digest]).await
}

/// False when the same file for the same year came first.
pub(super) async fn insert(tx: &Tx<'_>, head: &Head<'_>, lines: &[Line], now: Timestamp) -> Result<bool> {
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    let row =
        values![head.import, head.year, head.file_name, head.digest, head.by, now, count(head.good), count(head.bad)];
    if tx.execute(INSERT_LIST, row).await? == 0 {
        return Ok(false);
    }
    for line in lines {
        let Checked { number, name, identity_masked, subject, seconds, title, provider, happened_on, sealed, .. } =
            &line.checked;
        let refusals = line.refusals.join(" ");
        let row = values![
            head.import,
            *number,
            line.learner,
            name,
            identity_masked,
            subject.code(),
            *seconds,
            title,
            provider,
            *happened_on,
            refusals,
            sealed
        ];
        tx.execute(INSERT_LINE, row).await?;
    }
    Ok(true)
}

fn list_row(row: &Row<'_>) -> Result<List> {
    Ok(List {
        import: row.get(0)?,
        year: row.get(1)?,
        file_name: row.get(2)?,
        digest: row.get(3)?,
        confirmed: row.get::<String>(4)? == "confirmed",
        uploaded_at: row.get(5)?,
        confirmed_at: row.get(6)?,
        rows_good: row.get(7)?,
        rows_bad: row.get(8)?,
    })
}

pub(super) async fn list(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<Option<List>> {
    tx.query_optional(LIST, values![import, uploader(scope)], list_row).await
}

pub(super) async fn lists(tx: &Tx<'_>, scope: &Scope) -> Result<Vec<List>> {
    tx.query(LISTS, values![uploader(scope)], list_row).await
}

/// Lines of a list the caller has been let see; with `bad_only`, those that are refused.
pub(super) async fn lines(tx: &Tx<'_>, list: &List, after: i64, bad_only: bool) -> Result<Vec<ShownLine>> {
    tx.query(LINES, values![list.import, after, bad_only], |row| {
        let refusals: String = row.get(8)?;
        Ok(ShownLine {
            number: row.get(0)?,
            name: row.get(1)?,
            identity_masked: row.get(2)?,
            subject: subject(&row.get::<String>(3)?)?,
            seconds: row.get(4)?,
            title: row.get(5)?,
            provider: row.get(6)?,
            happened_on: row.get(7)?,
            refusals: refusals.split_whitespace().map(str::to_owned).collect(),
            credited: row.get::<Option<i64>>(9)?.is_some(),
        })
    })
    .await
}

/// False when it was confirmed before.
pub(super) async fn confirm(tx: &Tx<'_>, import: ImportId, by: i64, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(CONFIRM, values![import, by, now]).await? == 1)
}

pub(super) async fn uncredited(tx: &Tx<'_>, import: ImportId, limit: usize) -> Result<Vec<ConfirmedHours>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(UNCREDITED, values![import, limit], |row| {
        let line = GoodLine {
            line: row.get(0)?,
            learner: row.get(1)?,
            subject: subject(&row.get::<String>(2)?)?,
            seconds: row.get(3)?,
            title: row.get(4)?,
            provider: row.get(5)?,
            happened_on: row.get(6)?,
        };
        Ok(super::hours(row.get(7)?, import, line))
    })
    .await
}

pub(super) async fn credited(tx: &Tx<'_>, import: ImportId, line: i64, now: Timestamp) -> Result<()> {
    tx.execute(CREDITED, values![import, line, now]).await.map(drop)
}
