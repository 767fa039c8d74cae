//! Words that do not fit: kept to the fen, and nothing opens.

use super::*;

/// A fen too little must not buy a seat, and a fen too much must not be kept.
#[test]
fn another_amount_opens_nothing() {
    let (order, attempt) = own();
    for amount in [Fen(3_999), Fen(4_001), Fen(1)] {
        let proof = proof_of(attempt.out_trade_no.as_str(), "wx-1", MERCHANT, amount, "CNY");
        let settlement = settle(&proof, known(&order, &attempt), SUSPENSE, NOON);
        assert_suspended(&settlement, SuspenseReason::AmountDiffers, amount);
        assert_eq!(settlement.order.as_ref(), Some(&order));
        let reason = SuspenseReason::AmountDiffers;
        let trade_no = "wx-1".to_owned();
        assert_eq!(settlement.attempt.unwrap().state, AttemptState::Suspended { trade_no, reason });
        assert_eq!(settlement.suspense.unwrap().follow_up, FollowUp::AskOfficer);
    }
}

/// Amounts no gateway should send are kept as facts and never panic.
#[test]
fn absurd_amounts_are_facts_without_entries() {
    let (order, attempt) = own();
    for amount in [Fen(0), Fen(-4_000), Fen(i64::MIN)] {
        let proof = proof_of(attempt.out_trade_no.as_str(), "wx-1", MERCHANT, amount, "CNY");
        let settlement = settle(&proof, known(&order, &attempt), SUSPENSE, NOON);
        assert_suspended(&settlement, SuspenseReason::AmountDiffers, amount);
        assert!(settlement.entries.is_empty());
    }
}

#[test]
fn money_for_another_merchant_opens_nothing_and_leaves_the_attempt() {
    let (order, attempt) = own();
    let elsewhere = proof_of(attempt.out_trade_no.as_str(), "wx-1", "1900000002", PRICE, "CNY");
    let other_account = PaymentAttempt { merchant: "1900000002".to_owned(), ..attempt.clone() };
    let other_payee = Order { payee: BaseId::from_raw(901), ..order.clone() };
    let fitting = proof(&attempt, "wx-1");
    for (proof, order, attempt) in [
        (&elsewhere, &order, &attempt),
        (&fitting, &order, &other_account),
        (&elsewhere, &order, &other_account),
        (&fitting, &other_payee, &attempt),
    ] {
        let settlement = settle(proof, known(order, attempt), SUSPENSE, NOON);
        assert_suspended(&settlement, SuspenseReason::MerchantDiffers, PRICE);
        assert_eq!(settlement.order.as_ref(), Some(order));
        assert_eq!(settlement.attempt.as_ref(), Some(attempt));
    }
}

/// 40 dollars are not 40 yuan, in the order or in the books.
#[test]
fn another_currency_is_kept_out_of_the_books() {
    let (order, attempt) = own();
    let proof = proof_of(attempt.out_trade_no.as_str(), "wx-1", MERCHANT, PRICE, "USD");
    let settlement = settle(&proof, known(&order, &attempt), SUSPENSE, NOON);
    assert_suspended(&settlement, SuspenseReason::CurrencyDiffers, PRICE);
    assert!(settlement.entries.is_empty());
    assert_eq!(settlement.suspense.unwrap().currency, "USD");
}

#[test]
fn money_under_an_unknown_number_is_kept() {
    let (order, attempt) = own();
    let stray = proof_of("01KAQVUNKNOWN0000000000000", "wx-1", MERCHANT, PRICE, "CNY");
    let nothing = Known { attempt: None, order: None, ..known(&order, &attempt) };
    // A caller that looks up the wrong attempt or order must not settle it.
    let wrong_attempt = known(&order, &attempt);
    let wrong_order = known(&own_order(2, 1), &attempt);
    let fitting = proof(&attempt, "wx-1");
    for (proof, known) in [(&stray, nothing), (&stray, wrong_attempt), (&fitting, wrong_order)] {
        let before = (known.order.clone(), known.attempt.clone());
        let settlement = settle(proof, known, SUSPENSE, NOON);
        assert_suspended(&settlement, SuspenseReason::UnknownOrder, PRICE);
        assert_eq!(settlement.suspense.as_ref().unwrap().order, None);
        assert_eq!((settlement.order, settlement.attempt), before);
    }
}
