//! SQL of a learner's phone; the caller has proved it.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::LearnerId;

crate::db::statements! {
    LET_GO = "DELETE FROM learner_phone WHERE learner_id = $1 OR phone_index = $2";
    TAKE = "INSERT INTO learner_phone (phone_index, learner_id) VALUES ($1, $2)";
    SHOW = "UPDATE learner SET phone_sealed = $2, phone_masked = $3 WHERE learner_id = $1";
}

pub(in super::super) async fn replace(
    tx: &Tx<'_>,
    learner: LearnerId,
    index: &[u8],
    (sealed, masked): (&[u8], &str),
) -> Result<()> {
    tx.execute(LET_GO, values![learner, index]).await?;
    tx.execute(TAKE, values![index, learner]).await?;
    tx.execute(SHOW, values![learner, sealed, masked]).await.map(drop)
}
