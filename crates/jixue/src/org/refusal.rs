//! Why this room says no.

use jixue_core::refusal::{Kind, Refusal};

/// What units and people can be refused for beyond what their numbers say themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgRefusal {
    /// Nobody has set up the root bureau of this installation.
    BureauMissing,
    /// Another unit, or this one under another name, has the unified social credit code.
    UsccTaken,
    /// The person is employed by another unit.
    WorksElsewhere,
    /// The identity number is known under another name.
    NameDiffers,
    /// Somebody else signs in with the phone number.
    PhoneTaken,
}

impl Refusal for OrgRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BureauMissing => "org.bureau_missing",
            Self::UsccTaken => "org.uscc_taken",
            Self::WorksElsewhere => "roster.works_elsewhere",
            Self::NameDiffers => "roster.name_differs",
            Self::PhoneTaken => "roster.phone_taken",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Conflict
    }
}
