//! A small world of orders and attempts that hears verified words, with a store of the plainest kind.

use super::*;
use crate::billing::open_seats;
use std::collections::BTreeMap;

/// What may happen, in any order.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    Word(usize),
    Cancel(usize),
    Expire(usize),
    Close(usize),
    LoseSight(usize),
    /// The opening job runs, perhaps too early, perhaps twice.
    Open,
}

/// A store of the plainest kind.
#[derive(Clone)]
pub struct World {
    pub orders: Vec<Order>,
    pub attempts: Vec<PaymentAttempt>,
    seen: BTreeSet<String>,
    entries: Vec<Entry>,
    suspended: Vec<(SuspenseReason, i64, String)>,
    pub received: i64,
    pub settled: i64,
    due: Vec<(usize, OrderLine)>,
    pub opened: Vec<LearnerId>,
    settlements: BTreeMap<OrderId, usize>,
}

impl World {
    pub fn of(orders: Vec<Order>, attempts_each: usize) -> Self {
        let tries = orders.iter().enumerate().flat_map(|(index, order)| {
            (0..attempts_each).map(move |number| attempt((index * 10 + number) as i64 + 1, order))
        });
        Self {
            attempts: tries.collect(),
            orders,
            seen: BTreeSet::new(),
            entries: Vec::new(),
            suspended: Vec::new(),
            received: 0,
            settled: 0,
            due: Vec::new(),
            opened: Vec::new(),
            settlements: BTreeMap::new(),
        }
    }

    pub fn after(mut self, words: &[Proof], events: &[Event]) -> Self {
        for (step, event) in events.iter().enumerate() {
            let now = NOON.plus_seconds(step as i64);
            match *event {
                Event::Word(index) => self.hear(&words[index], now),
                Event::Cancel(index) => {
                    let orders = self.orders.len();
                    let order = &mut self.orders[index % orders];
                    *order = order.clone().cancel(Actor::System, now).unwrap_or(order.clone());
                }
                Event::Expire(index) => {
                    let orders = self.orders.len();
                    let order = &mut self.orders[index % orders];
                    *order = order.clone().expire(0, now).unwrap_or(order.clone());
                }
                Event::Close(index) => {
                    let attempts = self.attempts.len();
                    let attempt = &mut self.attempts[index % attempts];
                    *attempt = attempt.clone().close(now).unwrap_or(attempt.clone());
                }
                Event::LoseSight(index) => {
                    let attempts = self.attempts.len();
                    let attempt = &mut self.attempts[index % attempts];
                    *attempt = attempt.clone().lose_sight(now).unwrap_or(attempt.clone());
                }
                Event::Open => self.open(now),
            }
        }
        self.open(NOON.plus_days(1));
        self
    }

    fn hear(&mut self, word: &Proof, now: Timestamp) {
        let attempt = self.attempts.iter().position(|attempt| attempt.out_trade_no.as_str() == word.out_trade_no());
        let order = attempt.map(|attempt| {
            let id = self.attempts[attempt].order;
            self.orders.iter().position(|order| order.id == id).unwrap()
        });
        let others = self
            .orders
            .iter()
            .enumerate()
            .filter(|(index, other)| Some(*index) != order && matches!(other.state, OrderState::Paid { .. }));
        let covered = others.flat_map(|(_, other)| other.lines.as_slice()).map(|line| line.learner).collect();
        let known = Known {
            payee: PAYEE,
            merchant: MERCHANT,
            receipt: RECEIPT,
            trade_seen: !self.seen.insert(word.trade_no().to_owned()),
            attempt: attempt.map(|index| self.attempts[index].clone()),
            order: order.map(|index| self.orders[index].clone()),
            covered: &covered,
        };
        let settlement = settle(word, known, SUSPENSE, now);
        self.keep(settlement, order, attempt);
    }

    fn keep(&mut self, settlement: Settlement, order: Option<usize>, attempt: Option<usize>) {
        for fact in &settlement.facts {
            match fact {
                Fact::MoneyReceived { amount_fen, .. } => self.received += amount_fen.0,
                Fact::OrderPaid { amount_fen, order, .. } => {
                    self.settled += amount_fen.0;
                    *self.settlements.entry(*order).or_default() += 1;
                }
                Fact::SeatPaid { learner, .. } => self.opened.push(*learner),
                Fact::MoneySuspended { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        self.entries.extend(settlement.entries);
        let kept = settlement.suspense;
        self.suspended.extend(kept.map(|suspense| (suspense.reason, suspense.amount.0, suspense.currency)));
        if let (Some(index), Outcome::Settled { opening: SeatsOpening::InChunks }) = (order, settlement.outcome) {
            self.due.extend(settlement.seats.into_iter().map(|seat| (index, seat)));
        }
        if let (Some(index), Some(order)) = (order, settlement.order) {
            self.orders[index] = order;
        }
        if let (Some(index), Some(attempt)) = (attempt, settlement.attempt) {
            self.attempts[index] = attempt;
        }
    }

    fn open(&mut self, now: Timestamp) {
        for (order, seat) in std::mem::take(&mut self.due) {
            let opened = open_seats(&self.orders[order], &[seat], RECEIPT, now).unwrap();
            self.opened.push(seat.learner);
            self.entries.extend(opened.entry);
        }
    }

    pub fn balance(&self, code: &str) -> i64 {
        let lines = self.entries.iter().flat_map(|entry| entry.lines());
        lines.filter(|line| line.account.code() == code).map(|line| line.debit.0 - line.credit.0).sum()
    }

    /// What must not depend on the order of events, for the orders and attempts that heard of money: which of
    /// several fitting trades came first is left out.
    pub fn told(&self, words: &[Proof]) -> String {
        let mut entries = self.entries.clone();
        entries.sort();
        let mut suspended: Vec<String> = self.suspended.iter().map(|kept| format!("{kept:?}")).collect();
        suspended.sort();
        let mut opened = self.opened.clone();
        opened.sort();
        let paid: Vec<bool> = self.orders.iter().map(|order| matches!(order.state, OrderState::Paid { .. })).collect();
        let heard = |attempt: &&PaymentAttempt| {
            words.iter().any(|word| reached_our_merchant(word) && word.out_trade_no() == attempt.out_trade_no.as_str())
        };
        let mut states: Vec<&str> = self.attempts.iter().filter(heard).map(|attempt| attempt.state.code()).collect();
        states.sort_unstable();
        format!("{entries:?} {suspended:?} {opened:?} {paid:?} {states:?} {}", self.settled)
    }

    /// What every account and count must say, whatever came.
    pub fn check_sums(&self) {
        let suspended: i64 = self.suspended.iter().map(|(_, amount, _)| amount).sum();
        assert_eq!(self.received, self.settled + suspended, "every fen is settled or suspended");
        let in_renminbi = self.suspended.iter().filter(|(.., currency)| currency == "CNY");
        assert_eq!(-self.balance("2202"), in_renminbi.map(|(_, amount, _)| amount).sum::<i64>());
        assert_eq!(self.balance("2203"), 0, "every paid seat is open");
        assert_eq!(-self.balance("6001") - self.balance("2221"), self.settled);
        let learners: BTreeSet<_> = self.opened.iter().collect();
        assert_eq!(learners.len(), self.opened.len(), "a seat opens once");
        assert_eq!(self.opened.len() as i64 * PRICE.0, self.settled);
        assert!(self.settlements.values().all(|count| *count == 1), "an order settles once");
    }
}

fn reached_our_merchant(word: &Proof) -> bool {
    word.merchant() == MERCHANT
}
