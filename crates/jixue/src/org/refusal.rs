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
    /// The region is not known, or not the officer's.
    RegionBeyond,
    KindUnknown,
    IndustryUnknown,
    /// A unit without a code, or an act that must be explained, has no reason.
    ReasonMissing,
    /// The county has a unit of this name with another code, or with one where none is given.
    UnitNameTaken,
    /// The unit is another one by now.
    UnitMerged,
    /// It has as many names as one unit may have.
    AliasesFull,
    MergeWithItself,
    /// The unit has orders that wait for money.
    MergeOrdersOpen,
    /// A roster of the unit is on its way in or out.
    MergeImportOpen,
    PartedAlready,
    /// The time in which a merge can be taken back is over.
    PartingOver,
    /// The unit that others were merged into is itself another by now.
    PartingBlocked,
    /// Nobody has this number.
    NobodyKnown,
    WorksHere,
    /// The unit waits for an answer already.
    MoveAsked,
    MoveAnswered,
    /// The unit does not employ them any more.
    MoveGone,
    /// A day after today, or before they came.
    DayUnfit,
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
            Self::RegionBeyond => "unit.region_beyond",
            Self::KindUnknown => "unit.kind_unknown",
            Self::IndustryUnknown => "unit.industry_unknown",
            Self::ReasonMissing => "unit.reason_missing",
            Self::UnitNameTaken => "unit.name_taken",
            Self::UnitMerged => "unit.merged",
            Self::AliasesFull => "unit.aliases_full",
            Self::MergeWithItself => "unit.merge_with_itself",
            Self::MergeOrdersOpen => "unit.merge_orders_open",
            Self::MergeImportOpen => "unit.merge_import_open",
            Self::PartedAlready => "unit.parted_already",
            Self::PartingOver => "unit.parting_over",
            Self::PartingBlocked => "unit.parting_blocked",
            Self::NobodyKnown => "move.nobody_known",
            Self::WorksHere => "move.works_here",
            Self::MoveAsked => "move.asked_already",
            Self::MoveAnswered => "move.answered_already",
            Self::MoveGone => "move.gone",
            Self::DayUnfit => "move.day_unfit",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::RegionBeyond => Kind::Forbidden,
            Self::BureauUnfit | Self::KindUnknown | Self::IndustryUnknown | Self::ReasonMissing | Self::DayUnfit => {
                Kind::Invalid
            }
            _ => Kind::Conflict,
        }
    }
}
