//! Money that settled nothing: kept, told, and on its way to somebody.

use crate::fact::SuspenseReason;
use crate::id::{BaseId, OrderId, SuspenseId};
use crate::money::Fen;
use crate::proof::Channel;

/// Who acts on money in suspense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUp {
    /// We know who paid too much, and propose to pay it back.
    ProposeRefund,
    /// A person finds out what it is.
    AskOfficer,
}

impl FollowUp {
    pub const fn of(reason: SuspenseReason) -> Self {
        match reason {
            SuspenseReason::PaidTwice | SuspenseReason::NotWanted => Self::ProposeRefund,
            SuspenseReason::UnknownOrder
            | SuspenseReason::MerchantDiffers
            | SuspenseReason::AmountDiffers
            | SuspenseReason::CurrencyDiffers => Self::AskOfficer,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::ProposeRefund => "propose_refund",
            Self::AskOfficer => "ask_officer",
        }
    }
}

/// Money that fits no order (暂收待查), whole or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspense {
    pub id: SuspenseId,
    pub payee: BaseId,
    /// The order it named, if we know it.
    pub order: Option<OrderId>,
    pub channel: Channel,
    pub merchant: String,
    pub trade_no: String,
    pub out_trade_no: String,
    /// In hundredths of `currency`.
    pub amount: Fen,
    pub currency: String,
    pub reason: SuspenseReason,
    pub follow_up: FollowUp,
}
