//! A gateway's verified word that money arrived.

use crate::money::Fen;
use crate::time::Timestamp;

/// The way money came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    WechatPay,
}

impl Channel {
    pub const fn code(self) -> &'static str {
        match self {
            Self::WechatPay => "wechat_pay",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "wechat_pay" => Some(Self::WechatPay),
            _ => None,
        }
    }
}

/// Proof that a gateway took money: only a gateway's verifier makes one, after checking the signature.
///
/// Nothing in it is judged yet: whether merchant, amount and currency fit an order is the ledger's business, since
/// verified money is never refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    channel: Channel,
    /// The merchant account the money went to, as the gateway names it.
    merchant: String,
    /// The gateway's own number of the trade; one per payment, forever.
    trade_no: String,
    /// Our number of the payment attempt.
    out_trade_no: String,
    amount: Fen,
    /// ISO 4217, `CNY` for everything we ask.
    currency: String,
    paid_at: Timestamp,
}

impl Proof {
    /// Architecture Invariant: called only in `gateways/*/verify` and in tests; the tidy test reads for it.
    pub fn verified(
        channel: Channel,
        merchant: impl Into<String>,
        trade_no: impl Into<String>,
        out_trade_no: impl Into<String>,
        amount: Fen,
        currency: impl Into<String>,
        paid_at: Timestamp,
    ) -> Self {
        Self {
            channel,
            merchant: merchant.into(),
            trade_no: trade_no.into(),
            out_trade_no: out_trade_no.into(),
            amount,
            currency: currency.into(),
            paid_at,
        }
    }

    pub fn channel(&self) -> Channel {
        self.channel
    }

    pub fn merchant(&self) -> &str {
        &self.merchant
    }

    pub fn trade_no(&self) -> &str {
        &self.trade_no
    }

    pub fn out_trade_no(&self) -> &str {
        &self.out_trade_no
    }

    pub fn amount(&self) -> Fen {
        self.amount
    }

    pub fn currency(&self) -> &str {
        &self.currency
    }

    pub fn paid_at(&self) -> Timestamp {
        self.paid_at
    }
}
