//! The SMS operator: checks the ACS3 signature for real, fills the template, keeps what it took.
//!
//! Source: Alibaba Cloud documentation, "SendSms", "SingleCallByTts" and "V3 请求结构和签名".

use crate::keys;
use crate::world::{Seed, World, locked};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jixue_standards::acs3_sign::{self, Authorization, DATE_AGE_SECONDS_MAX, Request};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

const SEND: &str = "SendSms";
const RING: &str = "SingleCallByTts";
/// How many nonces are remembered against replay.
const NONCES_MAX: usize = 4_096;
/// Headers that must be signed, or the request could be changed on the way.
const SIGNED_HEADERS: [&str; 6] =
    ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

/// A message, or a call, that the operator took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentSms {
    pub phone: String,
    pub sign_name: String,
    pub template_code: String,
    pub template_params: BTreeMap<String, String>,
    /// What the phone shows.
    pub text: String,
    /// The sender's own number of the sending.
    pub out_id: String,
    pub biz_id: String,
    pub sent_at_ms: i64,
    /// Read aloud by a voice instead of written.
    pub is_call: bool,
}

pub struct Operator {
    access_key_id: String,
    access_key_secret: String,
    /// Approved templates by code, with `${name}` where a parameter goes. With none at all, any code is taken.
    templates: BTreeMap<String, String>,
    messages_max: usize,
    /// Newest last.
    messages: Mutex<VecDeque<SentSms>>,
    nonces: Mutex<VecDeque<String>>,
}

impl Operator {
    pub fn new(seed: &Seed<'_>, templates: BTreeMap<String, String>) -> Self {
        Self {
            access_key_id: seed.keys.sms_access_key_id.clone(),
            access_key_secret: seed.keys.sms_access_key_secret.clone(),
            templates,
            messages_max: seed.bounds.history_max,
            messages: Mutex::new(VecDeque::new()),
            nonces: Mutex::new(VecDeque::new()),
        }
    }

    /// What was taken for `phone`, or for all, newest first.
    pub fn inbox(&self, phone: Option<&str>) -> Vec<SentSms> {
        let messages = locked(&self.messages);
        let newest_first = messages.iter().rev();
        newest_first.filter(|message| phone.is_none_or(|phone| message.phone == phone)).cloned().collect()
    }

    fn keep(&self, message: SentSms) {
        let mut messages = locked(&self.messages);
        messages.push_back(message);
        while messages.len() > self.messages_max {
            messages.pop_front();
        }
    }

    fn is_replayed(&self, nonce: &str) -> bool {
        let mut nonces = locked(&self.nonces);
        if nonces.iter().any(|known| known == nonce) {
            return true;
        }
        nonces.push_back(nonce.to_owned());
        if nonces.len() > NONCES_MAX {
            nonces.pop_front();
        }
        false
    }

    /// The text of a message, or the operator's refusal code.
    fn text(&self, code: &str, params: &BTreeMap<String, String>) -> Result<String, &'static str> {
        if self.templates.is_empty() {
            let told: Vec<String> = params.iter().map(|(name, value)| format!("{name}：{value}")).collect();
            return Ok(told.join("，"));
        }
        let template = self.templates.get(code).ok_or("isv.SMS_TEMPLATE_ILLEGAL")?;
        let text =
            params.iter().fold(template.clone(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value));
        match text.contains("${") {
            true => Err("isv.TEMPLATE_MISSING_PARAMETERS"),
            false => Ok(text),
        }
    }
}

struct Refusal {
    status: u16,
    code: String,
}

fn refused(status: u16, code: &str) -> Refusal {
    Refusal { status, code: code.to_owned() }
}

/// `POST /`: one `SendSms`, or one `SingleCallByTts`.
pub async fn send(State(world): State<Arc<World>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let outcome = take(&world, &uri, &headers, &body);
    let delay_ms = world.faults().sms_answer_delay_ms;
    if delay_ms > 0 {
        world.sleep_ms(delay_ms).await;
    }
    let request_id = keys::uuid().to_uppercase();
    let (status, answer) = match outcome {
        Ok((true, id)) => (200, json!({ "Code": "OK", "Message": "OK", "CallId": id, "RequestId": request_id })),
        Ok((false, id)) => (200, json!({ "Code": "OK", "Message": "OK", "BizId": id, "RequestId": request_id })),
        Err(Refusal { status, code }) => (status, json!({ "Code": code, "Message": code, "RequestId": request_id })),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, axum::Json(answer)).into_response()
}

fn take(world: &World, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<(bool, String), Refusal> {
    let query: Vec<(String, String)> =
        axum::extract::Query::try_from_uri(uri).map_err(|_| refused(400, "InvalidParameter"))?.0;
    check_signature(world, &query, headers, body)?;
    let faults = world.faults();
    if let Some(status) = faults.sms_status {
        return Err(refused(status, "isp.SYSTEM_ERROR"));
    }
    if let Some(code) = &faults.sms_refusal {
        return Err(refused(200, code));
    }
    let is_call = headers.get("x-acs-action").is_some_and(|action| action == RING);
    let message = read(world, &query, is_call).map_err(|code| refused(200, code))?;
    let taken = (is_call, message.biz_id.clone());
    world.operator.keep(message);
    Ok(taken)
}

fn check_signature(world: &World, query: &[(String, String)], headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let operator = &world.operator;
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let incomplete = || refused(400, "IncompleteSignature");
    let authorization = value("authorization").and_then(Authorization::parse).ok_or_else(incomplete)?;
    if authorization.access_key_id != operator.access_key_id {
        return Err(refused(404, "InvalidAccessKeyId.NotFound"));
    }
    let all_signed = SIGNED_HEADERS.iter().all(|name| authorization.signed_headers.iter().any(|signed| signed == name));
    let signed: Option<Vec<(String, String)>> =
        authorization.signed_headers.iter().map(|name| Some((name.clone(), value(name)?.to_owned()))).collect();
    let signed = signed.filter(|_| all_signed).ok_or_else(incomplete)?;
    let body_sha256 = acs3_sign::sha256_hex(body);
    let request = Request { method: "POST", path: "/", query, headers: &signed, body_sha256: &body_sha256 };
    let told_body = value("x-acs-content-sha256") == Some(body_sha256.as_str());
    if !told_body || !request.is_signed(&operator.access_key_secret, &authorization.signature) {
        return Err(refused(400, "SignatureDoesNotMatch"));
    }
    let date = value("x-acs-date").and_then(crate::clock::from_rfc3339);
    let age_ms = date.map_or(i64::MAX, |date| (world.now_ms() - date).abs());
    if age_ms > DATE_AGE_SECONDS_MAX * 1_000 {
        return Err(refused(400, "InvalidTimeStamp.Expired"));
    }
    if operator.is_replayed(value("x-acs-signature-nonce").unwrap_or_default()) {
        return Err(refused(400, "SignatureNonceUsed"));
    }
    match (value("x-acs-action"), value("x-acs-version")) {
        (Some(SEND | RING), Some("2017-05-25")) => Ok(()),
        _ => Err(refused(404, "InvalidAction.NotFound")),
    }
}

fn read(world: &World, query: &[(String, String)], is_call: bool) -> Result<SentSms, &'static str> {
    let value = |name: &str| {
        let found = query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let [to, template, params] = match is_call {
        true => ["CalledNumber", "TtsCode", "TtsParam"],
        false => ["PhoneNumbers", "TemplateCode", "TemplateParam"],
    };
    let phone = value(to);
    let phone_fits = phone.len() == 11 && phone.starts_with('1') && phone.bytes().all(|byte| byte.is_ascii_digit());
    if !phone_fits {
        return Err("isv.MOBILE_NUMBER_ILLEGAL");
    }
    let (sign_name, template_code) = (value("SignName"), value(template));
    if sign_name.is_empty() && !is_call {
        return Err("isv.SMS_SIGNATURE_ILLEGAL");
    }
    if template_code.is_empty() {
        return Err("isv.SMS_TEMPLATE_ILLEGAL");
    }
    let template_params: BTreeMap<String, String> =
        serde_json::from_str(&value(params)).map_err(|_| "isv.INVALID_JSON_PARAM")?;
    Ok(SentSms {
        text: world.operator.text(&template_code, &template_params)?,
        phone,
        sign_name,
        template_code,
        template_params,
        out_id: value("OutId"),
        biz_id: format!("{}^0", keys::random_digits(18)),
        sent_at_ms: world.now_ms(),
        is_call,
    })
}
