//! Imports on their way without anybody waiting for them: jobs for long ones, a sweep for those that broke off.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::org::work::Work;
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// An import that has given no sign of life for longer than this has lost its process.
const LOST_MS: i64 = 120_000;
/// A sheet that waits this long for somebody to say which column is which is thrown away: it holds people's data.
const SHEET_DAYS: i64 = 7;

/// Brings the next people of an import in.
pub async fn go_on_applying(app: &App, import: ImportId) -> Result<()> {
    Work::ApplyRoster.go_on(app, &Scope::system("apply a roster import"), import).await
}

/// Lets the next people of an import go.
pub async fn go_on_undoing(app: &App, import: ImportId) -> Result<()> {
    Work::UndoRoster.go_on(app, &Scope::system("undo a roster import"), import).await
}

/// Goes on with imports that gave no sign of life for two minutes, ten at a time, and forgets sheets nobody came back for.
pub async fn sweep(app: &App) -> Result<()> {
    let scope = Scope::system("finish roster imports");
    let (asker, now) = (scope.clone(), app.clock.now());
    let lost = app.db.read(async move |tx: &Tx<'_>| {
        let before = now.plus_ms(-LOST_MS);
        let applying = store::lost_imports(tx, &asker, before).await?;
        Ok((applying, store::undo::lost_undoings(tx, &asker, before).await?))
    });
    let (applying, undoing) = lost.await?;
    for import in applying {
        super::apply(app, &scope, import).await?;
    }
    for import in undoing {
        super::undo(app, &scope, import).await?;
    }
    let before = now.plus_ms(-SHEET_DAYS * 24 * 3_600_000);
    app.db.write(async move |tx: &Tx<'_>| store::columns::forget_old_sheets(tx, before).await).await
}
