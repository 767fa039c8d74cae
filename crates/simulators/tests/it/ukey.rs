//! The software of a simulated UKey: one token that stays, and pages of this machine alone that may ask it.

use jixue_simulators::{Simulator, SimulatorOptions, UkeySoftware};
use jixue_standards::ukey::{Trust, ders, read_answer};
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("jixue-ukey-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// A token that changed at each start would lock its officer out of the demo.
#[test]
fn a_kept_token_is_the_same_after_a_restart_and_is_believed() {
    let folder = folder("kept");
    let before = UkeySoftware::kept_in(&folder).unwrap();
    let software = UkeySoftware::kept_in(&folder).unwrap();
    assert_eq!(before.certificate(), software.certificate());
    let read = |path: PathBuf| ders(&std::fs::read(path).unwrap(), "CERTIFICATE");
    let trust = Trust::read(&read(software.trust().join("authority.pem")), &[]).unwrap();
    let own = ders(software.certificate().as_bytes(), "CERTIFICATE").remove(0);
    let answer = read_answer(&before.sign("jixue/1 ukey_add http://localhost 1")).unwrap();
    answer.verify(&own, b"jixue/1 ukey_add http://localhost 1").unwrap();
    assert!(answer.verify(&own, b"jixue/1 ukey_add http://localhost 2").is_err());
    trust.check(&own, &[], 1_795_000_000).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Any page of the world may reach this port; only pages of this machine have something signed, and only such lines.
#[tokio::test]
async fn strange_pages_and_strange_lines_are_not_signed() {
    let folder = folder("pages");
    let options = SimulatorOptions { ukey_dir: Some(folder.clone()), ..SimulatorOptions::default() };
    let simulator = Simulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |origin: &str, text: &str| {
        let request = client.post(format!("{}/sign", simulator.base_url)).header("origin", origin);
        request.body(format!("{{\"text\":\"{text}\"}}")).send().await.unwrap()
    };
    let signed = ask("http://localhost:8080", "jixue/1 ukey_use http://localhost:8080 7").await;
    assert_eq!(signed.headers()["access-control-allow-origin"], "http://localhost:8080");
    let text = signed.text().await.unwrap();
    assert!(text.contains("BEGIN PKCS7") && text.contains("BEGIN CERTIFICATE"), "{text}");
    assert_eq!(ask("https://evil.example", "jixue/1 ukey_use x 7").await.status(), 403);
    assert_eq!(ask("http://localhost.evil.example", "jixue/1 ukey_use x 7").await.status(), 403);
    assert_eq!(ask("http://localhost:8080", "a contract").await.status(), 400);
    simulator.shutdown().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
