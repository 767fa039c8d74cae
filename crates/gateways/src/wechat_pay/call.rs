//! One signed exchange with the gateway: sign, send, read, verify, tell refusal from ignorance.

use super::account::MerchantAccount;
use super::error::GatewayError;
use super::verify;
use crate::answer::{Answer, Unknown};
use crate::clock::Clock;
use crate::connection;
use jixue_standards::wechat_sign::{Authorization, header, request_message};
use reqwest::{Method, Url};
use serde::Deserialize;
use std::time::Duration;

/// How often a call that may safely run twice is sent at most.
const ATTEMPTS_MAX: u32 = 3;
/// The pause before the second attempt; it doubles for the third.
const PAUSE: Duration = Duration::from_millis(200);

/// Whether a call may be sent again when its outcome is unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    Safe,
    Never,
}

pub(super) struct Caller {
    pub account: MerchantAccount,
    pub clock: Clock,
    pub client: reqwest::Client,
    pub total_timeout: Duration,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
}

impl Caller {
    /// Makes one call and returns the verified body of its success.
    pub async fn call(&self, method: Method, url: Url, body: Vec<u8>, repeat: Repeat) -> Result<Vec<u8>, GatewayError> {
        let attempts = if repeat == Repeat::Safe { ATTEMPTS_MAX } else { 1 };
        let exchange = async {
            let mut outcome = self.attempt(&method, &url, &body).await;
            for attempt in 1..attempts {
                if !matches!(outcome, Err(GatewayError::Unknown(_))) {
                    break;
                }
                tokio::time::sleep(PAUSE * attempt).await;
                outcome = self.attempt(&method, &url, &body).await;
            }
            outcome
        };
        let outcome = match tokio::time::timeout(self.total_timeout, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Unknown::TimedOut.into()),
        };
        if let Err(error) = &outcome {
            tracing::info!(path = url.path(), %error, "wechat pay call");
        }
        outcome
    }

    async fn attempt(&self, method: &Method, url: &Url, body: &[u8]) -> Result<Vec<u8>, GatewayError> {
        let answer = Answer::to(self.signed(method, url, body)).await?;
        if (200..300).contains(&answer.status) {
            verify::signature(&self.account, &answer.headers, &answer.body, (self.clock)()).map_err(|error| {
                tracing::warn!(path = url.path(), %error, "an answer of wechat pay does not verify");
                Unknown::Unverified
            })?;
            return Ok(answer.body);
        }
        Err(refusal(&answer))
    }

    fn signed(&self, method: &Method, url: &Url, body: &[u8]) -> reqwest::RequestBuilder {
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let timestamp = (self.clock)().0.div_euclid(1_000).to_string();
        let nonce = connection::nonce();
        let message = request_message(method.as_str(), &target, &timestamp, &nonce, body);
        let authorization = Authorization {
            mchid: self.account.mchid.clone(),
            serial: self.account.merchant_serial.clone(),
            signature: self.account.private_key.sign(&message),
            nonce,
            timestamp,
        };
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .header("Authorization", authorization.to_string())
            .header("Accept", "application/json")
            // In public-key mode this asks that the answer be signed with that key.
            .header(header::SERIAL, &self.account.platform_public_key_id);
        if *method == Method::POST {
            request = request.header("Content-Type", "application/json").body(body.to_vec());
        }
        request
    }
}

/// A 4xx in the gateway's own form is a refusal. Its signature is not asked for, since some refusals (a wrong
/// signature of ours, a rate limit) come unsigned and nothing is booked on their word. All else is not known.
fn refusal(answer: &Answer) -> GatewayError {
    let status = answer.status;
    if status >= 500 {
        return Unknown::ServerError { status }.into();
    }
    match serde_json::from_slice::<Refusal>(&answer.body) {
        Ok(Refusal { code, message }) if status >= 400 => {
            GatewayError::Refused { status, code, message, number: request_number(answer) }
        }
        _ => Unknown::Unreadable.into(),
    }
}

/// The number behind the last `-` of `Request-Id`: finer than the symbolic code.
fn request_number(answer: &Answer) -> i64 {
    let id = answer.headers.get("Request-Id").and_then(|value| value.to_str().ok());
    id.and_then(|id| id.rsplit('-').next()).and_then(|tail| tail.parse().ok()).unwrap_or(0)
}
