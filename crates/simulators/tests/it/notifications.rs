//! Notifications: how they arrive, and that nothing but the gateway's own word is believed.

use crate::harness::{AMOUNT, Harness, Received, client, now, number, order};
use axum::http::HeaderValue;
use jixue_gateways::wechat_pay::{VerifyError, WechatPay};
use jixue_simulators::Faults;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The gateway repeats until it hears 2xx; money must be booked once, so the id and the proof stay the same.
#[tokio::test]
async fn a_notification_is_repeated_until_it_is_heard() {
    let mut world = Harness::start().await;
    world.answer.store(500, Ordering::SeqCst);
    let no = number();
    let first = world.paid(&no).await;
    let second = world.next().await;
    world.answer.store(204, Ordering::SeqCst);
    let last = world.heard(&no).await;
    let first = world.verify(&first).unwrap();
    assert_eq!(world.verify(&second).unwrap(), first);
    let again = world.client.notification(&last.headers, &last.body, now());
    assert_eq!(again, Ok(first));
    // Several waits later nothing more has come.
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    let sent = world.simulator.notifications(&no);
    assert_eq!((sent[0].attempt, sent.len()), (last.attempt, last.attempt as usize));
    assert!(sent[1..].iter().all(|earlier| !earlier.is_heard()));
}

#[tokio::test]
async fn two_copies_at_once_say_the_same() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { notify_copies: 2, ..Faults::default() });
    let first = world.paid(&number()).await;
    let second = world.next().await;
    assert_eq!(world.verify(&first).unwrap(), world.verify(&second).unwrap());
    assert_ne!(first.headers["Wechatpay-Nonce"], second.headers["Wechatpay-Nonce"]);
}

#[tokio::test]
async fn a_late_notification_is_believed() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { notify_delay_ms: 300, ..Faults::default() });
    let received = world.paid(&number()).await;
    assert!(world.verify(&received).unwrap().notified.proof().is_some());
}

#[tokio::test]
async fn a_lost_notification_comes_again_by_the_schedule() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { notify_withheld: true, ..Faults::default() });
    let no = number();
    world.client.create_native(&order(&no)).await.unwrap();
    world.simulator.pay(&no).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(world.simulator.notifications(&no).is_empty());
    world.simulator.set_faults(Faults::default());
    let received = world.next().await;
    assert_eq!(world.verify(&received).unwrap().out_trade_no, no);
    assert!(world.simulator.notifications(&no)[0].attempt > 1);
}

#[tokio::test]
async fn notifications_may_arrive_in_another_order() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { notify_reordered: true, ..Faults::default() });
    let (earlier, later) = (number(), number());
    for no in [&earlier, &later] {
        world.client.create_native(&order(no)).await.unwrap();
    }
    world.simulator.pay(&earlier).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.simulator.pay(&later).unwrap();
    let arrived = [world.next().await, world.next().await];
    let numbers = arrived.map(|received| world.verify(&received).unwrap().out_trade_no);
    assert_eq!(numbers, [later, earlier]);
}

/// The page may not even know its code yet when the money is there.
#[tokio::test]
async fn a_notification_may_come_before_the_create_answer() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { notify_before_answer: true, ..Faults::default() });
    let no = number();
    world.client.create_native(&order(&no)).await.unwrap();
    let received = world.received.try_recv().expect("it is here already");
    assert_eq!(world.verify(&received).unwrap().out_trade_no, no);
}

/// A close proves nothing against money that was faster.
#[tokio::test]
async fn money_that_arrives_after_the_close_is_proven() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { pay_closed_orders: true, ..Faults::default() });
    let no = number();
    world.client.create_native(&order(&no)).await.unwrap();
    world.client.close(&no).await.unwrap();
    world.simulator.pay(&no).unwrap();
    let received = world.next().await;
    let verified = world.verify(&received).unwrap();
    assert_eq!(verified.notified.proof().unwrap().amount(), AMOUNT);
    assert_eq!(world.client.query(&no).await.unwrap().proof.as_ref(), verified.notified.proof());
}

async fn refused_with(faults: Faults) -> VerifyError {
    let mut world = Harness::start().await;
    world.simulator.set_faults(faults);
    let received = world.paid(&number()).await;
    world.verify(&received).unwrap_err()
}

#[tokio::test]
async fn forged_stale_and_probing_notifications_are_refused_each_by_its_name() {
    let forged = Faults { notify_signature_forged: true, ..Faults::default() };
    assert_eq!(refused_with(forged).await, VerifyError::Signature);
    let unknown = Faults { notify_serial_wrong: true, ..Faults::default() };
    assert_eq!(refused_with(unknown).await, VerifyError::UnknownSerial);
    let probe = Faults { notify_signature_probe: true, ..Faults::default() };
    assert_eq!(refused_with(probe).await, VerifyError::SignatureProbe);
    for notify_timestamp_shift_seconds in [-310, 310] {
        let shifted = Faults { notify_timestamp_shift_seconds, ..Faults::default() };
        assert_eq!(refused_with(shifted).await, VerifyError::Stale);
    }
}

/// The edge of the five minutes, to the second, by a clock of the test's own.
#[tokio::test]
async fn a_notification_lives_five_minutes_either_way() {
    let mut world = Harness::start().await;
    let received = world.paid(&number()).await;
    let signed_at = received.headers["Wechatpay-Timestamp"].to_str().unwrap();
    let signed_at = jixue_core::time::Timestamp(signed_at.parse::<i64>().unwrap() * 1_000);
    let at = |seconds| {
        let now = signed_at.plus_seconds(seconds);
        world.client.notification(&received.headers, &received.body, now).map(drop)
    };
    assert_eq!(at(300), Ok(()));
    assert_eq!(at(-300), Ok(()));
    assert_eq!(at(301), Err(VerifyError::Stale));
    assert_eq!(at(-301), Err(VerifyError::Stale));
}

/// Some merchants still get certificate signatures long after the switch to the public key.
#[tokio::test]
async fn the_older_certificate_signature_is_believed_if_its_serial_is_configured() {
    let mut world = Harness::start().await;
    world.simulator.set_faults(Faults { notify_by_certificate: true, ..Faults::default() });
    let received = world.paid(&number()).await;
    assert!(world.verify(&received).is_ok());
    let mut without = world.simulator.wechat.clone();
    without.platform_certificates.clear();
    let without: WechatPay = client(&without, &world.notify_url);
    let refused = without.notification(&received.headers, &received.body, now());
    assert_eq!(refused, Err(VerifyError::UnknownSerial));
}

#[tokio::test]
async fn a_missing_signature_header_is_refused() {
    let mut world = Harness::start().await;
    let received = world.paid(&number()).await;
    for name in ["Serial", "Signature", "Timestamp", "Nonce"] {
        let mut headers = received.headers.clone();
        headers.remove(format!("Wechatpay-{name}"));
        let refused = world.client.notification(&headers, &received.body, now());
        assert_eq!(refused, Err(VerifyError::Headers), "{name}");
    }
}

/// The inbox keeps headers as rows and may be read again after a restart.
#[tokio::test]
async fn a_stored_notification_verifies_like_a_live_one() {
    let mut world = Harness::start().await;
    let received = world.paid(&number()).await;
    let rows: Vec<(String, String)> = received
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_uppercase(), value.to_str().unwrap().to_owned()))
        .collect();
    let stored = world.client.notification(&rows, &received.body, now());
    assert_eq!(stored, world.verify(&received));
    assert!(stored.is_ok());
}

/// Another merchant's notification is signed by the same gateway and sealed under another key.
#[tokio::test]
async fn another_merchants_notification_does_not_open() {
    let mut world = Harness::start().await;
    let other = world.simulator.add_merchant("别的收款方").unwrap();
    let other = client(&other, &world.notify_url);
    let no = number();
    other.create_native(&order(&no)).await.unwrap();
    world.simulator.pay(&no).unwrap();
    let received = world.next().await;
    assert!(other.notification(&received.headers, &received.body, now()).is_ok());
    assert_eq!(world.verify(&received), Err(VerifyError::Sealed));
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    let bit = bit % (bytes.len() * 8);
    copy[bit / 8] ^= 1 << (bit % 8);
    copy
}

fn with_header(received: &Received, name: &'static str, bytes: &[u8]) -> Option<Received> {
    let value = HeaderValue::from_bytes(bytes).ok()?;
    let mut copy = received.clone();
    copy.headers.insert(name, value);
    Some(copy)
}

/// Invariant I12: flipping any bit of body, sealed part or signed header makes verification fail.
#[tokio::test(flavor = "multi_thread")]
async fn no_flipped_bit_is_believed() {
    let mut world = Harness::start().await;
    let received = world.paid(&number()).await;
    assert!(world.verify(&received).is_ok());
    for name in ["Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature"] {
        let value = received.headers[name].as_bytes();
        for bit in 0..value.len() * 8 {
            if let Some(altered) = with_header(&received, name, &flipped(value, bit)) {
                assert!(world.verify(&altered).is_err(), "{name} bit {bit}");
            }
        }
    }
    let mut runner = TestRunner::new(ProptestConfig::with_cases(64));
    let anywhere = runner.run(&any::<proptest::sample::Index>(), |index| {
        let bit = index.index(received.body.len() * 8);
        let body = flipped(&received.body, bit);
        prop_assert!(world.client.notification(&received.headers, &body, now()).is_err(), "bit {}", bit);
        Ok(())
    });
    anywhere.unwrap();
}
