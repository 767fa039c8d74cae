//! The story in a world of its own, and the demo that is stopped and started again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jixue_demo::demo::{self, DemoOptions};
use jixue_demo::story::steps::Steps;
use jixue_demo::story::{self, person};
use jixue_standards::wechat_sign::{ApiV3Key, PublicKey, Resource, answer_message};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("jixue-demo-test-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What the story leaves is checked by others, with other tools: it must be whole.
#[tokio::test]
async fn the_whole_job_holds_and_leaves_its_files() {
    let out = folder("story");
    let walked = story::tell(&out, Steps::default()).await.unwrap();
    let account = json(&out.join("story.json"));
    let steps: Vec<&str> =
        account["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
    assert_eq!(steps.len(), steps.iter().collect::<BTreeSet<_>>().len(), "{steps:?}");
    for name in ["year_opened", "roster_imported", "learner_paid_on_phone", "lessons_studied", "certificate_verified"] {
        assert!(steps.contains(&name), "{name} is not among {steps:?}");
    }
    let base_url = account["base_url"].as_str().unwrap();
    assert_eq!(base_url, walked.world.base_url);
    assert!(account["verify_url"].as_str().unwrap().starts_with(&format!("{base_url}/verify/")));
    assert!(std::fs::read(out.join("certificate.pdf")).unwrap().starts_with(b"%PDF-"));
    assert!(std::fs::read_to_string(out.join("ca.pem")).unwrap().contains("BEGIN CERTIFICATE"));
    assert!(std::fs::read(out.join("roster.xlsx")).unwrap().starts_with(b"PK"));
    check_notification(&out, account["ids"]["out_trade_no"].as_str().unwrap());
    walked.end().await.unwrap();
    std::fs::remove_dir_all(out).unwrap();
}

/// The kept notification must verify with the kept key over its very bytes, and open with the kept secret.
fn check_notification(out: &Path, out_trade_no: &str) {
    let kept = json(&out.join("notification.json"));
    assert_eq!(kept["method"], "POST");
    assert_eq!(kept["path"], "/payment-notifications/wechat-pay");
    let body = BASE64.decode(kept["body_base64"].as_str().unwrap()).unwrap();
    let header = |name: &str| {
        let headers = kept["headers"].as_object().unwrap();
        let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    let key = PublicKey::from_pem(&std::fs::read_to_string(out.join("gateway-pub.pem")).unwrap()).unwrap();
    let message = answer_message(&header("Wechatpay-Timestamp"), &header("Wechatpay-Nonce"), &body);
    key.verify(&message, &header("Wechatpay-Signature")).unwrap();
    let envelope: Value = serde_json::from_slice(&body).unwrap();
    let resource: Resource = serde_json::from_value(envelope["resource"].clone()).unwrap();
    let secret = ApiV3Key::new(&std::fs::read_to_string(out.join("apiv3.key")).unwrap()).unwrap();
    let told: Value = serde_json::from_slice(&secret.open(&resource).unwrap()).unwrap();
    assert_eq!(told["out_trade_no"], out_trade_no);
    assert_eq!(told["amount"]["total"], 4_000);
}

/// Somebody tries the demo, stops it, and comes back the next day: everything must be as it was, not made anew.
#[tokio::test]
async fn a_demo_started_again_is_the_same_city() {
    let options = DemoOptions {
        learners: 120,
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data: folder("demo").join("city"),
        fresh: false,
    };
    let (world, sign_ins) = demo::start(&options).await.unwrap();
    assert!(options.data.join("sample-roster.xlsx").exists());
    let roles: BTreeSet<&str> = sign_ins.iter().map(|sign_in| sign_in.role.as_str()).collect();
    for role in ["bureau_officer", "county_officer", "clerk", "empty_clerk", "due"] {
        assert!(roles.contains(role), "nobody is {role}: {roles:?}");
    }
    let officer = person::sign_in(&world, &sign_ins[0].phone).await.unwrap();
    let money = officer.get("/bureau/money").await.unwrap().words();
    world.stop().await.unwrap();

    let (world, again) = demo::start(&options).await.unwrap();
    assert_eq!(again, sign_ins);
    for sign_in in &sign_ins {
        // One code a minute to a phone.
        world.app.clock.advance_ms(61_000);
        let browser = person::sign_in(&world, &sign_in.phone).await.unwrap();
        assert_ne!(browser.get("/").await.unwrap().path, "/sign-in", "{}", sign_in.name);
        if sign_in.role == "bureau_officer" {
            assert_eq!(browser.get("/bureau/money").await.unwrap().words(), money);
        }
    }
    world.stop().await.unwrap();
    std::fs::remove_dir_all(options.data.parent().unwrap()).unwrap();
}
