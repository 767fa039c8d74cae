//! SQL of exemptions.

use super::{Exemption, Sort, Wanted, relief};
use crate::db::{Row, Tx, values};
use crate::error::Result;
use crate::org::{bounds, person_within};
use jixue_core::id::{AccountId, ExemptionId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

macro_rules! sort_columns {
    () => {
        "k.sort, k.name_zh, k.name_en, CASE WHEN k.effect = 'waive' THEN 1 ELSE 0 END, k.public_hours,
            k.professional_hours, k.days_min"
    };
}

/// Exemptions of people whom a scope reaches now; the scope is parameters 2 to 6.
macro_rules! exemptions {
    () => {
        concat!(
            "SELECT ",
            sort_columns!(),
            ", x.exemption_id, x.learner_id, l.name, l.identity_masked, u.name, x.from_on,
                x.until_on, x.reason, x.state, x.asked_by, x.asked_at,
                CASE WHEN x.state = 'ended' THEN x.ended_reason ELSE x.answer END
            FROM exemption x JOIN exemption_sort k ON k.sort = x.sort JOIN learner l ON l.learner_id = x.learner_id
            JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
            JOIN employer_unit u ON u.unit_id = e.unit_id
            WHERE ",
            person_within!("$2", "$3", "$4", "$5", "$6")
        )
    };
}

crate::db::statements! {
    SORTS = concat!("SELECT ", sort_columns!(), " FROM exemption_sort k ORDER BY k.position, k.sort LIMIT 50");
    INSERT = "INSERT INTO exemption (learner_id, exemption_id, sort, from_on, until_on, reason, state, asked_by, asked_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7, $8)
        ON CONFLICT (learner_id, sort, from_on, until_on) WHERE state IN ('asked', 'granted') DO NOTHING";
    EXEMPTION = concat!(exemptions!(), " AND x.exemption_id = $1");
    LIST = concat!(
        exemptions!(),
        " AND x.exemption_id < $1 AND (CAST($7 AS TEXT) = '' OR x.state = $7)
        ORDER BY x.exemption_id DESC LIMIT CAST($8 AS BIGINT)"
    );
    OF_LEARNER = concat!(exemptions!(), " AND x.learner_id = $1 ORDER BY x.exemption_id DESC LIMIT 50");
    GRANTED = concat!(
        "SELECT ", sort_columns!(), ", x.from_on, x.until_on FROM exemption x JOIN exemption_sort k ON k.sort = x.sort
        WHERE x.learner_id = $1 AND x.state = 'granted'"
    );
    SPAN = concat!(
        "SELECT ", sort_columns!(), ", x.from_on, x.until_on FROM exemption x JOIN exemption_sort k ON k.sort = x.sort
        WHERE x.learner_id = $1 AND x.exemption_id = $2"
    );
    DECIDE = "UPDATE exemption SET state = $2, decided_by = $3, answer = $4, decided_at = $5
        WHERE exemption_id = $1 AND state = 'asked'";
    WITHDRAW = "UPDATE exemption SET state = 'withdrawn', ended_by = $2, ended_at = $3
        WHERE exemption_id = $1 AND state = 'asked'";
    END = "UPDATE exemption SET state = 'ended', ended_by = $2, ended_reason = $3, ended_at = $4
        WHERE exemption_id = $1 AND state = 'granted'";
}

/// Columns before those of the exemption itself.
const SORT_COLUMNS: usize = 7;

fn sort_of(row: &Row<'_>) -> Result<Sort> {
    Ok(Sort {
        code: row.get(0)?,
        name_zh: row.get(1)?,
        name_en: row.get(2)?,
        relief: relief(row.get(3)?, row.get(4)?, row.get(5)?),
        days_min: row.get(6)?,
    })
}

fn exemption_of(row: &Row<'_>) -> Result<Exemption> {
    let at = |index: usize| SORT_COLUMNS + index;
    Ok(Exemption {
        sort: sort_of(row)?,
        id: row.get(at(0))?,
        learner: row.get(at(1))?,
        name: row.get(at(2))?,
        identity_masked: row.get(at(3))?,
        unit_name: row.get(at(4))?,
        from: row.get(at(5))?,
        until: row.get(at(6))?,
        reason: row.get(at(7))?,
        state: row.get(at(8))?,
        asked_by: row.get(at(9))?,
        asked_at: row.get(at(10))?,
        answer: row.get(at(11))?,
    })
}

pub(super) async fn sorts(tx: &Tx<'_>) -> Result<Vec<Sort>> {
    tx.query(SORTS, values![], sort_of).await
}

/// False when the same is asked for, or granted, already.
pub(super) async fn insert(
    tx: &Tx<'_>,
    (learner, id): (LearnerId, ExemptionId),
    wanted: &Wanted,
    reason: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let row = values![learner, id, &wanted.sort, wanted.from, wanted.until, reason, by, now];
    Ok(tx.execute(INSERT, row).await? == 1)
}

pub(super) async fn exemption(tx: &Tx<'_>, scope: &Scope, id: ExemptionId) -> Result<Option<Exemption>> {
    tx.query_optional(EXEMPTION, &bounds(scope, values![id]), exemption_of).await
}

pub(super) async fn list(
    tx: &Tx<'_>,
    scope: &Scope,
    state: &str,
    (before, limit): (ExemptionId, i64),
) -> Result<Vec<Exemption>> {
    let mut values = bounds(scope, values![before]);
    values.extend_from_slice(values![state, limit]);
    tx.query(LIST, &values, exemption_of).await
}

pub(super) async fn of_learner(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<Exemption>> {
    tx.query(OF_LEARNER, &bounds(scope, values![learner]), exemption_of).await
}

type Span = (Sort, BusinessDate, BusinessDate);

fn span_of(row: &Row<'_>) -> Result<Span> {
    Ok((sort_of(row)?, row.get(SORT_COLUMNS)?, row.get(SORT_COLUMNS + 1)?))
}

pub(super) async fn granted(tx: &Tx<'_>, learner: LearnerId) -> Result<Vec<Span>> {
    tx.query(GRANTED, values![learner], span_of).await
}

pub(super) async fn span(tx: &Tx<'_>, learner: LearnerId, id: ExemptionId) -> Result<Option<Span>> {
    tx.query_optional(SPAN, values![learner, id], span_of).await
}

/// False when it was decided before.
pub(super) async fn decide(
    tx: &Tx<'_>,
    id: ExemptionId,
    state: &'static str,
    by: AccountId,
    answer: &str,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(DECIDE, values![id, state, by, answer, now]).await? == 1)
}

pub(super) async fn withdraw(tx: &Tx<'_>, id: ExemptionId, by: AccountId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(WITHDRAW, values![id, by, now]).await? == 1)
}

pub(super) async fn end(tx: &Tx<'_>, id: ExemptionId, by: AccountId, why: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(END, values![id, by, why, now]).await? == 1)
}
