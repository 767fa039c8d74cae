//! Why a file is not a roster.

use jixue_core::refusal::{Kind, Refusal};

/// What is wrong with the file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterFileRefusal {
    /// No row names the columns.
    HeaderMissing,
    NameColumnMissing,
    IdentityNumberColumnMissing,
    PhoneColumnMissing,
    TooManyColumns {
        columns: usize,
        columns_max: usize,
    },
    /// A header and nobody below it.
    NobodyInIt,
    /// The file broke off while it was kept; it must be sent again.
    NotReceived,
    /// Nobody has said yet which column is which.
    ColumnsUnknown,
    /// One column of the sheet was named twice.
    ColumnTwice,
    /// The sheet is not kept any more; the file must be sent again.
    SheetForgotten,
    /// Somebody is bringing its people in, or has done so.
    AppliedAlready,
    /// Its people are not in yet, or are just coming in.
    NotApplied,
    /// An import can be undone for a day.
    UndoOver,
}

impl Refusal for RosterFileRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::HeaderMissing => "roster.header_missing",
            Self::NameColumnMissing => "roster.name_column_missing",
            Self::IdentityNumberColumnMissing => "roster.identity_number_column_missing",
            Self::PhoneColumnMissing => "roster.phone_column_missing",
            Self::TooManyColumns { .. } => "roster.too_many_columns",
            Self::NobodyInIt => "roster.nobody_in_it",
            Self::NotReceived => "roster.not_received",
            Self::ColumnsUnknown => "roster.columns_unknown",
            Self::ColumnTwice => "roster.column_twice",
            Self::SheetForgotten => "roster.sheet_forgotten",
            Self::AppliedAlready => "roster.applied_already",
            Self::NotApplied => "roster.not_applied",
            Self::UndoOver => "roster.undo_over",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::TooManyColumns { .. } => Kind::TooLarge,
            Self::NotReceived
            | Self::ColumnsUnknown
            | Self::SheetForgotten
            | Self::AppliedAlready
            | Self::NotApplied
            | Self::UndoOver => Kind::Conflict,
            Self::HeaderMissing
            | Self::NameColumnMissing
            | Self::IdentityNumberColumnMissing
            | Self::PhoneColumnMissing
            | Self::ColumnTwice
            | Self::NobodyInIt => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooManyColumns { columns, columns_max } => {
                vec![("columns", columns.to_string()), ("columns_max", columns_max.to_string())]
            }
            _ => Vec::new(),
        }
    }
}
