//! SQL of devices: sessions of one account.

use super::Device;
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::AccountId;
use jixue_core::time::Timestamp;

crate::db::statements! {
    OPEN_DEVICES = "SELECT token_digest, device, created_at, COALESCE(seen_at, created_at) FROM session
        WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY 4 DESC LIMIT 50";
    DIGESTS = "SELECT token_digest FROM session WHERE account_id = $1 ORDER BY created_at DESC LIMIT 500";
    SEEN = "UPDATE session SET seen_at = $2 WHERE token_digest = $1 AND ended_at IS NULL";
}

pub(in super::super) async fn open_devices(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<Vec<Device>> {
    tx.query(OPEN_DEVICES, values![account, now], |row| {
        Ok(Device { digest: row.get(0)?, agent: row.get(1)?, created_at: row.get(2)?, seen_at: row.get(3)? })
    })
    .await
}

/// Of ended sessions too, so that signing out twice is signing out once.
pub(super) async fn digests(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Vec<u8>>> {
    tx.query(DIGESTS, values![account], |row| row.get(0)).await
}

pub(super) async fn seen(tx: &Tx<'_>, digest: &[u8], now: Timestamp) -> Result<()> {
    tx.execute(SEEN, values![digest, now]).await.map(drop)
}
