//! SQL of whom an order may be for: how each person of a unit stands.

use crate::db::{Tx, values};
use crate::error::Result;
use crate::org::{bounds, person_within};
use jixue_core::id::{LearnerId, OrderId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;

crate::db::statements! {
    PEOPLE = concat!("SELECT l.learner_id, l.name, e.department, CASE WHEN s.learner_id IS NOT NULL THEN 'paid'
            WHEN EXISTS (SELECT 1 FROM purchase_order o
                JOIN order_line x ON x.payer_id = o.payer_id AND x.order_id = o.order_id AND x.learner_id = l.learner_id
                WHERE o.payer_id = e.unit_id AND o.year = $2 AND o.subject = $3 AND o.state = 'awaiting') THEN 'unit_order'
            WHEN EXISTS (SELECT 1 FROM purchase_order o WHERE o.payer_id = l.learner_id AND o.year = $2 AND o.subject = $3
                AND o.state = 'awaiting') THEN 'own_order'
            ELSE 'wanted' END
        FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id JOIN learner l ON l.learner_id = e.learner_id
        LEFT JOIN seat s ON s.learner_id = l.learner_id AND s.year = $2 AND s.subject = $3
        WHERE e.unit_id = $1 AND e.ended_on IS NULL AND e.learner_id > $4 AND ", person_within!("$5", "$6", "$7", "$8", "$9"),
        " ORDER BY e.learner_id LIMIT 1000");
    UNIT_ORDER_OF_LEARNER = concat!("SELECT o.order_id FROM employment e
        JOIN employer_unit u ON u.unit_id = e.unit_id JOIN learner l ON l.learner_id = e.learner_id
        JOIN purchase_order o ON o.payer_id = e.unit_id AND o.payer_kind = 'unit' AND o.state = 'awaiting'
            AND o.year = $2 AND o.subject = $3
        JOIN order_line x ON x.payer_id = o.payer_id AND x.order_id = o.order_id AND x.learner_id = e.learner_id
        WHERE e.learner_id = $1 AND e.ended_on IS NULL AND ", person_within!("$4", "$5", "$6", "$7", "$8"),
        " ORDER BY o.order_id LIMIT 1");
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
    let row = bounds(scope, values![unit, year, subject.code(), after]);
    tx.query(PEOPLE, &row, |row| {
        Ok(Person { learner: row.get(0)?, name: row.get(1)?, department: row.get(2)?, standing: row.get(3)? })
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
    let row = bounds(scope, values![learner, year, subject.code()]);
    tx.query_value_optional(UNIT_ORDER_OF_LEARNER, &row).await
}
