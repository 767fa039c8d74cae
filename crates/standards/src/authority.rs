//! A demonstration authority: a root certificate and one signer below it, both P-256.
//!
//! It lets a deployment sign before its bureau has a certificate from a recognised authority. Nobody outside trusts its
//! root until they choose to, and what it signs has no legal force of its own.

use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, date_time_ymd,
};

/// Keys and certificates of a demonstration authority, all PEM. The two keys are PKCS #8 and must be kept secret.
#[derive(Clone)]
pub struct Authority {
    /// The root certificate, for the trust store of whoever checks.
    pub ca_pem: String,
    /// The root's private key.
    pub ca_key_pem: String,
    /// The signer's certificate followed by the root's.
    pub signer_chain_pem: String,
    /// The signer's private key.
    pub signer_key_pem: String,
}

/// Why no authority could be made.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The period is empty, or begins before 1970.
    #[error("the period of validity is empty or begins before 1970")]
    BadPeriod,
    /// The key or certificate maker refused.
    #[error("making the authority: {0}")]
    Making(#[from] rcgen::Error),
}

/// Make a root and a signer named `common_name` of `organisation`, both valid from `not_before` to `not_after`.
///
/// The signer's key usage is digital signature and non-repudiation, which PDF readers ask of a document signer. Keys
/// come from the system's randomness, so every call makes another authority.
///
/// # Errors
/// [`AuthorityError::BadPeriod`], or what the certificate maker refuses.
pub fn make_authority(
    common_name: &str,
    organisation: &str,
    not_before: Timestamp,
    not_after: Timestamp,
) -> Result<Authority, AuthorityError> {
    let start = u64::try_from(not_before.as_second()).map_err(|_| AuthorityError::BadPeriod)?;
    let end = u64::try_from(not_after.as_second()).map_err(|_| AuthorityError::BadPeriod)?;
    if end <= start {
        return Err(AuthorityError::BadPeriod);
    }
    let params = |name: &str| {
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(1970, 1, 1) + Duration::from_secs(start);
        params.not_after = date_time_ymd(1970, 1, 1) + Duration::from_secs(end);
        params.distinguished_name = distinguished_name(name, organisation);
        params
    };

    let mut ca_params = params(&format!("{common_name} Root CA"));
    ca_params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca_params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let ca = ca_params.self_signed(&ca_key)?;

    let mut signer_params = params(common_name);
    signer_params.is_ca = IsCa::ExplicitNoCa;
    signer_params.use_authority_key_identifier_extension = true;
    signer_params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    let signer_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let signer = signer_params.signed_by(&signer_key, &Issuer::from_params(&ca_params, &ca_key))?;

    Ok(Authority {
        ca_pem: ca.pem(),
        ca_key_pem: ca_key.serialize_pem(),
        signer_chain_pem: format!("{}{}", signer.pem(), ca.pem()),
        signer_key_pem: signer_key.serialize_pem(),
    })
}

fn distinguished_name(common_name: &str, organisation: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "CN");
    name.push(DnType::OrganizationName, organisation);
    name.push(DnType::CommonName, common_name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate that is never valid would only be noticed when the first learner opens a file.
    #[test]
    fn an_empty_period_is_refused() {
        let noon: Timestamp = "2026-01-01T04:00:00Z".parse().unwrap();
        assert!(matches!(make_authority("Signer", "Bureau", noon, noon), Err(AuthorityError::BadPeriod)));
        assert!(matches!(
            make_authority("Signer", "Bureau", Timestamp::from_second(-1).unwrap(), noon),
            Err(AuthorityError::BadPeriod)
        ));
    }
}
