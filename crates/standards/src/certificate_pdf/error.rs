//! Why a certificate was not drawn.

use krilla::error::KrillaError;

use crate::qr::QrError;

/// Why a certificate was not drawn. Nothing is ever left out or boxed instead.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// No face has this character: a fuller one must be configured before this certificate can be issued.
    #[error("no font has the character {character:?} (U+{:04X})", u32::from(*.character))]
    MissingGlyph {
        /// The character.
        character: char,
    },
    /// An extra face cannot be read.
    #[error("font {index} of the extra faces cannot be read")]
    BadFont {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// The texts are too long for one page even without the table.
    #[error("the texts need {needed_pt} pt of height, the page has {available_pt}")]
    DoesNotFit {
        /// Height of the blocks, in points.
        needed_pt: u32,
        /// Height between the frame and the foot, in points.
        available_pt: u32,
    },
    /// The verification address is too long for a code.
    #[error("verification address: {0}")]
    Qr(#[from] QrError),
    /// The attachment's media type is not of the form type/subtype.
    #[error("the attachment has no media type")]
    BadMediaType,
    /// The PDF writer refused, for example because the file would break PDF/A.
    #[error("writing the PDF: {0}")]
    Pdf(String),
}

impl From<KrillaError> for CertificateError {
    fn from(error: KrillaError) -> Self {
        // The short form only counts validation errors; the long one names them, and the log needs the names.
        Self::Pdf(match &error {
            KrillaError::Validation(causes) => format!("{causes:?}"),
            other => other.to_string(),
        })
    }
}
