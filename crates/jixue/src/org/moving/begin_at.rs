//! Somebody begins at a unit on a day, wherever they were: for lists of employments.

use super::super::OrgRefusal;
use super::super::store::{moving as store, people as people_store, units};
use super::go;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::BusinessDate;

/// Whom a unit employs under a number and a name; none when it does not.
///
/// # Errors
/// `move.nobody_known`, `roster.name_differs`.
pub(in crate::org) async fn person_here(
    tx: &Tx<'_>,
    unit: UnitId,
    index: &[u8],
    name: &str,
) -> Result<Option<LearnerId>> {
    let found = people_store::person_by_index(tx, unit, index, name).await?.ok_or(OrgRefusal::NobodyKnown)?;
    if !found.same_name {
        return Err(OrgRefusal::NameDiffers.into());
    }
    Ok(Some(found.learner).filter(|_| found.place == people_store::Place::Here))
}

/// Who has a number, wherever they work.
///
/// # Errors
/// `move.nobody_known`, `roster.name_differs`.
pub(in crate::org) async fn person_known(tx: &Tx<'_>, unit: UnitId, index: &[u8], name: &str) -> Result<LearnerId> {
    let found = people_store::person_by_index(tx, unit, index, name).await?.ok_or(OrgRefusal::NobodyKnown)?;
    if found.same_name { Ok(found.learner) } else { Err(OrgRefusal::NameDiffers.into()) }
}

/// The number of the employment that somebody has now.
pub(in crate::org) async fn open_employment(tx: &Tx<'_>, learner: LearnerId) -> Result<Option<i64>> {
    Ok(store::open_employment(tx, learner).await?.map(|(employment, _)| employment))
}

/// False when they work there already. `(from, check)`: with `check` nothing is written.
///
/// # Errors
/// As [`person_here`]; `roster.works_elsewhere` when the unit that employs them is out of reach; `move.day_unfit`.
pub(in crate::org) async fn begin(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    (index, name): (&[u8], &str),
    department: &str,
    (from, check): (BusinessDate, bool),
) -> Result<bool> {
    if person_here(tx, unit, index, name).await?.is_some() {
        return Ok(false);
    }
    let found = people_store::person_by_index(tx, unit, index, name).await?.ok_or(OrgRefusal::NobodyKnown)?;
    if found.place == people_store::Place::Elsewhere {
        // Both ends must be within reach.
        let person = people_store::learner(tx, scope, found.learner).await?.ok_or(OrgRefusal::WorksElsewhere)?;
        let since = store::employed_since(tx, scope, person.unit, found.learner).await?.ok_or(OrgRefusal::MoveGone)?;
        if from < since || from > at.now.business_date() {
            return Err(OrgRefusal::DayUnfit.into());
        }
        if !check {
            go(tx, at, scope, found.learner, (person.unit, unit), (department, from)).await?;
        }
        return Ok(true);
    }
    if from > at.now.business_date() {
        return Err(OrgRefusal::DayUnfit.into());
    }
    if !check {
        if !units::hold_unit(tx, scope, unit).await? {
            return Err(Refused::not_found().into());
        }
        let before = people_store::last_unit(tx, found.learner).await?.unwrap_or(unit);
        people_store::employ_from(tx, at, found.learner, unit, department, from).await?;
        let fact = Fact::LearnerMoved { learner: found.learner, from: before, to: unit, at: at.now };
        crate::reactions::follow(tx, at, vec![fact]).await?;
    }
    Ok(true)
}
