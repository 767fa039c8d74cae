use super::*;
use crate::billing::sample::*;
use crate::billing::{OrderLine, OrderLines};
use crate::money::Fen;
use std::collections::BTreeSet;

fn paid(order: Order) -> Order {
    let attempt = attempt(1, &order);
    order.paid_by(attempt.id, &proof(&attempt, "wx-1"))
}

/// Learning without money, or money without learning, are the two ways to fail here.
#[test]
fn seats_open_only_when_the_order_is_paid() {
    let order = unit_order(1, &[1, 2]);
    let seats = order.lines.as_slice().to_vec();
    assert_eq!(open_seats(&order, &seats, RECEIPT, NOON), Err(OrderRefusal::NotPaid));
    let opened = open_seats(&paid(order), &seats, RECEIPT, NOON).unwrap();
    let learners: Vec<_> = opened
        .facts
        .iter()
        .map(|fact| match fact {
            Fact::SeatPaid { learner, .. } => *learner,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(learners, [learner(1), learner(2)]);
    let total: Fen = opened.entry.unwrap().lines().iter().map(|line| line.debit).sum();
    assert_eq!(total, Fen(8_000));
}

#[test]
fn a_seat_of_another_order_or_price_is_refused() {
    let order = paid(unit_order(1, &[1, 2]));
    let dearer = OrderLine { amount: Fen(4_001), ..order.lines.as_slice()[0] };
    for foreign in [lines(&[3]).as_slice()[0], dearer] {
        assert_eq!(open_seats(&order, &[foreign], RECEIPT, NOON), Err(OrderRefusal::SeatUnknown));
    }
}

#[test]
fn a_chunk_is_bounded_and_may_be_empty() {
    let learners: Vec<i64> = (1..=501).collect();
    let order = paid(unit_order(1, &learners));
    let seats = order.lines.as_slice();
    assert_eq!(open_seats(&order, seats, RECEIPT, NOON), Err(OrderRefusal::TooManySeats { seats: 501 }));
    assert_eq!(open_seats(&order, &seats[..500], RECEIPT, NOON).unwrap().facts.len(), 500);
    let nothing = open_seats(&order, &[], RECEIPT, NOON).unwrap();
    assert_eq!(nothing, Opening { facts: vec![], entry: None });
}

#[test]
fn the_seats_covered_otherwise_are_told_apart() {
    let lines: OrderLines = lines(&[1, 2, 3]);
    let (covered, wanted) = lines.split_by_cover(&BTreeSet::from([learner(2), learner(8)]));
    assert_eq!(covered.iter().map(|line| line.learner).collect::<Vec<_>>(), [learner(2)]);
    assert_eq!(wanted.iter().map(|line| line.learner).collect::<Vec<_>>(), [learner(1), learner(3)]);
}
