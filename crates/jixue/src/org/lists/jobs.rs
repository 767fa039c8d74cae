//! Lists on their way without anybody waiting for them, and lists that are old.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::org::roster::ImportState;
use crate::org::work::Work;
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// A list that has given no sign of life for longer than this has lost its process.
const LOST_MS: i64 = 120_000;
/// Rows are kept so long: they may hold identity numbers, and the answers were read by then.
const ROWS_DAYS: i64 = 7;

/// Brings the next rows of a list in.
pub async fn go_on(app: &App, import: ImportId) -> Result<()> {
    turn(app, Work::ApplyList, import).await
}

/// Takes the next rows of a list back.
pub async fn go_on_undoing(app: &App, import: ImportId) -> Result<()> {
    turn(app, Work::UndoList, import).await
}

/// A turn within the reach of the officer who asked for it, in the region to which the list belongs: a job sees no more than
/// they did.
async fn turn(app: &App, work: Work, import: ImportId) -> Result<()> {
    let system = Scope::system("work on a list");
    let found = app.db.read(async move |tx: &Tx<'_>| store::list(tx, &system, import).await).await?;
    let scope = |found: super::ListImport| {
        let by = if work == Work::UndoList { found.undone_by } else { found.applied_by };
        Some(Scope::resumed(by?, found.region_code))
    };
    match found.and_then(scope) {
        Some(scope) => work.go_on(app, &scope, import).await,
        None => Ok(()),
    }
}

/// Goes on with lists that gave no sign of life for two minutes, ten at a time.
pub async fn sweep(app: &App) -> Result<()> {
    let before = app.clock.now().plus_ms(-LOST_MS);
    for (state, work) in [(ImportState::Applying, Work::ApplyList), (ImportState::Undoing, Work::UndoList)] {
        let scope = Scope::system("finish lists");
        let lost = app.db.read(async move |tx: &Tx<'_>| store::lost(tx, &scope, state, before).await).await?;
        for import in lost {
            turn(app, work, import).await?;
        }
    }
    Ok(())
}

/// Removes the rows of lists that came more than a week ago, and lists that nobody brought in by then.
pub async fn forget(app: &App) -> Result<()> {
    let before = app.clock.now().plus_ms(-ROWS_DAYS * 24 * 3_600_000);
    app.db.write(async move |tx: &Tx<'_>| store::forget(tx, before).await).await
}
