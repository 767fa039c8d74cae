//! Lists on their way without anybody waiting for them, and lists that are old.

use super::{apply, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::outbox::{self, JobKind};
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// A list that has given no sign of life for longer than this has lost its process.
const LOST_MS: i64 = 120_000;
/// Rows are kept so long: they may hold identity numbers, and the answers were read by then.
const ROWS_DAYS: i64 = 7;

/// Brings the next rows of a list in, and asks for itself again while there are more: other jobs come between.
pub async fn go_on(app: &App, import: ImportId) -> Result<()> {
    let Some(scope) = asked_within(app, import).await? else {
        return Ok(());
    };
    if apply::step(app, &scope, import).await? {
        let at = app.at();
        let again = async move |tx: &Tx<'_>| outbox::enqueue(tx, &at, JobKind::ApplyList, 0, import, at.now).await;
        app.db.write(again).await?;
        app.outbox.wake();
    }
    Ok(())
}

/// The officer who had the list brought in, within the region to which it belongs: a job sees no more than they did.
async fn asked_within(app: &App, import: ImportId) -> Result<Option<Scope>> {
    let system = Scope::system("bring a list in");
    let found = app.db.read(async move |tx: &Tx<'_>| store::list(tx, &system, import).await).await?;
    let scope = |found: super::ListImport| Some(Scope::resumed(found.applied_by?, found.region_code));
    Ok(found.and_then(scope))
}

/// Goes on with lists that gave no sign of life for two minutes, ten at a time.
pub async fn sweep(app: &App) -> Result<()> {
    let (scope, before) = (Scope::system("finish lists"), app.clock.now().plus_ms(-LOST_MS));
    let lost = app.db.read(async move |tx: &Tx<'_>| store::lost(tx, &scope, before).await).await?;
    for import in lost {
        go_on(app, import).await?;
    }
    Ok(())
}

/// Removes the rows of lists that came more than a week ago, and lists that nobody brought in by then.
pub async fn forget(app: &App) -> Result<()> {
    let before = app.clock.now().plus_ms(-ROWS_DAYS * 24 * 3_600_000);
    app.db.write(async move |tx: &Tx<'_>| store::forget(tx, before).await).await
}
