//! The slice's own refusals; those of orders, attempts and fees are the core's.

use jixue_core::refusal::{Kind, Refusal};
use jixue_core::time::Year;

/// Why an order is not placed, or a code not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingRefusal {
    /// The subject costs nothing here: no fee is set, or the year was never opened.
    NotOffered { year: Year },
    /// The year does not take learners on this day.
    YearClosed { year: Year },
    /// The learner's unit has an open order for the learner.
    UnitPays,
    /// No gateway is configured for this channel and payee.
    ChannelNotOffered,
    /// The gateway understood and said no.
    GatewayRefused,
    /// The gateway takes no more questions just now.
    GatewayBusy,
    /// The order has had as many codes as an order may.
    TooManyAttempts,
    /// Another settlement of the same money or seats was faster: to be done again from the start.
    Overtaken,
}

impl Refusal for BillingRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOffered { .. } => "billing.not_offered",
            Self::YearClosed { .. } => "billing.year_closed",
            Self::UnitPays => "billing.unit_pays",
            Self::ChannelNotOffered => "billing.channel_not_offered",
            Self::GatewayRefused => "billing.gateway_refused",
            Self::GatewayBusy => "billing.gateway_busy",
            Self::TooManyAttempts => "billing.too_many_attempts",
            Self::Overtaken => "billing.overtaken",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NotOffered { .. } => Kind::NotFound,
            Self::YearClosed { .. } | Self::UnitPays | Self::ChannelNotOffered | Self::Overtaken => Kind::Conflict,
            Self::GatewayRefused | Self::GatewayBusy => Kind::Unavailable,
            Self::TooManyAttempts => Kind::TooMany,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotOffered { year } | Self::YearClosed { year } => vec![("year", year.to_string())],
            Self::UnitPays
            | Self::ChannelNotOffered
            | Self::GatewayRefused
            | Self::GatewayBusy
            | Self::TooManyAttempts
            | Self::Overtaken => Vec::new(),
        }
    }
}
