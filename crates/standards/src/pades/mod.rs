//! PAdES signatures at level B-B: a revision appended to a finished PDF, whose bytes stay as they were.
//!
//! Source: ETSI EN 319 142-1 (PAdES baseline), ISO 32000-1, 12.8 (signatures) and 7.5.6 (incremental updates).

mod cms;
mod der;
mod original;
mod revision;
mod signer;

use jiff::Timestamp;
use ring::digest::{SHA256, digest};

pub use signer::{LocalP256Signer, Signer};

use original::Original;
use revision::Revision;

/// Least room for the CMS in the file, in bytes; a P-256 signature with two certificates takes 1,200 to 1,800.
const SIGNATURE_BYTES_MIN: usize = 2_048;
/// What the CMS holds beside the certificates, at most: attributes, signature, the issuer's name once more.
const BESIDE_CERTIFICATES_BYTES: usize = 1_024;

/// What a reader's signature panel shows beside the certificate. Each may stay empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignatureMetadata {
    /// The signing body.
    pub name: String,
    /// Why it was signed.
    pub reason: String,
    /// Where it was signed.
    pub location: String,
}

/// Why a file was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The file is not one that this signer can extend; the text says what was not found.
    #[error("the PDF cannot be extended: {0}")]
    UnsupportedPdf(&'static str),
    /// The file is too long for the offsets of a PDF (10 digits).
    #[error("the PDF is longer than 9,999,999,999 bytes")]
    TooLong,
    /// The key is missing or is not a P-256 key in PKCS #8.
    #[error("the private key is not a P-256 key in PKCS #8")]
    BadKey,
    /// The chain is empty.
    #[error("the signer has no certificate")]
    NoCertificate,
    /// The signer's certificate cannot be read.
    #[error("the signer's certificate is not DER X.509")]
    BadCertificate,
    /// The first certificate of the chain is for another key.
    #[error("the certificate is for another key")]
    KeyDoesNotMatch,
    /// The key did not make a signature.
    #[error("the key did not sign")]
    Signing,
    /// The signature with its certificates is larger than the room left for it.
    #[error("the signature takes {bytes} bytes, more than the {room} kept for it")]
    SignatureTooLarge {
        /// Its size.
        bytes: usize,
        /// The room.
        room: usize,
    },
    /// The certificate is not valid at the time of signing.
    #[error("the signer's certificate is not valid at the time of signing")]
    OutsideValidity,
}

/// Sign `pdf` as of `at` and return the longer file.
///
/// The signature covers the whole file, has no visible mark on the page, and states `at` in China's time (UTC+8). Given
/// the same signer answer, the same arguments give the same bytes; ECDSA itself answers differently each time.
///
/// # Errors
/// [`SignError::UnsupportedPdf`] when `pdf` is not an unsigned file of this crate's certificate writer (classic
/// cross-reference table, one revision, no form), or what the signer refuses.
pub fn sign(
    pdf: &[u8],
    signer: &dyn Signer,
    at: Timestamp,
    metadata: &SignatureMetadata,
) -> Result<Vec<u8>, SignError> {
    let original = Original::read(pdf)?;
    let certificates: usize = signer.certificate_chain_der().iter().map(Vec::len).sum();
    let room = SIGNATURE_BYTES_MIN.max(certificates + BESIDE_CERTIFICATES_BYTES);
    let mut revision = Revision::append(&original, at, metadata, room)?;
    let signature = cms::detached(signer, at, &revision.covered_digest())?;
    revision.fill(&signature)?;
    Ok(revision.into_bytes())
}

/// SHA-256 of a whole file: the name under which a signed certificate is stored and looked up.
pub fn signed_digest(pdf: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, pdf).as_ref());
    bytes
}
