//! The simulated phone's pages, as a browser with scripts off uses them.

use crate::harness::{DESCRIPTION, Harness, number, order};
use jixue_gateways::wechat_pay::NativeOrder;
use jixue_simulators::SimulatorOptions;
use jixue_standards::acs3_sign::percent_encoded;

async fn page(url: &str) -> String {
    let answer = reqwest::get(url).await.unwrap();
    assert!(answer.status().is_success(), "{url}");
    answer.text().await.unwrap()
}

async fn press_pay(world: &Harness, code_url: &str) -> String {
    let form = format!("code_url={}&lang=en", percent_encoded(code_url));
    let request = reqwest::Client::new()
        .post(format!("{}/phone/payments", world.simulator.base_url))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    request.send().await.unwrap().text().await.unwrap()
}

/// The whole demonstration hangs on this walk.
#[tokio::test]
async fn scanning_a_code_shows_the_order_and_the_button_pays_it() {
    let mut world = Harness::start().await;
    let no = number();
    let code_url = world.client.create_native(&order(&no)).await.unwrap();
    let scanned = page(&world.simulator.scan_url(&code_url)).await;
    for shown in [DESCRIPTION, "继学示例收款方", "¥40.00", "支付", &no] {
        assert!(scanned.contains(shown), "{shown} in {scanned}");
    }
    let after = press_pay(&world, &code_url).await;
    assert!(after.contains("Paid") && after.contains("¥40.00"));
    let received = world.next().await;
    assert_eq!(world.verify(&received).unwrap().out_trade_no, no);
}

#[tokio::test]
async fn pressing_twice_pays_once() {
    let mut world = Harness::start().await;
    let no = number();
    let code_url = world.client.create_native(&order(&no)).await.unwrap();
    assert!(press_pay(&world, &code_url).await.contains("Paid at"));
    assert!(press_pay(&world, &code_url).await.contains("Paid at"));
    world.next().await;
    assert_eq!(world.simulator.notifications(&no).len(), 1);
    let scanned = page(&world.simulator.scan_url(&code_url)).await;
    assert!(scanned.contains("已支付") && !scanned.contains("id=\"pay\""));
}

/// A screenshot of an older code must lead nowhere, and say so.
#[tokio::test]
async fn an_older_code_is_dead_and_says_so() {
    let world = Harness::start().await;
    let no = number();
    let old = world.client.create_native(&order(&no)).await.unwrap();
    let new = world.client.create_native(&order(&no)).await.unwrap();
    let scanned = page(&world.simulator.scan_url(&old)).await;
    assert!(scanned.contains("这个付款码已经失效"));
    assert!(press_pay(&world, &old).await.contains("no longer valid"));
    assert!(page(&world.simulator.scan_url(&new)).await.contains("id=\"pay\""));
}

#[tokio::test]
async fn a_closed_order_can_be_scanned_but_not_paid() {
    let world = Harness::start().await;
    let no = number();
    let code_url = world.client.create_native(&order(&no)).await.unwrap();
    world.client.close(&no).await.unwrap();
    let scanned = page(&world.simulator.scan_url(&code_url)).await;
    assert!(scanned.contains("已关闭或已过期") && !scanned.contains("id=\"pay\""));
    assert!(press_pay(&world, &code_url).await.contains("Nothing was charged"));
}

#[tokio::test]
async fn unpaid_orders_are_offered_and_their_words_are_escaped() {
    let world = Harness::start().await;
    let no = number();
    let hostile = NativeOrder { description: "<script>alert(1)</script>", ..order(&no) };
    world.client.create_native(&hostile).await.unwrap();
    let list = page(&format!("{}/phone/scan", world.simulator.base_url)).await;
    assert!(list.contains(&no) && !list.contains("<script>"));
    world.simulator.pay(&no).unwrap();
    let list = page(&format!("{}/phone/scan", world.simulator.base_url)).await;
    assert!(!list.contains(&no));
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let world = Harness::with(SimulatorOptions::default()).await;
    let base_url = &world.simulator.base_url;
    assert!(page(&format!("{base_url}/phone")).await.contains("还没有短信"));
    let english = page(&format!("{base_url}/phone?lang=en")).await;
    assert!(english.contains("No messages yet") && english.contains("lang=\"en\""));
    let request = reqwest::Client::new().get(format!("{base_url}/phone/scan"));
    let request = request.header("Accept-Language", "en-GB,en;q=0.9");
    let scan = request.send().await.unwrap().text().await.unwrap();
    assert!(scan.contains("No order is waiting"));
}
