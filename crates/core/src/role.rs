//! Roles: what an account may be asked to do, apart from studying.

/// A hat (身份) a person can wear beside the learner's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Officer of the root bureau: opens years, sets rules and fees, gives grants.
    BureauOfficer,
    /// Officer of a county's bureau.
    CountyOfficer,
    /// Officer of the bureau that looks after an industry system (卫生, 教育 …) in a city or county: reads its units and
    /// their people, names the units' clerks.
    IndustryOfficer,
    /// Clerk of a unit: roster, orders, certificates of its people.
    UnitClerk,
    /// Head of a training base's platform: its teachers, courses and figures.
    BaseManager,
    /// Teacher of a training base.
    Teacher,
    /// Looks at courses and bases for the bureau, and reports.
    Expert,
    /// Answers people's questions; sees what a learner sees, changes nothing.
    Support,
    /// Money of a region: books, invoices, refunds.
    Finance,
    /// A title review board: reads archives of applicants.
    ReviewBoard,
    /// Runs the system: settings, jobs, health. Sees no person's data.
    SystemAdministrator,
    /// Gives the bureaus' officers their grants. Sees no person's data.
    SecurityAdministrator,
    /// Reads who did what. Changes nothing.
    AuditAdministrator,
}

impl Role {
    pub const ALL: [Self; 13] = [
        Self::BureauOfficer,
        Self::CountyOfficer,
        Self::IndustryOfficer,
        Self::UnitClerk,
        Self::BaseManager,
        Self::Teacher,
        Self::Expert,
        Self::Support,
        Self::Finance,
        Self::ReviewBoard,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::AuditAdministrator,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::BureauOfficer => "bureau_officer",
            Self::CountyOfficer => "county_officer",
            Self::IndustryOfficer => "industry_officer",
            Self::UnitClerk => "unit_clerk",
            Self::BaseManager => "base_manager",
            Self::Teacher => "teacher",
            Self::Expert => "expert",
            Self::Support => "support",
            Self::Finance => "finance",
            Self::ReviewBoard => "review_board",
            Self::SystemAdministrator => "system_administrator",
            Self::SecurityAdministrator => "security_administrator",
            Self::AuditAdministrator => "audit_administrator",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The roles this one may give to others, within its own reach. Nobody gives their own role: that is what deputies
    /// and the next office up are for. The three administrators are named by the operator alone.
    pub const fn gives(self) -> &'static [Self] {
        match self {
            Self::SecurityAdministrator => &[Self::BureauOfficer],
            Self::BureauOfficer => &[
                Self::CountyOfficer,
                Self::IndustryOfficer,
                Self::UnitClerk,
                Self::BaseManager,
                Self::Expert,
                Self::Support,
                Self::Finance,
                Self::ReviewBoard,
            ],
            Self::CountyOfficer => &[Self::UnitClerk, Self::IndustryOfficer],
            Self::IndustryOfficer => &[Self::UnitClerk],
            Self::BaseManager => &[Self::Teacher],
            Self::UnitClerk
            | Self::Teacher
            | Self::Expert
            | Self::Support
            | Self::Finance
            | Self::ReviewBoard
            | Self::SystemAdministrator
            | Self::AuditAdministrator => &[],
        }
    }

    /// Whether the hat shows many people or decides about them: its sessions end with the working day, and it needs a
    /// second factor once that is compulsory. Clerks and teachers see few people.
    pub const fn is_office(self) -> bool {
        !matches!(self, Self::UnitClerk | Self::Teacher)
    }

    /// One of the three that no account may hold together with another of them: who runs the system, who gives rights,
    /// and who watches both.
    ///
    /// Source: GB/T 22239-2019 (等级保护基本要求, level 3): system, security and audit administration are separated.
    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::SecurityAdministrator | Self::AuditAdministrator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_stored_by_its_code() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("learner"), None);
    }

    /// Whatever is given on and on, nobody comes back to a role that could have given it.
    #[test]
    fn giving_only_ever_leads_down() {
        fn below(role: Role, depth: usize) -> Vec<Role> {
            assert!(depth < Role::ALL.len(), "{role:?} leads in a circle");
            role.gives().iter().flat_map(|given| below(*given, depth + 1).into_iter().chain([*given])).collect()
        }
        for role in Role::ALL {
            assert!(!below(role, 0).contains(&role), "{role:?} can come by itself");
            assert!(!below(role, 0).iter().any(|given| given.is_administrator()));
        }
    }
}
