//! Grants: which hats an account may wear, how far each reaches and until when.
//!
//! Rules: `jixue_core::authority`. A grant that ended, was taken away, or stands for one that is gone gives nothing in
//! the very next request, since each request reads it.

mod api;
mod caretaking;
mod deputies;
mod giving;
mod independence;
mod merging;
mod pages;
mod store;
mod taking;

pub use api::Api;
pub use caretaking::{has_clerk, take_care};
pub use deputies::deputize;
pub use giving::{Granting, give_grant, give_role, name_by_operator};
pub use independence::is_independent;
pub use merging::{grants_at_unit, units_merged, units_parted};
pub use pages::routes;
pub use store::CATALOGUE;
pub use taking::{take_grant, take_grant_by_operator};

pub(super) use store::{ReachColumns, counts, hats, reach_columns};

use super::sessions::reach;
use crate::db::Tx;
use crate::error::{Error, Result};
use jixue_core::authority::Holding;
use jixue_core::id::{AccountId, GrantId};
use jixue_core::org::Industry;
use jixue_core::role::Role;
use jixue_core::scope::{Actor, Reach, Scope};
use jixue_core::time::Timestamp;

/// A hat of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub grant: GrantId,
    pub role: Role,
    pub reach: Reach,
    /// None: until it is taken away.
    pub until: Option<Timestamp>,
    /// Whether it stands for somebody else's.
    pub is_deputy: bool,
}

impl Grant {
    pub fn holding(&self) -> Holding {
        Holding { role: self.role, reach: self.reach.clone() }
    }
}

/// The hats an account may wear now, oldest first.
pub async fn grants_of(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<Vec<Grant>> {
    let rows = store::grants_of(tx, account, now).await?;
    let known = rows.into_iter().filter_map(|row| {
        let (role, reach) = (Role::from_code(&row.role)?, reach(&row.reach)?);
        Some(Grant { grant: row.grant, role, reach, until: row.until, is_deputy: row.is_deputy })
    });
    Ok(known.collect())
}

/// The hat that `scope` was granted by, as it counts for a decision.
async fn worn(tx: &Tx<'_>, scope: &Scope, role: Role, now: Timestamp) -> Result<Holding> {
    let Actor::Account(account) = scope.actor() else {
        return Err(Error::internal("the system wears no hat"));
    };
    let grants = grants_of(tx, account, now).await?;
    let worn = grants.iter().find(|grant| grant.role == role && grant.reach == *scope.reach());
    worn.map(Grant::holding).ok_or_else(|| super::IdentityRefusal::GrantMissing.into())
}

fn columns(reach: &Reach) -> Result<ReachColumns> {
    let none = ReachColumns { region_code: None, unit: None, base: None, industry: None };
    match reach {
        Reach::Region { region_code } => Ok(ReachColumns { region_code: Some(region_code.clone()), ..none }),
        Reach::Industry { region_code, industry } => {
            let (region_code, industry) = (Some(region_code.clone()), Some(industry.code().to_owned()));
            Ok(ReachColumns { region_code, industry, ..none })
        }
        Reach::Unit { unit } => Ok(ReachColumns { unit: Some(unit.raw()), ..none }),
        Reach::Base { base } => Ok(ReachColumns { base: Some(base.raw()), ..none }),
        Reach::Everybody | Reach::Learner { .. } => Err(Error::internal("a grant reaches a region, a unit or a base")),
    }
}

/// The region in which a reach lies: its own, that of the unit, or the root bureau's, which admits bases.
async fn region_of(tx: &Tx<'_>, reach: &Reach) -> Result<Option<String>> {
    match reach {
        Reach::Region { region_code } | Reach::Industry { region_code, .. } => Ok(Some(region_code.clone())),
        Reach::Unit { unit } => crate::org::unit_region(tx, *unit).await,
        Reach::Base { base } => {
            let bases = crate::org::bases(tx).await?;
            let root = crate::org::root_bureau(tx).await?;
            Ok(bases.iter().any(|known| known.id == *base).then_some(root.region_code))
        }
        Reach::Everybody | Reach::Learner { .. } => Ok(None),
    }
}

/// The industry system in which a reach lies: its own, or that of the unit.
async fn industry_of(tx: &Tx<'_>, reach: &Reach) -> Result<Option<Industry>> {
    match reach {
        Reach::Industry { industry, .. } => Ok(Some(*industry)),
        Reach::Unit { unit } => crate::org::unit_industry(tx, *unit).await,
        Reach::Region { .. } | Reach::Base { .. } | Reach::Everybody | Reach::Learner { .. } => Ok(None),
    }
}

fn actor_number(scope: &Scope) -> i64 {
    match scope.actor() {
        Actor::Account(account) => account.raw(),
        Actor::System => 0,
    }
}
