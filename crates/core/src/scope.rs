//! Whose data a caller may see. Every query about people takes a `Scope`, and the scope stands in the SQL.

use crate::id::{AccountId, BaseId, LearnerId, UnitId};
use crate::org::Industry;

/// How far a grant reaches.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "reach", rename_all = "snake_case")]
pub enum Reach {
    /// Everybody under the root bureau.
    Everybody,
    /// Everybody whose unit lies in a region: a GB/T 2260 code, province, city or county.
    Region { region_code: String },
    /// Everybody whose unit lies in a region and belongs to an industry system, as the registry has both now.
    Industry { region_code: String, industry: Industry },
    /// Everybody employed by one unit.
    Unit { unit: UnitId },
    /// Learners who study with one base. No region lies within it: a query that does not ask for the base shows nobody.
    Base { base: BaseId },
    /// Oneself.
    Learner { learner: LearnerId },
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Account(AccountId),
    /// A job or reaction of the application itself.
    System,
}

impl Actor {
    /// The account's number as rows keep it, 0 for the application itself.
    pub fn number(self) -> i64 {
        match self {
            Self::Account(account) => account.raw(),
            Self::System => 0,
        }
    }
}

/// Permission to see and change the data of some people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    actor: Actor,
    reach: Reach,
}

/// The scope as bounds that one predicate understands, on both engines:
/// `region_code >= from AND region_code < until AND (unit = 0 OR unit_id = unit) AND (learner = 0 OR learner_id = learner)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeBounds {
    /// First region code within.
    pub region_from: String,
    /// First region code beyond.
    pub region_until: String,
    /// The only unit, or 0. Below 0: units of one industry system only, minus its number. No unit has such an id, so
    /// that a query which knows nothing of systems shows nobody.
    pub unit: i64,
    /// The only base, or 0.
    pub base: i64,
    /// The only learner, or 0.
    pub learner: i64,
}

impl Scope {
    /// Architecture Invariant: called only by `identity`, from a session's grant; the tidy test reads for it.
    pub fn granted(account: AccountId, reach: Reach) -> Self {
        Self { actor: Actor::Account(account), reach }
    }

    /// Architecture Invariant: called only in jobs, sweeps and reactions. `_job` names which, for the reader.
    pub fn system(_job: &'static str) -> Self {
        Self { actor: Actor::System, reach: Reach::Everybody }
    }

    /// What an officer asked for goes on without them: within the region that was theirs when they asked, in their name.
    ///
    /// Architecture Invariant: called only in jobs and sweeps; the tidy test reads for it.
    pub fn resumed(account: AccountId, region_code: String) -> Self {
        Self { actor: Actor::Account(account), reach: Reach::Region { region_code } }
    }

    pub fn actor(&self) -> Actor {
        self.actor
    }

    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The only learner in reach, if it is one.
    pub fn learner(&self) -> Option<LearnerId> {
        match self.reach {
            Reach::Learner { learner } => Some(learner),
            _ => None,
        }
    }

    /// The only unit in reach, if it is one.
    pub fn unit(&self) -> Option<UnitId> {
        match self.reach {
            Reach::Unit { unit } => Some(unit),
            _ => None,
        }
    }

    pub fn bounds(&self) -> ScopeBounds {
        let mut bounds = ScopeBounds {
            region_from: "000000".to_owned(),
            region_until: "999999".to_owned(),
            unit: 0,
            base: 0,
            learner: 0,
        };
        match &self.reach {
            Reach::Everybody => {}
            Reach::Region { region_code } => {
                (bounds.region_from, bounds.region_until) = region_range(region_code);
            }
            Reach::Industry { region_code, industry } => {
                (bounds.region_from, bounds.region_until) = region_range(region_code);
                bounds.unit = -industry.number();
            }
            Reach::Unit { unit } => bounds.unit = unit.raw(),
            Reach::Base { base } => {
                bounds.base = base.raw();
                bounds.region_until.clone_from(&bounds.region_from);
            }
            Reach::Learner { learner } => bounds.learner = learner.raw(),
        }
        bounds
    }
}

impl ScopeBounds {
    /// The same for a query that can ask for regions only: whoever is bound to one industry system sees nothing there.
    pub fn by_region_alone(mut self) -> Self {
        if self.unit < 0 {
            self.region_until.clone_from(&self.region_from);
        }
        self
    }
}

/// The half-open range of codes under a region: `431000` (a city) covers `431000..431100`, `430000` (a province)
/// `430000..440000`, a county only itself.
///
/// Source: GB/T 2260, two digits each for province, city and county.
fn region_range(code: &str) -> (String, String) {
    let step = match code {
        code if code.ends_with("0000") => 10_000,
        code if code.ends_with("00") => 100,
        _ => 1,
    };
    let first: u32 = code.parse().unwrap_or(999_999);
    (format!("{first:06}"), format!("{:06}", first.saturating_add(step)))
}

/// Whether a region is another one or lies under it. A damaged code lies nowhere.
pub fn lies_within(code: &str, under: &str) -> bool {
    let is_code = |code: &str| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let (from, until) = region_range(under);
    is_code(code) && is_code(under) && from.as_str() <= code && code < until.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> (String, String) {
        let reach = Reach::Region { region_code: code.to_owned() };
        let bounds = Scope::granted(AccountId::from_raw(1), reach).bounds();
        (bounds.region_from, bounds.region_until)
    }

    /// A county officer who sees the neighbouring county is a data leak.
    #[test]
    fn a_region_covers_just_what_lies_under_it() {
        assert_eq!(region("430000"), ("430000".to_owned(), "440000".to_owned()));
        assert_eq!(region("431000"), ("431000".to_owned(), "431100".to_owned()));
        assert_eq!(region("431021"), ("431021".to_owned(), "431022".to_owned()));
    }

    /// A query written before bases had pages must not show a base everybody.
    #[test]
    fn a_base_reaches_no_region() {
        let reach = Reach::Base { base: BaseId::from_raw(7) };
        let bounds = Scope::granted(AccountId::from_raw(1), reach).bounds();
        assert_eq!(bounds.base, 7);
        assert!(bounds.region_from >= bounds.region_until);
    }

    /// An officer of hospitals who sees the schools of the county is a data leak.
    #[test]
    fn an_industry_is_a_bound_of_its_own() {
        let mut bounds_met = Vec::new();
        for industry in Industry::ALL {
            let reach = Reach::Industry { region_code: "431021".to_owned(), industry };
            let bounds = Scope::granted(AccountId::from_raw(1), reach).bounds();
            assert_eq!((bounds.region_from.as_str(), bounds.region_until.as_str()), ("431021", "431022"));
            assert!(bounds.unit < 0 && !bounds_met.contains(&bounds.unit), "{industry:?}");
            bounds_met.push(bounds.unit);
            let blind = bounds.by_region_alone();
            assert!(blind.region_from >= blind.region_until, "{industry:?}");
        }
        let whole = Reach::Region { region_code: "431021".to_owned() };
        let bounds = Scope::granted(AccountId::from_raw(1), whole).bounds();
        assert_eq!(bounds.clone().by_region_alone(), bounds);
    }

    #[test]
    fn a_region_lies_under_its_city_and_province() {
        for (code, under, lies) in [
            ("431021", "431000", true),
            ("431021", "430000", true),
            ("431000", "431000", true),
            ("431000", "431021", false),
            ("431021", "431022", false),
            ("", "431000", false),
            ("431021", "", false),
        ] {
            assert_eq!(lies_within(code, under), lies, "{code} under {under}");
        }
    }

    /// A damaged region code must show nothing rather than everything.
    #[test]
    fn a_damaged_region_shows_nothing() {
        let (from, _) = region("everything");
        assert_eq!(from, "999999");
    }
}
