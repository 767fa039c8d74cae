//! How credit says no.

use crate::id::CreditEntryId;
use crate::refusal::{Kind, Refusal};
use crate::time::BusinessDate;

/// Why a rule set cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSetRefusal {
    OutOfRange {
        field: &'static str,
    },
    /// Public and professional hours together are more than the total.
    PartsExceedTotal {
        total: i64,
    },
}

impl Refusal for RuleSetRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "rule_set.out_of_range",
            Self::PartsExceedTotal { .. } => "rule_set.parts_exceed_total",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::OutOfRange { .. } | Self::PartsExceedTotal { .. } => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OutOfRange { field } => vec![("field", (*field).to_owned())],
            Self::PartsExceedTotal { total } => vec![("total", total.to_string())],
        }
    }
}

/// Why an entry is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditRefusal {
    NotOpenYet {
        opens_on: BusinessDate,
    },
    WindowClosed {
        closed_on: BusinessDate,
    },
    /// An entry of nothing, or of less.
    NothingToEnter,
    /// The rules of the year do not count this source.
    SourceNotCounted,
    /// A reversing entry cannot be reversed: enter the hours anew.
    ReversesAReversal {
        entry: CreditEntryId,
    },
    AlreadyReversed {
        entry: CreditEntryId,
    },
    /// A correction without a reason is a mistake nobody can explain later.
    ReasonMissing,
}

impl Refusal for CreditRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOpenYet { .. } => "credit.not_open_yet",
            Self::WindowClosed { .. } => "credit.window_closed",
            Self::NothingToEnter => "credit.nothing_to_enter",
            Self::SourceNotCounted => "credit.source_not_counted",
            Self::ReversesAReversal { .. } => "credit.reverses_a_reversal",
            Self::AlreadyReversed { .. } => "credit.already_reversed",
            Self::ReasonMissing => "credit.reason_missing",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NothingToEnter | Self::ReasonMissing => Kind::Invalid,
            Self::NotOpenYet { .. }
            | Self::WindowClosed { .. }
            | Self::SourceNotCounted
            | Self::ReversesAReversal { .. }
            | Self::AlreadyReversed { .. } => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotOpenYet { opens_on } => vec![("opens_on", opens_on.to_string())],
            Self::WindowClosed { closed_on } => vec![("closed_on", closed_on.to_string())],
            Self::ReversesAReversal { entry } | Self::AlreadyReversed { entry } => {
                vec![("entry", entry.to_string())]
            }
            Self::NothingToEnter | Self::SourceNotCounted | Self::ReasonMissing => Vec::new(),
        }
    }
}
