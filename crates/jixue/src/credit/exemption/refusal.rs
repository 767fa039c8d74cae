//! Why an exemption is not asked for, decided or ended.

use jixue_core::refusal::{Kind, Refusal};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExemptionRefusal {
    SortUnknown,
    /// It ends before it begins, or lasts for more than five years.
    DatesUnfit,
    /// No year has enough days of it.
    TooShort {
        days_min: i64,
    },
    ReasonMissing,
    /// The same was asked for, or granted, before.
    AskedAlready,
    /// Nobody decides what they asked for themselves.
    OwnRequest,
    Decided,
    NotGranted,
}

impl Refusal for ExemptionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SortUnknown => "exemption.sort_unknown",
            Self::DatesUnfit => "exemption.dates_unfit",
            Self::TooShort { .. } => "exemption.too_short",
            Self::ReasonMissing => "exemption.reason_missing",
            Self::AskedAlready => "exemption.asked_already",
            Self::OwnRequest => "exemption.own_request",
            Self::Decided => "exemption.decided",
            Self::NotGranted => "exemption.not_granted",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::SortUnknown | Self::DatesUnfit | Self::TooShort { .. } | Self::ReasonMissing => Kind::Invalid,
            Self::AskedAlready | Self::OwnRequest | Self::Decided | Self::NotGranted => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooShort { days_min } => vec![("days", days_min.to_string())],
            Self::SortUnknown
            | Self::DatesUnfit
            | Self::ReasonMissing
            | Self::AskedAlready
            | Self::OwnRequest
            | Self::Decided
            | Self::NotGranted => Vec::new(),
        }
    }
}
