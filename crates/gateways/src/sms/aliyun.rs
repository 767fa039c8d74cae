//! `SendSms` of Alibaba Cloud's SMS API, version 2017-05-25, signed by `ACS3-HMAC-SHA256`.
//!
//! The signature is proven against the operator's documented example. That the parameters travel in the query and
//! that the endpoint is `dysmsapi.aliyuncs.com` follows its public client libraries and was not tried against the
//! live service, so endpoint and region are configuration.
//!
//! Source: Alibaba Cloud documentation, "SendSms" and "V3 请求结构和签名". It also says that the call is not
//! idempotent, which is why nothing is repeated here. Calls are "SingleCallByTts" of its voice service, version 2017-05-25,
//! signed alike; to one number it rings at most once a minute, five times an hour and twenty times a day.

use super::{Sending, SmsError, SmsMessage, SmsReceipt, SmsSender, Unknown, VoiceCall};
use crate::answer::Answer;
use crate::clock::Clock;
use crate::connection;
use jixue_standards::acs3_sign::{self, Request};
use reqwest::Url;
use serde::Deserialize;
use std::fmt;
use std::time::Duration;

const SEND: &str = "SendSms";
const RING: &str = "SingleCallByTts";
/// How often the voice reads its text in one call: whoever is slow with a pen hears it again.
const PLAY_TIMES: &str = "3";
const VERSION: &str = "2017-05-25";

/// Access to the operator. `Debug` shows no secret.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliyunSmsConfig {
    /// `https://dysmsapi.aliyuncs.com`, or a region's own address.
    pub endpoint: String,
    /// `https://dyvmsapi.aliyuncs.com` where calls are bought as well.
    #[serde(default)]
    pub voice_endpoint: Option<String>,
    /// The number that rings; without one the operator takes one of its public ones.
    #[serde(default)]
    pub voice_number: Option<String>,
    /// Such as `cn-hangzhou`; sent only when present.
    #[serde(default)]
    pub region: Option<String>,
    pub access_key_id: String,
    pub access_key_secret: String,
}

impl fmt::Debug for AliyunSmsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AliyunSmsConfig")
            .field("endpoint", &self.endpoint)
            .field("voice_endpoint", &self.voice_endpoint)
            .field("region", &self.region)
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmsConfigError {
    #[error("endpoint is not an http or https address without a path")]
    Endpoint,
    #[error("the TLS roots of this machine cannot be read")]
    Tls,
}

/// A client of one account with the operator.
pub struct AliyunSms {
    config: AliyunSmsConfig,
    messages: Endpoint,
    calls: Option<Endpoint>,
    clock: Clock,
    client: reqwest::Client,
    total_timeout: Duration,
}

/// An address of the operator.
struct Endpoint {
    url: Url,
    /// As the `Host` header will be sent: with the port when it is not the scheme's own.
    host: String,
}

impl Endpoint {
    fn parse(text: &str) -> Result<Self, SmsConfigError> {
        let url = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none())
            .ok_or(SmsConfigError::Endpoint)?;
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(SmsConfigError::Endpoint),
        };
        Ok(Self { url, host })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendAnswer {
    code: String,
    #[serde(default)]
    message: String,
    /// Of a message; a call has a `CallId`.
    #[serde(alias = "CallId")]
    biz_id: Option<String>,
}

impl AliyunSms {
    /// # Errors
    /// When the endpoint is no web address or no HTTP client can be made.
    pub fn new(config: AliyunSmsConfig, clock: Clock) -> Result<Self, SmsConfigError> {
        let messages = Endpoint::parse(&config.endpoint)?;
        let calls = config.voice_endpoint.as_deref().map(Endpoint::parse).transpose()?;
        let client = connection::client().map_err(|_| SmsConfigError::Tls)?;
        Ok(Self { config, messages, calls, clock, client, total_timeout: connection::TOTAL_TIMEOUT })
    }

    /// Bounds a whole call to `timeout` in place of 8 seconds.
    #[must_use]
    pub fn with_total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    fn signed(&self, to: &Endpoint, action: &str, mut query: Vec<(String, String)>) -> reqwest::RequestBuilder {
        if let Some(region) = &self.config.region {
            query.push(("RegionId".to_owned(), region.clone()));
        }
        let body_sha256 = acs3_sign::sha256_hex(b"");
        let headers = self.headers(to, action, &body_sha256);
        let authorization =
            Request { method: "POST", path: "/", query: &query, headers: &headers, body_sha256: &body_sha256 }
                .authorize(&self.config.access_key_id, &self.config.access_key_secret);
        let mut url = to.url.clone();
        url.set_query(Some(&acs3_sign::query_string(&query)));
        let mut request = self
            .client
            .post(url)
            .timeout(self.total_timeout)
            .header("Accept", "application/json")
            .header("Authorization", authorization.to_string());
        for (name, value) in headers.into_iter().filter(|(name, _)| name != "host") {
            request = request.header(name, value);
        }
        request
    }

    fn message(message: &SmsMessage) -> Vec<(String, String)> {
        let query = [
            ("PhoneNumbers", message.phone.as_str()),
            ("SignName", &message.sign_name),
            ("TemplateCode", &message.template_code),
            ("TemplateParam", &params(&message.template_params)),
            ("OutId", &message.sending_id),
        ];
        query.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    fn call(&self, call: &VoiceCall) -> Vec<(String, String)> {
        let query = [
            ("CalledNumber", call.phone.as_str()),
            ("TtsCode", &call.template_code),
            ("TtsParam", &params(&call.template_params)),
            ("PlayTimes", PLAY_TIMES),
            ("OutId", &call.sending_id),
        ];
        let shown = self.config.voice_number.iter().map(|number| ("CalledShowNumber", number.as_str()));
        query.into_iter().chain(shown).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn headers(&self, to: &Endpoint, action: &str, body_sha256: &str) -> Vec<(String, String)> {
        let second = (self.clock)().0.div_euclid(1_000);
        let date = jiff::Timestamp::from_second(second).unwrap_or_default();
        [
            ("host", to.host.clone()),
            ("x-acs-action", action.to_owned()),
            ("x-acs-content-sha256", body_sha256.to_owned()),
            ("x-acs-date", date.to_string()),
            ("x-acs-signature-nonce", connection::nonce()),
            ("x-acs-version", VERSION.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

impl SmsSender for AliyunSms {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            let request = self.signed(&self.messages, SEND, Self::message(message));
            receipt(&Answer::to(request).await.map_err(SmsError::Unknown)?)
        })
    }

    fn ring<'a>(&'a self, call: &'a VoiceCall) -> Sending<'a> {
        Box::pin(async move {
            let refused = || SmsError::Refused { code: "no_voice".to_owned(), message: "no voice address".to_owned() };
            let request = self.signed(self.calls.as_ref().ok_or_else(refused)?, RING, self.call(call));
            receipt(&Answer::to(request).await.map_err(SmsError::Unknown)?)
        })
    }
}

fn params(params: &std::collections::BTreeMap<String, String>) -> String {
    serde_json::to_string(params).unwrap_or_default()
}

/// Business refusals come with status 200 and a code other than `OK`, others with 4xx and a code. `isp.` codes and
/// 5xx are failures on the operator's side, after which nobody knows.
fn receipt(answer: &Answer) -> Result<SmsReceipt, SmsError> {
    let status = answer.status;
    if status >= 500 {
        return Err(SmsError::Unknown(Unknown::ServerError { status }));
    }
    let read: SendAnswer = serde_json::from_slice(&answer.body).map_err(|_| SmsError::Unknown(Unknown::Unreadable))?;
    match (read.code.as_str(), read.biz_id) {
        ("OK", Some(biz_id)) if status == 200 => Ok(SmsReceipt { biz_id }),
        ("OK", _) => Err(SmsError::Unknown(Unknown::Unreadable)),
        (code, _) if code.starts_with("isp.SYSTEM_ERROR") => Err(SmsError::Unknown(Unknown::ServerError { status })),
        _ => Err(SmsError::Refused { code: read.code, message: read.message }),
    }
}
