//! Many at the same moment: one booking, one seat, whoever is first.

use super::catcher::Catcher;
use super::city::{City, FEE, Person};
use crate::engines::{Engine, engines};
use futures_util::future::join_all;
use jixue::app::App;
use jixue::billing::{Heard, Incoming, Placed, hear, place_for_unit, settle};
use jixue::db::Tx;
use jixue_core::billing::Outcome;
use jixue_core::fact::SuspenseReason;
use jixue_core::id::{LearnerId, OrderId, UnitId};
use jixue_core::money::Fen;
use jixue_core::proof::{Channel, Proof};
use jixue_core::scope::{Reach, Scope};

const ENTRIES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM ledger_entry WHERE event = 'money_received'";
const TRADES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM gateway_trade";
const INBOX: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM notification_inbox";

/// WeChat repeats a callback until it hears a yes, and copies may arrive in the same millisecond, at two nodes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_copies_of_a_callback_book_once() {
    for engine in engines() {
        let city = City::start(engine).await;
        let catcher = Catcher::start(&city).await;
        let learner = city.learner(1).await;
        let order = catcher.order(&city, &learner).await;
        let raw = catcher.pay(&city, order).await;
        let copies = (0..100).map(|copy| {
            let (node, raw): (App, _) =
                (if copy % 2 == 0 { city.app.clone() } else { catcher.app.clone() }, raw.clone());
            tokio::spawn(async move { hear(&node, raw).await })
        });
        let heard: Vec<Heard> = join_all(copies).await.into_iter().map(|copy| copy.unwrap().expect("heard")).collect();
        let settled = heard.iter().filter(|heard| matches!(heard, Heard::Booked(Outcome::Settled { .. })));
        assert_eq!(settled.count(), 1, "{heard:?}");
        let counts = (city.count(ENTRIES).await, city.count(TRADES).await, city.count(INBOX).await);
        assert_eq!((counts, city.seats_paid().await), ((1, 1, 1), 1));
        city.ends_well().await;
    }
}

/// The gateway's own copies differ in nonce and time; each is kept, all mean the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_signed_copies_at_once_book_once() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let number = city.number(order).await;
        city.simulator.set_faults(jixue_simulators::Faults { notify_copies: 50, ..Default::default() });
        city.simulator.pay(&number).unwrap();
        super::city::eventually("all were heard", async || {
            let sent = city.simulator.notifications(&number);
            sent.iter().filter(|sent| sent.is_heard()).count() >= 50
        })
        .await;
        let counts = (city.count(ENTRIES).await, city.count(TRADES).await, city.count(INBOX).await);
        assert_eq!((counts, city.seats_paid().await), ((1, 1, 50), 1));
        city.ends_well().await;
    }
}

fn proof(city: &City, number: &str, trade_no: &str, amount: Fen) -> Proof {
    let merchant = &city.simulator.wechat.mchid;
    Proof::verified(Channel::WechatPay, merchant, trade_no, number, amount, "CNY", city.clock.now())
}

async fn settle_all(city: &City, nodes: &[App], proofs: Vec<Proof>) -> Vec<Outcome> {
    let tasks = proofs.into_iter().enumerate().map(|(at, proof)| {
        let node = nodes[at % nodes.len()].clone();
        tokio::spawn(async move { settle(&node, Incoming { proof, foreign: false, notification: None }).await })
    });
    let outcomes = join_all(tasks).await.into_iter().map(|done| done.unwrap().expect("booked")).collect();
    city.settle().await;
    outcomes
}

fn count(outcomes: &[Outcome], wanted: impl Fn(&Outcome) -> bool) -> usize {
    outcomes.iter().filter(|outcome| wanted(outcome)).count()
}

/// Two people pay the same order at the same moment: one opens the seat, the other's money waits for its refund.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_payments_of_one_order_never_both_settle() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learner = city.learner(1).await;
        let order = learner.order(&city).await;
        let number = city.number(order).await;
        let nodes = [city.app.clone(), city.second_node().await];
        let trades = (0..40).map(|copy| proof(&city, &number, ["trade-a", "trade-b"][copy % 2], FEE));
        let outcomes = settle_all(&city, &nodes, trades.collect()).await;
        let twice = Outcome::Suspended { reason: SuspenseReason::PaidTwice };
        assert_eq!(count(&outcomes, |outcome| matches!(outcome, Outcome::Settled { .. })), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, |outcome| *outcome == twice), 1, "{outcomes:?}");
        let recount = city.ends_well().await;
        assert_eq!((recount.credit_balance("2202"), recount.credit_balance("2103")), (FEE, FEE));
    }
}

/// A unit's order for everybody, and each learner's own late money for a cancelled order, all at once: each seat is
/// sold once, and no fen is missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unit_and_its_people_who_pay_at_once_buy_each_seat_once() {
    for engine in engines() {
        let city = City::start(engine).await;
        let mut people: Vec<Person> = Vec::new();
        for number in 1..=6 {
            people.push(city.learner(number).await);
        }
        let mut proofs = Vec::new();
        for person in &people {
            let own = person.order(&city).await;
            let trade_no = format!("own-{}", person.learner);
            proofs.push(proof(&city, &city.number(own).await, &trade_no, FEE));
            person.post(&format!("/orders/{own}/closure"), &[]).await;
        }
        let learners: Vec<LearnerId> = people.iter().map(|person| person.learner).collect();
        let order = order_for_unit(&city, city.unit, learners, "a key of sixteen").await;
        let clerk = city.clerk().await;
        clerk.post(&format!("/orders/{order}/payment-attempts"), &[("channel", "wechat_pay")]).await;
        proofs.insert(3, proof(&city, &city.number(order).await, "unit", FEE * 6));
        let nodes = [city.app.clone(), city.second_node().await];
        settle_all(&city, &nodes, proofs).await;
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM seat").await, 6);
        assert_eq!(city.seats_paid().await, 6);
        let recount = city.ends_well().await;
        assert_eq!(recount.credit_balance("2103"), FEE * 6, "six seats");
        assert_eq!(recount.credit_balance("2202"), FEE * 6, "and as much money that nobody wanted");
    }
}

async fn order_for_unit(city: &City, unit: UnitId, learners: Vec<LearnerId>, key: &'static str) -> OrderId {
    let (at, subject, limits) = (city.at(), city.subject(), city.limits());
    let scope = Scope::granted(jixue_core::id::AccountId::from_raw(1), Reach::Unit { unit });
    let placed =
        async move |tx: &Tx<'_>| place_for_unit(tx, &at, &scope, unit, subject, (&learners, key), limits).await;
    match city.db.write(placed).await.expect("placed") {
        Placed::Order(order) => order,
        Placed::Changed(choice) => panic!("{choice:?}"),
    }
}

/// A distributed engine knows one isolation only. The same stories must hold when conflicts come back as errors.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn copies_book_once_under_serializable_isolation() {
    if !crate::engines::with_postgres() {
        return;
    }
    let city = City::start(Engine::Postgres).await;
    let mut config = city.config.clone();
    config.database.url.push_str("%20-c%20default_transaction_isolation%3Dserializable");
    let node = App::open(config, city.clock.clone()).await.expect("a node");
    let learner = city.learner(1).await;
    let order = learner.order(&city).await;
    let number = city.number(order).await;
    let trades = (0..24).map(|_| proof(&city, &number, "trade", FEE)).collect();
    let outcomes = settle_all(&city, &[node], trades).await;
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, Outcome::Settled { .. })), 1, "{outcomes:?}");
    assert_eq!(count(&outcomes, |outcome| *outcome == Outcome::Repeated), 23);
    city.ends_well().await;
}
