//! How certificates say no.

use crate::refusal::{Kind, Refusal};

/// Why a certificate cannot become what was asked, or its number or code not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateRefusal {
    /// A part of the number is out of its bounds.
    NumberOutOfRange,
    /// No number of ours, or one character is mistyped.
    NumberUnreadable,
    /// No code of ours: a symbol is wrong, missing or too many.
    CodeUnreadable,
    NotIssued {
        number: String,
    },
    /// It is issued with another document; a changed document needs a new version.
    AlreadyIssued {
        number: String,
    },
    AlreadySuperseded {
        number: String,
    },
    AlreadyRevoked {
        number: String,
    },
    ReasonMissing,
    /// It cannot stand in its own place.
    SupersedesItself,
}

impl Refusal for CertificateRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NumberOutOfRange => "certificate.number_out_of_range",
            Self::NumberUnreadable => "certificate.number_unreadable",
            Self::CodeUnreadable => "certificate.code_unreadable",
            Self::NotIssued { .. } => "certificate.not_issued",
            Self::AlreadyIssued { .. } => "certificate.already_issued",
            Self::AlreadySuperseded { .. } => "certificate.already_superseded",
            Self::AlreadyRevoked { .. } => "certificate.already_revoked",
            Self::ReasonMissing => "certificate.reason_missing",
            Self::SupersedesItself => "certificate.supersedes_itself",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NumberOutOfRange | Self::NumberUnreadable | Self::CodeUnreadable | Self::ReasonMissing => {
                Kind::Invalid
            }
            Self::NotIssued { .. }
            | Self::AlreadyIssued { .. }
            | Self::AlreadySuperseded { .. }
            | Self::AlreadyRevoked { .. }
            | Self::SupersedesItself => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotIssued { number }
            | Self::AlreadyIssued { number }
            | Self::AlreadySuperseded { number }
            | Self::AlreadyRevoked { number } => vec![("number", number.clone())],
            Self::NumberOutOfRange
            | Self::NumberUnreadable
            | Self::CodeUnreadable
            | Self::ReasonMissing
            | Self::SupersedesItself => Vec::new(),
        }
    }
}
