//! A node's number for ids: leased in the database, so that two processes never make the same id.

mod store;

pub use store::CATALOGUE;

use crate::clock::Clock;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use jixue_core::id::ID_NODE_MAX;

/// A number is kept for a day; a process that runs longer renews it with each sweep.
const LEASE_DAYS: i64 = 1;

/// Takes the first free number, under a name that no other process has.
pub async fn lease(db: &Db, clock: &Clock) -> Result<i64> {
    let now = clock.now();
    let holder = crate::keys::hex(&crate::keys::random::<8>());
    let until = now.plus_days(LEASE_DAYS);
    db.write(async move |tx: &Tx<'_>| {
        for node in 0..=ID_NODE_MAX {
            if store::take(tx, &format!("node {node}"), &holder, until, now).await? {
                return Ok(node);
            }
        }
        Err(Error::internal("all 256 node numbers are taken"))
    })
    .await
}

/// Keeps the number for another day.
pub async fn renew(app: &crate::app::App) -> Result<()> {
    let (name, now) = (app.node_name(), app.clock.now());
    app.db.write_bulk(async move |tx: &Tx<'_>| store::renew(tx, &name, now.plus_days(LEASE_DAYS)).await).await
}

/// Gives the number back when the process ends in order.
pub async fn give_back(app: &crate::app::App) -> Result<()> {
    let name = app.node_name();
    app.db.write(async move |tx: &Tx<'_>| store::give_back(tx, &name).await).await
}
