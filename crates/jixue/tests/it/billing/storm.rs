//! A seeded storm: many payers, every fault, in any order. At the end the sums must hold.

use super::city::{City, Person, eventually};
use crate::engines::{Engine, engines};
use jixue::billing::{begin_attempt, cancel, place_own, sweep};
use jixue::db::{Tx, values};
use jixue_core::id::OrderId;
use jixue_core::money::Fen;
use jixue_core::proof::Channel;
use jixue_simulators::Faults;
use std::collections::BTreeSet;

const PEOPLE: u32 = 6;
const STEPS: usize = 60;
const KNOWN: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM gateway_trade WHERE out_trade_no = $1";
const OPEN_ATTEMPTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM payment_attempt WHERE state IN ('waiting', 'unknown')";
const SEATS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM seat";
const PAID_ORDERS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM purchase_order WHERE state = 'paid'";
const TRADES: &str = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM gateway_trade WHERE currency = 'CNY'";

/// What a storm has done so far.
struct Storm {
    random: fastrand::Rng,
    people: Vec<Person>,
    orders: Vec<(usize, OrderId)>,
    paid: BTreeSet<String>,
}

fn faults(random: &mut fastrand::Rng) -> Faults {
    let mut faults = Faults { pay_closed_orders: random.bool(), ..Faults::default() };
    match random.u32(0..12) {
        0 => faults.notify_copies = 4,
        1 => faults.notify_delay_ms = random.u64(1..80),
        2 => faults.notify_withheld = true,
        3 => faults.notify_reordered = true,
        4 => faults.notify_signature_forged = true,
        5 => faults.notify_serial_wrong = true,
        6 => faults.paid_amount_delta_fen = random.i64(-3..4),
        7 => faults.paid_coupon_fen = 300,
        8 => faults.query_lag_ms = random.i64(1..20_000),
        9 => faults.create_status = Some(if random.bool() { 500 } else { 429 }),
        10 => (faults.create_status, faults.create_stored_despite_error) = (Some(500), true),
        _ => faults.query_failures = 3,
    }
    faults
}

impl Storm {
    async fn step(&mut self, city: &City) {
        let who = self.random.usize(0..self.people.len());
        city.simulator.set_faults(faults(&mut self.random));
        match self.random.u32(0..10) {
            0..=2 => self.order(city, who).await,
            3..=6 => self.pay(city).await,
            7 => self.cancel(city).await,
            8 => city.clock.advance_ms(self.random.i64(1_000..2_400_000)),
            _ => sweep(city).await.expect("a sweep"),
        }
    }

    async fn order(&mut self, city: &City, who: usize) {
        let (at, scope, limits, subject) = (city.at(), self.people[who].scope(), city.limits(), city.subject());
        let learner = self.people[who].learner;
        let placed = async move |tx: &Tx<'_>| place_own(tx, &at, &scope, learner, subject, limits).await;
        // A seat that is paid for is refused; that is right.
        let Ok(order) = city.db.write(placed).await else { return };
        self.orders.push((who, order));
        // Refusals of a busy gateway are part of the weather.
        let _ = begin_attempt(city, &self.people[who].scope(), order, Channel::WechatPay).await;
    }

    /// Somebody pays any code that was ever shown, living or not.
    async fn pay(&mut self, city: &City) {
        if self.orders.is_empty() {
            return;
        }
        let (_, order) = self.orders[self.random.usize(0..self.orders.len())];
        let tried = "SELECT out_trade_no FROM payment_attempt WHERE order_id = $1 ORDER BY attempt_id LIMIT 50";
        let read = async move |tx: &Tx<'_>| tx.query(tried, values![order], |row| row.get::<String>(0)).await;
        for number in city.db.read(read).await.expect("attempts") {
            if self.random.bool() && city.simulator.pay(&number).is_ok() {
                self.paid.insert(number);
            }
        }
    }

    async fn cancel(&mut self, city: &City) {
        if self.orders.is_empty() {
            return;
        }
        let (who, order) = self.orders[self.random.usize(0..self.orders.len())];
        let (at, scope) = (city.at(), self.people[who].scope());
        // A paid or ended order is refused; that is right.
        let _ = city.db.write(async move |tx: &Tx<'_>| cancel(tx, &at, &scope, order).await).await;
    }

    /// The weather clears: whatever was paid is told or found, whatever is open is closed.
    async fn clears(&self, city: &City) {
        city.simulator.set_faults(Faults::default());
        city.clock.advance_ms(3 * 3_600_000);
        for number in &self.paid {
            eventually("money that was paid is known", async || {
                sweep(city).await.expect("a sweep");
                let number = number.clone();
                let known = async move |tx: &Tx<'_>| tx.query_value::<i64>(KNOWN, values![&number]).await;
                city.db.read(known).await.expect("a count") == 1
            })
            .await;
        }
        eventually("no attempt is open", async || {
            city.clock.advance_ms(61_000);
            sweep(city).await.expect("a sweep");
            city.settle().await;
            city.count(OPEN_ATTEMPTS).await == 0
        })
        .await;
    }
}

async fn storm(engine: Engine, seed: u64) {
    println!("seed {seed}"); // shown when the test fails
    let city = City::start(engine).await;
    let mut people = Vec::new();
    for number in 1..=PEOPLE {
        people.push(city.learner(number).await);
    }
    let mut storm =
        Storm { random: fastrand::Rng::with_seed(seed), people, orders: Vec::new(), paid: BTreeSet::new() };
    for _ in 0..STEPS {
        storm.step(&city).await;
    }
    storm.clears(&city).await;
    let recount = city.ends_well().await;
    let (seats, paid_orders) = (city.count(SEATS).await, city.count(PAID_ORDERS).await);
    assert_eq!((seats, seats), (paid_orders, city.seats_paid().await as i64), "one seat a paid order");
    let income = recount.credit_balance("2103") + recount.credit_balance("2202");
    assert_eq!(income, Fen(city.count(TRADES).await), "every fen is in a seat or in suspense");
    assert_eq!(recount.credit_balance("2103"), super::city::FEE * seats);
}

/// Whatever the order of good and bad luck: money in equals seats sold plus suspense, and nobody has two seats.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sums_hold_after_any_storm() {
    let first: u64 = std::env::var("JIXUE_STORM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260);
    for engine in engines() {
        for seed in first..first + 3 {
            storm(engine, seed).await;
        }
    }
}
