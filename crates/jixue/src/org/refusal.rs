//! Why this room says no.

use jixue_core::refusal::{Kind, Refusal};

/// What units and people can be refused for beyond what their numbers say themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgRefusal {
    /// Nobody has set up the root bureau of this installation.
    BureauMissing,
    /// A bureau's region is no city or province, a name is missing, or its prefix is not 2 to 6 capital letters.
    BureauUnfit,
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
            Self::BureauUnfit => "org.bureau_unfit",
            Self::UsccTaken => "org.uscc_taken",
            Self::WorksElsewhere => "roster.works_elsewhere",
            Self::NameDiffers => "roster.name_differs",
            Self::PhoneTaken => "roster.phone_taken",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::BureauUnfit => Kind::Invalid,
            _ => Kind::Conflict,
        }
    }
}
