//! A learner's phone, when the roster's was wrong or has gone to somebody else.

use super::store::phones as store;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::Keys;
use jixue_core::id::LearnerId;
use jixue_core::org::Phone;

/// Gives a learner the phone that they have proved and their unit has confirmed. Whoever had it on a roster before has
/// none from then on: numbers are given out again. Only for `identity`.
pub async fn replace_phone(tx: &Tx<'_>, keys: &Keys, learner: LearnerId, phone: &Phone) -> Result<()> {
    let index = super::phone_index(keys, phone);
    let sealed = keys.seal("phone", phone.revealed().as_bytes());
    store::replace(tx, learner, &index, (&sealed, &phone.to_string())).await
}
