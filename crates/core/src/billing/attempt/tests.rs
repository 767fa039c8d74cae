use super::*;
use crate::billing::OrderLines;
use crate::billing::order::{OrderLine, SEAT_AMOUNT_MAX};
use crate::billing::sample::*;
use crate::scope::Actor;
use proptest::prelude::*;

fn waiting() -> PaymentAttempt {
    attempt(1, &own_order(1, 1))
}

fn settled() -> PaymentAttempt {
    let attempt = waiting();
    let proof = proof(&attempt, "wx-1");
    attempt.paid_by(&proof)
}

fn suspended() -> PaymentAttempt {
    let attempt = waiting();
    let proof = proof(&attempt, "wx-1");
    attempt.suspended_by(&proof, SuspenseReason::AmountDiffers)
}

#[test]
fn an_attempt_asks_for_the_whole_order_for_half_an_hour() {
    let attempt = attempt(1, &unit_order(1, &[1, 2, 3]));
    assert_eq!(attempt.amount, Fen(12_000));
    let expires_at = NOON.plus_seconds(1_800);
    assert_eq!(attempt.state, AttemptState::Waiting { expires_at });
    assert!(!attempt.needs_query(expires_at.plus_ms(-1)));
    assert!(attempt.needs_query(expires_at));
}

#[test]
fn only_an_order_that_waits_can_be_tried() {
    let begin = |order: &Order| {
        let number = OutTradeNo::compose(NOON, [7; 10]);
        let id = PaymentAttemptId::from_raw(2);
        PaymentAttempt::begin(id, order, Channel::WechatPay, MERCHANT, number, NOON).map_err(|refusal| refusal.code())
    };
    let order = own_order(1, 1);
    assert!(begin(&order).is_ok());
    assert_eq!(begin(&order.clone().cancel(Actor::System, NOON).unwrap()), Err("order.cancelled"));
    assert_eq!(begin(&order.clone().expire(0, NOON).unwrap()), Err("order.expired"));
    let paid = order.paid_by(PaymentAttemptId::from_raw(1), &proof(&waiting(), "wx-1"));
    assert_eq!(begin(&paid), Err("order.already_paid"));
}

#[test]
fn more_than_a_million_yuan_is_not_asked_at_once() {
    let seat = |number| OrderLine { learner: learner(number), amount: SEAT_AMOUNT_MAX };
    let order =
        |seats| Order { lines: OrderLines::new((1..=seats).map(seat).collect()).unwrap(), ..unit_order(1, &[1]) };
    let begin = |order: &Order| {
        let number = OutTradeNo::compose(NOON, [7; 10]);
        PaymentAttempt::begin(PaymentAttemptId::from_raw(2), order, Channel::WechatPay, MERCHANT, number, NOON)
    };
    assert!(begin(&order(100)).is_ok());
    let amount = Fen(101_000_000);
    assert_eq!(begin(&order(101)), Err(PaymentRefusal::AmountOutOfRange { amount }));
}

/// A call that timed out may have reached the gateway: the attempt is asked about until that is known.
#[test]
fn what_is_unknown_is_asked_about_until_it_is_known() {
    let unknown = waiting().lose_sight(NOON).unwrap();
    assert!(unknown.needs_query(NOON));
    let later = NOON.plus_seconds(9);
    let still = unknown.clone().lose_sight(later).unwrap();
    assert_eq!(still.state, AttemptState::Unknown { since: NOON });
    let known = unknown.clone().wait(NOON.plus_seconds(60)).unwrap();
    assert!(!known.needs_query(later));
    assert_eq!(unknown.close(later).unwrap().state, AttemptState::Closed { closed_at: later });
}

#[test]
fn what_has_ended_stays_as_it_is() {
    let closed = waiting().close(NOON).unwrap();
    assert_eq!(closed.clone().close(NOON.plus_seconds(5)), Ok(closed.clone()));
    for (ended, refusal) in [
        (settled(), PaymentRefusal::AlreadyPaid),
        (suspended(), PaymentRefusal::Suspended),
        (closed, PaymentRefusal::Closed),
    ] {
        assert!(!ended.needs_query(NOON.plus_days(1)));
        assert_eq!(ended.clone().wait(NOON), Err(refusal.clone()));
        assert_eq!(ended.clone().lose_sight(NOON), Err(refusal.clone()));
        if refusal != PaymentRefusal::Closed {
            assert_eq!(ended.close(NOON), Err(refusal));
        }
    }
}

/// Money that settled outweighs money that did not, whichever came first.
#[test]
fn paid_outweighs_suspended() {
    let proof = proof(&waiting(), "wx-2");
    let first = settled().suspended_by(&proof, SuspenseReason::PaidTwice);
    assert_eq!(first, settled());
    assert_eq!(suspended().paid_by(&proof).state.code(), "paid");
}

#[test]
fn a_number_is_composed_as_pinned() {
    assert_eq!(OutTradeNo::compose(Timestamp(0), [0; 10]).as_str(), "0".repeat(26));
    assert_eq!(OutTradeNo::compose(Timestamp(1), [0; 10]).as_str(), "00000000010000000000000000");
    assert_eq!(OutTradeNo::compose(Timestamp(-1), [0xff; 10]).as_str(), "0000000000ZZZZZZZZZZZZZZZZ");
    // 1469918176385 ms is 01ARYZ6S41, the example in the ULID specification.
    let example = OutTradeNo::compose(Timestamp(1_469_918_176_385), [0; 10]);
    assert_eq!(&example.as_str()[..10], "01ARYZ6S41");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Two attempts under one number would let one payment settle both.
    #[test]
    fn numbers_fit_the_channels_sort_by_time_and_differ(
        at in 0_i64..(1 << 47),
        random in proptest::array::uniform10(any::<u8>()),
        other in proptest::array::uniform10(any::<u8>()),
    ) {
        let number = OutTradeNo::compose(Timestamp(at), random);
        prop_assert_eq!(number.as_str().len(), 26);
        prop_assert!(number.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()));
        prop_assert_eq!(OutTradeNo::parse(number.as_str()), Some(number.clone()));
        prop_assert!(OutTradeNo::compose(Timestamp(at + 1), [0; 10]) > number);
        prop_assert_eq!(OutTradeNo::compose(Timestamp(at), other) == number, other == random);
    }

    #[test]
    fn only_our_numbers_are_read(text in "\\PC{0,30}") {
        prop_assert!(OutTradeNo::parse(&text).is_none_or(|number| number.as_str() == text));
        let lower = OutTradeNo::compose(NOON, [0xab; 10]).as_str().to_lowercase();
        prop_assert_eq!(OutTradeNo::parse(&lower), None);
    }
}
