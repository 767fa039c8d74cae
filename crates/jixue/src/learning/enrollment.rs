//! Enrollment (报名): who may study which subject of which year.

use super::store;
use crate::at::At;
use crate::catalog;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::fact::Fact;
use jixue_core::id::{BaseId, LearnerId};
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

/// Opens learning for a paid seat. Opening twice is opening once.
pub async fn open(tx: &Tx<'_>, at: &At, learner: LearnerId, year: Year, subject: Subject) -> Result<Vec<Fact>> {
    let base = base_of(tx, year, subject).await?;
    if !store::insert_enrollment(tx, learner, (year, subject), base, at.now).await? {
        return Ok(Vec::new());
    }
    Ok(vec![Fact::LearningOpened { learner, year, subject, at: at.now }])
}

/// The base that is paid for the subject also teaches it.
async fn base_of(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<BaseId> {
    if let Some(fee) = catalog::years::fee_in_force(tx, year, subject).await? {
        return Ok(fee.base);
    }
    Ok(catalog::base_of(tx, year, subject).await?.unwrap_or(BaseId::from_raw(0)))
}

/// Whether a learner may study a subject of a year.
pub async fn is_enrolled(tx: &Tx<'_>, learner: LearnerId, year: Year, subject: Subject) -> Result<bool> {
    store::is_enrolled(tx, learner, year, subject).await
}

/// The subjects of a year that a learner may study.
pub async fn enrolled_subjects(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<Vec<Subject>> {
    store::enrolled_subjects(tx, learner, year).await
}

/// Whether learning was opened for the learner, or went on, since an instant.
pub async fn has_studied_since(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<bool> {
    store::has_studied_since(tx, learner, since).await
}
