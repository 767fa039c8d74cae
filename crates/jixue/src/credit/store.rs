//! SQL of the credit ledger and of standings.

use super::exemption::relief;
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use crate::org::year_within;
use jixue_core::credit::{Earned, Relief};
use jixue_core::id::{CreditEntryId, LearnerId, MergeId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::{BusinessDate, Timestamp, Year};

crate::db::statements! {
    INSERT_ENTRY = "INSERT INTO credit_entry
        (learner_id, entry_id, year, subject, seconds, source, source_id, source_line, title, provider, happened_on, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (learner_id, year, source, source_id, source_line) WHERE reverses IS NULL DO NOTHING";
    SUMS = "SELECT CAST(COALESCE(SUM(seconds) FILTER (WHERE subject = 'public'), 0) AS BIGINT),
        CAST(COALESCE(SUM(seconds) FILTER (WHERE subject = 'professional'), 0) AS BIGINT)
        FROM credit_entry WHERE learner_id = $1 AND year = $2";
    ENTRIES = concat!(
        "SELECT c.entry_id, c.subject, c.seconds, c.source, c.title, c.provider, c.happened_on, c.reverses, c.at
        FROM credit_entry c
        JOIN standing s ON s.learner_id = c.learner_id AND s.year = c.year
        WHERE c.learner_id = $1 AND c.year = $2 AND ", year_within!("$3", "$4", "$5"), "
            AND (CAST($6 AS BIGINT) = 0 OR c.learner_id = CAST($6 AS BIGINT))
        ORDER BY c.happened_on DESC, c.entry_id DESC LIMIT 500"
    );
    SOURCE_SUMS = concat!(
        "SELECT e.subject, e.source, COALESCE(k.title_zh, e.title), e.provider,
            CAST(SUM(e.seconds) AS BIGINT), MAX(e.happened_on)
        FROM credit_entry e
        JOIN standing s ON s.learner_id = e.learner_id AND s.year = e.year
        LEFT JOIN lesson l ON e.source = 'lesson' AND l.lesson_id = e.source_id
        LEFT JOIN course k ON k.course_id = l.course_id
        WHERE e.learner_id = $1 AND e.year = $2 AND ", year_within!("$3", "$4", "$5"), "
            AND (CAST($6 AS BIGINT) = 0 OR e.learner_id = CAST($6 AS BIGINT))
        GROUP BY e.subject, e.source, COALESCE(k.title_zh, e.title), e.provider
        HAVING SUM(e.seconds) > 0
        ORDER BY e.subject DESC, MIN(e.happened_on), MIN(e.entry_id) LIMIT 200"
    );
    ENSURE_STANDING = "INSERT INTO standing (learner_id, year, unit_id, region_code, public_seconds, professional_seconds)
        SELECT e.learner_id, CAST($2 AS BIGINT), e.unit_id, u.region_code, 0, 0
        FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE e.learner_id = $1 AND e.ended_on IS NULL
        ON CONFLICT (learner_id, year) DO NOTHING";
    HOURS_SINCE = "SELECT EXISTS (SELECT 1 FROM credit_entry WHERE learner_id = $1 AND at >= $2)
        OR EXISTS (SELECT 1 FROM confirmed_line c JOIN confirmed_import i ON i.import_id = c.import_id
            WHERE c.learner_id = $1 AND i.uploaded_at >= $2)";
    UNTOUCHED_YEARS = "SELECT year FROM standing WHERE learner_id = $1 AND unit_id = $2 AND paid_at IS NULL
        AND learning_at IS NULL AND exam_passed_at IS NULL AND public_seconds = 0 AND professional_seconds = 0
        AND waived_at IS NULL ORDER BY year LIMIT 50";
    RELEASE = "DELETE FROM standing WHERE learner_id = $1 AND unit_id = $2 AND year = $3 AND paid_at IS NULL
        AND learning_at IS NULL AND exam_passed_at IS NULL AND public_seconds = 0 AND professional_seconds = 0
        AND waived_at IS NULL";
    HOLD_STANDINGS = "UPDATE standing SET paid_at = paid_at WHERE learner_id = $1";
    EMPLOYED_FROM = "SELECT started_on FROM employment WHERE learner_id = $1 AND ended_on IS NULL";
    // Years before the employment began stay with the unit that was answerable for them.
    MOVE_STANDINGS = "UPDATE standing SET unit_id = $2, region_code = (
            SELECT u.region_code FROM employer_unit u WHERE u.unit_id = $2)
        WHERE learner_id = $1 AND unit_id <> $2 AND year >= $3";
    MOVE_UNIT = "UPDATE standing SET region_code = $2 WHERE unit_id = $1 AND year >= $3";
    MERGE_STANDINGS = "UPDATE standing SET unit_id = $2, region_code = (
            SELECT u.region_code FROM employer_unit u WHERE u.unit_id = $2)
        WHERE unit_id = $1";
    PART_STANDINGS = "UPDATE standing SET unit_id = $1, region_code = (
            SELECT u.region_code FROM employer_unit u WHERE u.unit_id = $1)
        WHERE unit_id = $2 AND EXISTS (SELECT 1 FROM unit_merge_item i JOIN employment e
            ON e.learner_id = i.owner_id AND e.employment_id = i.item_id
            WHERE i.merge_id = $3 AND i.kind = 'employment' AND i.owner_id = standing.learner_id AND e.unit_id = $1
                AND NOT EXISTS (SELECT 1 FROM employment now WHERE now.learner_id = e.learner_id
                    AND now.ended_on IS NULL AND now.unit_id <> $1))";
    UNIT_YEARS = "SELECT CAST(COUNT(*) AS BIGINT) FROM standing WHERE unit_id = $1";
    STANDING = "SELECT unit_id, region_code, public_seconds, professional_seconds, exam_passed_at, paid_at, learning_at,
        public_met_at, annual_met_at, CASE WHEN waived_at IS NULL THEN 0 ELSE 1 END, relief_public, relief_professional
        FROM standing WHERE learner_id = $1 AND year = $2";
    SET_RELIEF = "UPDATE standing SET waived_at = CASE WHEN CAST($3 AS BIGINT) = 0 THEN NULL
            ELSE COALESCE(waived_at, CAST($6 AS BIGINT)) END, relief_public = $4, relief_professional = $5
        WHERE learner_id = $1 AND year = $2";
    HOLD_STANDING = "UPDATE standing SET paid_at = paid_at WHERE learner_id = $1 AND year = $2";
    SET_SUMS = "UPDATE standing SET public_seconds = $3, professional_seconds = $4, public_met_at = $5, annual_met_at = $6
        WHERE learner_id = $1 AND year = $2";
    SET_PAID = "UPDATE standing SET paid_at = $3 WHERE learner_id = $1 AND year = $2 AND paid_at IS NULL";
    SET_LEARNING = "UPDATE standing SET learning_at = $3 WHERE learner_id = $1 AND year = $2 AND learning_at IS NULL";
    SET_EXAM_PASSED = "UPDATE standing SET exam_passed_at = $3
        WHERE learner_id = $1 AND year = $2 AND exam_passed_at IS NULL";
    UNREQUIRED_UNITS = "SELECT DISTINCT e.unit_id FROM employment e
        LEFT JOIN standing s ON s.learner_id = e.learner_id AND s.year = CAST($1 AS BIGINT)
        WHERE e.ended_on IS NULL AND s.learner_id IS NULL LIMIT 200";
    DIFFERENT_SUMS = "SELECT s.learner_id FROM standing s
        LEFT JOIN (SELECT learner_id, SUM(seconds) FILTER (WHERE subject = 'public') AS public_sum,
                SUM(seconds) FILTER (WHERE subject = 'professional') AS professional_sum
            FROM credit_entry WHERE year = $1 GROUP BY learner_id) c ON c.learner_id = s.learner_id
        WHERE s.year = $1 AND (s.public_seconds <> CAST(COALESCE(c.public_sum, 0) AS BIGINT)
            OR s.professional_seconds <> CAST(COALESCE(c.professional_sum, 0) AS BIGINT))
        ORDER BY s.learner_id LIMIT 500";
}

/// A row to be appended.
pub(super) struct NewEntry<'a> {
    pub learner: LearnerId,
    pub entry: CreditEntryId,
    pub year: Year,
    pub subject: Subject,
    pub seconds: StudySeconds,
    pub source: &'static str,
    pub source_id: i64,
    pub source_line: i64,
    pub title: &'a str,
    pub provider: &'a str,
    pub happened_on: BusinessDate,
    pub at: Timestamp,
}

/// False when this source has been entered before.
pub(super) async fn insert_entry(tx: &Tx<'_>, new: &NewEntry<'_>) -> Result<bool> {
    let row = values![
        new.learner,
        new.entry,
        new.year,
        new.subject.code(),
        new.seconds,
        new.source,
        new.source_id,
        new.source_line,
        new.title,
        new.provider,
        new.happened_on,
        new.at
    ];
    Ok(tx.execute(INSERT_ENTRY, row).await? == 1)
}

pub(super) async fn sums(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<Earned> {
    tx.query_one(SUMS, values![learner, year], |row| Ok(Earned { public: row.get(0)?, professional: row.get(1)? }))
        .await
}

/// A row of the ledger as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    pub entry: CreditEntryId,
    pub subject: Subject,
    pub seconds: StudySeconds,
    pub source: String,
    pub title: String,
    pub provider: String,
    pub happened_on: BusinessDate,
    pub reverses: Option<CreditEntryId>,
    pub at: Timestamp,
}

fn subject(code: &str) -> Result<Subject> {
    Subject::from_code(code).ok_or_else(|| Error::internal(format!("subject {code:?}")))
}

fn entry_row(row: &Row<'_>) -> Result<EntryRow> {
    Ok(EntryRow {
        entry: row.get(0)?,
        subject: subject(&row.get::<String>(1)?)?,
        seconds: row.get(2)?,
        source: row.get(3)?,
        title: row.get(4)?,
        provider: row.get(5)?,
        happened_on: row.get(6)?,
        reverses: row.get(7)?,
        at: row.get(8)?,
    })
}

/// A learner's rows of a year, newest first, within the asker's scope.
pub async fn entries_of(tx: &Tx<'_>, scope: &Scope, learner: LearnerId, year: Year) -> Result<Vec<EntryRow>> {
    let bounds = scope.bounds();
    let row = values![learner, year, bounds.region_from, bounds.region_until, bounds.unit, bounds.learner];
    tx.query(ENTRIES, row, entry_row).await
}

/// What a learner has of one course, or of one confirmed item: the year's archive in a few lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSum {
    pub subject: Subject,
    /// `lesson` or `confirmed`.
    pub source: String,
    /// In Chinese, as it was entered.
    pub title: String,
    pub provider: String,
    /// Exact; what was taken back is taken off.
    pub seconds: StudySeconds,
    pub last_on: BusinessDate,
}

/// A learner's year summed by course, public subject first, within the asker's scope; at most 200.
pub async fn sources_of(tx: &Tx<'_>, scope: &Scope, learner: LearnerId, year: Year) -> Result<Vec<SourceSum>> {
    let bounds = scope.bounds();
    let row = values![learner, year, bounds.region_from, bounds.region_until, bounds.unit, bounds.learner];
    tx.query(SOURCE_SUMS, row, |row| {
        Ok(SourceSum {
            subject: subject(&row.get::<String>(0)?)?,
            source: row.get(1)?,
            title: row.get(2)?,
            provider: row.get(3)?,
            seconds: row.get(4)?,
            last_on: row.get(5)?,
        })
    })
    .await
}

/// True when the learner was not required in that year before.
pub(super) async fn ensure_standing(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<bool> {
    Ok(tx.execute(ENSURE_STANDING, values![learner, year]).await? == 1)
}

/// A standing as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StandingRow {
    pub unit: UnitId,
    pub earned: Earned,
    pub exam_passed_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
    pub learning_at: Option<Timestamp>,
    pub public_met_at: Option<Timestamp>,
    pub annual_met_at: Option<Timestamp>,
    /// What exemptions take off.
    pub relief: Relief,
}

pub(super) async fn standing(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<Option<StandingRow>> {
    tx.query_optional(STANDING, values![learner, year], |row| {
        Ok(StandingRow {
            unit: row.get(0)?,
            earned: Earned { public: row.get(2)?, professional: row.get(3)? },
            exam_passed_at: row.get(4)?,
            paid_at: row.get(5)?,
            learning_at: row.get(6)?,
            public_met_at: row.get(7)?,
            annual_met_at: row.get(8)?,
            relief: relief(row.get(9)?, row.get(10)?, row.get(11)?),
        })
    })
    .await
}

/// Keeps what exemptions take off a learner's year.
pub(super) async fn set_relief(
    tx: &Tx<'_>,
    learner: LearnerId,
    year: Year,
    relief: Relief,
    now: Timestamp,
) -> Result<()> {
    let Relief { whole, public, professional } = relief;
    tx.execute(SET_RELIEF, values![learner, year, whole, public.0, professional.0, now]).await.map(drop)
}

/// Makes whoever else would sum this learner's year wait until this unit of work is over: two that summed at once would
/// each miss the other's rows, and the later one would write the smaller sum.
pub(super) async fn hold_standing(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<()> {
    tx.execute(HOLD_STANDING, values![learner, year]).await.map(drop)
}

pub(super) async fn set_sums(tx: &Tx<'_>, learner: LearnerId, year: Year, row: &StandingRow) -> Result<()> {
    let values =
        values![learner, year, row.earned.public, row.earned.professional, row.public_met_at, row.annual_met_at];
    tx.execute(SET_SUMS, values).await.map(drop)
}

pub(super) async fn set_paid(tx: &Tx<'_>, learner: LearnerId, year: Year, now: Timestamp) -> Result<()> {
    tx.execute(SET_PAID, values![learner, year, now]).await.map(drop)
}

pub(super) async fn set_learning(tx: &Tx<'_>, learner: LearnerId, year: Year, now: Timestamp) -> Result<()> {
    tx.execute(SET_LEARNING, values![learner, year, now]).await.map(drop)
}

pub(super) async fn set_exam_passed(tx: &Tx<'_>, learner: LearnerId, year: Year, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(SET_EXAM_PASSED, values![learner, year, now]).await? == 1)
}

/// Units with people who are employed and not required in a year yet.
pub(super) async fn unrequired_units(tx: &Tx<'_>, _scope: &Scope, year: Year) -> Result<Vec<UnitId>> {
    tx.query(UNREQUIRED_UNITS, values![year], |row| row.get(0)).await
}

/// Learners whose projected sums differ from their ledger rows.
pub(super) async fn different_sums(tx: &Tx<'_>, _scope: &Scope, year: Year) -> Result<Vec<LearnerId>> {
    tx.query(DIFFERENT_SUMS, values![year], |row| row.get(0)).await
}

/// Whether hours of the learner were entered since an instant, or stand in a list that may be confirmed yet.
pub async fn has_hours_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    tx.query_value(HOURS_SINCE, values![learner, since]).await
}

/// Takes away the standings of a learner with a unit on which nothing hangs; returns their years.
pub(super) async fn release(tx: &Tx<'_>, learner: LearnerId, unit: UnitId) -> Result<Vec<Year>> {
    let mut released = Vec::new();
    for year in tx.query(UNTOUCHED_YEARS, values![learner, unit], |row| row.get::<Year>(0)).await? {
        if tx.execute(RELEASE, values![learner, unit, year]).await? == 1 {
            released.push(year);
        }
    }
    Ok(released)
}

/// Since when somebody works where they do.
pub(super) async fn employed_from(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<BusinessDate>> {
    tx.query_value_optional(EMPLOYED_FROM, values![learner]).await
}

/// Lets the years of a learner since `first` follow to the unit that employs them now.
pub(super) async fn move_standings(tx: &Tx<'_>, learner: LearnerId, to: UnitId, first: Year) -> Result<()> {
    tx.execute(MOVE_STANDINGS, values![learner, to, first]).await.map(drop)
}

/// Lets the years of a unit's people since `first` count in another county.
pub(super) async fn move_unit(tx: &Tx<'_>, unit: UnitId, region_code: &str, first: Year) -> Result<()> {
    tx.execute(MOVE_UNIT, values![unit, region_code, first]).await.map(drop)
}

/// Lets the years of everybody at a unit follow to the one it became.
pub(super) async fn merge_standings(tx: &Tx<'_>, from: UnitId, into: UnitId) -> Result<()> {
    tx.execute(MERGE_STANDINGS, values![from, into]).await.map(drop)
}

/// Lets the years of whoever went back after a merge follow.
pub(super) async fn part_standings(tx: &Tx<'_>, merge: MergeId, from: UnitId, into: UnitId) -> Result<()> {
    tx.execute(PART_STANDINGS, values![from, into, merge]).await.map(drop)
}

/// How many years of people stand with a unit.
pub async fn years_of_unit(tx: &Tx<'_>, unit: UnitId) -> Result<i64> {
    tx.query_value(UNIT_YEARS, values![unit]).await
}

/// Lets nobody else change a learner's years until this transaction ends.
pub async fn hold_years(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    tx.execute(HOLD_STANDINGS, values![learner]).await.map(drop)
}
