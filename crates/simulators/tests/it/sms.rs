//! Text messages: taken once, refused by name, or not known.

use crate::harness::now;
use jixue_gateways::sms::{
    AliyunSms, AliyunSmsConfig, SmsConfigError, SmsError, SmsMessage, SmsReceipt, SmsSender, Unknown, VoiceCall,
};
use jixue_gateways::{Clock, system_clock};
use jixue_simulators::{Faults, Simulator, SimulatorKeys, SimulatorOptions};
use jixue_standards::acs3_sign::{self, Request};
use std::sync::Arc;
use std::time::Duration;

const PHONE: &str = "13900001234";

async fn simulator() -> Simulator {
    let templates = [("SMS_SIGN_IN", "验证码 ${code}，5 分钟内有效。")];
    let options = SimulatorOptions {
        keys: Some(SimulatorKeys::once_per_process()),
        sms_templates: templates.map(|(code, text)| (code.to_owned(), text.to_owned())).into(),
        ..SimulatorOptions::default()
    };
    Simulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

fn config(simulator: &Simulator) -> AliyunSmsConfig {
    AliyunSmsConfig {
        endpoint: simulator.sms.endpoint.clone(),
        region: Some("cn-hangzhou".into()),
        access_key_id: simulator.sms.access_key_id.clone(),
        access_key_secret: simulator.sms.access_key_secret.clone(),
        voice_endpoint: Some(simulator.sms.endpoint.clone()),
        voice_number: None,
    }
}

fn sender(simulator: &Simulator) -> AliyunSms {
    AliyunSms::new(config(simulator), system_clock()).unwrap()
}

fn message(code: &str) -> SmsMessage {
    SmsMessage {
        phone: PHONE.into(),
        sign_name: "继学".into(),
        template_code: "SMS_SIGN_IN".into(),
        template_params: [("code".to_owned(), code.to_owned())].into(),
        sending_id: format!("sending-{code}"),
    }
}

fn code_of(outcome: Result<SmsReceipt, SmsError>) -> String {
    match outcome.unwrap_err() {
        SmsError::Refused { code, .. } => code,
        SmsError::Unknown(unknown) => panic!("expected a refusal, not {unknown}"),
    }
}

#[tokio::test]
async fn a_message_reaches_the_phone_with_its_template_filled() {
    let simulator = simulator().await;
    // The application holds whoever sends behind the trait.
    let sender: Arc<dyn SmsSender> = Arc::new(sender(&simulator));
    sender.send(&message("111111")).await.unwrap();
    let receipt = sender.send(&message("22 +&=*~中文")).await.unwrap();
    let inbox = simulator.sms_inbox(PHONE);
    assert_eq!(inbox.len(), 2);
    assert_eq!(inbox[0].text, "验证码 22 +&=*~中文，5 分钟内有效。");
    assert_eq!((inbox[0].sign_name.as_str(), inbox[0].out_id.as_str()), ("继学", "sending-22 +&=*~中文"));
    assert_eq!(inbox[0].biz_id, receipt.biz_id);
    assert_eq!(inbox[1].template_params["code"], "111111");
    assert!(simulator.sms_inbox("13900009999").is_empty());
}

#[tokio::test]
async fn a_sender_that_signs_wrongly_is_refused() {
    let simulator = simulator().await;
    let send = async |config| {
        let sender = AliyunSms::new(config, system_clock()).unwrap();
        code_of(sender.send(&message("1")).await)
    };
    let wrong_secret = AliyunSmsConfig { access_key_secret: "another".into(), ..config(&simulator) };
    assert_eq!(send(wrong_secret).await, "SignatureDoesNotMatch");
    let stranger = AliyunSmsConfig { access_key_id: "LTAIstranger".into(), ..config(&simulator) };
    assert_eq!(send(stranger).await, "InvalidAccessKeyId.NotFound");
    let behind: Clock = Arc::new(|| now().plus_seconds(-1_000));
    let sender = AliyunSms::new(config(&simulator), behind).unwrap();
    assert_eq!(code_of(sender.send(&message("1")).await), "InvalidTimeStamp.Expired");
    assert!(simulator.sms_inbox(PHONE).is_empty());
}

#[tokio::test]
async fn the_operator_refuses_what_its_rules_refuse() {
    let simulator = simulator().await;
    let sender = sender(&simulator);
    let refusal = async |message: SmsMessage| code_of(sender.send(&message).await);
    let phone = SmsMessage { phone: "12345".into(), ..message("1") };
    assert_eq!(refusal(phone).await, "isv.MOBILE_NUMBER_ILLEGAL");
    let template = SmsMessage { template_code: "SMS_0".into(), ..message("1") };
    assert_eq!(refusal(template).await, "isv.SMS_TEMPLATE_ILLEGAL");
    let params = SmsMessage { template_params: [].into(), ..message("1") };
    assert_eq!(refusal(params).await, "isv.TEMPLATE_MISSING_PARAMETERS");
    let sign = SmsMessage { sign_name: String::new(), ..message("1") };
    assert_eq!(refusal(sign).await, "isv.SMS_SIGNATURE_ILLEGAL");
}

#[tokio::test]
async fn a_limit_is_told_apart_from_other_refusals() {
    let simulator = simulator().await;
    let sms_refusal = Some("isv.BUSINESS_LIMIT_CONTROL".into());
    simulator.set_faults(Faults { sms_refusal, ..Faults::default() });
    let error = sender(&simulator).send(&message("1")).await.unwrap_err();
    assert!(error.is_rate_limited());
    simulator.set_faults(Faults { sms_refusal: Some("isv.OUT_OF_SERVICE".into()), ..Faults::default() });
    let error = sender(&simulator).send(&message("1")).await.unwrap_err();
    assert!(!error.is_rate_limited());
}

/// The operator sends a repeated message twice, so a time-out must be told from a refusal.
#[tokio::test]
async fn a_message_whose_answer_is_late_may_have_been_taken() {
    let simulator = simulator().await;
    simulator.set_faults(Faults { sms_answer_delay_ms: 60_000, ..Faults::default() });
    let sender = sender(&simulator).with_total_timeout(Duration::from_millis(1_500));
    let error = sender.send(&message("1")).await.unwrap_err();
    assert_eq!(error, SmsError::Unknown(Unknown::TimedOut));
    assert_eq!(simulator.sms_inbox(PHONE).len(), 1);
}

#[tokio::test]
async fn a_failing_operator_leaves_the_outcome_unknown() {
    let simulator = simulator().await;
    simulator.set_faults(Faults { sms_status: Some(503), ..Faults::default() });
    let error = sender(&simulator).send(&message("1")).await.unwrap_err();
    assert_eq!(error, SmsError::Unknown(Unknown::ServerError { status: 503 }));
}

/// A request caught on the way must not send the same message again.
#[tokio::test]
async fn a_replayed_request_is_refused() {
    let simulator = simulator().await;
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let query = pairs(&[
        ("PhoneNumbers", PHONE),
        ("SignName", "继学"),
        ("TemplateCode", "SMS_SIGN_IN"),
        ("TemplateParam", "{\"code\":\"1\"}"),
    ]);
    let body_sha256 = acs3_sign::sha256_hex(b"");
    let date = now().rfc3339();
    let headers = pairs(&[
        ("host", simulator.base_url.trim_start_matches("http://")),
        ("x-acs-action", "SendSms"),
        ("x-acs-content-sha256", &body_sha256),
        ("x-acs-date", &date),
        ("x-acs-signature-nonce", "n-1"),
        ("x-acs-version", "2017-05-25"),
    ]);
    let signed = Request { method: "POST", path: "/", query: &query, headers: &headers, body_sha256: &body_sha256 };
    let authorization = signed.authorize(&simulator.sms.access_key_id, &simulator.sms.access_key_secret);
    let mut request = reqwest::Client::new()
        .post(format!("{}/?{}", simulator.base_url, acs3_sign::query_string(&query)))
        .header("authorization", authorization.to_string());
    for (name, value) in &headers[1..] {
        request = request.header(name, value);
    }
    let again = request.try_clone().unwrap();
    let first: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(first["Code"], "OK");
    let second: serde_json::Value = again.send().await.unwrap().json().await.unwrap();
    assert_eq!(second["Code"], "SignatureNonceUsed");
    assert_eq!(simulator.sms_inbox(PHONE).len(), 1);
}

#[tokio::test]
async fn an_endpoint_that_is_no_address_is_refused_at_once() {
    let simulator = simulator().await;
    for endpoint in ["dysmsapi.aliyuncs.com", "ftp://a/", "https://a/path", "https://a/?q=1"] {
        let wrong = AliyunSmsConfig { endpoint: endpoint.into(), ..config(&simulator) };
        assert_eq!(AliyunSms::new(wrong, system_clock()).err(), Some(SmsConfigError::Endpoint), "{endpoint}");
    }
    let shown = format!("{:?}", config(&simulator));
    assert!(!shown.contains(&simulator.sms.access_key_secret), "{shown}");
}

/// A call is signed like a message, and its text is read from a template of its own.
#[tokio::test]
async fn a_call_reads_its_template() {
    let simulator = simulator().await;
    let call = VoiceCall {
        phone: PHONE.into(),
        template_code: "SMS_SIGN_IN".into(),
        template_params: [("code".to_owned(), "135790".to_owned())].into(),
        sending_id: "call-1".into(),
    };
    let receipt = sender(&simulator).ring(&call).await.unwrap();
    let heard = simulator.sms_inbox(PHONE).remove(0);
    assert!(heard.is_call && heard.text.contains("135790"), "{heard:?}");
    assert_eq!((heard.out_id.as_str(), heard.biz_id), ("call-1", receipt.biz_id));
    let without = AliyunSmsConfig { voice_endpoint: None, ..config(&simulator) };
    let refused = AliyunSms::new(without, system_clock()).unwrap().ring(&call).await;
    assert_eq!(code_of(refused), "no_voice");
}
