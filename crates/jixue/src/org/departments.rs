//! The departments (科室) of a unit: as its people are written down. Renaming one to the name of another makes them one.

use super::store::departments as store;
use super::store::units;
use super::units::actor;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::UnitId;
use jixue_core::refusal::{Kind, Refusal};
use jixue_core::scope::Scope;

const NAME_MAX: usize = 60;

/// A department, and how many work in it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    pub name: String,
    pub people: i64,
}

/// Why a department keeps its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepartmentRefusal {
    NameMissing,
    /// Nobody works in it any more, or it has another name by now.
    Unknown,
    SameName,
}

impl Refusal for DepartmentRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NameMissing => "department.name_missing",
            Self::Unknown => "department.unknown",
            Self::SameName => "department.same_name",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NameMissing | Self::SameName => Kind::Invalid,
            Self::Unknown => Kind::Conflict,
        }
    }
}

/// The departments of a unit within reach, by name; 300 at most.
pub async fn departments(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<Department>> {
    store::departments(tx, scope, unit).await
}

/// Gives a department of a unit within reach another name; how many people it was. Those who left keep the old one in their
/// history.
///
/// # Errors
/// Not found; `department.name_missing`, `department.same_name`, `department.unknown`.
pub async fn rename_department(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    (from, to): (&str, &str),
) -> Result<u64> {
    if !units::hold_unit(tx, scope, unit).await? {
        return Err(Refused::not_found().into());
    }
    let to: String = to.trim().chars().take(NAME_MAX).collect();
    if to.is_empty() {
        return Err(DepartmentRefusal::NameMissing.into());
    }
    if to == from {
        return Err(DepartmentRefusal::SameName.into());
    }
    let people = store::rename(tx, scope, unit, (from, &to)).await?;
    if people == 0 {
        return Err(DepartmentRefusal::Unknown.into());
    }
    reactions::follow(tx, at, vec![Fact::UnitChanged { unit, by: actor(scope), at: at.now }]).await?;
    Ok(people)
}
