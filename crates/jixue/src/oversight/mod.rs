//! How the city is doing: counts kept in the transactions that cause them, read by officers.
//!
//! Projections only: nothing here decides anything.

mod pages;
mod published;
mod store;

pub use pages::routes;
pub use store::{
    CATALOGUE, Progress, RegionProgress, UnitProgress, count_units, move_learner, progress_by_region, progress_by_unit,
    recount,
};

use crate::db::Tx;
use crate::error::Result;
use jixue_core::fact::{CertificateKind, Fact};
use jixue_core::study::Subject;

/// Which count a fact moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Required,
    Paid,
    Learning,
    Finished,
}

/// Moves the counts of the learner's unit. Each of these facts happens once a learner and year.
pub async fn count(tx: &Tx<'_>, fact: &Fact) -> Result<()> {
    if let Fact::LearnerReleased { year, unit, .. } = fact {
        return store::release(tx, *year, *unit).await;
    }
    let (learner, year, step) = match fact {
        Fact::LearnerRequired { learner, year, .. } => (*learner, *year, Step::Required),
        Fact::LearningOpened { learner, year, subject: Subject::Public, .. } => (*learner, *year, Step::Paid),
        Fact::LearningStarted { learner, year, subject: Subject::Public, .. } => (*learner, *year, Step::Learning),
        Fact::RequirementMet { learner, year, certificate_kind: CertificateKind::Annual, .. } => {
            (*learner, *year, Step::Finished)
        }
        _ => return Ok(()),
    };
    let one = |wanted: Step| i64::from(step == wanted);
    let moved = Progress {
        required: one(Step::Required),
        paid: one(Step::Paid),
        learning: one(Step::Learning),
        finished: one(Step::Finished),
        exempt: 0,
    };
    store::add(tx, learner, year, moved).await
}
