//! Looking at imports.

use super::row::{self, ImportRow, ImportState, RowState};
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use jixue_core::id::{ImportId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// An import with the number of its rows in each state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterImport {
    pub id: ImportId,
    pub unit: UnitId,
    pub file_name: String,
    /// SHA-256 in hexadecimal.
    pub file_digest: String,
    pub state: ImportState,
    pub uploaded_at: Timestamp,
    pub applied_at: Option<Timestamp>,
    /// Good rows that are not brought in yet.
    pub new: i64,
    pub known: i64,
    pub refused: i64,
    pub imported: i64,
    /// People who left again when the import was undone, and those who stayed all the same.
    pub undone: i64,
    pub stayed: i64,
    /// The last sign of life of whoever brings its people in, or lets them go again.
    pub alive_at: Option<Timestamp>,
    pub undone_at: Option<Timestamp>,
}

impl RosterImport {
    pub fn rows(&self) -> i64 {
        self.new + self.known + self.refused + self.imported + self.undone + self.stayed
    }
}

/// Some rows, and the number after which the next ones begin.
#[derive(Debug, Clone)]
pub struct RowPage {
    pub rows: Vec<ImportRow>,
    pub next: Option<i64>,
}

/// One import within reach.
///
/// # Errors
/// Not found.
pub async fn import(app: &App, scope: &Scope, import: ImportId) -> Result<RosterImport> {
    let scope = scope.clone();
    let found = app.db.read(async move |tx: &Tx<'_>| store::import(tx, &scope, import).await).await?;
    found.ok_or_else(|| Refused::not_found().into())
}

/// Imports of a unit, the newest first, before `before`; 20 at most.
pub async fn imports(app: &App, scope: &Scope, unit: UnitId, before: Option<ImportId>) -> Result<Vec<RosterImport>> {
    let scope = scope.clone();
    app.db.read(async move |tx: &Tx<'_>| store::imports(tx, &scope, unit, before).await).await
}

/// Refused rows of an import by their number, after `after`; at most `limit`.
pub async fn refused_rows(app: &App, scope: &Scope, import: ImportId, after: i64, limit: i64) -> Result<RowPage> {
    rows(app, scope, import, RowState::Refused, after, limit).await
}

/// Rows of an import that was undone whose people stay, by their number, after `after`; at most `limit`.
pub async fn stayed_rows(app: &App, scope: &Scope, import: ImportId, after: i64, limit: i64) -> Result<RowPage> {
    rows(app, scope, import, RowState::Stayed, after, limit).await
}

/// Rows of an import in a state by their number, after `after`; at most `limit`.
pub(super) async fn rows(
    app: &App,
    scope: &Scope,
    import: ImportId,
    state: RowState,
    after: i64,
    limit: i64,
) -> Result<RowPage> {
    let scope = scope.clone();
    let page = async move |tx: &Tx<'_>| store::rows(tx, &scope, import, state, after, limit + 1).await;
    let mut kept = app.db.read(page).await?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let more = kept.len() > wanted;
    kept.truncate(wanted);
    let next = kept.last().filter(|_| more).map(|row| row.number);
    let rows: Result<Vec<ImportRow>> = kept
        .into_iter()
        .map(|kept| {
            let raw = row::open(&app.keys, &kept.sealed)?;
            let (number, state, refusals, learner) = (kept.number, kept.state, kept.refusals, kept.learner);
            Ok(ImportRow { number, state, raw, refusals, learner })
        })
        .collect();
    Ok(RowPage { rows: rows?, next })
}
