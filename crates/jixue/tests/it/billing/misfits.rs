//! Money that truly came and does not fit: it opens nothing it must not, and none of it is lost.

use super::city::{City, FEE, Person, eventually};
use crate::engines::engines;
use jixue_core::fact::{Fact, SuspenseReason};
use jixue_core::id::OrderId;
use jixue_core::money::Fen;
use jixue_gateways::wechat_pay::NativeOrder;
use jixue_simulators::Faults;

/// The reason for which money lies in suspense, once it does.
async fn suspended(city: &City) -> (SuspenseReason, Fen) {
    let mut found = None;
    eventually("the money lies in suspense", async || {
        found = city.facts().await.into_iter().find_map(|fact| match fact {
            Fact::MoneySuspended { reason, amount_fen, .. } => Some((reason, amount_fen)),
            _ => None,
        });
        found.is_some()
    })
    .await;
    found.expect("just found")
}

/// Orders, pays under `faults`; what became of the money.
async fn pay_with(city: &City, learner: &Person, faults: Faults) -> (OrderId, (SuspenseReason, Fen)) {
    let order = learner.order(city).await;
    city.simulator.set_faults(faults);
    city.simulator.pay(&city.number(order).await).unwrap();
    let outcome = suspended(city).await;
    city.simulator.set_faults(Faults::default());
    (order, outcome)
}

/// One fen less must not open a seat of forty yuan; one fen more is somebody's money.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_amount_waits_for_an_officer() {
    for engine in engines() {
        for delta in [-1, 1] {
            let city = City::start(engine).await;
            let learner = city.learner(1).await;
            let faults = Faults { paid_amount_delta_fen: delta, ..Faults::default() };
            let (order, outcome) = pay_with(&city, &learner, faults).await;
            assert_eq!(outcome, (SuspenseReason::AmountDiffers, FEE + Fen(delta)));
            assert_eq!((city.seats_paid().await, learner.state(order).await), (0, "suspended".to_owned()));
            let (_, page) = learner.get(&format!("/orders/{order}")).await;
            assert!(page.contains("暂收待查") && !page.contains("获取付款码"), "{page}");
            let again = format!("/orders/{order}/payment-attempts");
            assert_eq!(learner.post(&again, &[("channel", "wechat_pay")]).await.0, 409);
            let recount = city.ends_well().await;
            assert_eq!(recount.credit_balance("2202"), FEE + Fen(delta));
        }
    }
}

/// A coupon is between WeChat and the payer: the order is paid in full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coupon_does_not_make_the_amount_another() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        city.simulator.set_faults(Faults { paid_coupon_fen: 500, ..Faults::default() });
        city.simulator.pay(&city.number(order).await).unwrap();
        learner.waits_until_paid(order).await;
        city.ends_well().await;
    }
}

/// Truly signed, and for somebody else: it opens nothing, and our own order may still be paid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_for_another_merchant_or_app_opens_nothing() {
    for engine in engines() {
        let others = [
            Faults { notify_mchid: Some("1999999999".to_owned()), ..Faults::default() },
            Faults { notify_appid: Some("wx0000000000000000".to_owned()), ..Faults::default() },
        ];
        for faults in others {
            let city = City::start(engine).await;
            let learner = city.learner(1).await;
            let (order, outcome) = pay_with(&city, &learner, faults).await;
            assert_eq!(outcome, (SuspenseReason::MerchantDiffers, FEE));
            assert_eq!((city.seats_paid().await, learner.state(order).await), (0, "waiting".to_owned()));
            city.ends_well().await;
        }
    }
}

/// A dollar is not a yuan. The books are in renminbi, so only the suspense tells of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_currency_is_kept_and_not_booked() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let faults = Faults { paid_currency: Some("USD".to_owned()), ..Faults::default() };
        let (order, outcome) = pay_with(&city, &learner, faults).await;
        assert_eq!(outcome.0, SuspenseReason::CurrencyDiffers);
        assert_eq!((city.seats_paid().await, learner.state(order).await), (0, "suspended".to_owned()));
        let recount = city.ends_well().await;
        assert!(recount.accounts.is_empty(), "{:?}", recount.accounts);
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM suspense WHERE currency = 'USD'").await, 1);
    }
}

/// Somebody paid something at our merchant number that we never asked for: an officer must find out whose it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_for_an_order_we_do_not_know_is_kept() {
    for engine in engines() {
        let city = City::start(engine).await;
        let order = NativeOrder {
            out_trade_no: "01J0000000000000000000000X",
            description: "别处的订单",
            amount: Fen(777),
            expires_at: city.clock.now().plus_seconds(600),
        };
        city.wechat_pay.as_ref().unwrap().create_native(&order).await.unwrap();
        city.simulator.pay(order.out_trade_no).unwrap();
        assert_eq!(suspended(&city).await, (SuspenseReason::UnknownOrder, Fen(777)));
        let recount = city.ends_well().await;
        assert_eq!(recount.credit_balance("2202"), Fen(777));
    }
}

/// Two codes of one order were paid after all: one opens the seat, the other goes back to its owner some day.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_payment_waits_for_its_refund() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let first = city.number(order).await;
        city.clock.advance_ms(31 * 60_000);
        learner.post(&format!("/orders/{order}/payment-attempts"), &[("channel", "wechat_pay")]).await;
        let second = city.number(order).await;
        city.simulator.set_faults(Faults { pay_closed_orders: true, ..Faults::default() });
        city.simulator.pay(&second).unwrap();
        learner.waits_until_paid(order).await;
        city.simulator.pay(&first).unwrap();
        assert_eq!(suspended(&city).await, (SuspenseReason::PaidTwice, FEE));
        assert_eq!((city.seats_paid().await, learner.state(order).await), (1, "paid".to_owned()));
        let recount = city.ends_well().await;
        assert_eq!((recount.credit_balance("2202"), recount.credit_balance("2103")), (FEE, FEE));
    }
}
