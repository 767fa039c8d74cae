//! A learner pays: the page, the code, the script's question, the moment it is paid.

use super::city::{City, FEE, eventually};
use crate::engines::{Engine, engines};
use jixue::billing::{Payable, payable};
use jixue::db::Tx;
use jixue_core::fact::Fact;
use jixue_core::money::Fen;
use jixue_core::study::Subject;
use jixue_simulators::{Faults, OrderRefusal};

/// This is the main job: whoever has paid may study at that moment, and nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_learner_scans_the_code_and_learning_opens_with_the_settlement() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let (status, page) = learner.get(&format!("/orders/{order}")).await;
        assert_eq!(status, 200);
        for expected in ["¥40.00", "郴州市继续教育中心", "财政票据", "<path fill=\"#000\"", "桂阳县第一人民医院"]
        {
            assert!(page.contains(expected), "{expected} is missing in {page}");
        }
        let waiting = learner.status(order).await;
        assert_eq!((&waiting["state"], &waiting["paid"]), (&"waiting".into(), &false.into()));
        assert!((290..=300).contains(&waiting["seconds_left"].as_i64().unwrap()), "{waiting}");
        assert_eq!(learner.order(&city).await, order, "a double tap finds the open order");
        assert_eq!(city.seats_paid().await, 0);

        city.simulator.pay(&city.number(order).await).unwrap();
        learner.waits_until_paid(order).await;
        let seat = Fact::SeatPaid {
            payer: learner.learner.into(),
            order,
            learner: learner.learner,
            year: city.year,
            subject: Subject::Public,
            at: city.clock.now(),
        };
        let facts = city.facts().await;
        let paid = facts.iter().find(|fact| matches!(fact, Fact::SeatPaid { .. })).expect("the seat is paid");
        assert_eq!(without_time(paid), without_time(&seat));
        assert_eq!(city.open_seats(order).await, 1, "open in the same transaction, not by a job");
        let (_, page) = learner.get(&format!("/orders/{order}")).await;
        assert!(page.contains("已到账") && page.contains("/learn"), "{page}");
        let (_, list) = learner.get("/orders").await;
        assert!(list.contains("本人缴费") && list.contains("已付款"), "{list}");
        let (status, _, page) =
            learner.post(&format!("/orders/{order}/payment-attempts"), &[("channel", "wechat_pay")]).await;
        assert_eq!((status, page.contains("已经支付")), (409, true), "{page}");

        let recount = city.ends_well().await;
        assert_eq!(recount.credit_balance("2103"), FEE, "a fiscal receipt is due to the treasury");
        assert_eq!(recount.credit_balance("2203"), Fen::ZERO);
    }
}

fn without_time(fact: &Fact) -> serde_json::Value {
    let mut value = serde_json::to_value(fact).unwrap();
    value.as_object_mut().unwrap().remove("at");
    value
}

/// What a learner pays is nobody else's business, and nobody else may cancel it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_case_08_an_order_is_its_payers_alone() {
    let city = City::start(Engine::Sqlite).await;
    let (owner, stranger) = (city.learner(1).await, city.learner(2).await);
    let clerk = city.clerk().await;
    let order = owner.order(&city).await;
    for other in [&stranger, &clerk] {
        assert_eq!(other.get(&format!("/orders/{order}")).await.0, 404);
        assert_eq!(other.get(&format!("/api/v1/orders/{order}")).await.0, 404);
        let attempt = other.post(&format!("/orders/{order}/payment-attempts"), &[("channel", "wechat_pay")]).await;
        assert_eq!(attempt.0, 404);
        assert_eq!(other.post(&format!("/orders/{order}/closure"), &[]).await.0, 404);
    }
    assert_eq!(owner.state(order).await, "waiting");
    city.ends_well().await;
}

/// A screenshot of an old code must be worthless, and the attempt must stay one, or somebody pays twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_code_replaces_the_old_one_within_one_attempt() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let (_, first) = learner.get(&format!("/orders/{order}")).await;
        let number = city.number(order).await;
        city.clock.advance_ms(5 * 60_000);
        let status = learner.status(order).await;
        assert_eq!((&status["state"], &status["seconds_left"]), (&"waiting".into(), &0.into()));
        let attempts = format!("/orders/{order}/payment-attempts");
        assert_eq!(learner.post(&attempts, &[("channel", "wechat_pay")]).await.0, 303);
        let (_, second) = learner.get(&format!("/orders/{order}")).await;
        assert_ne!(qr(&first), qr(&second), "another code is on the screen");
        assert_eq!(city.number(order).await, number, "of the same attempt");
        city.simulator.pay(&number).unwrap();
        learner.waits_until_paid(order).await;
        city.ends_well().await;
    }
}

fn qr(page: &str) -> &str {
    let (_, rest) = page.split_once("<path fill=\"#000\" d=\"").expect("a code on the page");
    rest.split('"').next().unwrap_or_default()
}

/// Half an hour later the gateway takes no money for the attempt; the next one must be the only one that does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_is_over_is_closed_before_another_begins() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let first = city.number(order).await;
        city.clock.advance_ms(31 * 60_000);
        let attempts = format!("/orders/{order}/payment-attempts");
        assert_eq!(learner.post(&attempts, &[("channel", "wechat_pay")]).await.0, 303);
        let second = city.number(order).await;
        assert_ne!(first, second);
        assert_eq!(city.simulator.pay(&first).unwrap_err(), OrderRefusal::Closed);
        city.simulator.pay(&second).unwrap();
        learner.waits_until_paid(order).await;
        city.ends_well().await;
    }
}

/// Who cancels means it: the code dies at the gateway, not only on our page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_order_takes_no_more_money() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let (status, location, _) = learner.post(&format!("/orders/{order}/closure"), &[]).await;
        assert_eq!(status, 303);
        let (_, page) = learner.get(&location).await;
        assert!(page.contains("订单已取消") && page.contains("重新下单"), "{page}");
        let number = city.number(order).await;
        eventually("the gateway has closed it", async || {
            city.settle().await;
            matches!(city.simulator.pay(&number), Err(OrderRefusal::Closed))
        })
        .await;
        assert_ne!(learner.order(&city).await, order, "a new order may be placed");
        city.ends_well().await;
    }
}

/// The payer may be faster than the close. Money that has come opens learning, whatever we called the order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_comes_after_the_cancel_opens_learning_all_the_same() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        learner.post(&format!("/orders/{order}/closure"), &[]).await;
        city.settle().await;
        city.simulator.set_faults(Faults { pay_closed_orders: true, ..Faults::default() });
        city.simulator.pay(&city.number(order).await).unwrap();
        learner.waits_until_paid(order).await;
        assert_eq!(city.open_seats(order).await, 1);
        city.ends_well().await;
    }
}

/// An order nobody pays must not block the next one, nor leave a living code behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unpaid_order_ends_after_its_time() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        city.clock.advance_ms(121 * 60_000);
        assert_eq!(learner.state(order).await, "expired", "said at once, swept soon");
        jixue::billing::sweep(&city).await.unwrap();
        city.settle().await;
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM purchase_order WHERE state = 'expired'").await, 1);
        let refused = city.simulator.pay(&city.number(order).await).unwrap_err();
        assert_eq!(refused, OrderRefusal::Closed);
        assert_ne!(learner.order(&city).await, order);
        city.ends_well().await;
    }
}

/// The home page asks this first: a wrong answer sends somebody to pay twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_payable_follows_the_order() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let ask = async || {
            let (at, scope, who, subject) = (city.at(), learner.scope(), learner.learner, city.subject());
            city.db.read(async move |tx: &Tx<'_>| payable(tx, &at, &scope, who, subject).await).await.unwrap()
        };
        assert_eq!(ask().await, Payable::Due { amount: FEE });
        let order = learner.order(&city).await;
        assert_eq!(ask().await, Payable::Open { order });
        city.simulator.pay(&city.number(order).await).unwrap();
        learner.waits_until_paid(order).await;
        assert_eq!(ask().await, Payable::AlreadyPaid { by_unit: false });
        let (at, scope, who) = (city.at(), learner.scope(), learner.learner);
        let other = (city.year, Subject::Professional);
        let asked = city.db.read(async move |tx: &Tx<'_>| payable(tx, &at, &scope, who, other).await).await;
        assert_eq!(asked.unwrap(), Payable::NotOffered);
        city.ends_well().await;
    }
}

/// People read the cashier in English too, and the numbers must not change with the language.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cashier_speaks_english() {
    let city = City::start(Engine::Sqlite).await;
    let learner = city.learner(1).await;
    let order = learner.order(&city).await;
    let path = format!("/orders/{order}");
    learner.post("/preferences", &[("lang", "en"), ("back", &path)]).await;
    let (_, page) = learner.get(&path).await;
    for expected in ["Scan with WeChat", "¥40.00", "Chenzhou Continuing Education Centre", "Public subject"] {
        assert!(page.contains(expected), "{expected} is missing in {page}");
    }
}
