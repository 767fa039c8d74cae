//! Orders, attempts and proofs for the tests of this room.

use super::*;
use crate::id::*;
use crate::money::Fen;
use crate::proof::{Channel, Proof};
use crate::study::Subject;
use crate::time::{Timestamp, Year};
use std::collections::BTreeSet;

pub const NOON: Timestamp = Timestamp(1_795_406_400_000);
pub const PAYEE: BaseId = BaseId::from_raw(900);
pub const MERCHANT: &str = "1900000001";
pub const PRICE: Fen = Fen(4_000);
pub const RECEIPT: ReceiptKind = ReceiptKind::Fapiao { tax_rate_basis_points: 600 };

pub fn learner(number: i64) -> LearnerId {
    LearnerId::from_raw(number)
}

pub fn lines(learners: &[i64]) -> OrderLines {
    let line = |number: &i64| OrderLine { learner: learner(*number), amount: PRICE };
    OrderLines::new(learners.iter().map(line).collect()).unwrap()
}

pub fn draft(id: i64, payer: Payer, learners: &[i64]) -> OrderDraft {
    OrderDraft {
        id: OrderId::from_raw(id),
        payer,
        payee: PAYEE,
        year: Year(2026),
        subject: Subject::Public,
        lines: lines(learners),
    }
}

/// The order a learner places for themselves.
pub fn own_order(id: i64, number: i64) -> Order {
    Order::place(draft(id, Payer::Learner(learner(number)), &[number]), &BTreeSet::new(), NOON).unwrap()
}

pub fn unit_order(id: i64, learners: &[i64]) -> Order {
    let payer = Payer::Unit(UnitId::from_raw(77));
    Order::place(draft(id, payer, learners), &BTreeSet::new(), NOON).unwrap()
}

pub fn attempt(id: i64, order: &Order) -> PaymentAttempt {
    let id_bytes = id.to_be_bytes();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&id_bytes);
    let number = OutTradeNo::compose(NOON, random);
    PaymentAttempt::begin(PaymentAttemptId::from_raw(id), order, Channel::WechatPay, MERCHANT, number, NOON).unwrap()
}

/// The gateway's word that just what `attempt` asks has come.
pub fn proof(attempt: &PaymentAttempt, trade_no: &str) -> Proof {
    proof_of(attempt.out_trade_no.as_str(), trade_no, MERCHANT, attempt.amount, "CNY")
}

pub fn proof_of(out_trade_no: &str, trade_no: &str, merchant: &str, amount: Fen, currency: &str) -> Proof {
    let paid_at = NOON.plus_seconds(30);
    Proof::verified(Channel::WechatPay, merchant, trade_no, out_trade_no, amount, currency, paid_at)
}
