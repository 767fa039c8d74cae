//! The sweep: an import that broke off while it was applied is brought to its end.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::scope::Scope;

/// An import that is applied for longer than this has lost its process.
const LOST_MS: i64 = 120_000;

/// Goes on with imports that were begun two minutes ago and not finished; ten at a time.
pub async fn sweep(app: &App) -> Result<()> {
    let scope = Scope::system("finish roster imports");
    let (asker, before) = (scope.clone(), app.clock.now().plus_ms(-LOST_MS));
    let lost = app.db.read(async move |tx: &Tx<'_>| store::lost_imports(tx, &asker, before).await).await?;
    for import in lost {
        super::apply(app, &scope, import).await?;
    }
    Ok(())
}
