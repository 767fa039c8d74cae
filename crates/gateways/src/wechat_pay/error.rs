//! How a call to WeChat Pay can end badly.

use crate::answer::Unknown;

/// A call that did not end well. The two variants lead different ways and must never be confused: a refusal had no
/// effect, an unknown outcome may have had its whole effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// The gateway understood and said no.
    #[error("refused with {status} {code}: {message}")]
    Refused {
        status: u16,
        /// Symbolic, such as `ORDER_PAID`.
        code: String,
        /// The gateway's own words, in Chinese, for the log.
        message: String,
        /// The tail of `Request-Id`, which its support asks for; 0 when absent.
        number: i64,
    },
    /// Nobody knows whether it took effect.
    #[error("outcome unknown: {0}")]
    Unknown(Unknown),
}

impl GatewayError {
    /// The order is paid already: query it and settle.
    pub fn is_order_paid(&self) -> bool {
        self.is_refused_with(&["ORDER_PAID", "ORDERPAID"])
    }

    /// The gateway never heard of the order.
    pub fn is_order_absent(&self) -> bool {
        self.is_refused_with(&["ORDER_NOT_EXIST", "ORDERNOTEXIST"])
    }

    /// The order is closed and takes no new code.
    pub fn is_order_closed(&self) -> bool {
        self.is_refused_with(&["ORDER_CLOSED", "ORDERCLOSED"])
    }

    /// Asked too often: the same call may be made again a little later.
    pub fn is_rate_limited(&self) -> bool {
        matches!(self, Self::Refused { status: 429, .. })
            || self.is_refused_with(&["FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED"])
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Older and newer pages of the documentation spell the same code with and without underscores.
    fn is_refused_with(&self, codes: &[&str]) -> bool {
        matches!(self, Self::Refused { code, .. } if codes.contains(&code.as_str()))
    }
}

impl From<Unknown> for GatewayError {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}
