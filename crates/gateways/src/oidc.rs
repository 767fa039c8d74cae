//! A client of OpenID Connect issuers: authorization code with PKCE (S256), discovery, and keys fetched anew when an issuer
//! has changed them.
//!
//! Source: OpenID Connect Core 1.0, 3.1; OpenID Connect Discovery 1.0, 4; RFC 7636.

use crate::answer::{Answer, Unknown};
use crate::clock::Clock;
use crate::connection;
use jixue_standards::acs3_sign::percent_encoded;
pub use jixue_standards::jose::Claims;
use jixue_standards::jose::{Expected, JoseError, KeySet, code_challenge, verify_id_token};
use reqwest::Url;
use serde::Deserialize;
use std::fmt;
use tokio::sync::Mutex;

/// How long what an issuer says of itself is believed, in milliseconds.
const METADATA_MS: i64 = 3_600_000;

/// Registration with one issuer. `Debug` shows no secret.
#[derive(Clone)]
pub struct OidcConfig {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// Where the issuer sends the person back.
    pub redirect_uri: String,
}

impl fmt::Debug for OidcConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcConfig").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why nobody is known to have come back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    #[error("issuer must be https://… (http:// on this machine only) without query and fragment")]
    Issuer,
    #[error("the TLS roots of this machine cannot be read")]
    Tls,
    #[error("the issuer says of itself what cannot be: {0}")]
    Metadata(&'static str),
    /// Such as `invalid_grant`.
    #[error("refused with {0}")]
    Refused(String),
    #[error("the ID token is not believed: {0}")]
    Token(JoseError),
    #[error("outcome unknown: {0}")]
    Unknown(Unknown),
}

/// What an issuer says of itself.
#[derive(Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<String>,
    access_token: Option<String>,
    error: Option<String>,
}

/// A client of one issuer.
pub struct Oidc {
    config: OidcConfig,
    clock: Clock,
    client: reqwest::Client,
    /// With the instant it was read.
    metadata: Mutex<Option<(i64, Metadata)>>,
    keys: Mutex<Option<KeySet>>,
}

/// Words about people and secrets must not cross a network in the clear.
fn is_fit(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let is_near = url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    url.fragment().is_none() && (url.scheme() == "https" || (url.scheme() == "http" && is_near))
}

impl Oidc {
    /// # Errors
    /// When the issuer's address is unfit, or no HTTP client can be made. The issuer is asked at the first sign-in only.
    pub fn new(config: OidcConfig, clock: Clock) -> Result<Self, OidcError> {
        if !is_fit(&config.issuer) || config.issuer.contains('?') {
            return Err(OidcError::Issuer);
        }
        let client = connection::client().map_err(|_| OidcError::Tls)?;
        Ok(Self { config, clock, client, metadata: Mutex::default(), keys: Mutex::default() })
    }

    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    fn now_seconds(&self) -> i64 {
        (self.clock)().0.div_euclid(1_000)
    }

    async fn get(&self, address: &str) -> Result<Vec<u8>, OidcError> {
        let request = self.client.get(address).header("Accept", "application/json");
        let answer = Answer::to(request).await.map_err(OidcError::Unknown)?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(OidcError::Unknown(Unknown::ServerError { status })),
        }
    }

    async fn metadata(&self) -> Result<Metadata, OidcError> {
        let (mut kept, now) = (self.metadata.lock().await, (self.clock)().0);
        if let Some((read_at, metadata)) = kept.as_ref().filter(|(read_at, _)| (now - read_at).abs() < METADATA_MS) {
            debug_assert!(*read_at <= now + METADATA_MS);
            return Ok(metadata.clone());
        }
        let address = format!("{}/.well-known/openid-configuration", self.config.issuer.trim_end_matches('/'));
        let body = self.get(&address).await?;
        let metadata: Metadata = serde_json::from_slice(&body).map_err(|_| OidcError::Unknown(Unknown::Unreadable))?;
        if metadata.issuer != self.config.issuer {
            return Err(OidcError::Metadata("another issuer"));
        }
        let addresses = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        if !addresses.into_iter().all(|address| is_fit(address)) {
            return Err(OidcError::Metadata("an address in the clear"));
        }
        *kept = Some((now, metadata.clone()));
        Ok(metadata)
    }

    /// Where the person's browser goes.
    ///
    /// # Errors
    /// When the issuer does not say where.
    pub async fn authorize_url(&self, state: &str, nonce: &str, verifier: &str) -> Result<String, OidcError> {
        let metadata = self.metadata().await?;
        let joint = if metadata.authorization_endpoint.contains('?') { '&' } else { '?' };
        let pairs = [
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", &self.config.redirect_uri),
            ("scope", "openid phone"),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", &code_challenge(verifier)),
            ("code_challenge_method", "S256"),
        ];
        let pairs = pairs.map(|(name, value)| format!("{name}={}", percent_encoded(value)));
        Ok(format!("{}{joint}{}", metadata.authorization_endpoint, pairs.join("&")))
    }

    /// What a code is worth: who it is, in the issuer's signed word.
    ///
    /// # Errors
    /// A code that the issuer refuses; a word that is not believed; no whole answer.
    pub async fn exchange(&self, code: &str, nonce: &str, verifier: &str) -> Result<Claims, OidcError> {
        let metadata = self.metadata().await?;
        let answer = self.ask_token(&metadata, code, verifier).await?;
        let id_token = answer.id_token.ok_or(OidcError::Unknown(Unknown::Unreadable))?;
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce,
            access_token: answer.access_token.as_deref(),
            now_seconds: self.now_seconds(),
        };
        let kept = self.keys.lock().await.clone();
        if let Some(keys) = kept {
            match verify_id_token(&id_token, &keys, expected) {
                // The issuer may have changed its keys since: asked once more below.
                Err(JoseError::UnknownKey) => {}
                outcome => return outcome.map_err(OidcError::Token),
            }
        }
        let keys = KeySet::parse(&self.get(&metadata.jwks_uri).await?).map_err(OidcError::Token)?;
        *self.keys.lock().await = Some(keys.clone());
        verify_id_token(&id_token, &keys, expected).map_err(OidcError::Token)
    }

    async fn ask_token(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<TokenAnswer, OidcError> {
        let (id, secret) = (&self.config.client_id, &self.config.client_secret);
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.config.redirect_uri),
            ("code_verifier", verifier),
        ];
        let methods = &metadata.token_endpoint_auth_methods_supported;
        // Without a word of the issuer it is basic (Discovery, 3).
        let by_post = !methods.is_empty() && !methods.iter().any(|method| method == "client_secret_basic");
        let mut request = self.client.post(&metadata.token_endpoint).header("Accept", "application/json");
        match by_post {
            true => form.extend([("client_id", id.as_str()), ("client_secret", secret.as_str())]),
            // RFC 6749, 2.3.1: both are form-encoded first.
            false => request = request.basic_auth(percent_encoded(id), Some(percent_encoded(secret))),
        }
        let answer = Answer::to(request.form(&form)).await.map_err(OidcError::Unknown)?;
        if answer.status >= 500 {
            return Err(OidcError::Unknown(Unknown::ServerError { status: answer.status }));
        }
        let read: TokenAnswer =
            serde_json::from_slice(&answer.body).map_err(|_| OidcError::Unknown(Unknown::Unreadable))?;
        match (&read.error, answer.status) {
            (None, 200) => Ok(read),
            (Some(error), _) => {
                Err(OidcError::Refused(error.chars().filter(char::is_ascii_graphic).take(60).collect()))
            }
            (None, status) => Err(OidcError::Refused(format!("status {status}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_over_tls_or_on_this_machine_are_fit() {
        for fit in
            ["https://id.example", "https://id.example/realms/x", "http://localhost:1/oidc", "http://127.0.0.1:9"]
        {
            assert!(is_fit(fit), "{fit}");
        }
        for unfit in ["http://id.example", "ftp://localhost", "id.example", "https://id.example/#x", ""] {
            assert!(!is_fit(unfit), "{unfit}");
        }
    }
}
