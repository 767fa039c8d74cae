//! Rosters: from a spreadsheet to people, by way of a preview.
//!
//! `receive` reads, checks and keeps a file; `assign` says which column is which where the header does not; `apply` brings
//! its good rows in, and `undo` takes that back within a day. The same file again is the same import.

pub(in crate::org) mod apply;
mod assign;
mod columns;
mod columns_page;
mod error_file;
mod file;
mod grid;
mod jobs;
mod pages;
mod preview;
mod progress;
mod receive;
mod refusal;
mod row;
mod store;
mod template;
pub(in crate::org) mod undo;
mod undo_page;

pub(crate) use columns::meant;
pub use grid::Grid;
pub(in crate::org) use progress::SILENT_MS;
pub(in crate::org) use receive::shown_file_name;
pub(in crate::org) use undo_page::ProgressView;

pub use apply::{apply, apply_in_background};
pub use assign::{Choice, assign, assign_by_names};
pub use jobs::{go_on_applying, go_on_undoing, sweep};
pub use pages::routes;
pub use preview::{RosterImport, RowPage, import, imports, refused_rows, stayed_rows};
pub use progress::{Progress, progress};
pub use receive::receive;
pub use refusal::RosterFileRefusal;
pub use row::{ImportRow, ImportState, KeptRefusal, RowState};
pub use store::CATALOGUE;
pub use store::columns::CATALOGUE as COLUMN_CATALOGUE;
pub use store::undo::CATALOGUE as UNDO_CATALOGUE;
pub use undo::{UNDO_MS, UndoForecast, foresee_undo, undo, undo_in_background};

use crate::app::App;
use crate::error::Result;
use bytes::Bytes;
use jixue_core::id::{ImportId, UnitId};
use jixue_core::org::Column;
use jixue_core::scope::Scope;

/// What an import came to.
#[derive(Debug, Clone)]
pub struct ImportReport {
    pub import: ImportId,
    /// People who came in by this file.
    pub added: i64,
    /// People whom the unit employed already.
    pub known: i64,
    pub refused: i64,
    /// The first hundred refused rows, with everything that is wrong with each.
    pub refused_rows: Vec<ImportRow>,
}

/// Receives a roster and brings its good rows in at once, as the operator's command does.
///
/// # Errors
/// As [`receive`] and [`apply`].
pub async fn import_roster(
    app: &App,
    scope: &Scope,
    unit: UnitId,
    file_name: &str,
    bytes: Bytes,
) -> Result<ImportReport> {
    import_roster_named(app, scope, unit, file_name, bytes, &[]).await
}

/// The same, with words of the header that the operator explains.
///
/// # Errors
/// As [`import_roster`] and [`assign_by_names`].
pub async fn import_roster_named(
    app: &App,
    scope: &Scope,
    unit: UnitId,
    file_name: &str,
    bytes: Bytes,
    names: &[(String, Column)],
) -> Result<ImportReport> {
    let id = receive(app, scope, unit, file_name, bytes).await?;
    let state = import(app, scope, id).await?.state;
    if !names.is_empty() && matches!(state, ImportState::Unmapped | ImportState::Checked) {
        assign_by_names(app, scope, id, names).await?;
    }
    // Where nobody says which column is which, `apply` refuses such a file by its name.
    apply(app, scope, id).await?;
    let import = import(app, scope, id).await?;
    let page = refused_rows(app, scope, id, 0, 100).await?;
    Ok(ImportReport {
        import: id,
        added: import.imported,
        known: import.known,
        refused: import.refused,
        refused_rows: page.rows,
    })
}
