//! A UKey in software, with the authority that issues its certificate: it signs a text as a vendor's software would, bare or
//! as CMS.
//!
//! Source: RFC 5652, 5 (signed data); RFC 5280 (certificates and lists of revoked ones).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RevokedCertParams, SerialNumber, SigningKey, date_time_ymd,
};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// OBJECT IDENTIFIERs with tag and length: data, signed data, content type, message digest, SHA-256, and the two kinds of
/// signature.
const DATA: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];
const CONTENT_TYPE: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4];
const SHA_256: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const ECDSA_SHA_256: &[u8] = &[6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
const RSA: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];

/// An authority that issues UKeys, and revokes them.
pub struct UkeyAuthority {
    params: CertificateParams,
    key: KeyPair,
    pub certificate_pem: String,
}

/// A UKey of one person.
pub struct Ukey {
    key: KeyPair,
    is_rsa: bool,
    certificate: Vec<u8>,
    pub certificate_pem: String,
    serial: u64,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    params
}

impl UkeyAuthority {
    /// A new authority, good until 2090.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn new(name: &str) -> Self {
        let mut params = params(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key pair");
        let certificate_pem = params.self_signed(&key).expect("a certificate").pem();
        Self { params, key, certificate_pem }
    }

    /// A UKey for somebody: P-256, or the RSA key of this PEM.
    ///
    /// # Panics
    /// When the key cannot be used.
    pub fn issue(&self, name: &str, serial: u64, rsa_key_pem: Option<&str>) -> Ukey {
        let mut params = params(name);
        params.is_ca = IsCa::ExplicitNoCa;
        params.serial_number = Some(SerialNumber::from(serial));
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = match rsa_key_pem {
            Some(pem) => KeyPair::from_pkcs8_pem_and_sign_algo(pem, &PKCS_RSA_SHA256).expect("an RSA key"),
            None => KeyPair::generate().expect("a key pair"),
        };
        let certificate = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key)).expect("a certificate");
        let (certificate_pem, certificate) = (certificate.pem(), certificate.der().to_vec());
        Ukey { key, is_rsa: rsa_key_pem.is_some(), certificate, certificate_pem, serial }
    }

    /// A list of revoked UKeys in PEM, good until 2090.
    ///
    /// # Panics
    /// When it cannot be signed.
    pub fn revoke(&self, ukeys: &[&Ukey]) -> String {
        let revoked = |ukey: &&Ukey| RevokedCertParams {
            serial_number: SerialNumber::from(ukey.serial),
            revocation_time: date_time_ymd(2021, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2021, 1, 1),
            next_update: date_time_ymd(2090, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: ukeys.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&Issuer::from_params(&self.params, &self.key)).expect("a list");
        list.pem().expect("PEM")
    }
}

impl Ukey {
    /// The key of a token in software, PKCS#8 PEM.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// A P-256 token from its key and certificate in PEM; none when they cannot be read.
    pub fn from_pem(key_pem: &str, certificate_pem: &str) -> Option<Self> {
        let key = KeyPair::from_pem(key_pem).ok()?;
        let lines: String = certificate_pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
        let certificate = STANDARD.decode(lines).ok()?;
        Some(Self { key, is_rsa: false, certificate, certificate_pem: certificate_pem.to_owned(), serial: 1 })
    }

    /// A bare signature in base64.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.key.sign(text.as_bytes()).expect("a signature"))
    }

    /// A bare RSA-PSS signature in base64, as newer RSA keys make it.
    ///
    /// # Panics
    /// When the key is not RSA.
    pub fn sign_pss(&self, text: &str) -> String {
        let pair = RsaKeyPair::from_pkcs8(&self.key.serialize_der()).expect("an RSA key");
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("a signature");
        STANDARD.encode(signature)
    }

    /// Detached CMS in PEM, with the certificate in it.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn sign_cms(&self, text: &str) -> String {
        let attribute = |kind: &[u8], value: &[u8]| element(SEQUENCE, &[kind, &element(SET, &[value])]);
        let told = element(4, &[digest(&SHA256, text.as_bytes()).as_ref()]);
        let attributes = [attribute(CONTENT_TYPE, DATA), attribute(MESSAGE_DIGEST, &told)].concat();
        let signature = self.key.sign(&element(SET, &[&attributes])).expect("a signature");
        let sha_256 = element(SEQUENCE, &[SHA_256]);
        let kind = match self.is_rsa {
            true => element(SEQUENCE, &[RSA, &[5, 0]]),
            false => element(SEQUENCE, &[ECDSA_SHA_256]),
        };
        // Who signed is told by a key identifier, which nobody here reads.
        let signer =
            [&[2, 1, 3][..], &element(0x80, &[b"ukey"]), &sha_256, &element(0xA0, &[&attributes]), &kind].concat();
        let signer = element(SEQUENCE, &[&signer, &element(4, &[&signature])]);
        let data = [
            &[2, 1, 3][..],
            &element(SET, &[&sha_256]),
            &element(SEQUENCE, &[DATA]),
            &element(0xA0, &[&self.certificate]),
            &element(SET, &[&signer]),
        ]
        .concat();
        let info = element(SEQUENCE, &[SIGNED_DATA, &element(0xA0, &[&element(SEQUENCE, &[&data])])]);
        format!("-----BEGIN PKCS7-----\n{}\n-----END PKCS7-----\n", STANDARD.encode(info))
    }
}

/// Tag, definite length, parts.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut bytes = vec![tag];
    match content.len() {
        length @ 0..=0x7F => bytes.push(length as u8),
        length => {
            let [.., high, low] = length.to_be_bytes();
            bytes.extend([0x82, high, low]);
        }
    }
    bytes.extend(content);
    bytes
}
