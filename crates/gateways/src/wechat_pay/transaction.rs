//! A transaction as the gateway writes it, in a query's answer and inside a notification.

use serde::Deserialize;

/// Where an order stands at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TradeState {
    /// Paid.
    Success,
    /// Paid, and given back at least in part since: the money did arrive.
    Refund,
    NotPay,
    Closed,
    Revoked,
    UserPaying,
    PayError,
}

impl TradeState {
    /// Whether money arrived, whatever happened to it later.
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Success | Self::Refund)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Transaction {
    pub appid: String,
    pub mchid: String,
    pub out_trade_no: String,
    pub trade_state: TradeState,
    /// From here on absent while unpaid.
    pub transaction_id: Option<String>,
    /// RFC 3339.
    pub success_time: Option<String>,
    pub amount: Option<Amount>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Amount {
    /// In fen: what the order asked. `payer_total` is lower when WeChat's coupons paid a part and is not our concern.
    pub total: i64,
    #[serde(default = "renminbi")]
    pub currency: String,
}

/// The documentation calls `currency` optional with this value as its default.
fn renminbi() -> String {
    "CNY".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part refund must not make an earlier payment look as if it had never come.
    #[test]
    fn a_refunded_order_counts_as_paid() {
        let state: TradeState = serde_json::from_str("\"REFUND\"").unwrap();
        assert!(state.is_paid());
        let state: TradeState = serde_json::from_str("\"NOTPAY\"").unwrap();
        assert!(!state.is_paid());
        assert!(serde_json::from_str::<TradeState>("\"USERPAYING\"").is_ok());
        assert!(serde_json::from_str::<TradeState>("\"ACCEPT\"").is_err());
    }
}
