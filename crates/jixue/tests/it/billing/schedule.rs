//! When the notification does not come: the gateway is asked, more and more seldom, until it is paid or closed.

use super::city::{City, eventually};
use crate::engines::{Engine, engines};
use jixue_core::id::OrderId;
use jixue_simulators::{Faults, OrderRefusal};

const NEXT_QUERY: &str =
    "SELECT CAST(COALESCE(MIN(run_at), 0) AS BIGINT) FROM job WHERE kind = 'query_payment' AND done_at IS NULL";
const BEGAN: &str = "SELECT created_at FROM payment_attempt";

/// Seconds from the attempt's beginning to the next planned question.
async fn next_question(city: &City) -> i64 {
    (city.count(NEXT_QUERY).await - city.count(BEGAN).await) / 1_000
}

/// Lost notifications are real: whoever paid must be able to study within seconds, not tomorrow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_whose_notification_is_lost_is_found_by_asking() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        city.simulator.set_faults(Faults { notify_withheld: true, ..Faults::default() });
        city.simulator.pay(&city.number(order).await).unwrap();
        assert_eq!(learner.state(order).await, "waiting");
        city.clock.advance_ms(5_000);
        learner.waits_until_paid(order).await;
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM notification_inbox").await, 0);
        city.ends_well().await;
    }
}

/// The first questions come fast; a job that plans its own next run must not lose it because it is still running.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_follow_the_schedule() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        assert_eq!(next_question(&city).await, 5);
        let mut at = 0;
        for (asked, next) in [(5, 15), (15, 30), (30, 60), (60, 180), (180, 600), (600, 1_800)] {
            city.clock.advance_ms((asked - at) * 1_000 + 500);
            at = asked;
            eventually("the next question is planned", async || next_question(&city).await == next).await;
        }
        closed_at_the_end(&city, order).await;
    }
}

/// At its end the attempt is closed at the gateway and asked about once more: then nothing of it is open anywhere.
async fn closed_at_the_end(city: &City, order: OrderId) {
    city.clock.advance_ms(1_300_000);
    eventually("the attempt is closed", async || {
        city.settle().await;
        city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM payment_attempt WHERE state = 'closed'").await == 1
    })
    .await;
    assert_eq!(city.simulator.pay(&city.number(order).await).unwrap_err(), OrderRefusal::Closed);
    city.ends_well().await;
}

/// The gateway's own books lag: "not paid" a second after the payment is not the last word, even at the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lagging_query_does_not_close_what_was_paid() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let faults = Faults { notify_withheld: true, query_lag_ms: 120_000, ..Faults::default() };
        city.simulator.set_faults(faults);
        // Time goes on meanwhile, so more than a moment is left of the half hour.
        city.clock.advance_ms(29 * 60_000 + 30_000);
        city.simulator.pay(&city.number(order).await).unwrap();
        city.clock.advance_ms(31_000);
        city.settle().await;
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM payment_attempt WHERE state = 'closed'").await, 0);
        city.clock.advance_ms(150_000);
        learner.waits_until_paid(order).await;
        city.ends_well().await;
    }
}

/// A gateway that fails for a while is asked again; nothing is concluded from its silence.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_concludes_nothing() {
    let city = City::start(Engine::Sqlite).await;
    let learner = city.learner(1).await;
    let order = learner.order(&city).await;
    city.simulator.set_faults(Faults { notify_withheld: true, query_failures: 3, ..Faults::default() });
    city.simulator.pay(&city.number(order).await).unwrap();
    city.clock.advance_ms(5_000);
    eventually("the next question is planned", async || next_question(&city).await == 15).await;
    assert_eq!(learner.state(order).await, "waiting");
    city.clock.advance_ms(10_000);
    learner.waits_until_paid(order).await;
    city.ends_well().await;
}
