//! A person's name or number that was wrong, put right.

use super::OrgRefusal;
use super::people::{identity_index, phone_index};
use super::store::{corrections as store, people};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use jixue_core::id::LearnerId;
use jixue_core::identity_number::IdentityNumber;
use jixue_core::org::{PersonName, Phone};
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;

/// What is right.
#[derive(Debug, Clone)]
pub enum Correction {
    Name(PersonName),
    IdentityNumber(IdentityNumber),
    Phone(Phone),
}

/// Puts it right for a learner within reach, with the index by which they are found.
///
/// # Errors
/// `roster.phone_taken`, `correction.identity_taken` when the number is somebody else's; not found beyond the reach.
pub async fn correct(tx: &Tx<'_>, at: &At, scope: &Scope, learner: LearnerId, correction: &Correction) -> Result<()> {
    people::learner(tx, scope, learner).await?.ok_or_else(Refused::not_found)?;
    match correction {
        Correction::Name(name) => store::rename(tx, learner, name.as_str()).await,
        Correction::Phone(phone) => {
            let index = phone_index(&at.keys, phone);
            store::release_phones(tx, learner, &index).await?;
            let is_own = people::learner_by_phone(tx, &index).await?.is_some_and(|(owner, _)| owner == learner);
            if !is_own && !people::claim_phone(tx, &index, learner).await? {
                return Err(OrgRefusal::PhoneTaken.into());
            }
            let sealed = at.keys.seal("phone", phone.revealed().as_bytes());
            store::set_phone(tx, learner, &sealed, &phone.to_string()).await
        }
        Correction::IdentityNumber(number) => {
            let index = identity_index(&at.keys, number);
            store::release_identities(tx, learner, &index).await?;
            if !people::claim_identity(tx, &index, learner).await? && !store::holds(tx, learner, &index).await? {
                return Err(Error::from(Refused::new("correction.identity_taken", Kind::Conflict)));
            }
            let sealed = at.keys.seal("identity", number.revealed().as_bytes());
            store::set_identity(tx, learner, &sealed, &number.to_string()).await
        }
    }
}
