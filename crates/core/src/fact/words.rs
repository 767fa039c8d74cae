//! The words a fact is told with, where they are one of a few.

use crate::id::{ImportId, LessonId};
use serde::{Deserialize, Serialize};

/// Why verified money did not settle the order it named (or named none we know).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspenseReason {
    UnknownOrder,
    MerchantDiffers,
    AmountDiffers,
    CurrencyDiffers,
    PaidTwice,
    /// The order was cancelled and every seat is paid otherwise.
    NotWanted,
}

impl SuspenseReason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownOrder => "unknown_order",
            Self::MerchantDiffers => "merchant_differs",
            Self::AmountDiffers => "amount_differs",
            Self::CurrencyDiffers => "currency_differs",
            Self::PaidTwice => "paid_twice",
            Self::NotWanted => "not_wanted",
        }
    }
}

/// Where recognised hours come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum CreditSource {
    /// A lesson completed here, on the evidence of beats.
    Lesson { lesson: LessonId },
    /// A list imported and confirmed by an officer.
    Confirmed { import: ImportId },
}

/// What a certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// 公需科目合格证明: the public subject is complete and its test passed.
    PublicSubject,
    /// 年度继续教育证书: the year's requirement is met.
    Annual,
}

impl CertificateKind {
    pub const fn code(self) -> &'static str {
        match self {
            Self::PublicSubject => "public_subject",
            Self::Annual => "annual",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "public_subject" => Some(Self::PublicSubject),
            "annual" => Some(Self::Annual),
            _ => None,
        }
    }
}
