//! Who signs: a trait, so that a bureau's key may live in a file, a token or a seal service; and the key in a file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::SignError;

/// A key with its certificates that makes ECDSA P-256 signatures.
pub trait Signer: Send + Sync {
    /// The signer's own certificate first, then those above it, each DER.
    fn certificate_chain_der(&self) -> &[Vec<u8>];

    /// The ECDSA signature over SHA-256 of `message`, as a DER `Ecdsa-Sig-Value`.
    ///
    /// # Errors
    /// [`SignError::Signing`] when the key did not answer.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A P-256 key that this process holds.
pub struct LocalP256Signer {
    key: EcdsaKeyPair,
    chain: Vec<Vec<u8>>,
    // Ready to use; each signature needs a fresh secret number (FIPS 186-5, 6.3).
    random: SystemRandom,
}

impl LocalP256Signer {
    /// Read a PKCS #8 key and its certificate chain, the key's own certificate first.
    ///
    /// # Errors
    /// [`SignError::BadKey`], [`SignError::NoCertificate`], [`SignError::BadCertificate`], or
    /// [`SignError::KeyDoesNotMatch`] when the first certificate is for another key.
    pub fn from_pkcs8_pem(key_pem: &str, chain_pem: &str) -> Result<Self, SignError> {
        let random = SystemRandom::new();
        let key_der = pem_blocks(key_pem, "PRIVATE KEY").pop().ok_or(SignError::BadKey)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key_der, &random)
            .map_err(|_| SignError::BadKey)?;
        let chain = pem_blocks(chain_pem, "CERTIFICATE");
        let own = chain.first().ok_or(SignError::NoCertificate)?;
        let certificate = Certificate::from_der(own).map_err(|_| SignError::BadCertificate)?;
        let public_key = certificate.tbs_certificate().subject_public_key_info();
        if public_key.subject_public_key.raw_bytes() != key.public_key().as_ref() {
            return Err(SignError::KeyDoesNotMatch);
        }
        Ok(Self { key, chain, random })
    }
}

impl Signer for LocalP256Signer {
    fn certificate_chain_der(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.key.sign(&self.random, message).map_err(|_| SignError::Signing)?;
        Ok(signature.as_ref().to_vec())
    }
}

/// The contents of every PEM block with this label (RFC 7468); a block that is not base64 is left out.
fn pem_blocks(pem: &str, label: &str) -> Vec<Vec<u8>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    pem.split(&begin)
        .skip(1)
        .filter_map(|rest| {
            let body: String = rest.split(&end).next()?.split_ascii_whitespace().collect();
            STANDARD.decode(body).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::{Authority, make_authority};

    fn authority() -> Authority {
        let from = "2026-01-01T00:00:00Z".parse().unwrap();
        let to = "2036-01-01T00:00:00Z".parse().unwrap();
        make_authority("演示签名", "演示人社局", from, to).unwrap()
    }

    /// A key beside somebody else's certificate would sign files that every reader calls forged.
    #[test]
    fn a_key_with_another_keys_certificate_is_refused() {
        let (one, other) = (authority(), authority());
        let mixed = LocalP256Signer::from_pkcs8_pem(&one.signer_key_pem, &other.signer_chain_pem);
        assert_eq!(mixed.err(), Some(SignError::KeyDoesNotMatch));
        let right = LocalP256Signer::from_pkcs8_pem(&one.signer_key_pem, &one.signer_chain_pem).unwrap();
        assert_eq!(right.certificate_chain_der().len(), 2);
    }

    #[test]
    fn missing_parts_are_named() {
        let authority = authority();
        let read = |key: &str, chain: &str| LocalP256Signer::from_pkcs8_pem(key, chain).err();
        assert_eq!(read("", &authority.signer_chain_pem), Some(SignError::BadKey));
        assert_eq!(read(&authority.signer_key_pem, ""), Some(SignError::NoCertificate));
        let torn = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(read(&authority.signer_key_pem, torn), Some(SignError::BadCertificate));
    }
}
