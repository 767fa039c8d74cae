//! SQL of the catalogue. It holds no people's data, so no scope stands in it.

pub(super) mod courses;
pub(super) mod papers;

pub use courses::CATALOGUE;
pub use papers::CATALOGUE as PAPER_CATALOGUE;

use crate::db::Row;
use crate::error::{Error, Result};
use jixue_core::study::Subject;

/// A subject as stored.
fn subject(row: &Row<'_>, index: usize) -> Result<Subject> {
    let code: String = row.get(index)?;
    Subject::from_code(&code).ok_or_else(|| Error::internal(format!("subject {code:?}")))
}
