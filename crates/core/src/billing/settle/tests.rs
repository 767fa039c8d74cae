use super::*;
use crate::billing::AttemptState;
use crate::billing::sample::*;
use crate::proof::Channel;
use crate::scope::Actor;

mod misfits;
mod permutations;
mod world;

const SUSPENSE: SuspenseId = SuspenseId::from_raw(500);
const NOBODY: &BTreeSet<LearnerId> = &BTreeSet::new();

fn known<'a>(order: &Order, attempt: &PaymentAttempt) -> Known<'a> {
    Known {
        payee: PAYEE,
        merchant: MERCHANT,
        receipt: RECEIPT,
        trade_seen: false,
        attempt: Some(attempt.clone()),
        order: Some(order.clone()),
        covered: NOBODY,
    }
}

fn own() -> (Order, PaymentAttempt) {
    let order = own_order(1, 1);
    let attempt = attempt(10, &order);
    (order, attempt)
}

fn kinds(settlement: &Settlement) -> Vec<String> {
    settlement.facts.iter().map(|fact| fact.encode().kind).collect()
}

/// The settlement must suspend the whole amount for `reason`, open nothing, and leave the order as it was.
fn assert_suspended(settlement: &Settlement, reason: SuspenseReason, amount: Fen) {
    assert_eq!(settlement.outcome, Outcome::Suspended { reason });
    assert_eq!(kinds(settlement), ["money_received", "money_suspended"]);
    let suspense = settlement.suspense.as_ref().unwrap();
    assert_eq!((suspense.id, suspense.reason, suspense.amount), (SUSPENSE, reason, amount));
    assert!(settlement.seats.is_empty() && settlement.seats_not_wanted.is_empty());
}

fn booked(settlement: &Settlement) -> Vec<(String, i64)> {
    let lines = settlement.entries.iter().flat_map(|entry| entry.lines());
    lines.map(|line| (line.account.code(), line.debit.0 - line.credit.0)).collect()
}

fn lines_of(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(code, amount)| ((*code).to_owned(), *amount)).collect()
}

/// The learner is looking at the page: when the money is in, learning is open, in the same transaction.
#[test]
fn a_learners_payment_settles_and_opens_at_once() {
    let (order, attempt) = own();
    let settlement = settle(&proof(&attempt, "wx-1"), known(&order, &attempt), SUSPENSE, NOON);
    let opening = SeatsOpening::Now;
    assert_eq!(settlement.outcome, Outcome::Settled { opening });
    assert_eq!(kinds(&settlement), ["money_received", "order_paid", "seat_paid"]);
    assert_eq!(
        booked(&settlement),
        lines_of(&[
            ("1012.wechat_pay.1900000001", 4_000),
            ("2203", -4_000),
            ("2203", 4_000),
            ("6001", -3_774),
            ("2221", -226)
        ])
    );
    assert_eq!(settlement.suspense, None);
    let state = settlement.order.unwrap().state;
    let paid_at = NOON.plus_seconds(30);
    let trade_no = "wx-1".to_owned();
    let channel = Channel::WechatPay;
    assert_eq!(state, OrderState::Paid { attempt: attempt.id, channel, trade_no: trade_no.clone(), paid_at });
    assert_eq!(settlement.attempt.unwrap().state, AttemptState::Paid { trade_no, paid_at });
}

#[test]
fn a_units_payment_settles_and_opens_in_chunks() {
    let order = unit_order(1, &[1, 2, 3]);
    let attempt = attempt(10, &order);
    let settlement = settle(&proof(&attempt, "wx-1"), known(&order, &attempt), SUSPENSE, NOON);
    let opening = SeatsOpening::InChunks;
    assert_eq!(settlement.outcome, Outcome::Settled { opening });
    assert_eq!(kinds(&settlement), ["money_received", "order_paid"]);
    assert_eq!(settlement.seats, order.lines.as_slice());
}

/// WeChat repeats a callback until it hears SUCCESS; money must be booked once.
#[test]
fn a_repeated_callback_settles_once() {
    let (order, attempt) = own();
    let proof = proof(&attempt, "wx-1");
    let first = settle(&proof, known(&order, &attempt), SUSPENSE, NOON);
    let (order, attempt) = (first.order.unwrap(), first.attempt.unwrap());
    let again = Known { trade_seen: true, ..known(&order, &attempt) };
    let second = settle(&proof, again, SUSPENSE, NOON.plus_days(1));
    assert_eq!(second, Settlement::unchanged(Outcome::Repeated, Some(order), Some(attempt)));
}

/// The gateway's word may come long after our half hour; the learner has paid and must learn.
#[test]
fn money_that_comes_late_still_settles() {
    let (order, attempt) = own();
    let proof = proof(&attempt, "wx-1");
    let late = NOON.plus_days(2);
    for order in [order.clone().cancel(Actor::System, NOON).unwrap(), order.expire(0, NOON).unwrap()] {
        let closed = attempt.clone().close(NOON).unwrap();
        let settlement = settle(&proof, known(&order, &closed), SUSPENSE, late);
        assert_eq!(settlement.order.unwrap().state.code(), "paid");
        assert_eq!(settlement.attempt.unwrap().state.code(), "paid");
        assert!(opens_a_seat(&settlement.facts));
    }
}

fn opens_a_seat(facts: &[Fact]) -> bool {
    facts.iter().any(|fact| matches!(fact, Fact::SeatPaid { .. }))
}

#[test]
fn a_second_payment_waits_to_be_paid_back() {
    let (order, first) = own();
    let second = attempt(11, &order);
    let paid = settle(&proof(&first, "wx-1"), known(&order, &first), SUSPENSE, NOON);
    let (order, first) = (paid.order.unwrap(), paid.attempt.unwrap());
    for (attempt, trade_no, state) in [(&second, "wx-2", "suspended"), (&first, "wx-3", "paid")] {
        let settlement = settle(&proof(attempt, trade_no), known(&order, attempt), SUSPENSE, NOON);
        assert_suspended(&settlement, SuspenseReason::PaidTwice, PRICE);
        assert_eq!(settlement.order.as_ref(), Some(&order));
        assert_eq!(settlement.attempt.as_ref().unwrap().state.code(), state);
        assert_eq!(booked(&settlement), lines_of(&[("1012.wechat_pay.1900000001", 4_000), ("2202", -4_000)]));
        assert_eq!(settlement.suspense.unwrap().follow_up, FollowUp::ProposeRefund);
    }
}

/// The unit paid for her while her own code was on screen: nobody wants the second seat.
#[test]
fn money_for_seats_all_paid_otherwise_waits_to_be_paid_back() {
    let (order, attempt) = own();
    let covered = BTreeSet::from([learner(1)]);
    let known = Known { covered: &covered, ..known(&order, &attempt) };
    let settlement = settle(&proof(&attempt, "wx-1"), known, SUSPENSE, NOON);
    assert_suspended(&settlement, SuspenseReason::NotWanted, PRICE);
    assert_eq!(settlement.order, Some(order));
    assert_eq!(settlement.suspense.unwrap().follow_up, FollowUp::ProposeRefund);
}

/// One of three paid herself meanwhile: two seats open, the third's money is kept to be paid back.
#[test]
fn money_for_seats_partly_paid_otherwise_settles_the_rest() {
    let order = unit_order(1, &[1, 2, 3]);
    let attempt = attempt(10, &order);
    let covered = BTreeSet::from([learner(2)]);
    let known = Known { covered: &covered, ..known(&order, &attempt) };
    let settlement = settle(&proof(&attempt, "wx-1"), known, SUSPENSE, NOON);
    assert_eq!(kinds(&settlement), ["money_received", "order_paid", "money_suspended"]);
    assert_eq!(
        booked(&settlement),
        lines_of(&[("1012.wechat_pay.1900000001", 12_000), ("2203", -8_000), ("2202", -4_000)])
    );
    let suspense = settlement.suspense.unwrap();
    assert_eq!((suspense.amount, suspense.reason), (PRICE, SuspenseReason::NotWanted));
    let seats = |seats: &[OrderLine]| seats.iter().map(|seat| seat.learner.raw()).collect::<Vec<_>>();
    assert_eq!((seats(&settlement.seats), seats(&settlement.seats_not_wanted)), (vec![1, 3], vec![2]));
}
