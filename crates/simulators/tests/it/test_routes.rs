//! The knobs over HTTP, and keys that outlive a restart.

use crate::harness::{Harness, client, now, number, order};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use jixue_simulators::{Faults, Simulator, SimulatorOptions};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

async fn call(method: reqwest::Method, url: String, body: Value) -> (u16, Value) {
    let request = reqwest::Client::new().request(method, url);
    let request = if body.is_null() { request } else { request.json(&body) };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn knobs_are_turned_shown_and_turned_back_over_http() {
    let world = Harness::start().await;
    let url = || format!("{}/test/faults", world.simulator.base_url);
    let (status, shown) = call(reqwest::Method::PUT, url(), json!({ "notify_copies": 2 })).await;
    assert_eq!((status, &shown["notify_copies"]), (200, &json!(2)));
    assert_eq!(world.simulator.faults(), Faults { notify_copies: 2, ..Faults::default() });
    let (status, _) = call(reqwest::Method::PUT, url(), json!({ "notify_copys": 3 })).await;
    assert_eq!(status, 422);
    assert_eq!(world.simulator.faults().notify_copies, 2);
    assert_eq!(call(reqwest::Method::DELETE, url(), Value::Null).await.0, 204);
    assert_eq!(world.simulator.faults(), Faults::default());
}

/// The raw notification is handed to auditors; what is shown must be what was signed.
#[tokio::test]
async fn a_notification_is_shown_exactly_as_it_was_sent() {
    let mut world = Harness::start().await;
    let no = number();
    world.client.create_native(&order(&no)).await.unwrap();
    let base_url = world.simulator.base_url.clone();
    let pay = || call(reqwest::Method::POST, format!("{base_url}/test/pay"), json!({ "out_trade_no": no }));
    let (status, paid) = pay().await;
    assert_eq!(status, 200);
    let received = world.next().await;
    let (_, told) =
        call(reqwest::Method::GET, format!("{base_url}/test/notifications?out_trade_no={no}"), Value::Null).await;
    let told = &told["notifications"][0];
    assert_eq!((&told["method"], &told["path"]), (&json!("POST"), &json!("/hooks/wechat")));
    let body = BASE64.decode(told["body_base64"].as_str().unwrap()).unwrap();
    assert_eq!(body, received.body);
    let headers: HeaderMap = told["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
            (name.parse::<HeaderName>().unwrap(), value)
        })
        .collect();
    let verified = world.client.notification(&headers, &body, now()).unwrap();
    assert_eq!(paid["transaction_id"], verified.notified.proof().unwrap().trade_no());
    assert_eq!(pay().await.0, 409);
    let unknown = json!({ "out_trade_no": "nothing-there" });
    assert_eq!(call(reqwest::Method::POST, format!("{base_url}/test/pay"), unknown).await.0, 404);
}

/// A demonstration that is stopped over night must know its merchants in the morning.
#[tokio::test]
async fn kept_keys_outlive_a_restart_and_are_private() {
    let folder = std::env::temp_dir().join(format!("jixue-sim-keys-{}", std::process::id()));
    let start = async || {
        let options = SimulatorOptions { keys_dir: Some(folder.clone()), ..SimulatorOptions::default() };
        Simulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
    };
    let first = start().await;
    first.write_credentials(&folder).unwrap();
    let mut before = first.wechat.clone();
    first.shutdown().await;
    let second = start().await;
    before.base_url = second.base_url.clone();
    assert_eq!(before, second.wechat);
    client(&before, "http://127.0.0.1:9/n").create_native(&order(&number())).await.unwrap();
    for name in ["simulator.json", "credentials.json", "apiv3.key", "gateway-pub.pem"] {
        let mode = std::fs::metadata(folder.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
