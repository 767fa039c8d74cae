//! SQL of years, rule sets and fees: public rules, nobody's personal data.

use super::{Fee, ProgrammeYear};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::credit::RuleSet;
use jixue_core::id::{BaseId, RuleSetId};
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

crate::db::statements! {
    INSERT_RULE_SET = "INSERT INTO rule_set (rule_set_id, region_code, year, version, body, made_by, made_at)
        SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT), COALESCE(MAX(version), 0) + 1,
            CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)
        FROM rule_set WHERE region_code = $2 AND year = $3";
    INSERT_YEAR = "INSERT INTO programme_year (year, rule_set_id, opens_on, closes_on, opened_by, opened_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    YEAR = "SELECT y.year, y.rule_set_id, y.opens_on, y.closes_on, y.opened_at, r.body
        FROM programme_year y JOIN rule_set r ON r.rule_set_id = y.rule_set_id WHERE y.year = $1";
    YEARS = "SELECT y.year, y.rule_set_id, y.opens_on, y.closes_on, y.opened_at, r.body
        FROM programme_year y JOIN rule_set r ON r.rule_set_id = y.rule_set_id ORDER BY y.year DESC LIMIT 30";
    INSERT_FEE = "INSERT INTO fee (fee_id, year, subject, base_id, amount_fen, set_by, set_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    END_FEE = "UPDATE fee SET ended_at = $4 WHERE year = $1 AND subject = $2 AND base_id = $3 AND ended_at IS NULL";
    FEES = "SELECT fee_id, base_id, amount_fen FROM fee
        WHERE year = $1 AND subject = $2 AND ended_at IS NULL ORDER BY base_id LIMIT 50";
}

pub(super) async fn insert_rule_set(
    tx: &Tx<'_>,
    rule_set: RuleSetId,
    region_code: &str,
    year: Year,
    body: &str,
    by: i64,
    now: Timestamp,
) -> Result<()> {
    tx.execute(INSERT_RULE_SET, values![rule_set, region_code, year, body, by, now]).await.map(drop)
}

pub(super) async fn insert_year(
    tx: &Tx<'_>,
    rules: &RuleSet,
    rule_set: RuleSetId,
    by: i64,
    now: Timestamp,
) -> Result<()> {
    let row = values![rules.year, rule_set, rules.opens_on, rules.closes_on, by, now];
    tx.execute(INSERT_YEAR, row).await.map(drop)
}

fn programme_year(row: &Row<'_>) -> Result<ProgrammeYear> {
    let body: String = row.get(5)?;
    Ok(ProgrammeYear {
        year: row.get(0)?,
        rule_set: row.get(1)?,
        opens_on: row.get(2)?,
        closes_on: row.get(3)?,
        opened_at: row.get(4)?,
        rules: serde_json::from_str(&body).map_err(Error::internal)?,
    })
}

pub(super) async fn year(tx: &Tx<'_>, year: Year) -> Result<Option<ProgrammeYear>> {
    tx.query_optional(YEAR, values![year], programme_year).await
}

pub(super) async fn years(tx: &Tx<'_>) -> Result<Vec<ProgrammeYear>> {
    tx.query(YEARS, values![], programme_year).await
}

pub(super) async fn insert_fee(
    tx: &Tx<'_>,
    fee: Fee,
    (year, subject): (Year, Subject),
    by: i64,
    now: Timestamp,
) -> Result<()> {
    let row = values![fee.fee, year, subject.code(), fee.base, fee.amount, by, now];
    tx.execute(INSERT_FEE, row).await.map(drop)
}

pub(super) async fn end_fee(tx: &Tx<'_>, (year, subject): (Year, Subject), base: BaseId, now: Timestamp) -> Result<()> {
    tx.execute(END_FEE, values![year, subject.code(), base, now]).await.map(drop)
}

pub(super) async fn fees(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Vec<Fee>> {
    tx.query(FEES, values![year, subject.code()], |row| {
        Ok(Fee { fee: row.get(0)?, base: row.get(1)?, amount: row.get(2)? })
    })
    .await
}
