//! Ordering, querying and closing, with the ways in which each goes wrong.

use crate::harness::{AMOUNT, Harness, client, config, number, order};
use jixue_core::money::Fen;
use jixue_gateways::sms::Unknown;
use jixue_gateways::system_clock;
use jixue_gateways::wechat_pay::{GatewayError, NativeOrder, Notified, TradeState, WechatPay};
use jixue_simulators::Faults;
use std::time::Duration;

fn refused(error: &GatewayError) -> (&str, i64) {
    match error {
        GatewayError::Refused { code, number, .. } => (code, *number),
        GatewayError::Unknown(unknown) => panic!("expected a refusal, not {unknown}"),
    }
}

/// The whole way of the money: code, payment, notification, and a query that says the same.
#[tokio::test]
async fn a_paid_order_is_proven_alike_by_notification_and_query() {
    let mut world = Harness::start().await;
    let no = number();
    let code_url = world.client.create_native(&order(&no)).await.unwrap();
    assert!(code_url.starts_with("weixin://wxpay/bizpayurl?pr="));
    let unpaid = world.client.query(&no).await.unwrap();
    assert_eq!((unpaid.state, unpaid.proof), (TradeState::NotPay, None));

    let trade_no = world.simulator.pay(&no).unwrap();
    let received = world.next().await;
    let verified = world.verify(&received).unwrap();
    assert_eq!(verified.event_type, "TRANSACTION.SUCCESS");
    assert_eq!(verified.out_trade_no, no);
    let Notified::Payment(proof) = verified.notified else { panic!("expected a payment") };
    assert_eq!(proof.trade_no(), trade_no);
    assert_eq!(proof.out_trade_no(), no);
    assert_eq!((proof.amount(), proof.currency()), (AMOUNT, "CNY"));
    assert_eq!(proof.merchant(), world.simulator.wechat.mchid);

    let paid = world.client.query(&no).await.unwrap();
    assert_eq!((paid.state, paid.proof), (TradeState::Success, Some(proof)));
}

/// The dynamic QR is refreshed while the page is open; a changed price under an old number must not pass.
#[tokio::test]
async fn identical_parameters_give_a_fresh_code_and_others_are_refused() {
    let world = Harness::start().await;
    let no = number();
    let first = world.client.create_native(&order(&no)).await.unwrap();
    let second = world.client.create_native(&order(&no)).await.unwrap();
    assert_ne!(first, second);
    let cheaper = NativeOrder { amount: Fen(1), ..order(&no) };
    let error = world.client.create_native(&cheaper).await.unwrap_err();
    assert_eq!(refused(&error), ("INVALID_REQUEST", 268_498_688));
}

#[tokio::test]
async fn closing_is_repeatable_and_final() {
    let world = Harness::start().await;
    let no = number();
    world.client.create_native(&order(&no)).await.unwrap();
    world.client.close(&no).await.unwrap();
    world.client.close(&no).await.unwrap();
    assert_eq!(world.client.query(&no).await.unwrap().state, TradeState::Closed);
    assert!(world.client.create_native(&order(&no)).await.unwrap_err().is_order_closed());
    assert!(world.simulator.pay(&no).is_err());
}

/// When the money was faster than our close, the answer must lead to settling and not to an error page.
#[tokio::test]
async fn closing_a_paid_order_says_that_it_is_paid() {
    let mut world = Harness::start().await;
    let no = number();
    world.paid(&no).await;
    assert!(world.client.close(&no).await.unwrap_err().is_order_paid());
    assert!(world.client.create_native(&order(&no)).await.unwrap_err().is_order_paid());
}

#[tokio::test]
async fn an_order_the_gateway_never_heard_of_is_absent() {
    let world = Harness::start().await;
    let error = world.client.query(&number()).await.unwrap_err();
    assert!(error.is_order_absent() && !error.is_unknown());
    assert!(world.client.close(&number()).await.unwrap_err().is_order_absent());
}

/// A time-out says nothing: here the order exists, and only a query knows.
#[tokio::test]
async fn a_create_that_timed_out_is_unknown_and_a_query_finds_the_order() {
    let world = Harness::start().await;
    world.simulator.set_faults(Faults { create_answer_delay_ms: 60_000, ..Faults::default() });
    let impatient = client(&world.simulator.wechat, &world.notify_url).with_total_timeout(Duration::from_millis(1_500));
    let no = number();
    let error = impatient.create_native(&order(&no)).await.unwrap_err();
    assert_eq!(error, GatewayError::Unknown(Unknown::TimedOut));
    assert_eq!(world.client.query(&no).await.unwrap().state, TradeState::NotPay);
}

#[tokio::test]
async fn a_failing_gateway_leaves_the_outcome_unknown() {
    let world = Harness::start().await;
    let (absent, stored) = (number(), number());
    let faults = Faults { create_status: Some(500), ..Faults::default() };
    world.simulator.set_faults(faults.clone());
    let error = world.client.create_native(&order(&absent)).await.unwrap_err();
    assert_eq!(error, GatewayError::Unknown(Unknown::ServerError { status: 500 }));
    world.simulator.set_faults(Faults { create_stored_despite_error: true, ..faults });
    assert!(world.client.create_native(&order(&stored)).await.unwrap_err().is_unknown());

    assert!(world.client.query(&absent).await.unwrap_err().is_order_absent());
    assert_eq!(world.client.query(&stored).await.unwrap().state, TradeState::NotPay);
}

#[tokio::test]
async fn a_rate_limit_is_a_refusal_and_can_be_told_apart() {
    let world = Harness::start().await;
    world.simulator.set_faults(Faults { create_status: Some(429), ..Faults::default() });
    let no = number();
    let error = world.client.create_native(&order(&no)).await.unwrap_err();
    assert!(error.is_rate_limited() && !error.is_unknown());
    assert!(world.client.query(&no).await.unwrap_err().is_order_absent());
}

/// Whoever sits between us and the gateway must not be able to tell us that nothing was paid.
#[tokio::test]
async fn an_answer_signed_by_a_stranger_is_not_believed() {
    let world = Harness::start().await;
    let no = number();
    world.client.create_native(&order(&no)).await.unwrap();
    world.simulator.set_faults(Faults { answer_signature_forged: true, ..Faults::default() });
    let unverified = GatewayError::Unknown(Unknown::Unverified);
    assert_eq!(world.client.create_native(&order(&no)).await.unwrap_err(), unverified);
    assert_eq!(world.client.query(&no).await.unwrap_err(), unverified);
    assert_eq!(world.client.close(&no).await.unwrap_err(), unverified);
}

#[tokio::test]
async fn a_query_is_repeated_a_bounded_number_of_times() {
    let world = Harness::start().await;
    let no = number();
    world.client.create_native(&order(&no)).await.unwrap();
    world.simulator.set_faults(Faults { query_failures: 2, ..Faults::default() });
    assert_eq!(world.client.query(&no).await.unwrap().state, TradeState::NotPay);
    world.simulator.set_faults(Faults { query_failures: 5, ..Faults::default() });
    assert!(world.client.query(&no).await.unwrap_err().is_unknown());
    assert_eq!(world.simulator.faults().query_failures, 2, "three attempts, no more");
}

#[tokio::test]
async fn a_query_may_lag_behind_the_notification() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { query_lag_ms: 3_600_000, ..Faults::default() });
    let no = number();
    let received = world.paid(&no).await;
    assert!(world.verify(&received).unwrap().notified.proof().is_some());
    assert_eq!(world.client.query(&no).await.unwrap().state, TradeState::NotPay);
    world.simulator.set_faults(Faults::default());
    assert!(world.client.query(&no).await.unwrap().proof.is_some());
}

/// The simulator checks as the gateway does, or all the rest of these tests would prove nothing.
#[tokio::test]
async fn a_merchant_that_signs_wrongly_is_refused() {
    let world = Harness::start().await;
    let other = world.simulator.add_merchant("别的收款方").unwrap();
    let mut wrong_key = config(&world.simulator.wechat, &world.notify_url);
    wrong_key.merchant_private_key_pem = other.merchant_private_key_pem.clone();
    let mut wrong_serial = config(&world.simulator.wechat, &world.notify_url);
    wrong_serial.merchant_serial = other.merchant_serial.clone();
    for wrong in [wrong_key, wrong_serial] {
        let client = WechatPay::new(wrong, system_clock()).unwrap();
        let error = client.create_native(&order(&number())).await.unwrap_err();
        assert_eq!(refused(&error).0, "SIGN_ERROR");
    }
    let mut wrong_app = config(&world.simulator.wechat, &world.notify_url);
    wrong_app.appid = other.appid;
    let client = WechatPay::new(wrong_app, system_clock()).unwrap();
    let error = client.create_native(&order(&number())).await.unwrap_err();
    assert_eq!(refused(&error).0, "APPID_MCHID_NOT_MATCH");
}

#[tokio::test]
async fn a_clock_that_is_off_is_refused_by_the_gateway() {
    let world = Harness::start().await;
    let late = system_clock();
    let clock = std::sync::Arc::new(move || late().plus_seconds(-600));
    let client = WechatPay::new(config(&world.simulator.wechat, &world.notify_url), clock).unwrap();
    let error = client.create_native(&order(&number())).await.unwrap_err();
    assert_eq!(refused(&error).0, "SIGN_ERROR");
}

#[tokio::test]
async fn malformed_orders_are_refused() {
    let world = Harness::start().await;
    let long = "长".repeat(128);
    let no = number();
    for wrong in [
        NativeOrder { amount: Fen(0), ..order(&no) },
        NativeOrder { out_trade_no: "short", ..order(&no) },
        NativeOrder { out_trade_no: "has space 1", ..order(&no) },
        NativeOrder { description: "", ..order(&no) },
        NativeOrder { description: &long, ..order(&no) },
    ] {
        let error = world.client.create_native(&wrong).await.unwrap_err();
        assert_eq!(refused(&error).0, "PARAM_ERROR", "{wrong:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_is_not_there_leaves_the_outcome_unknown() {
    let world = Harness::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut nowhere = config(&world.simulator.wechat, &world.notify_url);
    nowhere.base_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = WechatPay::new(nowhere, system_clock()).unwrap();
    let error = client.create_native(&order(&number())).await.unwrap_err();
    assert_eq!(error, GatewayError::Unknown(Unknown::NotConnected));
}
