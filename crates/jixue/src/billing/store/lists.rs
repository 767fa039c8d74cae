//! SQL of what a learner sees of payments: seats and who paid for them.

use super::known;
use crate::db::{Row, Tx, values};
use crate::error::Result;
use crate::org::{bounds, person_within};
use jixue_core::id::{BaseId, LearnerId, OrderId};
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

crate::db::statements! {
    SEATS_OF_LEARNER = concat!("SELECT s.year, s.subject, s.order_id, s.paid_at, o.payer_kind, x.amount_fen, b.name_zh, b.name_en
        FROM seat s JOIN purchase_order o ON o.payer_id = s.payer_id AND o.order_id = s.order_id
        JOIN order_line x ON x.payer_id = s.payer_id AND x.order_id = s.order_id AND x.learner_id = s.learner_id
        JOIN training_base b ON b.base_id = o.base_id
        WHERE s.learner_id = $1 AND (s.learner_id = CAST($6 AS BIGINT) OR EXISTS (
            SELECT 1 FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
            JOIN learner l ON l.learner_id = e.learner_id
            WHERE e.learner_id = s.learner_id AND e.ended_on IS NULL AND ", person_within!("$2", "$3", "$4", "$5", "$6"), "))
        ORDER BY s.paid_at DESC LIMIT 50");
    BASE_NAMES = "SELECT name_zh, name_en, receipt_kind FROM training_base WHERE base_id = $1";
}

/// A seat that was paid for a learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidSeat {
    pub year: Year,
    pub subject: Subject,
    pub order: OrderId,
    pub paid_at: Timestamp,
    /// True when the employer paid: the order is then none of the learner's own.
    pub by_unit: bool,
    pub amount: Fen,
    pub payee_name_zh: String,
    pub payee_name_en: String,
}

/// The seats that were paid for a learner: for the learner, also between two employers, and for whoever reaches the
/// learner where the learner works now.
pub(in crate::billing) async fn seats_of_learner(
    tx: &Tx<'_>,
    scope: &Scope,
    learner: LearnerId,
) -> Result<Vec<PaidSeat>> {
    tx.query(SEATS_OF_LEARNER, &bounds(scope, values![learner]), |row: &Row<'_>| {
        let (subject, kind): (String, String) = (row.get(1)?, row.get(4)?);
        Ok(PaidSeat {
            year: row.get(0)?,
            subject: known(Subject::from_code(&subject), "subject")?,
            order: row.get(2)?,
            paid_at: row.get(3)?,
            by_unit: kind == "unit",
            amount: row.get(5)?,
            payee_name_zh: row.get(6)?,
            payee_name_en: row.get(7)?,
        })
    })
    .await
}

/// What a payer is told of the payee.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::billing) struct PayeeNames {
    pub zh: String,
    pub en: String,
    pub receipt_kind: String,
}

pub(in crate::billing) async fn payee_names(tx: &Tx<'_>, base: BaseId) -> Result<Option<PayeeNames>> {
    let read = |row: &Row<'_>| Ok(PayeeNames { zh: row.get(0)?, en: row.get(1)?, receipt_kind: row.get(2)? });
    tx.query_optional(BASE_NAMES, values![base], read).await
}
