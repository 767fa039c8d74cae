//! After a crash: what was promised is done, once.

use super::catcher::Catcher;
use super::city::{City, Person, eventually};
use crate::engines::engines;
use jixue::billing::{Raw, open_seats, sweep};
use jixue::db::{Tx, values};
use jixue_simulators::Faults;

const LEAVE_PENDING: &str =
    "INSERT INTO notification_inbox (notification_id, channel, merchant, received_at, method, path,
        headers, body, digest, state)
    VALUES ($1, 'wechat_pay', $2, $3, 'POST', $4, $5, $6, $7, 'pending')";
const PENDING: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM notification_inbox WHERE state = 'pending'";
const FORGET_JOBS: &str = "DELETE FROM job WHERE kind = $1";

/// Leaves a notification as a crash between the promise and the booking leaves it.
async fn leave_pending(city: &City, raw: Raw) {
    let (id, merchant) = (city.ids.next_raw(), city.simulator.wechat.mchid.clone());
    let inserted = async move |tx: &Tx<'_>| {
        let headers = serde_json::to_string(&raw.headers).unwrap();
        let row = values![id, &merchant, raw.received_at, &raw.path, headers, &raw.body, [7_u8; 32]];
        tx.execute(LEAVE_PENDING, row).await
    };
    assert_eq!(city.db.write(inserted).await.unwrap(), 1);
}

/// The process died between the promise and the booking. An hour later the signature is still judged by the moment the
/// word was received.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_left_in_the_inbox_is_taken_in_by_the_sweep() {
    for engine in engines() {
        let city = City::start(engine).await;
        let catcher = Catcher::start(&city).await;
        let learner = city.learner(1).await;
        let order = catcher.order(&city, &learner).await;
        let raw = catcher.pay(&city, order).await;
        // Asking the gateway would find the money too; this is about the word alone.
        city.simulator.set_faults(Faults { query_failures: 10_000, ..Faults::default() });
        leave_pending(&city, raw).await;
        assert_eq!((learner.state(order).await.as_str(), city.count(PENDING).await), ("waiting", 1));
        city.clock.advance_ms(3_600_000);
        sweep(&city).await.unwrap();
        learner.waits_until_paid(order).await;
        eventually("it is taken in", async || city.count(PENDING).await == 0).await;
        assert_eq!((city.seats_paid().await, city.open_seats(order).await), (1, 1));
        city.ends_well().await;
    }
}

/// A word that lies in the inbox twice, and whose money was found by asking meanwhile, is booked once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_that_was_found_by_asking_too_is_booked_once() {
    for engine in engines() {
        let city = City::start(engine).await;
        let catcher = Catcher::start(&city).await;
        let learner = city.learner(1).await;
        let order = catcher.order(&city, &learner).await;
        let raw = catcher.pay(&city, order).await;
        city.clock.advance_ms(5_000);
        learner.waits_until_paid(order).await;
        leave_pending(&city, raw).await;
        city.clock.advance_ms(20_000);
        sweep(&city).await.unwrap();
        eventually("it is taken in", async || city.count(PENDING).await == 0).await;
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM gateway_trade").await, 1);
        assert_eq!(city.seats_paid().await, 1);
        city.ends_well().await;
    }
}

/// Places a unit's order for all of `people` through the clerk's pages; the order's address.
async fn order_for(city: &City, clerk: &Person, people: u32) -> jixue_core::id::OrderId {
    let learners = city.people(city.unit, 1, people).await;
    super::units::order_through_pages(city, clerk, &learners).await
}

/// The job that opens a unit's seats is lost: the sweep finds the paid lines and the same path opens them, each once,
/// even when two of them run at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_left_unopened_are_opened_by_the_sweep_once() {
    for engine in engines() {
        let city = City::start(engine).await;
        let catcher = Catcher::start(&city).await;
        let clerk = city.clerk().await;
        let order = order_for(&city, &clerk, 300).await;
        // Settled by a node that dies before its job runs: the job is gone with it.
        let number = city.number(order).await;
        city.simulator.set_faults(Faults { notify_withheld: true, ..Faults::default() });
        city.simulator.pay(&number).unwrap();
        let proof = catcher.app.wechat_pay.as_ref().unwrap().query(&number).await.unwrap().proof.unwrap();
        let forget = async |tx: &Tx<'_>| tx.execute(FORGET_JOBS, values!["open_seats"]).await;
        let word = jixue::billing::Incoming { proof, foreign: false, notification: None };
        jixue::billing::settle(&catcher.app, word).await.unwrap();
        city.db.write(forget).await.unwrap();
        let payer = city.unit.into();
        let (one, other) = tokio::join!(open_seats(&city, payer, order), open_seats(&catcher.app, payer, order));
        one.unwrap();
        other.unwrap();
        sweep(&city).await.unwrap();
        eventually("all seats are open", async || city.open_seats(order).await == 300).await;
        assert_eq!(city.seats_paid().await, 300);
        city.ends_well().await;
    }
}
