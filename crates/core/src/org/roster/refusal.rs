//! The ways a roster is refused beyond what name, number and phone say themselves.

use super::{DEPARTMENT_LENGTH_MAX, ROSTER_ROWS_MAX};
use crate::refusal::{Kind, Refusal};

/// What only the roster as a whole, or its plainer columns, can be refused for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterRefusal {
    TooManyRows {
        rows: usize,
    },
    DepartmentTooLong {
        length: usize,
    },
    DepartmentDamaged,
    TitleSeriesUnknown {
        series: String,
    },
    TitleSeriesMissing,
    TitleLevelUnknown {
        level: String,
    },
    TitleLevelMissing,
    IdentityNumberRepeated {
        row: u32,
    },
    PhoneRepeated {
        row: u32,
    },
    /// The cell is merged with one above, so that it is not known whose text it holds.
    CellMerged {
        row: u32,
    },
    NumberAndPhoneSwapped,
    NameAndNumberSwapped,
    NameAndPhoneSwapped,
}

impl Refusal for RosterRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooManyRows { .. } => "roster.too_many_rows",
            Self::DepartmentTooLong { .. } => "roster.department_too_long",
            Self::DepartmentDamaged => "roster.department_damaged",
            Self::TitleSeriesUnknown { .. } => "roster.title_series_unknown",
            Self::TitleSeriesMissing => "roster.title_series_missing",
            Self::TitleLevelUnknown { .. } => "roster.title_level_unknown",
            Self::TitleLevelMissing => "roster.title_level_missing",
            Self::IdentityNumberRepeated { .. } => "roster.identity_number_repeated",
            Self::PhoneRepeated { .. } => "roster.phone_repeated",
            Self::CellMerged { .. } => "roster.cell_merged",
            Self::NumberAndPhoneSwapped => "roster.number_and_phone_swapped",
            Self::NameAndNumberSwapped => "roster.name_and_number_swapped",
            Self::NameAndPhoneSwapped => "roster.name_and_phone_swapped",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::TooManyRows { .. } => Kind::TooLarge,
            Self::DepartmentTooLong { .. }
            | Self::DepartmentDamaged
            | Self::TitleSeriesUnknown { .. }
            | Self::TitleSeriesMissing
            | Self::TitleLevelUnknown { .. }
            | Self::TitleLevelMissing
            | Self::IdentityNumberRepeated { .. }
            | Self::PhoneRepeated { .. }
            | Self::CellMerged { .. }
            | Self::NumberAndPhoneSwapped
            | Self::NameAndNumberSwapped
            | Self::NameAndPhoneSwapped => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooManyRows { rows } => {
                vec![("rows", rows.to_string()), ("rows_max", ROSTER_ROWS_MAX.to_string())]
            }
            Self::DepartmentTooLong { length } => {
                vec![("length", length.to_string()), ("length_max", DEPARTMENT_LENGTH_MAX.to_string())]
            }
            Self::TitleSeriesUnknown { series } => vec![("series", series.clone())],
            Self::TitleLevelUnknown { level } => vec![("level", level.clone())],
            Self::IdentityNumberRepeated { row } | Self::PhoneRepeated { row } | Self::CellMerged { row } => {
                vec![("row", row.to_string())]
            }
            Self::DepartmentDamaged
            | Self::TitleSeriesMissing
            | Self::TitleLevelMissing
            | Self::NumberAndPhoneSwapped
            | Self::NameAndNumberSwapped
            | Self::NameAndPhoneSwapped => Vec::new(),
        }
    }
}
