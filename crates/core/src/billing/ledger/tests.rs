use super::*;
use proptest::prelude::*;

const MERCHANT: &str = "1900000001";
const SIX_PERCENT: ReceiptKind = ReceiptKind::Fapiao { tax_rate_basis_points: 600 };

fn told(entry: &Entry) -> Vec<(String, i64)> {
    entry.lines().iter().map(|line| (line.account.code(), line.debit.0 - line.credit.0)).collect()
}

fn booked(entry: Result<Entry, LedgerRefusal>) -> Vec<(String, i64)> {
    told(&entry.unwrap())
}

fn lines(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(code, amount)| ((*code).to_owned(), *amount)).collect()
}

/// The amounts an accountant of a 40-yuan seat expects to see.
#[test]
fn the_events_of_a_seat_book_what_the_table_says() {
    let (channel, amount) = (Channel::WechatPay, Fen(4_000));
    assert_eq!(
        booked(Entry::receive_for_order(channel, MERCHANT, amount)),
        lines(&[("1012.wechat_pay.1900000001", 4_000), ("2203", -4_000)])
    );
    assert_eq!(
        booked(Entry::receive_to_suspense(channel, MERCHANT, amount)),
        lines(&[("1012.wechat_pay.1900000001", 4_000), ("2202", -4_000)])
    );
    assert_eq!(
        booked(Entry::receive(channel, MERCHANT, Fen(8_000), amount)),
        lines(&[("1012.wechat_pay.1900000001", 12_000), ("2203", -8_000), ("2202", -4_000)])
    );
    let opened = |receipt| booked(Entry::open_seats(&[amount], receipt));
    assert_eq!(opened(SIX_PERCENT), lines(&[("2203", 4_000), ("6001", -3_774), ("2221", -226)]));
    assert_eq!(opened(ReceiptKind::FiscalReceipt), lines(&[("2203", 4_000), ("2103", -4_000)]));
    assert_eq!(opened(ReceiptKind::None), lines(&[("2203", 4_000), ("6001", -4_000)]));
    let exempt = ReceiptKind::Fapiao { tax_rate_basis_points: 0 };
    assert_eq!(opened(exempt), lines(&[("2203", 4_000), ("6001", -4_000)]));
}

#[test]
fn what_does_not_balance_is_not_an_entry() {
    let build = |lines| Entry::balanced(EntryReason::SeatsOpened, lines);
    let (prepaid, income) = (Account::Prepayment, Account::Income);
    let debit = |amount| Line::debit(prepaid.clone(), Fen(amount));
    let credit = |amount| Line::credit(income.clone(), Fen(amount));
    assert!(build(vec![debit(2), credit(1), credit(1)]).is_ok());
    assert_eq!(build(vec![debit(2), credit(1)]), Err(LedgerRefusal::Unbalanced));
    let both = Line { account: income.clone(), debit: Fen(1), credit: Fen(1) };
    for wrong in [
        vec![],
        vec![debit(1)],
        vec![debit(0), credit(0)],
        vec![debit(-1), credit(-1)],
        vec![debit(1), credit(1), both],
    ] {
        assert_eq!(build(wrong), Err(LedgerRefusal::LineNotOneSided));
    }
    // Two debits that wrap a 64-bit sum to -2 must not meet a matching credit.
    let wrapped = vec![debit(i64::MAX), debit(i64::MAX), credit(i64::MAX)];
    assert_eq!(build(wrapped), Err(LedgerRefusal::Unbalanced));
}

#[test]
fn nothing_received_or_opened_is_not_an_entry() {
    assert!(Entry::receive_to_suspense(Channel::WechatPay, MERCHANT, Fen::ZERO).is_err());
    assert!(Entry::receive_to_suspense(Channel::WechatPay, MERCHANT, Fen(-1)).is_err());
    assert!(Entry::receive(Channel::WechatPay, MERCHANT, Fen(i64::MAX), Fen(1)).is_err());
    assert!(Entry::open_seats(&[], SIX_PERCENT).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A unit's seats open in chunks whose borders depend on load; its books must not.
    #[test]
    fn however_seats_are_grouped_the_sums_are_the_same(
        seats in proptest::collection::vec((1_i64..1_000_000).prop_map(Fen), 2..40),
        chunk in 1_usize..40,
        rate in 0_u16..=1_700,
    ) {
        let receipt = ReceiptKind::Fapiao { tax_rate_basis_points: rate };
        let mut apart = std::collections::BTreeMap::new();
        for seats in seats.chunks(chunk) {
            for (code, amount) in booked(Entry::open_seats(seats, receipt)) {
                *apart.entry(code).or_insert(0) += amount;
            }
        }
        let mut at_once = std::collections::BTreeMap::new();
        for (code, amount) in booked(Entry::open_seats(&seats, receipt)) {
            *at_once.entry(code).or_insert(0) += amount;
        }
        prop_assert_eq!(apart, at_once);
    }

    /// Tax and net must add up to the price, and the tax be the nearest fen.
    #[test]
    fn tax_within_is_the_nearest_fen(price in 1_i64..100_000_000, rate in 0_u16..=1_700) {
        let tax = tax_within(Fen(price), rate).0;
        let (rate, whole) = (i64::from(rate), 10_000 + i64::from(rate));
        // |tax − price × rate ÷ whole| ≤ ½, without dividing.
        prop_assert!((2 * (tax * whole - price * rate)).abs() <= whole);
        prop_assert!((0..price).contains(&tax));
    }
}
