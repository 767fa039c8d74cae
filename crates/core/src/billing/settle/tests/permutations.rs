//! The same verified words in every order, with repetitions and with our own clock interfering, end the same.

use super::world::{Event, World};
use super::*;
use proptest::prelude::*;

/// How a word may be wrong.
fn word(attempts: &[PaymentAttempt], index: usize, (attempt, fault): (usize, u8)) -> Proof {
    let attempt = &attempts[attempt % attempts.len()];
    let (ours, trade_no, amount) = (attempt.out_trade_no.as_str(), format!("wx-{index}"), attempt.amount);
    match fault {
        0 => proof_of("01KAQVUNKNOWN0000000000000", &trade_no, MERCHANT, amount, "CNY"),
        1 => proof_of(ours, &trade_no, "1900000002", amount, "CNY"),
        2 => proof_of(ours, &trade_no, MERCHANT, amount, "USD"),
        3 => proof_of(ours, &trade_no, MERCHANT, amount - Fen(1), "CNY"),
        _ => proof_of(ours, &trade_no, MERCHANT, amount, "CNY"),
    }
}

/// Words to be said, and their saying in a random order, each at least once, amid other events.
fn story() -> impl Strategy<Value = (Vec<(usize, u8)>, Vec<Event>)> {
    let words = proptest::collection::vec((0_usize..9, 0_u8..10), 1..7);
    words.prop_flat_map(|words| {
        let each: Vec<Event> = (0..words.len()).map(Event::Word).collect();
        let any = prop_oneof![
            3 => (0..words.len()).prop_map(Event::Word),
            1 => (0_usize..9).prop_map(Event::Cancel),
            1 => (0_usize..9).prop_map(Event::Expire),
            1 => (0_usize..9).prop_map(Event::Close),
            1 => (0_usize..9).prop_map(Event::LoseSight),
            1 => Just(Event::Open),
        ];
        let events = proptest::collection::vec(any, 0..10)
            .prop_flat_map(move |more| Just([each.clone(), more].concat()).prop_shuffle());
        (Just(words), events)
    })
}

fn plainly(words: &[Proof]) -> Vec<Event> {
    (0..words.len()).map(Event::Word).collect()
}

fn one_order(unit: bool) -> World {
    let order = if unit { unit_order(1, &[1, 2, 3]) } else { own_order(1, 1) };
    World::of(vec![order], 3)
}

/// Orders that overlap: each learner is wanted by several payers.
fn overlapping() -> World {
    World::of(vec![own_order(1, 1), unit_order(2, &[1, 2, 3]), own_order(3, 2), unit_order(4, &[3, 4])], 2)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Gateways repeat, reorder and delay; our clock closes, expires and loses sight. None of it may change where
    /// the money of one order ends.
    #[test]
    fn the_set_of_words_alone_decides((picks, events) in story(), unit in any::<bool>()) {
        let world = one_order(unit);
        let words: Vec<Proof> =
            picks.iter().enumerate().map(|(index, pick)| word(&world.attempts, index, *pick)).collect();
        let plain = world.clone().after(&words, &plainly(&words));
        let stirred = world.after(&words, &events);
        plain.check_sums();
        stirred.check_sums();
        prop_assert_eq!(plain.told(&words), stirred.told(&words));
        // The naive model: a fitting word pays the order once, and all else lies in suspense.
        let fitting = picks.iter().any(|(_, fault)| *fault > 3);
        let amount = stirred.orders[0].amount().0;
        prop_assert_eq!(stirred.settled, if fitting { amount } else { 0 });
        prop_assert_eq!(stirred.received, words.iter().map(|word| word.amount().0).sum::<i64>());
    }

    /// Payers who overlap pay for each learner once, whoever came first; the sums of every account are the same.
    #[test]
    fn overlapping_payers_pay_each_seat_once((picks, events) in story()) {
        let world = overlapping();
        let words: Vec<Proof> =
            picks.iter().enumerate().map(|(index, pick)| word(&world.attempts, index, *pick)).collect();
        let plain = world.clone().after(&words, &plainly(&words));
        let stirred = world.clone().after(&words, &events);
        plain.check_sums();
        stirred.check_sums();
        for code in ["1012.wechat_pay.1900000001", "1012.wechat_pay.1900000002", "2202", "2203", "6001", "2221"] {
            prop_assert_eq!(plain.balance(code), stirred.balance(code), "{}", code);
        }
        let paid_for: BTreeSet<LearnerId> = picks.iter().filter(|(_, fault)| *fault > 3).flat_map(|(attempt, _)| {
            let id = world.attempts[attempt % world.attempts.len()].order;
            let order = world.orders.iter().find(|order| order.id == id).unwrap();
            order.lines.as_slice().iter().map(|line| line.learner)
        }).collect();
        let opened: BTreeSet<LearnerId> = stirred.opened.iter().copied().collect();
        prop_assert_eq!(opened, paid_for);
    }
}
