//! The keys that an issuer publishes (JWKS).

use super::{JoseError, Result, bytes};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// More keys than any issuer has at a time.
const KEYS_MAX: usize = 50;

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Public {
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
    /// An uncompressed point on P-256.
    P256(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    kid: Option<String>,
    /// The only algorithm that the issuer uses it for, where it says so.
    alg: Option<String>,
    public: Public,
}

/// Keys for signatures; those of other kinds and for encryption are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<Key>);

impl KeySet {
    /// Reads a JWKS document.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let document: Document = serde_json::from_slice(json).map_err(|_| JoseError::Malformed)?;
        let keys = document.keys.into_iter().take(KEYS_MAX);
        Ok(Self(keys.filter_map(|key| key_of(&serde_json::from_value(key).ok()?)).collect()))
    }

    /// Checks a signature by the key of this id; where the token names none, by the only key that fits.
    pub(super) fn verify(&self, alg: &str, kid: Option<&str>, signed: &[u8], signature: &[u8]) -> Result<()> {
        let is_rsa = match alg {
            "RS256" => true,
            "ES256" => false,
            _ => return Err(JoseError::Algorithm),
        };
        let fits = |key: &&Key| {
            matches!(key.public, Public::Rsa(..)) == is_rsa && key.alg.as_deref().is_none_or(|only| only == alg)
        };
        let mut fitting = self.0.iter().filter(fits).filter(|key| kid.is_none() || key.kid.as_deref() == kid);
        let key = fitting.next().ok_or(JoseError::UnknownKey)?;
        if kid.is_none() && fitting.next().is_some() {
            return Err(JoseError::UnknownKey);
        }
        let outcome = match &key.public {
            Public::Rsa(n, e) => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
            Public::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature),
        };
        outcome.map_err(|_| JoseError::Signature)
    }
}

fn key_of(jwk: &Jwk) -> Option<Key> {
    if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
        return None;
    }
    let part = |part: &Option<String>| part.as_deref().and_then(|text| bytes(text).ok());
    let public = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            let n = part(&jwk.n)?;
            let from = n.iter().position(|byte| *byte != 0)?;
            Public::Rsa(n[from..].to_vec(), part(&jwk.e)?)
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (part(&jwk.x)?, part(&jwk.y)?);
            (x.len() == 32 && y.len() == 32).then(|| Public::P256([&[0x04][..], &x, &y].concat()))?
        }
        _ => return None,
    };
    Some(Key { kid: jwk.kid.clone(), alg: jwk.alg.clone(), public })
}
