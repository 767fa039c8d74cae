//! What must follow a commit: facts beside the change, and jobs after it.
//!
//! A business transaction appends facts without a number and writes job rows; both are committed with the change that
//! causes them. The sequencer numbers facts later, the worker runs jobs later, and each may run twice.

mod jobs;
mod sequencer;
mod store;

pub use jobs::{Job, JobKind, Outbox, enqueue, waiting, work_forever, work_once};
pub use sequencer::{books, sequence_once, verify_book};
pub use store::CATALOGUE;

use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::fact::Fact;
use jixue_core::id::FactId;
use jixue_core::time::Timestamp;

/// Appends a fact under a number that something else has too, so that the two find each other.
pub async fn append_as(tx: &Tx<'_>, id: FactId, fact: &Fact, at: Timestamp) -> Result<()> {
    store::insert_fact(tx, id, &fact.encode(), at).await
}

/// Appends one fact, unnumbered, in the transaction of the change it tells of.
pub async fn append(tx: &Tx<'_>, at: &At, fact: &Fact) -> Result<()> {
    store::insert_fact(tx, at.ids.next::<FactId>(), &fact.encode(), at.now).await
}
