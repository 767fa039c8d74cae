//! The clerk's desk: the people of a unit and how each of them stands in a year. A last room: it draws on all others and
//! is called by none; its queries are projections over their tables.

mod export;
mod filter;
mod ordering;
mod overview;
mod pages;
mod store;

pub(crate) use filter::Patterns;
pub use filter::{PeopleFilter, StageChoice};
pub use overview::{Overview, overview, people};
pub use pages::routes;
pub use store::{CATALOGUE, PersonStanding, StageCounts};

/// How far somebody is in a year. Each is past the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Must study, and nobody has paid.
    Required,
    /// Paid, nothing learned yet.
    Paid,
    Learning,
    /// The year's requirement is met.
    Finished,
    /// An exemption takes the whole year off.
    Exempt,
}

impl Stage {
    pub const ALL: [Self; 5] = [Self::Required, Self::Paid, Self::Learning, Self::Finished, Self::Exempt];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Paid => "paid",
            Self::Learning => "learning",
            Self::Finished => "finished",
            Self::Exempt => "exempt",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}
