//! What officers do to a certificate that is wrong. It is never edited: a new one takes its place, or it is revoked.

use super::CertificateOfficeRefusal;
use super::jobs::ask_for_signature;
use super::record::{draw_up, is_met, standing};
use super::store::{self, Intent};
use super::stored::{Replaced, StoredCertificate};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use jixue_core::id::{CertificateId, LearnerId};
use jixue_core::scope::{Reach, Scope};

/// Has a new certificate made with what is known now; once it is signed it supersedes the old one, in one step. Until
/// then the old one stays valid.
///
/// # Errors
/// What the rules say of the old certificate; `certificate.replacement_under_way`; `certificate.requirement_not_met` when
/// corrected hours no longer suffice; `certificate.officers_only`; not found beyond the officer's reach.
pub async fn replace(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    learner: LearnerId,
    certificate: CertificateId,
    reason: &str,
) -> Result<CertificateId> {
    let old = officers_find(tx, scope, learner, certificate).await?.certificate;
    let (number, id) = (old.number.clone(), at.ids.next::<CertificateId>());
    let intent = Intent { learner, certificate: id, year: old.year, kind: old.kind };
    // Asked of the rules now, done when the new one is signed.
    old.supersede(id, reason, at.now)?;
    if !is_met(intent.kind, &standing(tx, intent).await?.standing) {
        return Err(CertificateOfficeRefusal::RequirementNotMet.into());
    }
    let replaced = Replaced { certificate, by: scope.actor().number(), reason: reason.trim().to_owned() };
    if !store::claim_replacement(tx, intent, &replaced, at.now).await? {
        return Err(CertificateOfficeRefusal::ReplacementUnderWay.into());
    }
    draw_up(tx, at, scope, intent, Some(&number)).await?;
    ask_for_signature(tx, at, learner, id).await?;
    Ok(id)
}

/// Takes a certificate back, for good and visibly.
///
/// # Errors
/// What the rules say; `certificate.officers_only`; not found beyond the officer's reach.
pub async fn revoke(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    learner: LearnerId,
    certificate: CertificateId,
    reason: &str,
) -> Result<()> {
    let found = officers_find(tx, scope, learner, certificate).await?.certificate;
    let change = found.revoke(reason, at.now)?;
    if store::revoke(tx, &change.value, scope.actor().number(), reason.trim(), at.now).await? {
        crate::reactions::follow(tx, at, change.facts).await?;
    }
    Ok(())
}

async fn officers_find(
    tx: &Tx<'_>,
    scope: &Scope,
    learner: LearnerId,
    certificate: CertificateId,
) -> Result<StoredCertificate> {
    match scope.reach() {
        Reach::Everybody | Reach::Region { .. } => {}
        Reach::Industry { .. } | Reach::Unit { .. } | Reach::Base { .. } | Reach::Learner { .. } => {
            return Err(CertificateOfficeRefusal::OfficersOnly.into());
        }
    }
    Ok(store::certificate(tx, scope, learner, certificate).await?.ok_or_else(Refused::not_found)?)
}
