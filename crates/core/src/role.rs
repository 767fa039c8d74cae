//! Roles: what an account may be asked to do, apart from studying.

/// A hat (身份) a person can wear beside the learner's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Officer of the root bureau: opens years, sets rules and fees, gives grants.
    BureauOfficer,
    /// Officer of a county's bureau.
    CountyOfficer,
    /// Clerk of a unit: roster, orders, certificates of its people.
    UnitClerk,
    /// Staff of a training base.
    BaseStaff,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::BureauOfficer, Self::CountyOfficer, Self::UnitClerk, Self::BaseStaff];

    pub const fn code(self) -> &'static str {
        match self {
            Self::BureauOfficer => "bureau_officer",
            Self::CountyOfficer => "county_officer",
            Self::UnitClerk => "unit_clerk",
            Self::BaseStaff => "base_staff",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
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
        assert_eq!(Role::from_code("admin"), None);
    }
}
