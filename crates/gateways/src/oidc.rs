//! A client of OpenID Connect issuers: authorization code with PKCE (S256), discovery, and keys fetched anew when an issuer
//! has changed them. What an issuer names as its addresses is called only as far as [`crate::outbound`] lets us.
//!
//! Source: OpenID Connect Core 1.0, 3.1; OpenID Connect Discovery 1.0, 4; RFC 7636; RFC 9207.

use crate::answer::{Answer, Unknown};
use crate::clock::Clock;
use crate::outbound::{Outbound, Reach, Unreachable};
use jixue_standards::acs3_sign::percent_encoded;
pub use jixue_standards::jose::Claims;
use jixue_standards::jose::{Expected, JoseError, KeySet, code_challenge, verify_id_token};
use reqwest::Url;
use serde::Deserialize;
use std::fmt;
use tokio::sync::Mutex;

/// How long what an issuer says of itself is believed, in milliseconds.
const METADATA_MS: i64 = 3_600_000;
/// How long its keys are believed without being fetched again: what it has taken back must not sign for ever.
const KEYS_MS: i64 = 3_600_000;

/// Registration with one issuer. `Debug` shows no secret.
#[derive(Clone)]
pub struct OidcConfig {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// Where the issuer sends the person back: an address that no other issuer has.
    pub redirect_uri: String,
    /// Whether the operator lets an issuer's addresses lie in private networks.
    pub private_network: bool,
}

/// What a browser brings back.
#[derive(Clone, Copy)]
pub struct Brought<'a> {
    pub code: &'a str,
    /// Who says so (`iss`, RFC 9207).
    pub issuer: Option<&'a str>,
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
    #[error("{address} is not called: {why}")]
    Unreachable { address: String, why: Unreachable },
    /// The answer of another issuer, or of nobody where the issuer says who it is.
    #[error("an answer of another issuer")]
    MixedUp,
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
    /// RFC 9207, 3: whether it says who it is in its answers.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
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
    outbound: Outbound,
    /// With the instant it was read.
    metadata: Mutex<Option<(i64, Metadata)>>,
    keys: Mutex<Option<(i64, KeySet)>>,
}

/// How far an issuer's addresses may lie: words about people and secrets must not cross a network in the clear. None for
/// an issuer that nobody should be sent to.
fn reach(config: &OidcConfig) -> Option<Reach> {
    let url = Url::parse(&config.issuer).ok()?;
    let is_near = url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        _ if url.fragment().is_some() || url.query().is_some() => None,
        "https" if config.private_network => Some(Reach::PrivateNetworks),
        "https" => Some(Reach::Internet),
        "http" if is_near => Some(Reach::ThisMachine),
        _ => None,
    }
}

fn unreachable(address: &str) -> impl Fn(Unreachable) -> OidcError + '_ {
    |why| OidcError::Unreachable { address: address.to_owned(), why }
}

impl Oidc {
    /// # Errors
    /// When the issuer's address is unfit, or no HTTP client can be made. The issuer is asked at the first sign-in only.
    pub fn new(config: OidcConfig, clock: Clock) -> Result<Self, OidcError> {
        let reach = reach(&config).ok_or(OidcError::Issuer)?;
        let outbound = Outbound::new(reach).map_err(|_| OidcError::Tls)?;
        Ok(Self { config, clock, outbound, metadata: Mutex::default(), keys: Mutex::default() })
    }

    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    fn now_seconds(&self) -> i64 {
        (self.clock)().0.div_euclid(1_000)
    }

    async fn get(&self, address: &str) -> Result<Vec<u8>, OidcError> {
        let request = self.outbound.get(address).map_err(unreachable(address))?.header("Accept", "application/json");
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
        for address in addresses {
            self.outbound.check(address).await.map_err(unreachable(address))?;
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
    /// [`OidcError::MixedUp`] when another issuer speaks, or one that always says who it is does not: the code is not told
    /// to anybody then. A code that the issuer refuses; a word that is not believed; no whole answer.
    pub async fn exchange(&self, brought: Brought<'_>, nonce: &str, verifier: &str) -> Result<Claims, OidcError> {
        let metadata = self.metadata().await?;
        match brought.issuer {
            Some(issuer) if issuer != self.config.issuer => return Err(OidcError::MixedUp),
            None if metadata.authorization_response_iss_parameter_supported => return Err(OidcError::MixedUp),
            _ => {}
        }
        let answer = self.ask_token(&metadata, brought.code, verifier).await?;
        let id_token = answer.id_token.ok_or(OidcError::Unknown(Unknown::Unreadable))?;
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce,
            access_token: answer.access_token.as_deref(),
            now_seconds: self.now_seconds(),
        };
        if let Some(keys) = self.kept_keys().await {
            match verify_id_token(&id_token, &keys, expected) {
                // The issuer may have changed its keys since: asked once more below.
                Err(JoseError::UnknownKey) => {}
                outcome => return outcome.map_err(OidcError::Token),
            }
        }
        let keys = KeySet::parse(&self.get(&metadata.jwks_uri).await?).map_err(OidcError::Token)?;
        *self.keys.lock().await = Some(((self.clock)().0, keys.clone()));
        verify_id_token(&id_token, &keys, expected).map_err(OidcError::Token)
    }

    /// The issuer's keys while they are young enough to be believed unasked.
    async fn kept_keys(&self) -> Option<KeySet> {
        let (kept, now) = (self.keys.lock().await, (self.clock)().0);
        kept.as_ref().filter(|(read_at, _)| (now - read_at).abs() < KEYS_MS).map(|(_, keys)| keys.clone())
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
        let address = &metadata.token_endpoint;
        let request = self.outbound.post(address).map_err(unreachable(address))?;
        let mut request = request.header("Accept", "application/json");
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

    fn config(issuer: &str, private_network: bool) -> OidcConfig {
        let word = || "x".to_owned();
        OidcConfig {
            issuer: issuer.to_owned(),
            client_id: word(),
            client_secret: word(),
            redirect_uri: word(),
            private_network,
        }
    }

    #[test]
    fn only_issuers_over_tls_or_on_this_machine_are_fit() {
        for fit in ["https://id.example", "https://id.example/realms/x"] {
            assert_eq!(reach(&config(fit, false)), Some(Reach::Internet), "{fit}");
            assert_eq!(reach(&config(fit, true)), Some(Reach::PrivateNetworks), "{fit}");
        }
        for near in ["http://localhost:1/oidc", "http://127.0.0.1:9"] {
            assert_eq!(reach(&config(near, true)), Some(Reach::ThisMachine), "{near}");
        }
        for unfit in ["http://id.example", "ftp://localhost", "id.example", "https://id.example/#x", "https://i/?x", ""]
        {
            assert_eq!(reach(&config(unfit, true)), None, "{unfit}");
        }
    }

    /// An issuer over TLS that answers from this machine, or from beside it, is not asked.
    #[tokio::test]
    async fn attack_case_19_ssrf_an_issuer_inside_is_not_asked() {
        for inside in ["https://127.0.0.1:1", "https://10.0.0.1", "https://[::1]:1", "https://169.254.169.254"] {
            let oidc = Oidc::new(config(inside, false), crate::system_clock()).unwrap();
            let refused = oidc.authorize_url("s", "n", "v").await.unwrap_err();
            assert!(matches!(refused, OidcError::Unreachable { why: Unreachable::Network, .. }), "{inside}: {refused}");
        }
    }
}
