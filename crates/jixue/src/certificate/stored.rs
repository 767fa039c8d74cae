//! A certificate as it is kept: its state by the rules, and what stands beside it.

use crate::error::{Error, Result};
use jixue_core::certificate::{Certificate, CertificateRecord, CertificateState, VerificationCode};
use jixue_core::id::CertificateId;
use jixue_core::time::Timestamp;

/// A stored certificate.
#[derive(Debug, Clone)]
pub struct StoredCertificate {
    pub certificate: Certificate,
    pub code: VerificationCode,
    pub intended_at: Timestamp,
    /// When the signed document was there.
    pub issued_at: Option<Timestamp>,
    /// When it was superseded or revoked.
    pub ended_at: Option<Timestamp>,
    /// Why; for the holder and officers. Strangers are not told: reasons name people.
    pub ended_reason: Option<String>,
    /// The certificate whose place it takes.
    pub replaces: Option<Replaced>,
    pub(super) record: Vec<u8>,
}

/// What a replacement stands in place of, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    pub certificate: CertificateId,
    pub by: i64,
    pub reason: String,
}

impl StoredCertificate {
    /// What it says.
    pub fn record(&self) -> Result<CertificateRecord> {
        let number = &self.certificate.number;
        CertificateRecord::from_bytes(&self.record)
            .map_err(|error| Error::internal(format!("record of {number}: {error}")))
    }

    /// The bytes that were fixed when it was intended.
    pub fn record_bytes(&self) -> &[u8] {
        &self.record
    }

    /// SHA-256 of the signed document, when there is one.
    pub fn document_sha256(&self) -> Option<[u8; 32]> {
        match &self.certificate.state {
            CertificateState::Intended => None,
            CertificateState::Issued { document_sha256, .. }
            | CertificateState::Superseded { document_sha256, .. }
            | CertificateState::Revoked { document_sha256, .. } => Some(*document_sha256),
        }
    }

    /// The document is signed, and nothing stands in its place.
    pub fn is_in_force(&self) -> bool {
        matches!(self.certificate.state, CertificateState::Issued { .. })
    }

    /// Numbered, not signed yet.
    pub fn is_being_made(&self) -> bool {
        self.certificate.state == CertificateState::Intended
    }
}
