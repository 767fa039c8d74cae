//! The gateway's order book, pure: what a merchant asked for, what the payer did, what may follow.

use serde::Serialize;
use std::collections::{HashMap, VecDeque};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OrderState {
    NotPay,
    Success,
    Closed,
}

/// Why the order book says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderRefusal {
    Absent,
    /// The number was used before with other parameters.
    ParametersDiffer,
    Paid,
    Closed,
    Expired,
}

/// What a merchant asks for. Asking again must be identical in every field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub appid: String,
    pub mchid: String,
    pub out_trade_no: String,
    pub description: String,
    pub attach: Option<String>,
    pub notify_url: String,
    pub total_fen: i64,
    pub currency: String,
    pub expires_at_ms: Option<i64>,
}

/// What the payer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub transaction_id: String,
    pub openid: String,
    pub paid_at_ms: i64,
    pub total_fen: i64,
    pub payer_total_fen: i64,
    pub currency: String,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub terms: Terms,
    /// The living code; an older one is dead.
    pub code: String,
    pub placed_at_ms: i64,
    pub closed: bool,
    pub payment: Option<Payment>,
}

impl Order {
    pub fn state(&self) -> OrderState {
        match (&self.payment, self.closed) {
            (Some(_), _) => OrderState::Success,
            (None, true) => OrderState::Closed,
            (None, false) => OrderState::NotPay,
        }
    }

    /// Whether a payer could still pay at `now_ms`.
    pub fn is_payable(&self, now_ms: i64) -> bool {
        self.state() == OrderState::NotPay && !self.is_expired(now_ms)
    }

    fn is_expired(&self, now_ms: i64) -> bool {
        self.terms.expires_at_ms.is_some_and(|expires_at| now_ms >= expires_at)
    }
}

/// Merchant number and the merchant's own order number.
pub type OrderKey = (String, String);

/// All orders, the oldest forgotten when there are too many.
#[derive(Debug)]
pub struct OrderBook {
    orders: HashMap<OrderKey, Order>,
    codes: HashMap<String, OrderKey>,
    by_age: VecDeque<OrderKey>,
    orders_max: usize,
}

impl OrderBook {
    pub fn new(orders_max: usize) -> Self {
        Self { orders: HashMap::new(), codes: HashMap::new(), by_age: VecDeque::new(), orders_max }
    }

    /// Takes an order, or the same order again; `code` becomes its living code.
    pub fn place(&mut self, terms: Terms, code: &str, now_ms: i64) -> Result<(), OrderRefusal> {
        let key = (terms.mchid.clone(), terms.out_trade_no.clone());
        if let Some(order) = self.orders.get_mut(&key) {
            match order.state() {
                OrderState::Success => return Err(OrderRefusal::Paid),
                OrderState::Closed => return Err(OrderRefusal::Closed),
                OrderState::NotPay if order.terms != terms => return Err(OrderRefusal::ParametersDiffer),
                OrderState::NotPay if order.is_expired(now_ms) => return Err(OrderRefusal::Expired),
                OrderState::NotPay => {}
            }
            self.codes.remove(&order.code);
            code.clone_into(&mut order.code);
        } else {
            let order = Order { terms, code: code.to_owned(), placed_at_ms: now_ms, closed: false, payment: None };
            self.orders.insert(key.clone(), order);
            self.by_age.push_back(key.clone());
            self.forget_oldest();
        }
        self.codes.insert(code.to_owned(), key);
        Ok(())
    }

    fn forget_oldest(&mut self) {
        while self.by_age.len() > self.orders_max {
            let oldest = self.by_age.pop_front().and_then(|key| self.orders.remove(&key));
            if let Some(order) = oldest {
                self.codes.remove(&order.code);
            }
        }
    }

    /// Lets the payer pay. `even_if_late` takes money for a closed or expired order too.
    pub fn pay(&mut self, key: &OrderKey, payment: Payment, even_if_late: bool) -> Result<Order, OrderRefusal> {
        let order = self.orders.get_mut(key).ok_or(OrderRefusal::Absent)?;
        match order.state() {
            OrderState::Success => return Err(OrderRefusal::Paid),
            OrderState::Closed if !even_if_late => return Err(OrderRefusal::Closed),
            OrderState::NotPay if !even_if_late && order.is_expired(payment.paid_at_ms) => {
                return Err(OrderRefusal::Expired);
            }
            OrderState::Closed | OrderState::NotPay => {}
        }
        order.payment = Some(payment);
        Ok(order.clone())
    }

    /// Closes an unpaid order; a closed one stays closed.
    pub fn close(&mut self, key: &OrderKey) -> Result<(), OrderRefusal> {
        let order = self.orders.get_mut(key).ok_or(OrderRefusal::Absent)?;
        if order.payment.is_some() {
            return Err(OrderRefusal::Paid);
        }
        order.closed = true;
        Ok(())
    }

    pub fn get(&self, key: &OrderKey) -> Option<&Order> {
        self.orders.get(key)
    }

    /// The order behind a living code.
    pub fn by_code(&self, code: &str) -> Option<&Order> {
        self.orders.get(self.codes.get(code)?)
    }

    /// What a payer could still pay at `now_ms`, newest first, at most `limit`.
    pub fn payable(&self, now_ms: i64, limit: usize) -> Vec<Order> {
        let newest_first = self.by_age.iter().rev().filter_map(|key| self.orders.get(key));
        newest_first.filter(|order| order.is_payable(now_ms)).take(limit).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(out_trade_no: &str) -> Terms {
        Terms {
            appid: "wx1".into(),
            mchid: "16".into(),
            out_trade_no: out_trade_no.into(),
            description: "2026 年度公需科目培训".into(),
            attach: None,
            notify_url: "http://127.0.0.1/n".into(),
            total_fen: 4_000,
            currency: "CNY".into(),
            expires_at_ms: Some(1_000),
        }
    }

    fn payment(paid_at_ms: i64) -> Payment {
        Payment {
            transaction_id: "42".into(),
            openid: "o".into(),
            paid_at_ms,
            total_fen: 4_000,
            payer_total_fen: 4_000,
            currency: "CNY".into(),
        }
    }

    fn key(out_trade_no: &str) -> OrderKey {
        ("16".into(), out_trade_no.into())
    }

    fn book_with(out_trade_no: &str) -> OrderBook {
        let mut book = OrderBook::new(10);
        book.place(terms(out_trade_no), "code-1", 0).unwrap();
        book
    }

    /// This is the dynamic QR: a screenshot of the old code must be worthless.
    #[test]
    fn the_same_order_again_gets_a_fresh_code_and_kills_the_old_one() {
        let mut book = book_with("a");
        assert_eq!(book.place(terms("a"), "code-2", 1), Ok(()));
        assert!(book.by_code("code-1").is_none());
        assert_eq!(book.by_code("code-2").unwrap().terms.out_trade_no, "a");
    }

    #[test]
    fn the_same_number_with_other_parameters_is_refused() {
        let mut book = book_with("a");
        let dearer = Terms { total_fen: 4_001, ..terms("a") };
        assert_eq!(book.place(dearer, "code-2", 1), Err(OrderRefusal::ParametersDiffer));
        assert!(book.by_code("code-1").is_some());
    }

    #[test]
    fn an_order_is_paid_once_and_then_neither_placed_nor_closed() {
        let mut book = book_with("a");
        assert_eq!(book.pay(&key("a"), payment(1), false).unwrap().state(), OrderState::Success);
        assert_eq!(book.pay(&key("a"), payment(2), true).unwrap_err(), OrderRefusal::Paid);
        assert_eq!(book.place(terms("a"), "code-2", 3), Err(OrderRefusal::Paid));
        assert_eq!(book.close(&key("a")), Err(OrderRefusal::Paid));
    }

    #[test]
    fn a_closed_order_takes_money_only_when_the_payer_was_faster() {
        let mut book = book_with("a");
        assert_eq!(book.close(&key("a")), Ok(()));
        assert_eq!(book.close(&key("a")), Ok(()));
        assert_eq!(book.place(terms("a"), "code-2", 1), Err(OrderRefusal::Closed));
        assert_eq!(book.pay(&key("a"), payment(1), false).unwrap_err(), OrderRefusal::Closed);
        assert_eq!(book.pay(&key("a"), payment(1), true).unwrap().state(), OrderState::Success);
    }

    #[test]
    fn an_expired_order_is_neither_paid_nor_placed_nor_offered() {
        let mut book = book_with("a");
        assert_eq!(book.payable(999, 5).len(), 1);
        assert!(book.payable(1_000, 5).is_empty());
        assert_eq!(book.pay(&key("a"), payment(1_000), false).unwrap_err(), OrderRefusal::Expired);
        assert_eq!(book.place(terms("a"), "code-2", 1_000), Err(OrderRefusal::Expired));
        assert_eq!(book.get(&key("a")).unwrap().state(), OrderState::NotPay);
    }

    #[test]
    fn the_oldest_orders_are_forgotten_with_their_codes() {
        let mut book = OrderBook::new(2);
        for (number, code) in [("a", "code-a"), ("b", "code-b"), ("c", "code-c")] {
            book.place(terms(number), code, 0).unwrap();
        }
        assert!(book.get(&key("a")).is_none() && book.by_code("code-a").is_none());
        let numbers: Vec<_> = book.payable(0, 9).into_iter().map(|order| order.terms.out_trade_no).collect();
        assert_eq!(numbers, ["c", "b"]);
    }
}
