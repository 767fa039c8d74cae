//! Once a day: entries whose time is over are removed, and the rest is verified.

use super::{store, verify};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::outbox;
use jixue_core::fact::Fact;

/// Removes entries that are older than the configured time; the chain of facts keeps that they were, not what they said.
/// Again, it changes nothing.
pub async fn forget(app: &App) -> Result<()> {
    let (at, until) = (app.at(), app.clock.now().plus_days(-app.config.limits.audit_days_kept));
    let removed = app
        .db
        .write_bulk(async move |tx: &Tx<'_>| {
            let removed = store::remove_before(tx, until).await?;
            if removed == 0 {
                return Ok(removed);
            }
            let entries = i64::try_from(removed).unwrap_or(i64::MAX);
            outbox::append(tx, &at, &Fact::AuditRemoved { until, entries, at: at.now }).await?;
            Ok(removed)
        })
        .await?;
    tracing::info!(entries = removed, "removed entries of the audit trail whose time is over");
    Ok(())
}

/// Verifies the trail and logs the first broken link, if there is one.
pub async fn watch(app: &App) -> Result<()> {
    match verify(app).await? {
        Ok(entries) => tracing::info!(entries, "the audit trail is as it was written"),
        Err(broken) => tracing::error!(%broken, "the audit trail was changed"),
    }
    Ok(())
}
