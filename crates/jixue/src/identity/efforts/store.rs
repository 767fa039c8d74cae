//! SQL of proofs that were shown once.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::time::Timestamp;

crate::db::statements! {
    USE_EFFORT = "INSERT INTO used_effort (challenge_digest, expires_at) VALUES ($1, $2)
        ON CONFLICT (challenge_digest) DO NOTHING";
    FORGET_EFFORTS = "DELETE FROM used_effort WHERE expires_at < $1";
}

/// False when it was shown before.
pub(super) async fn use_up(tx: &Tx<'_>, challenge_digest: &[u8], until: Timestamp) -> Result<bool> {
    Ok(tx.execute(USE_EFFORT, values![challenge_digest, until]).await? == 1)
}

pub(in super::super) async fn forget(tx: &Tx<'_>, then: Timestamp) -> Result<()> {
    tx.execute(FORGET_EFFORTS, values![then]).await.map(drop)
}
