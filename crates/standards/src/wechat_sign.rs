//! The signatures of WeChat Pay API v3, for both sides of the wire: what a merchant signs, what the
//! gateway signs, and the keys that do it.
//!
//! Three messages exist. Every line ends with LF, the last one too:
//! - a request: method, path with query as sent, timestamp, nonce, body;
//! - an answer or a notification: timestamp, nonce, body;
//! - the sealed part of a notification, see [`resource`].
//!
//! Source: WeChat Pay merchant documentation, API v3, "签名生成", "签名验证" and "证书和回调报文解密".

pub mod resource;

#[cfg(test)]
mod tests;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ring::{rand::SystemRandom, signature};
use std::fmt;
use x509_cert::der::{Decode, asn1::ObjectIdentifier, pem};
use x509_cert::spki::SubjectPublicKeyInfoRef;

pub use resource::{ApiV3Key, Resource, ResourceError};

/// The scheme named at the front of a merchant's `Authorization` header.
pub const AUTHORIZATION_SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";

/// Found in `Wechatpay-Signature` when the gateway probes whether a merchant verifies signatures at all.
/// Such a call must be refused and is no reason for alarm.
pub const SIGNATURE_PROBE: &str = "WECHATPAY/SIGNTEST/";

/// How far an answer's or a notification's timestamp may be from our clock, in seconds.
pub const CLOCK_SKEW_SECONDS_MAX: i64 = 300;

/// Names of the headers that carry a signature, in the spelling of the documentation.
pub mod header {
    pub const SERIAL: &str = "Wechatpay-Serial";
    pub const SIGNATURE: &str = "Wechatpay-Signature";
    pub const SIGNATURE_TYPE: &str = "Wechatpay-Signature-Type";
    pub const TIMESTAMP: &str = "Wechatpay-Timestamp";
    pub const NONCE: &str = "Wechatpay-Nonce";
}

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Why a key could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("not a PEM block")]
    Pem,
    #[error("PEM label is not one of the accepted kinds")]
    Label,
    #[error("DER structure is not an RSA key of 2048 bits or more")]
    Rsa,
}

/// A signature that the named key did not make over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signature does not verify")]
pub struct SignatureInvalid;

/// What a merchant signs: five lines. `path_and_query` is the request target exactly as sent.
pub fn request_message(method: &str, path_and_query: &str, timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    lines(&[method, path_and_query, timestamp, nonce], body)
}

/// What the gateway signs over an answer or a notification: three lines.
/// `timestamp` and `nonce` are the header values exactly as received.
pub fn answer_message(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    lines(&[timestamp, nonce], body)
}

fn lines(heads: &[&str], body: &[u8]) -> Vec<u8> {
    let head_bytes: usize = heads.iter().map(|head| head.len() + 1).sum();
    let mut message = Vec::with_capacity(head_bytes + body.len() + 1);
    for head in heads {
        message.extend_from_slice(head.as_bytes());
        message.push(b'\n');
    }
    message.extend_from_slice(body);
    message.push(b'\n');
    message
}

/// The parts of a merchant's `Authorization` header. `Display` builds it, [`Authorization::parse`] reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    pub mchid: String,
    /// Serial number of the merchant's API certificate, upper-case hex.
    pub serial: String,
    pub nonce: String,
    /// Seconds since 1970, as sent.
    pub timestamp: String,
    /// Base64.
    pub signature: String,
}

impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{AUTHORIZATION_SCHEME} mchid=\"{}\",nonce_str=\"{}\",signature=\"{}\",timestamp=\"{}\",serial_no=\"{}\"",
            self.mchid, self.nonce, self.signature, self.timestamp, self.serial
        )
    }
}

impl Authorization {
    /// Reads the header's value; the order of its fields is free. `None` when a field is missing, named twice
    /// or not quoted, or the scheme is another.
    pub fn parse(value: &str) -> Option<Self> {
        let fields = value.strip_prefix(AUTHORIZATION_SCHEME)?.strip_prefix(' ')?;
        let (mut mchid, mut serial, mut nonce, mut timestamp, mut signature) = (None, None, None, None, None);
        for field in fields.split(',') {
            let (name, quoted) = field.trim().split_once('=')?;
            let slot = match name {
                "mchid" => &mut mchid,
                "serial_no" => &mut serial,
                "nonce_str" => &mut nonce,
                "timestamp" => &mut timestamp,
                "signature" => &mut signature,
                _ => continue,
            };
            let value = quoted.strip_prefix('"')?.strip_suffix('"')?;
            if slot.replace(value.to_owned()).is_some() {
                return None;
            }
        }
        Some(Self { mchid: mchid?, serial: serial?, nonce: nonce?, timestamp: timestamp?, signature: signature? })
    }
}

/// An RSA key that signs, 2048 bits or more. `Debug` shows no part of it.
pub struct PrivateKey(signature::RsaKeyPair);

impl PrivateKey {
    /// Reads PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// When the text is no PEM, has another label, or holds no RSA key of at least 2048 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = pem::decode_vec(text.trim().as_bytes()).map_err(|_| KeyError::Pem)?;
        match label {
            "PRIVATE KEY" => signature::RsaKeyPair::from_pkcs8(&der),
            "RSA PRIVATE KEY" => signature::RsaKeyPair::from_der(&der),
            _ => return Err(KeyError::Label),
        }
        .map(Self)
        .map_err(|_| KeyError::Rsa)
    }

    /// RSA PKCS#1 v1.5 with SHA-256 over `message`, in base64.
    pub fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.0.public().modulus_len()];
        // ring fails here only when the output is not as long as the modulus.
        self.0
            .sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("the buffer has the length of the modulus");
        BASE64.encode(signature)
    }

    /// The key that verifies what this one signs.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public().as_ref().to_vec())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

/// An RSA key that verifies, as PKCS#1 DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads SPKI (`PUBLIC KEY`) or takes the key out of an X.509 certificate (`CERTIFICATE`).
    ///
    /// A certificate's validity is not looked at: the gateway names the serial it signs with, and the operator
    /// decides which serials are trusted by configuring them.
    ///
    /// # Errors
    /// When the text is no PEM, has another label, or holds no RSA key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = pem::decode_vec(text.trim().as_bytes()).map_err(|_| KeyError::Pem)?;
        match label {
            "PUBLIC KEY" => {
                let spki = SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| KeyError::Rsa)?;
                Self::from_parts(spki.algorithm.oid, spki.subject_public_key.as_bytes())
            }
            "CERTIFICATE" => {
                let certificate = x509_cert::Certificate::from_der(&der).map_err(|_| KeyError::Rsa)?;
                let spki = certificate.tbs_certificate().subject_public_key_info();
                Self::from_parts(spki.algorithm.oid, spki.subject_public_key.as_bytes())
            }
            _ => Err(KeyError::Label),
        }
    }

    fn from_parts(algorithm: ObjectIdentifier, key: Option<&[u8]>) -> Result<Self, KeyError> {
        match key {
            Some(key) if algorithm == RSA_ENCRYPTION => Ok(Self(key.to_vec())),
            _ => Err(KeyError::Rsa),
        }
    }

    /// Checks a base64 signature over `message`.
    ///
    /// # Errors
    /// [`SignatureInvalid`] for anything but this key's own signature, broken base64 included.
    pub fn verify(&self, message: &[u8], signature_base64: &str) -> Result<(), SignatureInvalid> {
        let bytes = BASE64.decode(signature_base64).map_err(|_| SignatureInvalid)?;
        signature::UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, &self.0)
            .verify(message, &bytes)
            .map_err(|_| SignatureInvalid)
    }
}
