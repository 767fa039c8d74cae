//! One try to pay an order through one channel, on record before the gateway hears of it.

use super::order::{Order, OrderRefusal};
use crate::fact::SuspenseReason;
use crate::id::{OrderId, PaymentAttemptId};
use crate::money::Fen;
use crate::proof::{Channel, Proof};
use crate::refusal::{Kind, Refusal};
use crate::time::Timestamp;
use std::fmt;

/// How long a code on screen may be paid: half an hour.
pub const ATTEMPT_LIFETIME_SECONDS: i64 = 1_800;

/// The most one attempt may ask: one million yuan. Larger sums come by bank transfer.
pub const ATTEMPT_AMOUNT_MAX: Fen = Fen(100_000_000);

/// Crockford's base 32: digits and capitals without I, L, O and U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Our number of an attempt at the gateway: 48 bits of time and 80 random bits as 26 capitals and digits.
///
/// It fits every channel: WeChat Pay takes 6 to 32 of `[0-9A-Za-z_|*-]`, UnionPay 8 to 32 alphanumerics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutTradeNo(String);

impl OutTradeNo {
    pub fn compose(now: Timestamp, random: [u8; 10]) -> Self {
        let milliseconds = u128::from(now.0.max(0).unsigned_abs() & 0xffff_ffff_ffff);
        let bits = random.iter().fold(milliseconds, |bits, byte| bits << 8 | u128::from(*byte));
        let digit = |place: u32| char::from(DIGITS[(bits >> (place * 5) & 31) as usize]);
        Self((0..26).rev().map(digit).collect())
    }

    /// Reads a stored or received number; None when it is not one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let ours = text.len() == 26 && text.bytes().all(|byte| DIGITS.contains(&byte));
        ours.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OutTradeNo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Where an attempt stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptState {
    /// The code may be paid; the gateway has said nothing yet.
    Waiting { expires_at: Timestamp },
    /// A call to the gateway had no answer: it may or may not know the attempt. To be queried, never repeated blindly.
    Unknown { since: Timestamp },
    /// Its money settled the order.
    Paid { trade_no: String, paid_at: Timestamp },
    /// Its money came and settled nothing; it lies in suspense.
    Suspended { trade_no: String, reason: SuspenseReason },
    /// Closed at the gateway. Money that came before the gateway heard still counts.
    Closed { closed_at: Timestamp },
}

impl AttemptState {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Unknown { .. } => "unknown",
            Self::Paid { .. } => "paid",
            Self::Suspended { .. } => "suspended",
            Self::Closed { .. } => "closed",
        }
    }
}

/// One try to pay one order (支付尝试).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    pub id: PaymentAttemptId,
    pub order: OrderId,
    pub channel: Channel,
    /// The merchant account that is to receive.
    pub merchant: String,
    pub out_trade_no: OutTradeNo,
    pub amount: Fen,
    pub state: AttemptState,
}

impl PaymentAttempt {
    /// Begins an attempt to pay `order` whole. It waits [`ATTEMPT_LIFETIME_SECONDS`].
    pub fn begin(
        id: PaymentAttemptId,
        order: &Order,
        channel: Channel,
        merchant: impl Into<String>,
        out_trade_no: OutTradeNo,
        now: Timestamp,
    ) -> Result<Self, PaymentRefusal> {
        order.payable().map_err(PaymentRefusal::Order)?;
        let amount = order.amount();
        if amount <= Fen::ZERO || amount > ATTEMPT_AMOUNT_MAX {
            return Err(PaymentRefusal::AmountOutOfRange { amount });
        }
        let expires_at = now.plus_seconds(ATTEMPT_LIFETIME_SECONDS);
        Ok(Self {
            id,
            order: order.id,
            channel,
            merchant: merchant.into(),
            out_trade_no,
            amount,
            state: AttemptState::Waiting { expires_at },
        })
    }

    /// A call to the gateway timed out at `now`.
    pub fn lose_sight(self, now: Timestamp) -> Result<Self, PaymentRefusal> {
        self.open()?;
        match self.state {
            AttemptState::Unknown { .. } => Ok(self),
            _ => Ok(Self { state: AttemptState::Unknown { since: now }, ..self }),
        }
    }

    /// The gateway says that it knows the attempt and that nobody has paid.
    pub fn wait(self, expires_at: Timestamp) -> Result<Self, PaymentRefusal> {
        self.open()?;
        Ok(Self { state: AttemptState::Waiting { expires_at }, ..self })
    }

    /// The gateway says that the attempt is closed, or that it never heard of it.
    pub fn close(self, now: Timestamp) -> Result<Self, PaymentRefusal> {
        match &self.state {
            AttemptState::Closed { .. } => Ok(self),
            _ => {
                self.open()?;
                Ok(Self { state: AttemptState::Closed { closed_at: now }, ..self })
            }
        }
    }

    /// Whether the gateway is to be asked at `now`: unknown, or past the end of its waiting.
    pub fn needs_query(&self, now: Timestamp) -> bool {
        match self.state {
            AttemptState::Unknown { .. } => true,
            AttemptState::Waiting { expires_at } => now >= expires_at,
            AttemptState::Paid { .. } | AttemptState::Suspended { .. } | AttemptState::Closed { .. } => false,
        }
    }

    fn open(&self) -> Result<(), PaymentRefusal> {
        match &self.state {
            AttemptState::Waiting { .. } | AttemptState::Unknown { .. } => Ok(()),
            AttemptState::Paid { .. } => Err(PaymentRefusal::AlreadyPaid),
            AttemptState::Suspended { .. } => Err(PaymentRefusal::Suspended),
            AttemptState::Closed { .. } => Err(PaymentRefusal::Closed),
        }
    }

    /// Its money settled the order, whatever our clock had said of the attempt.
    pub(super) fn paid_by(self, proof: &Proof) -> Self {
        let (trade_no, paid_at) = (proof.trade_no().to_owned(), proof.paid_at());
        Self { state: AttemptState::Paid { trade_no, paid_at }, ..self }
    }

    /// Money came and settled nothing. An attempt that settled, or that was suspended first, stays so.
    pub(super) fn suspended_by(self, proof: &Proof, reason: SuspenseReason) -> Self {
        let trade_no = proof.trade_no().to_owned();
        match self.state {
            AttemptState::Paid { .. } | AttemptState::Suspended { .. } => self,
            AttemptState::Waiting { .. } | AttemptState::Unknown { .. } | AttemptState::Closed { .. } => {
                Self { state: AttemptState::Suspended { trade_no, reason }, ..self }
            }
        }
    }
}

/// Why an attempt is not begun or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentRefusal {
    Order(OrderRefusal),
    AmountOutOfRange { amount: Fen },
    AlreadyPaid,
    Suspended,
    Closed,
}

impl Refusal for PaymentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Order(refusal) => refusal.code(),
            Self::AmountOutOfRange { .. } => "payment.amount_out_of_range",
            Self::AlreadyPaid => "payment.already_paid",
            Self::Suspended => "payment.suspended",
            Self::Closed => "payment.closed",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Order(refusal) => refusal.kind(),
            Self::AmountOutOfRange { .. } => Kind::Invalid,
            Self::AlreadyPaid | Self::Suspended | Self::Closed => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Order(refusal) => refusal.arguments(),
            Self::AmountOutOfRange { amount } => {
                vec![("amount", amount.to_string()), ("amount_max", ATTEMPT_AMOUNT_MAX.to_string())]
            }
            Self::AlreadyPaid | Self::Suspended | Self::Closed => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
