//! Tokens signed for real by keys made here, each wrong in one way.

use super::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;

struct Issuer {
    pair: EcdsaKeyPair,
}

impl Issuer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { pair }
    }

    fn jwk(&self, kid: &str) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": x, "y": y })
    }

    fn keys(&self) -> KeySet {
        KeySet::parse(json!({ "keys": [{"kty": "oct", "k": "AA"}, self.jwk("one")] }).to_string().as_bytes()).unwrap()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

fn header() -> Value {
    json!({ "alg": "ES256", "kid": "one" })
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example", "aud": "jixue", "sub": "42", "exp": NOW + 300, "iat": NOW, "nonce": "n-1",
        "at_hash": half_digest("access"), "phone_number": "+8613800000001", "phone_number_verified": true,
    })
}

fn expected() -> Expected<'static> {
    Expected {
        issuer: "https://id.example",
        client_id: "jixue",
        nonce: "n-1",
        access_token: Some("access"),
        now_seconds: NOW,
    }
}

fn with(mut value: Value, changes: Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    value
}

#[test]
fn a_right_token_is_read() {
    let issuer = Issuer::new();
    let read = verify_id_token(&issuer.sign(&header(), &claims()), &issuer.keys(), expected()).unwrap();
    assert_eq!((read.subject.as_str(), read.phone_number_verified), ("42", true));
    let several = with(claims(), json!({ "aud": ["jixue", "other"], "azp": "jixue" }));
    assert!(verify_id_token(&issuer.sign(&header(), &several), &issuer.keys(), expected()).is_ok());
    let unnamed = json!({ "alg": "ES256" });
    assert!(verify_id_token(&issuer.sign(&unnamed, &claims()), &issuer.keys(), expected()).is_ok(), "the only key");
}

/// Each of these lets somebody in as somebody else, if it is believed.
#[test]
fn what_is_wrong_in_one_way_is_not_believed() {
    let issuer = Issuer::new();
    let refused = |header: Value, claims: Value| {
        verify_id_token(&issuer.sign(&header, &claims), &issuer.keys(), expected()).unwrap_err()
    };
    for (changes, error) in [
        (json!({ "iss": "https://evil.example" }), JoseError::Issuer),
        (json!({ "aud": "other" }), JoseError::Audience),
        (json!({ "aud": ["jixue", "other"] }), JoseError::Audience),
        (json!({ "azp": "other" }), JoseError::Audience),
        (json!({ "exp": NOW - LEEWAY_SECONDS }), JoseError::Expired),
        (json!({ "iat": NOW + LEEWAY_SECONDS + 1 }), JoseError::IssuedAt),
        (json!({ "iat": NOW - AGE_SECONDS_MAX - 1 }), JoseError::IssuedAt),
        (json!({ "nonce": "n-2" }), JoseError::Nonce),
        (json!({ "nonce": null }), JoseError::Nonce),
        (json!({ "at_hash": half_digest("another") }), JoseError::AccessToken),
        (json!({ "sub": "" }), JoseError::Malformed),
    ] {
        assert_eq!(refused(header(), with(claims(), changes.clone())), error, "{changes}");
    }
    for (changes, error) in [
        (json!({ "alg": "none" }), JoseError::Algorithm),
        (json!({ "alg": "HS256" }), JoseError::Algorithm),
        (json!({ "alg": "RS256" }), JoseError::UnknownKey),
        (json!({ "kid": "two" }), JoseError::UnknownKey),
        (json!({ "crit": ["b64"] }), JoseError::Algorithm),
    ] {
        assert_eq!(refused(with(header(), changes.clone()), claims()), error, "{changes}");
    }
}

/// The edges: what is a second inside counts.
#[test]
fn clocks_may_differ_by_a_minute() {
    let issuer = Issuer::new();
    for changes in [
        json!({ "exp": NOW - LEEWAY_SECONDS + 1 }),
        json!({ "iat": NOW + LEEWAY_SECONDS }),
        json!({ "iat": NOW - AGE_SECONDS_MAX }),
    ] {
        let token = issuer.sign(&header(), &with(claims(), changes.clone()));
        assert!(verify_id_token(&token, &issuer.keys(), expected()).is_ok(), "{changes}");
    }
}

#[test]
fn another_key_of_the_same_name_and_changed_words_are_not_believed() {
    let (issuer, stranger) = (Issuer::new(), Issuer::new());
    let forged = stranger.sign(&header(), &claims());
    assert_eq!(verify_id_token(&forged, &issuer.keys(), expected()), Err(JoseError::Signature));
    let token = issuer.sign(&header(), &claims());
    let payload = URL_SAFE_NO_PAD.encode(with(claims(), json!({ "sub": "43" })).to_string());
    let parts: Vec<&str> = token.split('.').collect();
    let changed = format!("{}.{payload}.{}", parts[0], parts[2]);
    assert_eq!(verify_id_token(&changed, &issuer.keys(), expected()), Err(JoseError::Signature));
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(verify_id_token(&unsigned, &issuer.keys(), expected()), Err(JoseError::Signature));
    for torn in ["", "a", "a.b", "a.b.c", "a.b.c.d", &token[..token.len() / 2]] {
        assert!(verify_id_token(torn, &issuer.keys(), expected()).is_err(), "{torn}");
    }
}

/// RFC 7636, appendix B.
#[test]
fn the_code_challenge_is_that_of_the_standard() {
    assert_eq!(
        code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}
