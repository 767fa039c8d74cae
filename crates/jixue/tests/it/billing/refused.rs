//! What is not the gateway's word: refused with a no, told to nobody but the counter, and leaving nothing behind.

use super::city::{City, eventually};
use crate::engines::{Engine, engines};
use jixue_simulators::Faults;

const INBOX: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM notification_inbox";
const REFUSED: &str = "SELECT CAST(COALESCE(SUM(refused), 0) AS BIGINT) FROM notification_refusal";

/// A stranger who can make us believe in money makes money. Repaired, the same payment is heard at the next repetition.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_verify_opens_nothing_and_leaves_nothing() {
    for engine in engines() {
        let wrongs = [
            Faults { notify_signature_forged: true, ..Faults::default() },
            Faults { notify_serial_wrong: true, ..Faults::default() },
            Faults { notify_timestamp_shift_seconds: -301, ..Faults::default() },
            Faults { notify_signature_probe: true, ..Faults::default() },
        ];
        let city = City::start(engine).await;
        for (number, wrong) in (1..).zip(wrongs) {
            let is_probe = wrong.notify_signature_probe;
            let learner = city.learner(number).await;
            let order = learner.order(&city).await;
            let out_trade_no = city.number(order).await;
            let (inbox, refused) = (city.count(INBOX).await, city.count(REFUSED).await);
            city.simulator.set_faults(wrong);
            city.simulator.pay(&out_trade_no).unwrap();
            eventually("it was answered", async || {
                city.simulator.notifications(&out_trade_no).iter().any(|sent| sent.answer_status.is_some())
            })
            .await;
            let sent = city.simulator.notifications(&out_trade_no);
            assert!(sent.iter().all(|sent| sent.answer_status.is_none_or(|status| status == 401)), "{sent:?}");
            assert_eq!((city.count(INBOX).await, city.seats_paid().await), (inbox, number as usize - 1));
            assert_eq!(city.count(REFUSED).await > refused, !is_probe, "a probe is no alarm");
            assert_eq!(learner.state(order).await, "waiting");
            city.simulator.set_faults(Faults::default());
            learner.waits_until_paid(order).await;
        }
        city.ends_well().await;
    }
}

/// A stranger sends what he likes: nonsense, nothing, too much. Each gets a no in the gateway's form.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_is_refused_in_the_gateways_form() {
    let city = City::start(Engine::Sqlite).await;
    let url = city.url("/payment-notifications/wechat-pay");
    let visitor = city.visitor();
    let bodies = [Vec::new(), b"{}".to_vec(), vec![0xff; 100], vec![b'a'; 65_537]];
    for body in bodies {
        let expected = if body.len() > 65_536 { 413 } else { 401 };
        let answer = visitor.post(&url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), expected);
        let told: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(told["code"], "FAIL");
    }
    assert_eq!(city.count(INBOX).await, 0);
    assert_eq!(visitor.get(&url).send().await.unwrap().status(), 405);
}

/// Flipping one bit of what was signed must make all of it worthless.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_byte_is_refused_and_the_true_one_is_taken_once() {
    let city = City::start(Engine::Sqlite).await;
    let learner = city.learner(1).await;
    let order = learner.order(&city).await;
    let number = city.number(order).await;
    city.simulator.pay(&number).unwrap();
    learner.waits_until_paid(order).await;
    eventually("it was answered", async || city.simulator.notifications(&number)[0].is_heard()).await;
    let heard = city.simulator.notifications(&number).remove(0);
    let url = city.url("/payment-notifications/wechat-pay");
    let send = async |body: Vec<u8>| {
        let mut request = city.visitor().post(&url).body(body);
        for (name, value) in &heard.headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    for at in [0, heard.body.len() / 2, heard.body.len() - 1] {
        let mut changed = heard.body.clone();
        changed[at] ^= 1;
        assert_eq!(send(changed).await, 401, "byte {at}");
    }
    let before = city.count(INBOX).await;
    assert_eq!(send(heard.body.clone()).await, 200, "the true one may be said again");
    assert_eq!(city.count(INBOX).await, before, "and is on record already");
    assert_eq!(city.seats_paid().await, 1);
    city.ends_well().await;
}

/// A wrong key of our own must not lose money: the raw word is kept, and the gateway is asked to repeat it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_that_we_cannot_open_is_kept_for_a_person() {
    let city = City::start(Engine::Sqlite).await;
    let learner = city.learner(1).await;
    let order = learner.order(&city).await;
    let number = city.number(order).await;
    // The same database and merchant, with an APIv3 key that was mistyped.
    std::fs::write(city.config.keys.join("apiv3.key"), "0".repeat(32)).unwrap();
    let mistaken = city.second_node().await;
    city.simulator.pay(&number).unwrap();
    learner.waits_until_paid(order).await;
    eventually("it was answered", async || city.simulator.notifications(&number)[0].is_heard()).await;
    let heard = city.simulator.notifications(&number).remove(0);
    let mut headers = axum_headers(&heard.headers);
    headers.insert("x-seen-by", "another node".parse().unwrap());
    let raw = jixue::billing::Raw::new(mistaken.clock.now(), &heard.path, &headers, heard.body);
    let outcome = jixue::billing::hear(&mistaken, raw).await.unwrap();
    assert!(matches!(outcome, jixue::billing::Heard::Unreadable(_)), "{outcome:?}");
    city.ends_well().await;
}

fn axum_headers(pairs: &[(String, String)]) -> reqwest::header::HeaderMap {
    let parsed = pairs.iter().map(|(name, value)| {
        let name = name.parse::<reqwest::header::HeaderName>().unwrap();
        (name, value.parse::<reqwest::header::HeaderValue>().unwrap())
    });
    parsed.collect()
}

/// The gateway grants all payees' people so many calls a minute. Whoever presses without end must not use them up, nor
/// fill the books with orders; nobody else may notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_presses_without_end_is_stopped_alone() {
    let city = City::start(Engine::Sqlite).await;
    let (presser, other) = (city.learner(1).await, city.learner(2).await);
    let year = city.year.to_string();
    let mut orders = 0;
    let stopped = loop {
        let (status, location, page) = presser.post("/orders", &[("year", &year), ("subject", "public")]).await;
        if status != 303 {
            break (status, page);
        }
        orders += 1;
        assert!(orders < 100, "nobody was stopped");
        presser.post(&format!("{location}/closure"), &[]).await;
    };
    assert!(orders >= 20, "{orders} orders are no attack");
    assert_eq!((stopped.0, stopped.1.contains("太频繁")), (429, true), "{}", stopped.1);
    city.clock.advance_ms(3_600_000);
    let order = presser.order(&city).await;
    let attempts = format!("/orders/{order}/payment-attempts");
    let mut codes = 0;
    let stopped = loop {
        let (status, _, page) = presser.post(&attempts, &[("channel", "wechat_pay")]).await;
        if status != 303 {
            break (status, page);
        }
        codes += 1;
        assert!(codes < 100, "nobody was stopped");
    };
    assert!(codes >= 20, "{codes} codes are no attack");
    assert_eq!((stopped.0, stopped.1.contains("太频繁")), (429, true), "{}", stopped.1);
    assert!(stopped.1.contains("<path fill=\"#000\""), "the living code stays on the page");
    let theirs = other.order(&city).await;
    assert_eq!(other.state(theirs).await, "waiting", "somebody else does not notice");
    city.ends_well().await;
}
