//! Passkeys: what a browser sends when one is made and when one is used, checked as a relying party must.
//!
//! Source: W3C Web Authentication Level 2, 7.1 (registration) and 7.2 (assertion). Attestation is not asked for, so what
//! the statement says of the device's maker is neither needed nor believed. Keys: ES256, and RS256 for Windows Hello.

pub mod cbor;

use cbor::Value;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// Longest id of a credential that is kept (Level 2, 7.1, step 18 allows up to 1,023 bytes).
const CREDENTIAL_ID_BYTES_MAX: usize = 1_023;
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;
/// Algorithm numbers of COSE.
pub const ES256: i64 = -7;
pub const RS256: i64 = -257;

/// Who asks, and what was asked: what each answer must fit.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// `https://host` as the browser writes it.
    pub origin: &'a str,
    /// The host alone.
    pub rp_id: &'a str,
    pub challenge: &'a [u8],
}

/// A new credential, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub id: Vec<u8>,
    /// The COSE key as the authenticator wrote it.
    pub public_key: Vec<u8>,
    pub sign_count: i64,
}

/// What a browser sends when a passkey is used.
#[derive(Debug, Clone, Copy)]
pub struct Assertion<'a> {
    pub client_data: &'a [u8],
    pub authenticator_data: &'a [u8],
    pub signature: &'a [u8],
}

/// Why an answer of a passkey is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    #[error("the bytes cannot be read")]
    Malformed,
    #[error("the answer is to another question")]
    OtherCeremony,
    #[error("another challenge")]
    OtherChallenge,
    #[error("another origin")]
    OtherOrigin,
    #[error("another relying party")]
    OtherParty,
    #[error("nobody was there")]
    NotPresent,
    #[error("the person was not verified by fingerprint, face or PIN")]
    NotVerified,
    #[error("a key of an unknown kind")]
    UnknownKey,
    #[error("the signature is wrong")]
    WrongSignature,
    #[error("the counter went back: the passkey may have been copied")]
    CounterWentBack,
}

type Result<T> = std::result::Result<T, WebauthnError>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

fn check_client(bytes: &[u8], ceremony: &str, asked: Asked<'_>) -> Result<()> {
    use base64::Engine;
    let client: ClientData = serde_json::from_slice(bytes).map_err(|_| WebauthnError::Malformed)?;
    if client.ceremony != ceremony {
        return Err(WebauthnError::OtherCeremony);
    }
    if client.challenge != base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(asked.challenge) {
        return Err(WebauthnError::OtherChallenge);
    }
    match client.origin == asked.origin && !client.cross_origin {
        true => Ok(()),
        false => Err(WebauthnError::OtherOrigin),
    }
}

/// Flags, counter, and what follows them.
fn check_authenticator<'a>(bytes: &'a [u8], asked: Asked<'_>) -> Result<(u8, i64, &'a [u8])> {
    let (head, rest) = bytes.split_at_checked(37).ok_or(WebauthnError::Malformed)?;
    if head[..32] != *digest(&SHA256, asked.rp_id.as_bytes()).as_ref() {
        return Err(WebauthnError::OtherParty);
    }
    let flags = head[32];
    if flags & PRESENT == 0 {
        return Err(WebauthnError::NotPresent);
    }
    if flags & VERIFIED == 0 {
        return Err(WebauthnError::NotVerified);
    }
    let count = head[33..37].iter().fold(0, |number, byte| number << 8 | i64::from(*byte));
    Ok((flags, count, rest))
}

/// Checks what a browser sent after `navigator.credentials.create`.
///
/// # Errors
/// Another challenge, origin or relying party; a person who was not verified; a key of an unknown kind.
pub fn register(asked: Asked<'_>, client_data: &[u8], attestation_object: &[u8]) -> Result<Credential> {
    check_client(client_data, "webauthn.create", asked)?;
    let (object, _) = cbor::read(attestation_object).ok_or(WebauthnError::Malformed)?;
    let data = object.at("authData").and_then(Value::bytes).ok_or(WebauthnError::Malformed)?;
    let (flags, sign_count, rest) = check_authenticator(data, asked)?;
    if flags & ATTESTED == 0 {
        return Err(WebauthnError::Malformed);
    }
    // 16 bytes say which model it is; two how long the id is.
    let (head, rest) = rest.split_at_checked(18).ok_or(WebauthnError::Malformed)?;
    let length = usize::from(u16::from_be_bytes([head[16], head[17]]));
    if length == 0 || length > CREDENTIAL_ID_BYTES_MAX {
        return Err(WebauthnError::Malformed);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(WebauthnError::Malformed)?;
    let (key, after) = cbor::read(rest).ok_or(WebauthnError::Malformed)?;
    PublicKey::of(&key)?;
    let public_key = rest[..rest.len() - after.len()].to_vec();
    Ok(Credential { id: id.to_vec(), public_key, sign_count })
}

/// Checks what a browser sent after `navigator.credentials.get`; returns the counter to be kept.
///
/// # Errors
/// As [`register`]; a wrong signature; a counter that went back.
pub fn verify(asked: Asked<'_>, assertion: Assertion<'_>, public_key: &[u8], sign_count: i64) -> Result<i64> {
    check_client(assertion.client_data, "webauthn.get", asked)?;
    let (_, count, _) = check_authenticator(assertion.authenticator_data, asked)?;
    let (key, _) = cbor::read(public_key).ok_or(WebauthnError::Malformed)?;
    let signed = [assertion.authenticator_data, digest(&SHA256, assertion.client_data).as_ref()].concat();
    PublicKey::of(&key)?.verify(&signed, assertion.signature)?;
    // Passkeys that live on several devices count nothing: always zero.
    if (count > 0 || sign_count > 0) && count <= sign_count {
        return Err(WebauthnError::CounterWentBack);
    }
    Ok(count)
}

/// A COSE key (RFC 9053, 7).
enum PublicKey<'a> {
    /// x and y of a point on P-256.
    Es256(&'a [u8], &'a [u8]),
    /// Modulus and exponent.
    Rs256(&'a [u8], &'a [u8]),
}

impl<'a> PublicKey<'a> {
    fn of(key: &'a Value) -> Result<Self> {
        let number = |at| key.at_number(at).and_then(Value::number);
        let bytes = |at| key.at_number(at).and_then(Value::bytes).ok_or(WebauthnError::UnknownKey);
        match (number(1), number(3), number(-1)) {
            (Some(2), Some(ES256), Some(1)) => {
                let (x, y) = (bytes(-2)?, bytes(-3)?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(WebauthnError::UnknownKey);
                }
                Ok(Self::Es256(x, y))
            }
            (Some(3), Some(RS256), _) => Ok(Self::Rs256(bytes(-1)?, bytes(-2)?)),
            _ => Err(WebauthnError::UnknownKey),
        }
    }

    fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<()> {
        let outcome = match self {
            Self::Es256(x, y) => {
                let point = [&[0x04][..], x, y].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &point).verify(signed, signature)
            }
            Self::Rs256(n, e) => {
                let without_zeros = n.iter().position(|byte| *byte != 0).map_or(&[][..], |from| &n[from..]);
                let key = RsaPublicKeyComponents { n: without_zeros, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
        };
        outcome.map_err(|_| WebauthnError::WrongSignature)
    }
}
