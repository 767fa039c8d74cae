//! Who may give which role to whom, how far and for how long.

use crate::org::Industry;
use crate::refusal::{Kind, Refusal};
use crate::role::Role;
use crate::scope::{Reach, lies_within};
use crate::time::Timestamp;

/// The longest time somebody may act for another: a quarter, then it is asked for again.
pub const DEPUTY_DAYS_MAX: i64 = 92;

/// A hat as it counts for a decision: the role, and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    pub role: Role,
    pub reach: Reach,
}

/// What somebody is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub holding: Holding,
    /// The region in which the reach lies: its own code, or that of the unit or of the bureau that admitted the base.
    pub region_code: String,
    /// The industry system in which the reach lies: its own, or that of the unit.
    pub industry: Option<Industry>,
    pub from: Timestamp,
    /// None: until it is taken away.
    pub until: Option<Timestamp>,
}

/// Why a role cannot be given, or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorityRefusal {
    /// The giver's role does not give this one.
    RoleNotYours,
    /// It would reach beyond the giver's own.
    BeyondYourReach,
    /// The role belongs to another sort of place: a clerk to a unit, an officer to a region.
    ReachUnfit,
    /// It ends before it begins, or before now, or a deputy's time is longer than a quarter.
    PeriodUnfit,
    /// The account holds another of the three administrators' roles.
    AdministratorsExclusive,
    /// Whoever acts for another cannot let a third act.
    DeputyOfDeputy,
    /// Nobody gives themselves anything.
    Oneself,
    /// Somebody is in charge of the unit already: nobody need take care of it.
    UnitHasClerk,
}

impl Refusal for AuthorityRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::RoleNotYours => "grant.role_not_yours",
            Self::BeyondYourReach => "grant.beyond_your_reach",
            Self::ReachUnfit => "grant.reach_unfit",
            Self::PeriodUnfit => "grant.period_unfit",
            Self::AdministratorsExclusive => "grant.administrators_exclusive",
            Self::DeputyOfDeputy => "grant.deputy_of_deputy",
            Self::Oneself => "grant.oneself",
            Self::UnitHasClerk => "grant.unit_has_clerk",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::RoleNotYours | Self::BeyondYourReach => Kind::Forbidden,
            Self::ReachUnfit | Self::PeriodUnfit => Kind::Invalid,
            Self::AdministratorsExclusive | Self::DeputyOfDeputy | Self::Oneself | Self::UnitHasClerk => Kind::Conflict,
        }
    }
}

/// Whether `giver` may give `wanted` to an account that holds `held` already.
///
/// # Errors
/// The giver's role does not give it, it reaches too far, it does not fit its place or time, or the account holds what
/// excludes it.
pub fn may_give(giver: &Holding, wanted: &Wanted, held: &[Role], now: Timestamp) -> Result<(), AuthorityRefusal> {
    if !giver.role.gives().contains(&wanted.holding.role) {
        return Err(AuthorityRefusal::RoleNotYours);
    }
    if !reaches(&giver.reach, wanted) {
        return Err(AuthorityRefusal::BeyondYourReach);
    }
    fits(wanted, held, now)
}

/// Whether the operator may name an account: everything but the giver's own role and reach is judged.
///
/// # Errors
/// As [`may_give`], but for the giver.
pub fn fits(wanted: &Wanted, held: &[Role], now: Timestamp) -> Result<(), AuthorityRefusal> {
    if !belongs(&wanted.holding) {
        return Err(AuthorityRefusal::ReachUnfit);
    }
    if wanted.until.is_some_and(|until| until <= wanted.from || until <= now) {
        return Err(AuthorityRefusal::PeriodUnfit);
    }
    let role = wanted.holding.role;
    let clash = |other: &Role| other.is_administrator() && *other != role;
    match role.is_administrator() && held.iter().any(clash) {
        true => Err(AuthorityRefusal::AdministratorsExclusive),
        false => Ok(()),
    }
}

/// Whether `remover` may take `held` away: what one could give, one may take.
///
/// # Errors
/// The remover's role does not give it, or it reaches too far.
pub fn may_take(remover: &Holding, held: &Wanted) -> Result<(), AuthorityRefusal> {
    if !remover.role.gives().contains(&held.holding.role) {
        return Err(AuthorityRefusal::RoleNotYours);
    }
    if reaches(&remover.reach, held) { Ok(()) } else { Err(AuthorityRefusal::BeyondYourReach) }
}

/// Whether the holder of a hat may let somebody act in it until then. `is_deputy`: the holder acts for another already.
///
/// # Errors
/// The holder is a deputy, or the time is over or longer than a quarter.
pub fn may_deputize(is_deputy: bool, until: Timestamp, now: Timestamp) -> Result<(), AuthorityRefusal> {
    if is_deputy {
        return Err(AuthorityRefusal::DeputyOfDeputy);
    }
    match until > now && until <= now.plus_days(DEPUTY_DAYS_MAX) {
        true => Ok(()),
        false => Err(AuthorityRefusal::PeriodUnfit),
    }
}

/// Whether the role has the sort of place it belongs to.
fn belongs(holding: &Holding) -> bool {
    match (&holding.reach, holding.role) {
        (Reach::Unit { .. }, role) => role == Role::UnitClerk,
        (Reach::Base { .. }, role) => matches!(role, Role::BaseManager | Role::Teacher),
        (Reach::Region { region_code }, Role::BureauOfficer) => region_code.ends_with("00"),
        (Reach::Region { .. }, role) => {
            !matches!(role, Role::IndustryOfficer | Role::UnitClerk | Role::BaseManager | Role::Teacher)
        }
        (Reach::Industry { .. }, role) => role == Role::IndustryOfficer,
        (Reach::Everybody | Reach::Learner { .. }, _) => false,
    }
}

fn reaches(giver: &Reach, wanted: &Wanted) -> bool {
    match giver {
        Reach::Everybody => true,
        Reach::Region { region_code } => lies_within(&wanted.region_code, region_code),
        Reach::Industry { region_code, industry } => {
            wanted.industry == Some(*industry) && lies_within(&wanted.region_code, region_code)
        }
        Reach::Unit { .. } | Reach::Base { .. } | Reach::Learner { .. } => *giver == wanted.holding.reach,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BaseId, UnitId};
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn region(code: &str) -> Reach {
        Reach::Region { region_code: code.to_owned() }
    }

    fn holding(role: Role, reach: Reach) -> Holding {
        Holding { role, reach }
    }

    fn wanted(role: Role, reach: Reach, region_code: &str) -> Wanted {
        let industry = match &reach {
            Reach::Industry { industry, .. } => Some(*industry),
            _ => None,
        };
        let region_code = region_code.to_owned();
        Wanted { holding: Holding { role, reach }, region_code, industry, from: NOW, until: None }
    }

    /// Who looks after hospitals names clerks of hospitals, in their own county, and makes no second officer.
    #[test]
    fn an_industry_officer_gives_within_the_industry_only() {
        let of = |industry, code: &str| Reach::Industry { region_code: code.to_owned(), industry };
        let health = holding(Role::IndustryOfficer, of(Industry::Health, "431021"));
        let clerk = |industry, code| {
            let unit = Reach::Unit { unit: UnitId::from_raw(7) };
            Wanted { industry, ..wanted(Role::UnitClerk, unit, code) }
        };
        assert_eq!(may_give(&health, &clerk(Some(Industry::Health), "431021"), &[], NOW), Ok(()));
        for (industry, code) in [
            (Some(Industry::Education), "431021"),
            (Some(Industry::Health), "431022"),
            (Some(Industry::Health), "431000"),
            (None, "431021"),
        ] {
            let beyond = clerk(industry, code);
            assert_eq!(may_give(&health, &beyond, &[], NOW), Err(AuthorityRefusal::BeyondYourReach), "{beyond:?}");
            assert_eq!(may_take(&health, &beyond), Err(AuthorityRefusal::BeyondYourReach), "{beyond:?}");
        }
        let officer = |code: &str| wanted(Role::IndustryOfficer, of(Industry::Health, code), code);
        assert_eq!(may_give(&health, &officer("431021"), &[], NOW), Err(AuthorityRefusal::RoleNotYours));
        let county = holding(Role::CountyOfficer, region("431021"));
        assert_eq!(may_give(&county, &officer("431021"), &[], NOW), Ok(()));
        assert_eq!(may_give(&county, &officer("431022"), &[], NOW), Err(AuthorityRefusal::BeyondYourReach));
        let whole = wanted(Role::IndustryOfficer, region("431021"), "431021");
        assert_eq!(may_give(&county, &whole, &[], NOW), Err(AuthorityRefusal::ReachUnfit));
        let disguised = wanted(Role::Expert, of(Industry::Health, "431021"), "431021");
        assert_eq!(fits(&disguised, &[], NOW), Err(AuthorityRefusal::ReachUnfit));
    }

    /// A county officer who can name a clerk next door reads next door's people.
    #[test]
    fn a_county_names_clerks_of_its_own_units_only() {
        let county = holding(Role::CountyOfficer, region("431021"));
        let unit = Reach::Unit { unit: UnitId::from_raw(7) };
        assert_eq!(may_give(&county, &wanted(Role::UnitClerk, unit.clone(), "431021"), &[], NOW), Ok(()));
        let next_door = wanted(Role::UnitClerk, unit.clone(), "431022");
        assert_eq!(may_give(&county, &next_door, &[], NOW), Err(AuthorityRefusal::BeyondYourReach));
        assert_eq!(may_take(&county, &next_door), Err(AuthorityRefusal::BeyondYourReach));
        let city = holding(Role::BureauOfficer, region("431000"));
        assert_eq!(may_give(&city, &next_door, &[], NOW), Ok(()));
    }

    #[test]
    fn a_role_has_its_sort_of_place() {
        let city = holding(Role::BureauOfficer, region("431000"));
        let base = Reach::Base { base: BaseId::from_raw(3) };
        assert_eq!(may_give(&city, &wanted(Role::BaseManager, base.clone(), "431000"), &[], NOW), Ok(()));
        for (role, reach) in
            [(Role::UnitClerk, region("431021")), (Role::CountyOfficer, base), (Role::Expert, Reach::Everybody)]
        {
            let refused = may_give(&city, &wanted(role, reach, "431021"), &[], NOW);
            assert_eq!(refused, Err(AuthorityRefusal::ReachUnfit), "{role:?}");
        }
    }

    /// Who gives rights, who runs the system and who watches both are three people.
    #[test]
    fn administrators_exclude_each_other() {
        let audit = wanted(Role::AuditAdministrator, region("431000"), "431000");
        let clash = fits(&audit, &[Role::SecurityAdministrator], NOW);
        assert_eq!(clash, Err(AuthorityRefusal::AdministratorsExclusive));
        assert_eq!(fits(&audit, &[Role::UnitClerk, Role::AuditAdministrator], NOW), Ok(()));
    }

    #[test]
    fn a_period_lies_ahead() {
        let mut clerk = wanted(Role::UnitClerk, Reach::Unit { unit: UnitId::from_raw(7) }, "431021");
        for (until, fits_now) in [(NOW, false), (NOW.plus_ms(1), true), (NOW.plus_ms(-1), false)] {
            clerk.until = Some(until);
            assert_eq!(fits(&clerk, &[], NOW).is_ok(), fits_now);
        }
        assert_eq!(may_deputize(false, NOW.plus_days(DEPUTY_DAYS_MAX), NOW), Ok(()));
        assert_eq!(
            may_deputize(false, NOW.plus_days(DEPUTY_DAYS_MAX).plus_ms(1), NOW),
            Err(AuthorityRefusal::PeriodUnfit)
        );
        assert_eq!(may_deputize(true, NOW.plus_days(1), NOW), Err(AuthorityRefusal::DeputyOfDeputy));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// attack_case_11: however grants are chained, nobody comes to reach more than the first giver did, or to a role
        /// that the first giver's role does not lead to.
        #[test]
        fn attack_case_11_chains_of_grants_never_climb(
            first in 0_usize..13,
            steps in proptest::collection::vec((0_usize..13, 0_usize..6), 1..6),
        ) {
            const REGIONS: [&str; 6] = ["430000", "431000", "431021", "431022", "440000", "431100"];
            let start = holding(Role::ALL[first], region("431000"));
            let mut giver = start.clone();
            for (role, place) in steps {
                let code = REGIONS[place];
                let role = Role::ALL[role];
                let reach = match role {
                    Role::UnitClerk => Reach::Unit { unit: UnitId::from_raw(place as i64 + 1) },
                    Role::BaseManager | Role::Teacher => Reach::Base { base: BaseId::from_raw(place as i64 + 1) },
                    Role::IndustryOfficer => {
                        Reach::Industry { region_code: code.to_owned(), industry: Industry::Health }
                    }
                    _ => region(code),
                };
                let next = wanted(role, reach, code);
                if may_give(&giver, &next, &[], NOW).is_ok() {
                    prop_assert!(role != start.role);
                    prop_assert!(lies_within(code, "431000"), "{code}");
                    giver = next.holding;
                }
            }
        }
    }
}
