//! SQL of whom an order may be for: where payers are, and how each person of a unit stands.

use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::id::{LearnerId, OrderId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;

crate::db::statements! {
    PLACE_OF_LEARNER = "SELECT u.region_code, u.name, l.name FROM learner l
        JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE l.learner_id = $1 AND u.region_code >= $2 AND u.region_code < $3
        AND (CAST($4 AS BIGINT) = 0 OR u.unit_id = CAST($4 AS BIGINT))
        AND (CAST($5 AS BIGINT) = 0 OR l.learner_id = CAST($5 AS BIGINT))";
    PLACE_OF_UNIT = "SELECT u.region_code, u.name, u.name FROM employer_unit u
        WHERE u.unit_id = $1 AND u.region_code >= $2 AND u.region_code < $3
        AND (CAST($4 AS BIGINT) = 0 OR u.unit_id = CAST($4 AS BIGINT)) AND CAST($5 AS BIGINT) = 0";
    PEOPLE = "SELECT l.learner_id, l.name, e.department, CASE WHEN s.learner_id IS NOT NULL THEN 'paid'
            WHEN EXISTS (SELECT 1 FROM purchase_order o
                JOIN order_line x ON x.payer_id = o.payer_id AND x.order_id = o.order_id AND x.learner_id = l.learner_id
                WHERE o.payer_id = e.unit_id AND o.year = $2 AND o.subject = $3 AND o.state = 'awaiting') THEN 'unit_order'
            WHEN EXISTS (SELECT 1 FROM purchase_order o WHERE o.payer_id = l.learner_id AND o.year = $2 AND o.subject = $3
                AND o.state = 'awaiting') THEN 'own_order'
            ELSE 'wanted' END
        FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id JOIN learner l ON l.learner_id = e.learner_id
        LEFT JOIN seat s ON s.learner_id = l.learner_id AND s.year = $2 AND s.subject = $3
        WHERE e.unit_id = $1 AND e.ended_on IS NULL AND e.learner_id > $4 AND u.region_code >= $5 AND u.region_code < $6
        AND (CAST($7 AS BIGINT) = 0 OR u.unit_id = CAST($7 AS BIGINT))
        AND (CAST($8 AS BIGINT) = 0 OR l.learner_id = CAST($8 AS BIGINT))
        ORDER BY e.learner_id LIMIT 1000";
    UNIT_ORDER_OF_LEARNER = "SELECT o.order_id FROM employment e
        JOIN purchase_order o ON o.payer_id = e.unit_id AND o.payer_kind = 'unit' AND o.state = 'awaiting'
            AND o.year = $2 AND o.subject = $3
        JOIN order_line x ON x.payer_id = o.payer_id AND x.order_id = o.order_id AND x.learner_id = e.learner_id
        WHERE e.learner_id = $1 AND e.ended_on IS NULL
        AND (CAST($4 AS BIGINT) = 0 OR e.unit_id = CAST($4 AS BIGINT))
        AND (CAST($5 AS BIGINT) = 0 OR e.learner_id = CAST($5 AS BIGINT)) ORDER BY o.order_id LIMIT 1";
}

/// Where a payer is, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::billing) struct Place {
    pub region_code: String,
    pub unit_name: String,
    pub payer_name: String,
}

fn place(row: &Row<'_>) -> Result<Place> {
    Ok(Place {
        region_code: row.get(0)?,
        unit_name: row.get(1)?,
        payer_name: row.get(2)?,
    })
}

/// Where a learner works now; None for one who has left, or is out of reach.
pub(in crate::billing) async fn place_of_learner(
    tx: &Tx<'_>,
    scope: &Scope,
    learner: LearnerId,
) -> Result<Option<Place>> {
    let within = scope.bounds();
    let row = values![
        learner,
        within.region_from,
        within.region_until,
        within.unit,
        within.learner
    ];
    tx.query_optional(PLACE_OF_LEARNER, row, place).await
}

pub(in crate::billing) async fn place_of_unit(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
) -> Result<Option<Place>> {
    let within = scope.bounds();
    let row = values![
        unit,
        within.region_from,
        within.region_until,
        within.unit,
        within.learner
    ];
    tx.query_optional(PLACE_OF_UNIT, row, place).await
}

/// A person of a unit: `standing` is paid, unit_order, own_order or wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::billing) struct Person {
    pub learner: LearnerId,
    pub name: String,
    pub department: String,
    pub standing: String,
}

/// The people of a unit behind `after`, a thousand at most.
pub(in crate::billing) async fn people(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    (year, subject): (Year, Subject),
    after: LearnerId,
) -> Result<Vec<Person>> {
    let within = scope.bounds();
    let row = values![
        unit,
        year,
        subject.code(),
        after,
        within.region_from,
        within.region_until,
        within.unit,
        within.learner,
    ];
    tx.query(PEOPLE, row, |row| {
        Ok(Person {
            learner: row.get(0)?,
            name: row.get(1)?,
            department: row.get(2)?,
            standing: row.get(3)?,
        })
    })
    .await
}

/// The order in which a learner's unit is about to pay for the learner.
pub(in crate::billing) async fn unit_order_of_learner(
    tx: &Tx<'_>,
    scope: &Scope,
    learner: LearnerId,
    (year, subject): (Year, Subject),
) -> Result<Option<OrderId>> {
    let within = scope.bounds();
    let row = values![learner, year, subject.code(), within.unit, within.learner];
    tx.query_value_optional(UNIT_ORDER_OF_LEARNER, row).await
}
