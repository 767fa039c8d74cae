//! SQL of learning. Every row is found by its learner: that is its scope.

mod heads;
mod lists;

pub use heads::CATALOGUE;
pub(super) use heads::*;
pub use lists::CATALOGUE as LIST_CATALOGUE;
pub(super) use lists::{continue_at, course_sums, lesson_standings};

use crate::db::Row;
use crate::error::{Error, Result};
use jixue_core::study::Subject;

/// A subject as stored.
fn subject(row: &Row<'_>, index: usize) -> Result<Subject> {
    let code: String = row.get(index)?;
    Subject::from_code(&code).ok_or_else(|| Error::internal(format!("subject {code:?}")))
}
