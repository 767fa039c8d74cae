//! Where the people and things of the temporary city stand, and how far each is from whoever asks.

use jixue_core::role::Role;

/// A place in the tree of the temporary city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Province,
    OtherCity,
    OtherCityUnit,
    /// The root bureau's.
    City,
    /// A unit under the city itself.
    CityUnit,
    County,
    Unit,
    /// Of the same county.
    SisterUnit,
    OtherCounty,
    FarUnit,
    Base,
    /// The teachers of that base.
    BaseStaff,
    OtherBase,
    /// The learner who asks.
    Learner,
    /// The same learner's second thing of a kind.
    LearnerAgain,
    /// Of the same unit.
    Colleague,
    UnitPerson,
    SisterPerson,
    FarPerson,
    CityPerson,
    OtherCityPerson,
}

impl Node {
    /// The unit at a place, or the one that stands for it.
    pub fn unit(self) -> Self {
        match self {
            Self::Unit | Self::Learner | Self::LearnerAgain | Self::Colleague | Self::UnitPerson => Self::Unit,
            Self::County | Self::SisterUnit | Self::SisterPerson => Self::SisterUnit,
            Self::OtherCounty | Self::FarUnit | Self::FarPerson => Self::FarUnit,
            Self::City | Self::CityUnit | Self::CityPerson | Self::Base | Self::BaseStaff | Self::OtherBase => {
                Self::CityUnit
            }
            Self::Province | Self::OtherCity | Self::OtherCityUnit | Self::OtherCityPerson => Self::OtherCityUnit,
        }
    }

    /// The person at a place, or the one who stands for it.
    pub fn person(self) -> Self {
        match self {
            Self::Learner | Self::LearnerAgain | Self::Colleague => self,
            _ => match self.unit() {
                Self::Unit => Self::UnitPerson,
                Self::SisterUnit => Self::SisterPerson,
                Self::FarUnit => Self::FarPerson,
                Self::CityUnit => Self::CityPerson,
                _ => Self::OtherCityPerson,
            },
        }
    }

    /// The office above a place, or the place's own.
    pub fn office(self) -> Self {
        match self {
            Self::Province | Self::OtherCity | Self::City | Self::County | Self::OtherCounty => self,
            Self::Base | Self::BaseStaff | Self::OtherBase => Self::City,
            _ => match self.unit() {
                Self::Unit | Self::SisterUnit => Self::County,
                Self::FarUnit => Self::OtherCounty,
                Self::CityUnit => Self::City,
                _ => Self::OtherCity,
            },
        }
    }

    /// Where a grant is held: persons stand for their unit.
    pub fn grant(self) -> Self {
        match self {
            Self::Province | Self::OtherCity | Self::City | Self::County | Self::OtherCounty => self,
            Self::Base | Self::BaseStaff | Self::OtherBase => self,
            _ => self.unit(),
        }
    }

    pub fn region_code(self) -> &'static str {
        match self.office() {
            Self::Province => "430000",
            Self::OtherCity if self == Self::OtherCity => "431100",
            Self::OtherCity => "431102",
            Self::County => "431002",
            Self::OtherCounty => "431003",
            _ => "431000",
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    Role(Role),
    Learner,
    /// Nobody is signed in.
    Stranger,
    /// Support that looks at the learner's pages.
    Looking,
}

impl Asker {
    /// Every role, the learner, the stranger, and support that looks at the learner's pages.
    pub fn all() -> impl Iterator<Item = Self> {
        Role::ALL.into_iter().map(Self::Role).chain([Self::Learner, Self::Stranger, Self::Looking])
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Role(role) => role.code(),
            Self::Learner => "learner",
            Self::Stranger => "stranger",
            Self::Looking => "support_looking",
        }
    }

    /// Where the asker stands.
    pub(super) fn node(self) -> Node {
        self.related(Relation::Own)
    }

    /// The place that is so related to the asker's.
    pub(super) fn related(self, relation: Relation) -> Node {
        let [own, sibling, child, parent, foreign] = match self {
            Self::Learner | Self::Stranger | Self::Looking => {
                [Node::Learner, Node::Colleague, Node::LearnerAgain, Node::Unit, Node::FarPerson]
            }
            // The sibling is of another industry system in the same county; the foreign one of the same system elsewhere.
            Self::Role(Role::IndustryOfficer) => {
                [Node::SisterUnit, Node::Unit, Node::SisterPerson, Node::City, Node::FarUnit]
            }
            Self::Role(Role::UnitClerk) => [Node::Unit, Node::SisterUnit, Node::Learner, Node::County, Node::FarUnit],
            Self::Role(Role::CountyOfficer) => [Node::County, Node::OtherCounty, Node::Unit, Node::City, Node::FarUnit],
            Self::Role(Role::BaseManager | Role::Teacher) => {
                [Node::Base, Node::OtherBase, Node::BaseStaff, Node::City, Node::FarUnit]
            }
            Self::Role(_) => [Node::City, Node::OtherCity, Node::County, Node::Province, Node::OtherCityUnit],
        };
        match relation {
            Relation::Own | Relation::Deleted => own,
            Relation::Sibling => sibling,
            Relation::Child => child,
            Relation::Parent => parent,
            Relation::Foreign => foreign,
        }
    }
}

/// How the place of a thing is related to the asker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    Own,
    Sibling,
    Child,
    Parent,
    Foreign,
    /// It was the asker's own, and is gone.
    Deleted,
}

impl Relation {
    pub const ALL: [Self; 6] = [Self::Own, Self::Sibling, Self::Child, Self::Parent, Self::Foreign, Self::Deleted];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Sibling => "sibling",
            Self::Child => "child",
            Self::Parent => "parent",
            Self::Foreign => "foreign",
            Self::Deleted => "deleted",
        }
    }
}
