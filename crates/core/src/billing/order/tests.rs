use super::*;
use crate::billing::sample::*;
use crate::id::AccountId;
use proptest::prelude::*;

const CLERK: Actor = Actor::Account(AccountId::from_raw(5));

fn line(number: i64, amount: i64) -> OrderLine {
    OrderLine { learner: learner(number), amount: Fen(amount) }
}

fn paid(order: Order) -> Order {
    let attempt = attempt(1, &order);
    order.paid_by(attempt.id, &proof(&attempt, "wx-1"))
}

#[test]
fn an_order_needs_a_seat_and_bears_five_thousand() {
    assert_eq!(OrderLines::new(vec![]), Err(OrderRefusal::Empty));
    let seats = |count: i64| (1..=count).map(|number| line(number, 4_000)).collect::<Vec<_>>();
    assert_eq!(OrderLines::new(seats(5_000)).unwrap().amount(), Fen(20_000_000));
    assert_eq!(OrderLines::new(seats(5_001)), Err(OrderRefusal::TooManySeats { seats: 5_001 }));
}

/// A person chosen twice on the roster page would be paid for twice.
#[test]
fn a_learner_sits_once_in_an_order() {
    let repeated = vec![line(1, 4_000), line(2, 4_000), line(1, 4_000)];
    assert_eq!(OrderLines::new(repeated), Err(OrderRefusal::SeatRepeated { first: 1, second: 3 }));
}

#[test]
fn a_seat_has_a_sensible_price() {
    for amount in [0, -1, SEAT_AMOUNT_MAX.0 + 1, i64::MIN, i64::MAX] {
        let refusal = OrderRefusal::SeatAmountOutOfRange { amount: Fen(amount) };
        assert_eq!(OrderLines::new(vec![line(1, amount)]), Err(refusal));
    }
    assert!(OrderLines::new(vec![line(1, SEAT_AMOUNT_MAX.0), line(2, 1)]).is_ok());
}

/// A learner who could order another's seat could learn who has paid.
#[test]
fn a_learner_pays_only_for_themselves() {
    let place = |payer, learners: &[i64]| Order::place(draft(1, payer, learners), &BTreeSet::new(), NOON);
    assert!(place(Payer::Learner(learner(1)), &[1]).is_ok());
    assert_eq!(place(Payer::Learner(learner(1)), &[2]), Err(OrderRefusal::SeatOfAnother));
    assert_eq!(place(Payer::Learner(learner(1)), &[1, 2]), Err(OrderRefusal::SeatOfAnother));
    assert!(place(Payer::Unit(UnitId::from_raw(1)), &[1, 2]).is_ok());
}

#[test]
fn a_seat_paid_elsewhere_is_not_sold_again() {
    let covered = BTreeSet::from([learner(2), learner(9)]);
    let payer = Payer::Unit(UnitId::from_raw(77));
    let refused = Order::place(draft(1, payer, &[1, 2, 3]), &covered, NOON);
    assert_eq!(refused, Err(OrderRefusal::LearnerAlreadyCovered { learners: 1 }));
    assert!(Order::place(draft(1, payer, &[1, 3]), &covered, NOON).is_ok());
}

#[test]
fn only_a_waiting_order_is_taken_back() {
    let order = unit_order(1, &[1, 2]);
    assert_eq!(order.amount(), Fen(8_000));
    let cancelled = order.clone().cancel(CLERK, NOON).unwrap();
    assert_eq!(cancelled.state, OrderState::Cancelled { at: NOON, by: CLERK });
    assert_eq!(cancelled.cancel(CLERK, NOON), Err(OrderRefusal::Cancelled));
    assert_eq!(paid(order).cancel(CLERK, NOON), Err(OrderRefusal::AlreadyPaid));
}

#[test]
fn an_order_expires_when_its_time_is_over_and_not_before() {
    let order = unit_order(1, &[1]);
    let last = NOON.plus_seconds(3_600).plus_ms(-1);
    assert_eq!(order.clone().expire(3_600, last), Err(OrderRefusal::NotDue));
    let expired = order.clone().expire(3_600, NOON.plus_seconds(3_600)).unwrap();
    assert_eq!(expired.state.code(), "expired");
    assert_eq!(expired.cancel(CLERK, NOON), Err(OrderRefusal::Expired));
    assert_eq!(paid(order).expire(0, NOON), Err(OrderRefusal::AlreadyPaid));
}

#[test]
fn a_payer_is_stored_as_kind_and_number() {
    for payer in [Payer::Learner(learner(3)), Payer::Unit(UnitId::from_raw(3))] {
        assert_eq!(Payer::from_stored(payer.kind_code(), payer.id()), Some(payer));
    }
    assert_eq!(Payer::from_stored("county", PayerId::from_raw(3)), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Accepted lines keep the promise of their type, and refused ones really break it.
    #[test]
    fn lines_are_accepted_exactly_when_sound(picks in proptest::collection::vec((0_i64..12, -1_i64..4), 0..12)) {
        let learners: BTreeSet<i64> = picks.iter().map(|(number, _)| *number).collect();
        let sound = !picks.is_empty() && learners.len() == picks.len() && picks.iter().all(|(_, amount)| *amount > 0);
        let sum: i64 = picks.iter().map(|(_, amount)| amount).sum();
        let read = OrderLines::new(picks.iter().map(|(number, amount)| line(*number, *amount)).collect());
        prop_assert_eq!(read.is_ok(), sound);
        if let Ok(lines) = read {
            prop_assert_eq!(lines.amount(), Fen(sum));
        }
    }
}
