//! ID tokens of OpenID Connect: a signed word of an issuer about who somebody is, checked as a relying party must.
//!
//! Source: OpenID Connect Core 1.0, 3.1.3.7 (validation) and 3.1.3.6 (at_hash); RFC 7515 (JWS), RFC 7517 (JWK), RFC 7518.
//! Only RS256 and ES256 are believed. `none` and the keyed digests (HS256 …) never are: with them whoever knows the public
//! key, or nothing at all, could sign.

mod keys;

pub use keys::KeySet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

/// How far the clocks of issuer and relying party may be apart, in seconds.
pub const LEEWAY_SECONDS: i64 = 60;
/// How old a word may be when it arrives, in seconds: it was made for this very sign-in.
pub const AGE_SECONDS_MAX: i64 = 600;
/// No ID token is near this size.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// What was asked for: what the answer must fit.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    /// That came beside the ID token.
    pub access_token: Option<&'a str>,
    pub now_seconds: i64,
}

/// What an issuer says of somebody.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Who it is, under this issuer, for ever.
    #[serde(rename = "sub")]
    pub subject: String,
    pub phone_number: Option<String>,
    #[serde(default)]
    pub phone_number_verified: bool,
}

/// Shows nobody.
impl std::fmt::Debug for Claims {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Claims").finish_non_exhaustive()
    }
}

/// Why an ID token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoseError {
    #[error("the token cannot be read")]
    Malformed,
    #[error("an algorithm that is not believed")]
    Algorithm,
    #[error("a key that the issuer does not publish")]
    UnknownKey,
    #[error("the signature is wrong")]
    Signature,
    #[error("another issuer")]
    Issuer,
    #[error("meant for another client")]
    Audience,
    #[error("too old")]
    Expired,
    #[error("made in the future, or long ago")]
    IssuedAt,
    #[error("an answer to another question")]
    Nonce,
    #[error("it came with another access token")]
    AccessToken,
}

type Result<T> = std::result::Result<T, JoseError>;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; we understand none.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Frame {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    at_hash: Option<String>,
}

/// Checks an ID token and reads what it says.
///
/// # Errors
/// [`JoseError::UnknownKey`] when its key is not in `keys`: the caller fetches the issuer's keys anew, once. Everything else
/// is final.
pub fn verify_id_token(token: &str, keys: &KeySet, expected: Expected<'_>) -> Result<Claims> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return Err(JoseError::Malformed) };
    if token.len() > TOKEN_BYTES_MAX {
        return Err(JoseError::Malformed);
    }
    let head: Header = read(&bytes(header)?)?;
    if head.crit.is_some() {
        return Err(JoseError::Algorithm);
    }
    let signed = &token[..header.len() + 1 + payload.len()];
    keys.verify(&head.alg, head.kid.as_deref(), signed.as_bytes(), &bytes(signature)?)?;
    let payload = bytes(payload)?;
    check(&read(&payload)?, expected)?;
    let claims: Claims = read(&payload)?;
    // Core, 2: at most 255 letters of ASCII.
    let is_name = !claims.subject.is_empty() && claims.subject.len() <= 255 && claims.subject.is_ascii();
    if is_name { Ok(claims) } else { Err(JoseError::Malformed) }
}

fn check(frame: &Frame, expected: Expected<'_>) -> Result<()> {
    if frame.iss != expected.issuer {
        return Err(JoseError::Issuer);
    }
    let (is_meant, is_shared) = match &frame.aud {
        Audience::One(one) => (one == expected.client_id, false),
        Audience::Many(many) => (many.iter().any(|one| one == expected.client_id), many.len() > 1),
    };
    let is_ours = match &frame.azp {
        Some(party) => party == expected.client_id,
        None => !is_shared,
    };
    if !is_meant || !is_ours {
        return Err(JoseError::Audience);
    }
    if frame.exp.saturating_add(LEEWAY_SECONDS) <= expected.now_seconds {
        return Err(JoseError::Expired);
    }
    let age = expected.now_seconds.saturating_sub(frame.iat);
    if !(-LEEWAY_SECONDS..=AGE_SECONDS_MAX).contains(&age) {
        return Err(JoseError::IssuedAt);
    }
    if frame.nonce.as_deref() != Some(expected.nonce) {
        return Err(JoseError::Nonce);
    }
    match (&frame.at_hash, expected.access_token) {
        (Some(hash), Some(token)) if *hash != half_digest(token) => Err(JoseError::AccessToken),
        _ => Ok(()),
    }
}

/// The left half of a token's digest, in base64url (Core, 3.1.3.6; SHA-256 for RS256 and ES256).
pub fn half_digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, token.as_bytes()).as_ref()[..16])
}

/// What travels of a code verifier (RFC 7636, 4.2, S256).
pub fn code_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JoseError::Malformed)
}

fn read<T: for<'a> Deserialize<'a>>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|_| JoseError::Malformed)
}

#[cfg(test)]
mod tests;
