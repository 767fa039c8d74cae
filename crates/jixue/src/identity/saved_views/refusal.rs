//! Why a filter cannot be saved.

use jixue_core::refusal::{Kind, Refusal};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedViewRefusal {
    /// A name has one to thirty letters.
    NameUnfit,
    /// Another view of this list has the name.
    NameTaken,
    TooMany {
        most: i64,
    },
    /// The whole list needs no name.
    NothingChosen,
    /// A part of the filter is longer than anything to choose.
    TooLong {
        most: usize,
    },
    /// The search holds a phone or identity number, which is not kept in the clear.
    HoldsNumber,
}

impl Refusal for SavedViewRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NameUnfit => "saved_view.name_unfit",
            Self::NameTaken => "saved_view.name_taken",
            Self::TooMany { .. } => "saved_view.too_many",
            Self::NothingChosen => "saved_view.nothing_chosen",
            Self::TooLong { .. } => "saved_view.too_long",
            Self::HoldsNumber => "saved_view.holds_number",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NameUnfit | Self::NothingChosen | Self::TooLong { .. } | Self::HoldsNumber => Kind::Invalid,
            Self::NameTaken | Self::TooMany { .. } => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooMany { most } => vec![("most", most.to_string())],
            Self::TooLong { most } => vec![("most", most.to_string())],
            Self::NameUnfit | Self::NameTaken | Self::NothingChosen | Self::HoldsNumber => Vec::new(),
        }
    }
}
