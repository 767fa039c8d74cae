//! How far an import is on its way in or out: for the bar on its page.

use super::preview::RosterImport;
use super::row::{ImportState, RowState};
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// Without a sign of life for so long, whoever was at work is gone; a sweep goes on before long.
pub(in crate::org) const SILENT_MS: i64 = 20_000;

/// How many rows are done of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub state: ImportState,
    pub done: i64,
    pub all: i64,
    /// Nobody has been at work for a while.
    pub is_silent: bool,
}

impl Progress {
    pub const fn is_under_way(&self) -> bool {
        matches!(self.state, ImportState::Applying | ImportState::Undoing)
    }
}

/// How far an import within reach is.
///
/// # Errors
/// Not found.
pub async fn progress(app: &App, scope: &Scope, import: ImportId) -> Result<Progress> {
    let (asker, now) = (scope.clone(), app.clock.now());
    app.db
        .read(async move |tx: &Tx<'_>| {
            let found = store::import(tx, &asker, import).await?.ok_or_else(Refused::not_found)?;
            let (all, waiting) = way(&found);
            let left = match waiting {
                Some(state) => store::undo::rows_left(tx, &asker, import, state).await?,
                None => 0,
            };
            let is_silent = waiting.is_some() && found.alive_at.is_some_and(|at| at.plus_ms(SILENT_MS) < now);
            Ok(Progress { state: found.state, done: (all - left).max(0), all, is_silent })
        })
        .await
}

/// Of how many rows, and which of them still wait. The import's counts are those of before, until it is over.
fn way(import: &RosterImport) -> (i64, Option<RowState>) {
    match import.state {
        ImportState::Applying => (import.new, Some(RowState::New)),
        ImportState::Undoing => (import.imported, Some(RowState::Imported)),
        _ => (import.rows(), None),
    }
}
