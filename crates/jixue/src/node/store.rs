//! SQL of node numbers.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::time::Timestamp;

crate::db::statements! {
    TAKE = "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE lease.until <= $4";
    RENEW = "UPDATE lease SET until = $2 WHERE name = $1";
    GIVE_BACK = "DELETE FROM lease WHERE name = $1";
}

pub(super) async fn take(tx: &Tx<'_>, name: &str, holder: &str, until: Timestamp, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(TAKE, values![name, holder, until, now]).await? == 1)
}

pub(super) async fn renew(tx: &Tx<'_>, name: &str, until: Timestamp) -> Result<()> {
    tx.execute(RENEW, values![name, until]).await.map(drop)
}

pub(super) async fn give_back(tx: &Tx<'_>, name: &str) -> Result<()> {
    tx.execute(GIVE_BACK, values![name]).await.map(drop)
}
