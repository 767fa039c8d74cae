//! Calls to the gateway whose outcome nobody knows: shown as such, asked for, never guessed or repeated blindly.

use super::city::{City, Person, eventually};
use crate::engines::engines;
use jixue_core::id::OrderId;
use jixue_simulators::Faults;

/// Orders while the gateway misbehaves.
async fn order_with(city: &City, learner: &Person, faults: Faults) -> OrderId {
    city.simulator.set_faults(faults);
    let order = learner.order(city).await;
    city.simulator.set_faults(Faults::default());
    order
}

async fn code_comes_and_is_paid(city: &City, learner: &Person, order: OrderId) {
    city.clock.advance_ms(5_000);
    eventually("the code is on the screen", async || {
        city.settle().await;
        learner.state(order).await == "waiting"
    })
    .await;
    city.simulator.pay(&city.number(order).await).unwrap();
    learner.waits_until_paid(order).await;
    assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM payment_attempt").await, 1);
    city.ends_well().await;
}

/// The call was answered with an error and the order exists there all the same: the page says "confirming", the query
/// finds it, the same attempt gets its code.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_asked_for() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let faults = Faults { create_status: Some(500), create_stored_despite_error: true, ..Faults::default() };
        let order = order_with(&city, &learner, faults).await;
        assert_eq!(learner.state(order).await, "confirming");
        let (_, page) = learner.get(&format!("/orders/{order}")).await;
        assert!(page.contains("正在向微信支付确认") && !page.contains("获取付款码"), "{page}");
        code_comes_and_is_paid(&city, &learner, order).await;
    }
}

/// The call never arrived: the gateway has never heard of the attempt, and is asked once more with the same words.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_never_arrived_is_made_again() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let faults = Faults { create_status: Some(500), ..Faults::default() };
        let order = order_with(&city, &learner, faults).await;
        assert_eq!(learner.state(order).await, "confirming");
        code_comes_and_is_paid(&city, &learner, order).await;
    }
}

/// Asked too often, the gateway does nothing: the payer is told so and the page's button asks again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_gateway_is_told_of_and_asked_again() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let faults = Faults { create_status: Some(429), ..Faults::default() };
        let order = order_with(&city, &learner, faults.clone()).await;
        city.simulator.set_faults(faults);
        let attempts = format!("/orders/{order}/payment-attempts");
        let (status, _, page) = learner.post(&attempts, &[("channel", "wechat_pay")]).await;
        assert_eq!((status, page.contains("微信支付现在很忙")), (503, true), "{page}");
        assert!(page.contains("获取付款码</button>") && !page.contains("正在向微信支付确认"), "{page}");
        city.simulator.set_faults(Faults::default());
        assert_eq!(learner.post(&attempts, &[("channel", "wechat_pay")]).await.0, 303);
        assert_eq!(learner.state(order).await, "waiting");
        city.ends_well().await;
    }
}

/// Has a code, lets it die, and asks for a fresh one with an answer that never comes; what is due by then is done.
async fn refresh_without_answer(city: &City, learner: &Person) -> OrderId {
    let order = learner.order(city).await;
    city.clock.advance_ms(5 * 60_000);
    city.settle().await;
    city.simulator.set_faults(Faults { create_status: Some(500), ..Faults::default() });
    let attempts = format!("/orders/{order}/payment-attempts");
    assert_eq!(learner.post(&attempts, &[("channel", "wechat_pay")]).await.0, 303);
    city.simulator.set_faults(Faults::default());
    assert_eq!(learner.state(order).await, "confirming");
    order
}

/// The page says "a few seconds". Minutes into an attempt the planned questions are far apart; whoever then stands before
/// a page without a code must not wait for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_code_whose_answer_is_lost_is_asked_for_in_seconds() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = refresh_without_answer(&city, &learner).await;
        code_comes_and_is_paid(&city, &learner, order).await;
    }
}

/// A gateway that is away for ten seconds more is asked again as soon as at an attempt's beginning, not in ten minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_stays_silent_is_asked_again_soon() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = refresh_without_answer(&city, &learner).await;
        // One question is sent three times before it counts as unanswered.
        city.simulator.set_faults(Faults { query_failures: 3, ..Faults::default() });
        city.clock.advance_ms(5_000);
        eventually("the gateway was asked in vain", async || {
            city.settle().await;
            city.simulator.faults().query_failures == 0
        })
        .await;
        city.settle().await;
        assert_eq!(learner.state(order).await, "confirming");
        city.clock.advance_ms(5_000);
        code_comes_and_is_paid(&city, &learner, order).await;
    }
}

/// Answers that the gateway has not signed are nobody's answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_answer_is_no_answer() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let faults = Faults { answer_signature_forged: true, ..Faults::default() };
        let order = order_with(&city, &learner, faults).await;
        assert_eq!(learner.state(order).await, "confirming");
        code_comes_and_is_paid(&city, &learner, order).await;
    }
}

/// The payer is faster than the answer to our own call: the word about the money may come first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_may_come_before_the_code() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let faults = Faults { notify_before_answer: true, ..Faults::default() };
        let order = order_with(&city, &learner, faults).await;
        learner.waits_until_paid(order).await;
        assert_eq!(city.open_seats(order).await, 1);
        let (_, page) = learner.get(&format!("/orders/{order}")).await;
        assert!(page.contains("已到账"), "{page}");
        city.ends_well().await;
    }
}

/// Tapping "get a code" many times at once must not make many codes that can all be paid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_taps_at_once_make_one_attempt() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let year = city.year.to_string();
        let tap = async || {
            let (status, location, _) = learner.post("/orders", &[("year", &year), ("subject", "public")]).await;
            assert_eq!(status, 303);
            location
        };
        let taps = futures(std::iter::repeat_with(tap).take(12)).await;
        assert!(taps.windows(2).all(|pair| pair[0] == pair[1]), "{taps:?}");
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM purchase_order").await, 1);
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM payment_attempt").await, 1);
        city.ends_well().await;
    }
}

async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    futures_util::future::join_all(all).await
}
