//! The CMS SignedData of a PDF signature at level CAdES-B-B.
//!
//! Sources: RFC 5652 (SignedData, signed attributes), RFC 5035 (signing-certificate-v2), RFC 5758 (ecdsa-with-SHA256),
//! ETSI EN 319 122-1 and EN 319 142-1 (which attributes a PDF signature has and has not: no signing-time).

use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};
use x509_cert::time::Time;

use super::der::{
    OCTET_STRING, SET, constructed, context, element, object_identifier, sequence, small_integer, sorted,
};
use super::{SignError, Signer};

const SIGNED_DATA: &[u32] = &[1, 2, 840, 113_549, 1, 7, 2];
const DATA: &[u32] = &[1, 2, 840, 113_549, 1, 7, 1];
const CONTENT_TYPE: &[u32] = &[1, 2, 840, 113_549, 1, 9, 3];
const MESSAGE_DIGEST: &[u32] = &[1, 2, 840, 113_549, 1, 9, 4];
const SIGNING_CERTIFICATE_V2: &[u32] = &[1, 2, 840, 113_549, 1, 9, 16, 2, 47];
const SHA_256: &[u32] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
const ECDSA_WITH_SHA_256: &[u32] = &[1, 2, 840, 10_045, 4, 3, 2];

/// A detached ContentInfo with one signature, made at `at`, over content whose SHA-256 is `content_digest`.
pub(super) fn detached(signer: &dyn Signer, at: Timestamp, content_digest: &[u8]) -> Result<Vec<u8>, SignError> {
    let chain = signer.certificate_chain_der();
    let own = chain.first().ok_or(SignError::NoCertificate)?;
    let certificate = Certificate::from_der(own).map_err(|_| SignError::BadCertificate)?;
    check_validity(&certificate, at)?;

    let attributes = sorted(vec![
        attribute(CONTENT_TYPE, object_identifier(DATA)),
        attribute(MESSAGE_DIGEST, element(OCTET_STRING, content_digest)),
        attribute(SIGNING_CERTIFICATE_V2, signing_certificate(own)),
    ]);
    // The signature is over the attributes as a SET; inside the SignerInfo they stand under [0] (RFC 5652, 5.4).
    let signature = signer.sign(&element(SET, &attributes))?;

    let sha_256 = sequence(&[object_identifier(SHA_256)]);
    let signer_info = sequence(&[
        small_integer(1),
        issuer_and_serial(&certificate)?,
        sha_256.clone(),
        element(context(0), &attributes),
        sequence(&[object_identifier(ECDSA_WITH_SHA_256)]),
        element(OCTET_STRING, &signature),
    ]);
    let signed_data = sequence(&[
        small_integer(1),
        element(SET, &sha_256),
        sequence(&[object_identifier(DATA)]),
        constructed(context(0), chain),
        element(SET, &signer_info),
    ]);
    Ok(sequence(&[object_identifier(SIGNED_DATA), element(context(0), &signed_data)]))
}

/// An Attribute with one value.
fn attribute(kind: &[u32], value: Vec<u8>) -> Vec<u8> {
    sequence(&[object_identifier(kind), element(SET, &value)])
}

/// SigningCertificateV2 with one ESSCertIDv2; its hash algorithm is the default, SHA-256, and so left out.
fn signing_certificate(certificate: &[u8]) -> Vec<u8> {
    let hash = element(OCTET_STRING, digest(&SHA256, certificate).as_ref());
    sequence(&[sequence(&[sequence(&[hash])])])
}

/// Readers reject a signature that was made before or after its certificate's time.
fn check_validity(certificate: &Certificate, at: Timestamp) -> Result<(), SignError> {
    let validity = certificate.tbs_certificate().validity();
    let seconds = |time: &Time| time.to_unix_duration().as_secs();
    let at = u64::try_from(at.as_second()).map_err(|_| SignError::OutsideValidity)?;
    let valid = seconds(&validity.not_before) <= at && at <= seconds(&validity.not_after);
    if valid { Ok(()) } else { Err(SignError::OutsideValidity) }
}

/// The signer's name for itself: who issued its certificate, and under which number.
fn issuer_and_serial(certificate: &Certificate) -> Result<Vec<u8>, SignError> {
    let own = certificate.tbs_certificate();
    let issuer = own.issuer().to_der().map_err(|_| SignError::BadCertificate)?;
    let serial = own.serial_number().to_der().map_err(|_| SignError::BadCertificate)?;
    Ok(sequence(&[issuer, serial]))
}
