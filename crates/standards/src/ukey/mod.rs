//! UKey certificates: who is trusted to issue them, whether one is good now, and whether it signed what was asked.
//!
//! Checked: the chain to a configured anchor and every signature in it, the validity of each certificate in it at the given
//! instant, the anchor's own too, basic constraints, that the key may sign (`digitalSignature`), the extended usage where
//! there is one, and revocation of the holder's certificate by the configured lists. Not checked: OCSP, lists that are not
//! configured, certificate policies. Keys: RSA of 2048 bits and more (PKCS #1 v1.5 and PSS) and ECDSA on P-256, with
//! SHA-256. SM2 is not supported; it is named as such.
//!
//! Source: RFC 5280, 6 (path validation, by the webpki library); RFC 5652, 5 (signed data).

mod answer;

pub use answer::{SignedAnswer, read_answer};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, Error, ExpirationPolicy, KeyUsage,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy, anchor_from_trusted_cert, ring,
};
use x509_cert::der::Decode;
use x509_cert::ext::pkix;

/// More than a chain ever has.
const CERTIFICATES_MAX: usize = 12;
/// What may sign an answer.
const SIGNING: [&dyn SignatureVerificationAlgorithm; 3] =
    [ring::RSA_PKCS1_2048_8192_SHA256, ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY, ring::ECDSA_P256_SHA256];
/// What may sign a certificate or a list.
const ISSUING: [&dyn SignatureVerificationAlgorithm; 8] = [
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
];
/// The curve and the signature of SM2 as they stand in a certificate (GM/T 0006: 1.2.156.10197.1.301 and .501).
const SM2: [&[u8]; 2] = [
    &[0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D],
    &[0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75],
];

/// Why a certificate or an answer is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UkeyError {
    #[error("the bytes cannot be read")]
    Malformed,
    #[error("an SM2 certificate")]
    Sm2,
    #[error("the key may not sign")]
    KeyUsage,
    #[error("not valid at this time")]
    NotValidNow,
    #[error("revoked")]
    Revoked,
    #[error("the list of revoked certificates is out of date")]
    ListStale,
    #[error("no trusted issuer: {0}")]
    Untrusted(String),
    #[error("the signature is wrong")]
    WrongSignature,
}

type Result<T> = std::result::Result<T, UkeyError>;

/// A certificate's holder, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The distinguished name, as RFC 4514 writes it.
    pub subject: String,
    /// Seconds since 1970.
    pub not_after: i64,
}

/// Whom we trust to issue certificates, and what they have revoked.
#[derive(Default)]
pub struct Trust {
    anchors: Vec<CertificateDer<'static>>,
    lists: Vec<CertRevocationList<'static>>,
}

impl Trust {
    /// Reads anchors (PEM with one or more certificates, or DER) and lists of revoked certificates (PEM or DER).
    ///
    /// # Errors
    /// When one cannot be read, or is no anchor.
    pub fn read(anchors: &[Vec<u8>], lists: &[Vec<u8>]) -> Result<Self> {
        let mut trust = Self::default();
        for der in anchors.iter().flat_map(|bytes| ders(bytes, "CERTIFICATE")) {
            is_sm2(&der)?;
            let certificate = CertificateDer::from(der);
            anchor_from_trusted_cert(&certificate).map_err(|_| UkeyError::Malformed)?;
            parsed(&certificate)?;
            trust.anchors.push(certificate);
        }
        for der in lists.iter().flat_map(|bytes| ders(bytes, "X509 CRL")) {
            let list = BorrowedCertRevocationList::from_der(&der).and_then(|list| list.to_owned());
            trust.lists.push(list.map_err(|_| UkeyError::Malformed)?.into());
        }
        if trust.anchors.is_empty() { Err(UkeyError::Malformed) } else { Ok(trust) }
    }

    /// Checks a certificate, with those `between` it and an anchor, at an instant.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, certificate: &[u8], between: &[Vec<u8>], now_seconds: i64) -> Result<Holder> {
        is_sm2(certificate)?;
        let own = CertificateDer::from(certificate);
        let holder = holder(&own)?;
        let anchors: Vec<TrustAnchor<'_>> = self
            .anchors
            .iter()
            .filter(|anchor| is_valid_at(anchor, now_seconds))
            .filter_map(|anchor| anchor_from_trusted_cert(anchor).ok())
            .collect();
        let between: Vec<CertificateDer<'_>> =
            between.iter().take(CERTIFICATES_MAX).map(|der| CertificateDer::from(der.as_slice())).collect();
        let entity = EndEntityCert::try_from(&own).map_err(|error| named(&error))?;
        let lists: Vec<&CertRevocationList<'_>> = self.lists.iter().collect();
        let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
            let options = options.with_depth(RevocationCheckDepth::EndEntity);
            // An issuer without a configured list cannot be asked; one with an old list must not be believed.
            let options = options.with_status_policy(UnknownStatusPolicy::Allow);
            options.with_expiration_policy(ExpirationPolicy::Enforce).build()
        });
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now_seconds.try_into().unwrap_or_default()));
        entity
            .verify_for_usage(&ISSUING, &anchors, &between, now, KeyUsage::client_auth(), revocation, None)
            .map_err(|error| named(&error))?;
        Ok(holder)
    }
}

fn named(error: &Error) -> UkeyError {
    match error {
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } => UkeyError::NotValidNow,
        Error::CertRevoked => UkeyError::Revoked,
        Error::CrlExpired { .. } => UkeyError::ListStale,
        Error::BadDer | Error::BadDerTime | Error::TrailingData(_) => UkeyError::Malformed,
        error => UkeyError::Untrusted(format!("{error:?}").chars().take(120).collect()),
    }
}

fn parsed(certificate: &CertificateDer<'_>) -> Result<x509_cert::Certificate> {
    x509_cert::Certificate::from_der(certificate).map_err(|_| UkeyError::Malformed)
}

fn is_valid_at(certificate: &CertificateDer<'_>, now_seconds: i64) -> bool {
    let Ok(parsed) = parsed(certificate) else { return false };
    let validity = parsed.tbs_certificate().validity();
    let seconds = |time: &x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    (seconds(&validity.not_before)..=seconds(&validity.not_after)).contains(&now_seconds)
}

fn holder(certificate: &CertificateDer<'_>) -> Result<Holder> {
    let parsed = parsed(certificate)?;
    let body = parsed.tbs_certificate();
    let usage = body.get_extension::<pkix::KeyUsage>().map_err(|_| UkeyError::Malformed)?;
    if !usage.is_some_and(|(_, usage)| usage.digital_signature()) {
        return Err(UkeyError::KeyUsage);
    }
    let not_after = body.validity().not_after.to_unix_duration().as_secs();
    Ok(Holder { subject: body.subject().to_string(), not_after: i64::try_from(not_after).unwrap_or(i64::MAX) })
}

fn is_sm2(der: &[u8]) -> Result<()> {
    let is_sm2 = SM2.iter().any(|oid| der.windows(oid.len()).any(|window| window == *oid));
    if is_sm2 { Err(UkeyError::Sm2) } else { Ok(()) }
}

/// Checks that the key of a certificate signed `message`.
///
/// # Errors
/// When it did not, or is of an unknown kind.
pub fn verify_signature(certificate: &[u8], message: &[u8], signature: &[u8]) -> Result<()> {
    is_sm2(certificate)?;
    let own = CertificateDer::from(certificate);
    let entity = EndEntityCert::try_from(&own).map_err(|_| UkeyError::Malformed)?;
    let is_signed = SIGNING.iter().any(|kind| entity.verify_signature(*kind, message, signature).is_ok());
    if is_signed { Ok(()) } else { Err(UkeyError::WrongSignature) }
}

/// The DER blocks of a text: those between PEM's lines of this label, or base64 alone, or the bytes themselves.
pub fn ders(bytes: &[u8], label: &str) -> Vec<Vec<u8>> {
    if bytes.first() == Some(&0x30) {
        return vec![bytes.to_vec()];
    }
    let text = String::from_utf8_lossy(bytes);
    let decoded = |block: &str| {
        let letters: String = block.chars().filter(|mark| !mark.is_whitespace()).collect();
        STANDARD.decode(letters).ok().filter(|der| der.first() == Some(&0x30))
    };
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    if !text.contains("-----BEGIN ") {
        return decoded(&text).into_iter().collect();
    }
    text.split(&begin).skip(1).filter_map(|rest| decoded(rest.split_once(&end)?.0)).take(CERTIFICATES_MAX).collect()
}

#[cfg(test)]
mod tests;
