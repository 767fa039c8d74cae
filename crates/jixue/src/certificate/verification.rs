//! What strangers are told about a certificate whose code they hold: enough to compare with the paper in hand.

use super::store::{self, Next};
use super::stored::StoredCertificate;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::hex;
use jixue_core::certificate::{Verification, VerificationCode};
use jixue_core::credit::Hours;
use jixue_core::fact::CertificateKind;
use jixue_core::mask;
use jixue_core::time::{BusinessDate, Timestamp, Year};

/// The answer to one check.
#[derive(Debug, Clone)]
pub struct Answer {
    pub state: Verification,
    pub checked_at: Timestamp,
    /// Nothing for a code that leads nowhere.
    pub shown: Option<Shown>,
}

/// What is shown: never the id number, not even masked, and the name only masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub kind: CertificateKind,
    pub year: Year,
    pub number: String,
    pub holder_masked: String,
    /// The holder's data was erased at their wish: the certificate stands, whose it is nobody can say any more.
    pub is_erased: bool,
    pub unit_name: String,
    pub public_hours: Hours,
    pub professional_hours: Hours,
    pub total_hours: Hours,
    pub exam_score: Option<i64>,
    pub issuer_name: String,
    pub issued_on: BusinessDate,
    /// SHA-256 of the signed file, in hexadecimal.
    pub document_sha256: String,
    /// When it was superseded or revoked.
    pub ended_on: Option<BusinessDate>,
    /// The number it stands in place of.
    pub supersedes: Option<String>,
    pub successor: Option<Successor>,
}

/// The certificate that stands in the place of a superseded one. Whoever holds the old paper may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    pub number: String,
    pub code: String,
    pub state: Verification,
}

/// Looks a code up, as people type it. One that cannot be a code is looked up too, as one that nobody has: both take
/// the same way and get the same answer.
pub async fn verify(tx: &Tx<'_>, typed: &str, now: Timestamp) -> Result<Answer> {
    let code = typed.parse().unwrap_or(VerificationCode::from_random([0; 16]));
    let found = store::by_code(tx, &code).await?;
    let state = Verification::of(found.as_ref().map(|(found, _)| &found.certificate));
    let shown = match (state, found) {
        (Verification::Unknown, _) | (_, None) => None,
        (_, Some((found, next))) => Some(shown(found, next)?),
    };
    Ok(Answer { state, checked_at: now, shown })
}

fn shown(found: StoredCertificate, next: Option<Next>) -> Result<Shown> {
    let record = found.record()?;
    let is_erased = record.is_erased();
    Ok(Shown {
        kind: record.kind,
        year: record.year,
        number: record.number,
        holder_masked: mask::name(&record.holder_name),
        is_erased,
        unit_name: record.unit_name,
        public_hours: record.public_hours,
        professional_hours: record.professional_hours,
        total_hours: record.total_hours,
        exam_score: record.exam_score,
        issuer_name: record.issuer_name,
        issued_on: record.issued_at.business_date(),
        document_sha256: found.document_sha256().map(|digest| hex(&digest)).unwrap_or_default(),
        ended_on: found.ended_at.map(Timestamp::business_date),
        supersedes: record.supersedes,
        successor: next.and_then(successor),
    })
}

fn successor(next: Next) -> Option<Successor> {
    let state = match next.state.as_str() {
        "issued" => Verification::Valid,
        "superseded" => Verification::Superseded,
        "revoked" => Verification::Revoked,
        _ => return None,
    };
    Some(Successor { number: next.number, code: next.code, state })
}
