//! Lists of units and of employments, as operators and officers bring them from other systems: a header by its usual words,
//! an answer for each row, good rows kept.

mod employments;
mod table;
mod units;

pub use employments::import_employments;
pub use table::ListRefusal;
pub use units::import_units;

use crate::error::{Error, Refused, Result};
use jixue_core::refusal::Kind;

/// Rows of one list: more units than a province has, more people than a city.
pub const LIST_ROWS_MAX: usize = 50_000;
/// Rows written in one transaction.
const CHUNK: usize = 200;

/// What became of a row, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    New,
    /// It is so already.
    Known,
    Refused(Refused),
}

/// The answer to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAnswer {
    /// As the spreadsheet's margin shows it.
    pub number: u32,
    pub outcome: Outcome,
}

/// A rule's no is an answer; anything else ends the import.
fn answered<T>(result: Result<T>, good: impl FnOnce(T) -> Outcome) -> Result<Outcome> {
    match result {
        Ok(value) => Ok(good(value)),
        Err(Error::Refused(refused)) => Ok(Outcome::Refused(refused)),
        Err(error) => Err(error),
    }
}

fn unknown(code: &'static str, word: &str) -> Error {
    let word: String = word.trim().chars().take(20).collect();
    Refused::new(code, Kind::Invalid).with("word", word).into()
}
