//! SQL of people's titles.

use super::super::person_titles::{NewTitle, PersonTitle};
use super::scoped::{bounds, person_within};
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::{AccountId, LearnerId, TitleId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    TITLES = concat!(
        "SELECT p.title_id, p.series, p.level, p.obtained_on, p.is_main, p.ended_at, p.ended_reason FROM person_title p
        JOIN learner l ON l.learner_id = p.learner_id
        JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE p.learner_id = $1 AND ",
        person_within!("$2", "$3", "$4", "$5", "$6"),
        " ORDER BY CASE WHEN p.ended_at IS NULL THEN 0 ELSE 1 END, p.is_main DESC, p.title_id DESC LIMIT 50"
    );
    HOLD = "UPDATE learner SET title_level = title_level WHERE learner_id = $1";
    INSERT = "INSERT INTO person_title (learner_id, title_id, series, level, obtained_on, is_main, told_by, told_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (learner_id, series, level) WHERE ended_at IS NULL DO NOTHING";
    UNMARK_MAIN = "UPDATE person_title SET is_main = 0 WHERE learner_id = $1 AND is_main = 1 AND ended_at IS NULL";
    MARK_MAIN = "UPDATE person_title SET is_main = 1 WHERE learner_id = $1 AND title_id = $2 AND ended_at IS NULL";
    END = "UPDATE person_title SET ended_by = $3, ended_reason = $4, ended_at = $5
        WHERE learner_id = $1 AND title_id = $2 AND ended_at IS NULL";
    // What lists show and rules ask for is a projection of the main title.
    SHOW_MAIN = "UPDATE learner SET
            title_series = COALESCE((SELECT p.series FROM person_title p WHERE p.learner_id = learner.learner_id
                AND p.is_main = 1 AND p.ended_at IS NULL), ''),
            title_level = COALESCE((SELECT p.level FROM person_title p WHERE p.learner_id = learner.learner_id
                AND p.is_main = 1 AND p.ended_at IS NULL), '')
        WHERE learner_id = $1";
}

pub(in super::super) async fn titles(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<PersonTitle>> {
    tx.query(TITLES, &bounds(scope, values![learner]), |row| {
        Ok(PersonTitle {
            id: row.get(0)?,
            series: row.get(1)?,
            level: row.get(2)?,
            obtained_on: row.get(3)?,
            is_main: row.get(4)?,
            ended_at: row.get(5)?,
            ended_reason: row.get(6)?,
        })
    })
    .await
}

/// Nobody else changes this person until the transaction ends.
pub(in super::super) async fn hold(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    tx.execute(HOLD, values![learner]).await.map(drop)
}

/// False when the person has this title.
pub(in super::super) async fn insert(
    tx: &Tx<'_>,
    (learner, title): (LearnerId, TitleId),
    new: &NewTitle,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let row = values![learner, title, &new.series, &new.level, new.obtained_on, new.is_main, by, now];
    Ok(tx.execute(INSERT, row).await? == 1)
}

pub(in super::super) async fn unmark_main(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    tx.execute(UNMARK_MAIN, values![learner]).await.map(drop)
}

pub(in super::super) async fn mark_main(tx: &Tx<'_>, learner: LearnerId, title: TitleId) -> Result<()> {
    tx.execute(MARK_MAIN, values![learner, title]).await.map(drop)
}

pub(in super::super) async fn end(
    tx: &Tx<'_>,
    (learner, title): (LearnerId, TitleId),
    by: AccountId,
    why: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(END, values![learner, title, by, why, now]).await.map(drop)
}

pub(in super::super) async fn show_main(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    tx.execute(SHOW_MAIN, values![learner]).await.map(drop)
}
