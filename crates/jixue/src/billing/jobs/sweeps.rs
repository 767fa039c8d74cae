//! What lost jobs and crashes left, found by query each half minute; each takes the same path as the job.

use crate::app::App;
use crate::at::At;
use crate::billing::orders::expire;
use crate::billing::store::{attempts, inbox, orders, seats};
use crate::db::Tx;
use crate::error::Result;
use crate::outbox::{self, JobKind};
use jixue_core::scope::Scope;

/// A notification is taken in by the request that brought it; one that is older than this was left.
const INBOX_PATIENCE_SECONDS: i64 = 10;

/// Leaves jobs for: notifications not taken in, attempts not asked about, seats not opened. Ends orders whose time is
/// over.
pub async fn sweep(app: &App) -> Result<()> {
    let at = app.at();
    let found = app.db.write_bulk(async move |tx: &Tx<'_>| find(tx, &at).await).await?;
    if found > 0 {
        tracing::info!(found, "a sweep left jobs");
        app.outbox.wake();
    }
    expire_orders(app).await
}

async fn find(tx: &Tx<'_>, at: &At) -> Result<usize> {
    let left = inbox::left_pending(tx, at.now.plus_seconds(-INBOX_PATIENCE_SECONDS)).await?;
    for notification in &left {
        outbox::enqueue(tx, at, JobKind::TakeNotification, 0, *notification, at.now).await?;
    }
    let due = attempts::due(tx, at.now).await?;
    for (payer, attempt) in &due {
        outbox::enqueue(tx, at, JobKind::QueryPayment, *payer, *attempt, at.now).await?;
    }
    let unopened = seats::unopened_orders(tx).await?;
    for (payer, order) in &unopened {
        outbox::enqueue(tx, at, JobKind::OpenSeats, *payer, *order, at.now).await?;
    }
    Ok(left.len() + due.len() + unopened.len())
}

async fn expire_orders(app: &App) -> Result<()> {
    loop {
        let at = app.at();
        let ended = app
            .db
            .write_bulk(async move |tx: &Tx<'_>| {
                let over = orders::expired(tx, at.now).await?;
                for head in over.iter().cloned() {
                    expire(tx, &at, &Scope::system("expire orders"), head).await?;
                }
                Ok(over.len())
            })
            .await?;
        if ended < 20 {
            return Ok(());
        }
    }
}
