//! Money that truly arrived and does not fit: it must come through as a proof, for the ledger to book to suspense.

use crate::harness::{AMOUNT, Harness, number};
use jixue_core::money::Fen;
use jixue_gateways::wechat_pay::Notified;
use jixue_simulators::Faults;

async fn notified(faults: Faults) -> (Harness, Notified, String) {
    let mut world = Harness::start().await;
    world.simulator.set_faults(faults);
    let no = number();
    let received = world.paid(&no).await;
    let notified = world.verify(&received).unwrap().notified;
    (world, notified, no)
}

#[tokio::test]
async fn another_amount_is_carried_as_it_arrived() {
    for paid_amount_delta_fen in [-1, 1] {
        let faults = Faults { paid_amount_delta_fen, ..Faults::default() };
        let (world, notified, no) = notified(faults).await;
        let Notified::Payment(proof) = notified else { panic!("expected a payment") };
        assert_eq!(proof.amount(), Fen(AMOUNT.0 + paid_amount_delta_fen));
        assert_eq!(world.client.query(&no).await.unwrap().proof, Some(proof));
    }
}

/// WeChat's coupon lowers what the payer gave, never what we get.
#[tokio::test]
async fn a_coupon_of_the_payer_changes_nothing_for_us() {
    let faults = Faults { paid_coupon_fen: 500, ..Faults::default() };
    let (_world, notified, _) = notified(faults).await;
    assert_eq!(notified.proof().unwrap().amount(), AMOUNT);
}

#[tokio::test]
async fn another_currency_is_carried_as_it_arrived() {
    let faults = Faults { paid_currency: Some("HKD".into()), ..Faults::default() };
    let (_world, notified, _) = notified(faults).await;
    assert_eq!(notified.proof().unwrap().currency(), "HKD");
}

#[tokio::test]
async fn money_for_another_merchant_is_foreign_and_still_proven() {
    let faults = Faults { notify_mchid: Some("1699999999".into()), ..Faults::default() };
    let (world, notified, no) = notified(faults).await;
    let Notified::Foreign { proof, appid } = notified else { panic!("expected foreign money") };
    assert_eq!((proof.merchant(), proof.out_trade_no()), ("1699999999", no.as_str()));
    assert_eq!(appid, world.simulator.wechat.appid);
    assert_eq!(proof.amount(), AMOUNT);
}

#[tokio::test]
async fn money_through_another_app_is_foreign_and_still_proven() {
    let faults = Faults { notify_appid: Some("wx0000000000000000".into()), ..Faults::default() };
    let (world, notified, _) = notified(faults).await;
    let Notified::Foreign { proof, appid } = notified else { panic!("expected foreign money") };
    assert_eq!(appid, "wx0000000000000000");
    assert_eq!(proof.merchant(), world.simulator.wechat.mchid);
}
