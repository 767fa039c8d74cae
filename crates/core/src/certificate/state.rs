//! What a certificate can become.

use super::{CertificateNumber, CertificateRefusal};
use crate::change::Change;
use crate::fact::{CertificateKind, Fact};
use crate::id::{CertificateId, LearnerId};
use crate::time::{Timestamp, Year};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateState {
    /// The requirement is met and the number taken; the document is being made and signed.
    Intended,
    /// Signed once, stored by its digest, never rendered again.
    Issued {
        document_sha256: [u8; 32],
        at: Timestamp,
    },
    /// A newer version stands in its place (改错).
    Superseded {
        document_sha256: [u8; 32],
        by: CertificateId,
        at: Timestamp,
    },
    Revoked {
        document_sha256: [u8; 32],
        reason: String,
        at: Timestamp,
    },
}

/// A certificate (证书).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub id: CertificateId,
    pub learner: LearnerId,
    pub year: Year,
    pub kind: CertificateKind,
    pub number: CertificateNumber,
    pub state: CertificateState,
}

impl Certificate {
    /// The signed document exists. Issuing the same document again changes nothing, so the job may run twice.
    pub fn issue(self, document_sha256: [u8; 32], now: Timestamp) -> Result<Change<Self>, CertificateRefusal> {
        match &self.state {
            CertificateState::Intended => {
                let fact = Fact::CertificateIssued {
                    learner: self.learner,
                    certificate: self.id,
                    year: self.year,
                    certificate_kind: self.kind,
                    number: self.number.to_string(),
                    document_sha256: hexadecimal(&document_sha256),
                    at: now,
                };
                let state = CertificateState::Issued { document_sha256, at: now };
                Ok(Change::of(Self { state, ..self }, fact))
            }
            CertificateState::Issued { document_sha256: known, .. } if *known == document_sha256 => {
                Ok(Change::none(self))
            }
            CertificateState::Issued { .. } => {
                Err(CertificateRefusal::AlreadyIssued { number: self.number.to_string() })
            }
            CertificateState::Superseded { .. } => Err(self.superseded()),
            CertificateState::Revoked { .. } => Err(self.revoked()),
        }
    }

    /// A newer version, already issued, takes its place.
    pub fn supersede(
        self,
        by: CertificateId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Change<Self>, CertificateRefusal> {
        let reason = given(reason)?;
        match self.state {
            CertificateState::Issued { .. } if by == self.id => Err(CertificateRefusal::SupersedesItself),
            CertificateState::Issued { document_sha256, .. } => {
                let fact =
                    Fact::CertificateSuperseded { learner: self.learner, certificate: self.id, by, reason, at: now };
                let state = CertificateState::Superseded { document_sha256, by, at: now };
                Ok(Change::of(Self { state, ..self }, fact))
            }
            CertificateState::Superseded { by: known, .. } if known == by => Ok(Change::none(self)),
            CertificateState::Superseded { .. } => Err(self.superseded()),
            CertificateState::Intended => Err(CertificateRefusal::NotIssued { number: self.number.to_string() }),
            CertificateState::Revoked { .. } => Err(self.revoked()),
        }
    }

    /// Takes it back. A superseded one can be revoked too: its paper may still be shown around.
    pub fn revoke(self, reason: &str, now: Timestamp) -> Result<Change<Self>, CertificateRefusal> {
        let reason = given(reason)?;
        match self.state {
            CertificateState::Issued { document_sha256, .. } | CertificateState::Superseded { document_sha256, .. } => {
                let fact = Fact::CertificateRevoked {
                    learner: self.learner,
                    certificate: self.id,
                    reason: reason.clone(),
                    at: now,
                };
                let state = CertificateState::Revoked { document_sha256, reason, at: now };
                Ok(Change::of(Self { state, ..self }, fact))
            }
            CertificateState::Intended => Err(CertificateRefusal::NotIssued { number: self.number.to_string() }),
            CertificateState::Revoked { .. } => Err(self.revoked()),
        }
    }

    fn superseded(&self) -> CertificateRefusal {
        CertificateRefusal::AlreadySuperseded { number: self.number.to_string() }
    }

    fn revoked(&self) -> CertificateRefusal {
        CertificateRefusal::AlreadyRevoked { number: self.number.to_string() }
    }
}

fn given(reason: &str) -> Result<String, CertificateRefusal> {
    match reason.trim() {
        "" => Err(CertificateRefusal::ReasonMissing),
        reason => Ok(reason.to_owned()),
    }
}

/// Lower-case hexadecimal, as digests stand in facts and records.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Verification;
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_000_000_000);

    fn intended() -> Certificate {
        Certificate {
            id: CertificateId::from_raw(1),
            learner: LearnerId::from_raw(7),
            year: Year(2026),
            kind: CertificateKind::Annual,
            number: CertificateNumber::compose("CZ", Year(2026), CertificateKind::Annual, 1).unwrap(),
            state: CertificateState::Intended,
        }
    }

    fn issued() -> Certificate {
        intended().issue([0xab; 32], NOW).unwrap().value
    }

    fn newer() -> CertificateId {
        CertificateId::from_raw(2)
    }

    /// The job that signs may run twice; the certificate is issued once, and never with two documents.
    #[test]
    fn a_certificate_is_issued_once() {
        let change = intended().issue([0xab; 32], NOW).unwrap();
        let [Fact::CertificateIssued { document_sha256, .. }] = &change.facts[..] else {
            panic!("{:?}", change.facts);
        };
        assert_eq!(*document_sha256, "ab".repeat(32));
        assert_eq!(change.value.clone().issue([0xab; 32], NOW), Ok(Change::none(change.value.clone())));
        let number = change.value.number.to_string();
        assert_eq!(change.value.issue([0xcd; 32], NOW), Err(CertificateRefusal::AlreadyIssued { number }));
    }

    /// What a reviewer is told must follow the state, and a certificate not yet signed must not pass for one.
    #[test]
    fn verification_says_what_the_state_is() {
        let superseded = issued().supersede(newer(), "姓名更正", NOW).unwrap().value;
        let revoked = superseded.clone().revoke("冒名学习", NOW).unwrap().value;
        assert_eq!(Verification::of(None), Verification::Unknown);
        assert_eq!(Verification::of(Some(&intended())), Verification::Unknown);
        assert_eq!(Verification::of(Some(&issued())), Verification::Valid);
        assert_eq!(Verification::of(Some(&superseded)), Verification::Superseded);
        assert_eq!(Verification::of(Some(&revoked)), Verification::Revoked);
    }

    #[test]
    fn nothing_comes_back_from_revocation() {
        let revoked = issued().revoke("冒名学习", NOW).unwrap().value;
        let refusal = CertificateRefusal::AlreadyRevoked { number: revoked.number.to_string() };
        assert_eq!(revoked.clone().issue([0xab; 32], NOW), Err(refusal.clone()));
        assert_eq!(revoked.clone().supersede(newer(), "姓名更正", NOW), Err(refusal.clone()));
        assert_eq!(revoked.revoke("再次", NOW), Err(refusal));
    }

    #[test]
    fn only_an_issued_certificate_is_superseded_or_revoked_and_only_with_a_reason() {
        let not_issued = CertificateRefusal::NotIssued { number: intended().number.to_string() };
        assert_eq!(intended().supersede(newer(), "姓名更正", NOW), Err(not_issued.clone()));
        assert_eq!(intended().revoke("冒名学习", NOW), Err(not_issued));
        assert_eq!(issued().revoke("  ", NOW), Err(CertificateRefusal::ReasonMissing));
        let own = issued().id;
        assert_eq!(issued().supersede(own, "姓名更正", NOW), Err(CertificateRefusal::SupersedesItself));
        let superseded = issued().supersede(newer(), "姓名更正", NOW).unwrap().value;
        assert_eq!(superseded.clone().supersede(newer(), "姓名更正", NOW), Ok(Change::none(superseded.clone())));
        let third = superseded.supersede(CertificateId::from_raw(3), "姓名更正", NOW);
        assert!(matches!(third, Err(CertificateRefusal::AlreadySuperseded { .. })));
    }
}
