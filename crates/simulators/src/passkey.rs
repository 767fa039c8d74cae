//! A passkey in software: it makes a key pair for a site and signs what the site asks, as a phone would.
//!
//! Source: W3C Web Authentication Level 2, 6.1 (authenticator data) and 6.5.4 (attestation object).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

/// Somebody was there, and was verified by fingerprint, face or PIN.
const PRESENT_AND_VERIFIED: u8 = 0x05;
const ATTESTED: u8 = 0x40;

/// A passkey of one site.
pub struct Passkey {
    pair: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub origin: String,
    pub rp_id: String,
    /// Flags of the next answer; tests clear bits.
    pub flags: u8,
    /// Uses so far; a copy that lags behind is found by it.
    pub sign_count: u32,
}

/// What the browser sends after a passkey was made, each part in base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub client_data: String,
    pub attestation_object: String,
}

/// What the browser sends after a passkey was used, each part in base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    pub credential: String,
    pub client_data: String,
    pub authenticator_data: String,
    pub signature: String,
}

impl Passkey {
    /// A new key for `origin`, such as `http://localhost:8080`.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn new(origin: &str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key pair");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random);
        let mut id = vec![0; 16];
        random.fill(&mut id).expect("randomness");
        let host = origin.split("://").nth(1).unwrap_or(origin);
        let rp_id = host.split(':').next().unwrap_or(host).to_owned();
        let pair = pair.expect("the key just made");
        Self { pair, id, origin: origin.to_owned(), rp_id, flags: PRESENT_AND_VERIFIED, sign_count: 0 }
    }

    /// Answers `navigator.credentials.create`; `challenge` in base64url, as the site wrote it.
    pub fn make(&self, challenge: &str) -> Made {
        let mut data = self.authenticator_data(self.flags | ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap_or_default().to_be_bytes());
        data.extend(&self.id);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}: a point on P-256 for ES256.
        let point = self.pair.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..65]);
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend(u16::try_from(data.len()).unwrap_or_default().to_be_bytes());
        object.extend(data);
        Made {
            client_data: URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", challenge)),
            attestation_object: URL_SAFE_NO_PAD.encode(object),
        }
    }

    /// Answers `navigator.credentials.get` and counts the use.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn sign(&mut self, challenge: &str) -> Used {
        self.sign_count += 1;
        let client_data = self.client_data("webauthn.get", challenge);
        let data = self.authenticator_data(self.flags);
        let signed = [data.as_slice(), digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("randomness");
        Used {
            credential: URL_SAFE_NO_PAD.encode(&self.id),
            client_data: URL_SAFE_NO_PAD.encode(client_data),
            authenticator_data: URL_SAFE_NO_PAD.encode(data),
            signature: URL_SAFE_NO_PAD.encode(signature.as_ref()),
        }
    }

    fn client_data(&self, ceremony: &str, challenge: &str) -> String {
        let origin = &self.origin;
        serde_json::json!({"type": ceremony, "challenge": challenge, "origin": origin, "crossOrigin": false})
            .to_string()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }
}
