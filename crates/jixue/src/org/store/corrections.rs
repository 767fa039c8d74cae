//! SQL of putting a person's name or number right; the verb has looked whether the person is within reach.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::LearnerId;

crate::db::statements! {
    RENAME = "UPDATE learner SET name = $2 WHERE learner_id = $1";
    SET_PHONE = "UPDATE learner SET phone_sealed = $2, phone_masked = $3 WHERE learner_id = $1";
    SET_IDENTITY = "UPDATE learner SET identity_sealed = $2, identity_masked = $3 WHERE learner_id = $1";
    RELEASE_PHONES = "DELETE FROM learner_phone WHERE learner_id = $1 AND phone_index <> $2";
    RELEASE_IDENTITIES = "DELETE FROM identity_index WHERE learner_id = $1 AND identity_index <> $2";
    HOLDS = "SELECT EXISTS (SELECT 1 FROM identity_index WHERE learner_id = $1 AND identity_index = $2)";
}

pub(in super::super) async fn rename(tx: &Tx<'_>, learner: LearnerId, name: &str) -> Result<()> {
    tx.execute(RENAME, values![learner, name]).await.map(drop)
}

pub(in super::super) async fn set_phone(tx: &Tx<'_>, learner: LearnerId, sealed: &[u8], masked: &str) -> Result<()> {
    tx.execute(SET_PHONE, values![learner, sealed, masked]).await.map(drop)
}

pub(in super::super) async fn set_identity(tx: &Tx<'_>, learner: LearnerId, sealed: &[u8], masked: &str) -> Result<()> {
    tx.execute(SET_IDENTITY, values![learner, sealed, masked]).await.map(drop)
}

/// Every index of the learner's but one.
pub(in super::super) async fn release_phones(tx: &Tx<'_>, learner: LearnerId, but: &[u8]) -> Result<()> {
    tx.execute(RELEASE_PHONES, values![learner, but]).await.map(drop)
}

/// Every index of the learner's but one.
pub(in super::super) async fn release_identities(tx: &Tx<'_>, learner: LearnerId, but: &[u8]) -> Result<()> {
    tx.execute(RELEASE_IDENTITIES, values![learner, but]).await.map(drop)
}

pub(in super::super) async fn holds(tx: &Tx<'_>, learner: LearnerId, index: &[u8]) -> Result<bool> {
    tx.query_value(HOLDS, values![learner, index]).await
}
