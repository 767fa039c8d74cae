//! An OpenID Connect issuer: discovery, a page where a person says yes, tokens that are signed for real, keys that change.
//!
//! Source: OpenID Connect Core 1.0, 3.1; RFC 7636.

use crate::keys::random_hex;
use crate::world::{World, locked};
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jixue_standards::acs3_sign::percent_encoded;
use jixue_standards::jose::{code_challenge, half_digest};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

const CODE_MS: i64 = 60_000;
const CODES_MAX: usize = 4_096;
/// People of the issuer: subject, name, phone, whether the issuer has proved it.
pub const SAMPLE_SUBJECTS: [(&str, &str, &str, bool); 3] = [
    ("s-1001", "何静", "+8613900000001", true),
    ("s-1002", "王敏", "+8613900000002", true),
    ("s-1003", "周强", "+8613900000001", false),
];

struct Code {
    subject: String,
    redirect_uri: String,
    nonce: String,
    challenge: String,
    made_at_ms: i64,
}

enum Pair {
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

struct SigningKey {
    kid: String,
    pair: Pair,
}

impl SigningKey {
    fn new() -> Option<Self> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).ok()?;
        Some(Self { kid: random_hex(8), pair: Pair::P256(pair) })
    }

    fn of_rsa(private_key_pem: &str) -> Option<Self> {
        let body: String = private_key_pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(body).ok()?).ok()?;
        Some(Self { kid: random_hex(8), pair: Pair::Rsa(pair) })
    }

    fn alg(&self) -> &'static str {
        match self.pair {
            Pair::P256(_) => "ES256",
            Pair::Rsa(_) => "RS256",
        }
    }

    fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::P256(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
                json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
            }
            Pair::Rsa(pair) => {
                let parts = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode(parts.n), "e": URL_SAFE_NO_PAD.encode(parts.e) })
            }
        };
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.alg());
        jwk["kid"] = json!(self.kid);
        jwk
    }

    fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({ "alg": self.alg(), "typ": "JWT", "kid": self.kid });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::P256(pair) => pair.sign(&random, signed.as_bytes()).ok()?.as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).ok()?;
                signature
            }
        };
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// One issuer with one registered client.
pub struct Issuer {
    pub client_id: String,
    pub client_secret: String,
    redirect_hosts: Vec<String>,
    codes: Mutex<HashMap<String, Code>>,
    key: Mutex<Option<SigningKey>>,
    /// Whether it publishes its key.
    withholds: AtomicBool,
    /// Claims that replace the right ones: what a broken or wicked issuer would say.
    pub forged: Mutex<Value>,
}

impl Issuer {
    pub fn new(client_secret: String, redirect_hosts: Vec<String>) -> Self {
        Self {
            client_id: "jixue".to_owned(),
            client_secret,
            redirect_hosts,
            codes: Mutex::default(),
            key: Mutex::new(SigningKey::new()),
            withholds: AtomicBool::new(false),
            forged: Mutex::new(json!({})),
        }
    }

    /// From now on only a new key signs, and only it is published.
    pub fn change_key(&self) {
        *locked(&self.key) = SigningKey::new();
    }

    /// The same, with an RSA key of this PEM (PKCS#8).
    pub fn change_key_to_rsa(&self, private_key_pem: &str) {
        *locked(&self.key) = SigningKey::of_rsa(private_key_pem);
    }

    /// From now on it publishes no key, and goes on signing.
    pub fn withhold_keys(&self) {
        self.withholds.store(true, Ordering::SeqCst);
    }

    fn may_return_to(&self, redirect_uri: &str) -> bool {
        let host = redirect_uri.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
        let host = host.map(|host| host.rsplit_once(':').map_or(host, |(host, _)| host));
        host.is_some_and(|host| self.redirect_hosts.iter().any(|known| known == host))
            && redirect_uri.contains("/oidc/")
            && redirect_uri.ends_with("/answer")
    }
}

pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/oidc/.well-known/openid-configuration", get(discovery))
        .route("/oidc/authorize", get(authorize))
        .route("/oidc/consent", get(consent))
        .route("/oidc/token", post(token))
        .route("/oidc/jwks", get(jwks))
}

async fn discovery(State(world): State<Arc<World>>) -> Json<Value> {
    let issuer = format!("{}/oidc", world.base_url);
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"], "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true, "scopes_supported": ["openid", "phone"], "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    }))
}

async fn jwks(State(world): State<Arc<World>>) -> Json<Value> {
    let key = locked(&world.issuer.key);
    let keys: Vec<Value> = match world.issuer.withholds.load(Ordering::SeqCst) {
        true => Vec::new(),
        false => key.iter().map(SigningKey::jwk).collect(),
    };
    Json(json!({ "keys": keys }))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    subject: String,
}

#[derive(Template)]
#[template(path = "oidc_consent.html")]
struct ConsentPage {
    problem: Option<&'static str>,
    /// Name and address.
    users: Vec<(String, String)>,
}

fn problem(world: &World, asked: &Asked) -> Option<&'static str> {
    match asked {
        _ if asked.client_id != world.issuer.client_id => Some("unknown client"),
        _ if !world.issuer.may_return_to(&asked.redirect_uri) => Some("redirect_uri is not registered"),
        _ if asked.response_type != "code" => Some("unsupported response_type"),
        _ if !asked.scope.split(' ').any(|word| word == "openid") => Some("scope has no openid"),
        _ if asked.code_challenge_method != "S256" || asked.code_challenge.len() != 43 => {
            Some("PKCE with S256 is needed")
        }
        _ => None,
    }
}

async fn authorize(
    State(world): State<Arc<World>>,
    axum::extract::RawQuery(raw): axum::extract::RawQuery,
    Query(asked): Query<Asked>,
) -> Response {
    let problem = problem(&world, &asked);
    let raw = raw.unwrap_or_default();
    let users = SAMPLE_SUBJECTS
        .iter()
        .map(|(subject, name, phone, _)| {
            (format!("{name} {phone}"), format!("/oidc/consent?{raw}&subject={}", percent_encoded(subject)))
        })
        .collect();
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    match (ConsentPage { problem, users }).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn consent(State(world): State<Arc<World>>, Query(asked): Query<Asked>) -> Response {
    let is_known = SAMPLE_SUBJECTS.iter().any(|(subject, ..)| *subject == asked.subject);
    if problem(&world, &asked).is_some() || !is_known {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (code, now_ms) = (random_hex(24), world.now_ms());
    let mut codes = locked(&world.issuer.codes);
    if codes.len() >= CODES_MAX {
        codes.retain(|_, code| now_ms - code.made_at_ms <= CODE_MS);
    }
    // RFC 9207: it says who it is, so that nobody takes its answer for another's.
    let (state, issuer) = (percent_encoded(&asked.state), percent_encoded(&format!("{}/oidc", world.base_url)));
    let back = format!("{}?code={code}&state={state}&iss={issuer}", asked.redirect_uri);
    let Asked { subject, redirect_uri, nonce, code_challenge: challenge, .. } = asked;
    codes.insert(code, Code { subject, redirect_uri, nonce, challenge, made_at_ms: now_ms });
    Redirect::to(&back).into_response()
}

#[derive(Deserialize)]
struct Exchange {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

fn refused(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

async fn token(State(world): State<Arc<World>>, headers: HeaderMap, Form(asked): Form<Exchange>) -> Response {
    let issuer = &world.issuer;
    let right = STANDARD.encode(format!("{}:{}", issuer.client_id, issuer.client_secret));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given != Some(format!("Basic {right}").as_str()) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if asked.grant_type != "authorization_code" {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    // The first who asks uses it up, whatever comes of it.
    let code = locked(&issuer.codes).remove(&asked.code);
    let fits = |code: &Code| {
        code.redirect_uri == asked.redirect_uri
            && code.challenge == code_challenge(&asked.code_verifier)
            && world.now_ms() - code.made_at_ms <= CODE_MS
    };
    let Some(code) = code.filter(fits) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let access_token = random_hex(32);
    let claims = claims(&world, &code, &access_token);
    match locked(&issuer.key).as_ref().and_then(|key| key.sign(&claims)) {
        Some(id_token) => Json(json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300, "id_token": id_token,
        }))
        .into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn claims(world: &World, code: &Code, access_token: &str) -> Value {
    let now = world.now_ms().div_euclid(1_000);
    let person = SAMPLE_SUBJECTS.iter().find(|(subject, ..)| *subject == code.subject);
    let mut claims = json!({
        "iss": format!("{}/oidc", world.base_url), "aud": world.issuer.client_id, "sub": code.subject, "iat": now,
        "exp": now + 300, "nonce": code.nonce, "at_hash": half_digest(access_token),
    });
    if let Some((_, _, phone, is_verified)) = person {
        claims["phone_number"] = json!(phone);
        claims["phone_number_verified"] = json!(is_verified);
    }
    if let Some(forged) = locked(&world.issuer.forged).as_object() {
        for (name, value) in forged {
            claims[name] = value.clone();
        }
    }
    claims
}
