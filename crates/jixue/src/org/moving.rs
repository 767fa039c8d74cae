//! Ways from unit to unit: asked for by the unit that receives, answered by the one that is left or by an officer who reaches
//! both; leaving without a next unit. History, years and hours follow the person.

pub(super) mod begin_at;
pub(super) mod taken_back;

use super::OrgRefusal;
use super::people;
use super::store::{moving as store, people as people_store, units};
use super::units::actor;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, MoveId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

const ANSWER_MAX: usize = 200;
const DEPARTMENT_MAX: usize = 60;

/// Somebody's way from one unit to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub id: MoveId,
    pub learner: LearnerId,
    pub name: String,
    pub identity_masked: String,
    pub from: UnitId,
    pub from_name: String,
    pub to: UnitId,
    pub to_name: String,
    pub department: String,
    /// `asked`, `moved`, `refused` or `withdrawn`.
    pub state: String,
    pub asked_at: Timestamp,
    pub moved_on: Option<BusinessDate>,
    pub answer: String,
}

/// One employment of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employment {
    pub unit: UnitId,
    pub unit_name: String,
    pub department: String,
    pub started_on: BusinessDate,
    pub ended_on: Option<BusinessDate>,
}

/// What came of asking for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The other unit is to answer.
    Waiting(MoveId),
    /// Nobody employed them: they are here now.
    Joined(LearnerId),
}

/// Asks for somebody by number and name, for a unit within reach.
///
/// # Errors
/// Not found for a unit out of reach; `move.nobody`, `roster.name_differs`, `move.works_here`, `move.asked_already`.
pub async fn ask_for(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    (identity_index, name): (&[u8], &str),
    department: &str,
) -> Result<Asked> {
    if !units::hold_unit(tx, scope, unit).await? {
        return Err(Refused::not_found().into());
    }
    let found = people_store::person_by_index(tx, unit, identity_index, name).await?.ok_or(OrgRefusal::NobodyKnown)?;
    if !found.same_name {
        return Err(OrgRefusal::NameDiffers.into());
    }
    let department: String = department.trim().chars().take(DEPARTMENT_MAX).collect();
    match found.place {
        people_store::Place::Here => Err(OrgRefusal::WorksHere.into()),
        people_store::Place::Nowhere => {
            people::join_again(tx, at, found.learner, unit, &department).await?;
            Ok(Asked::Joined(found.learner))
        }
        people_store::Place::Elsewhere => {
            let id = at.ids.next::<MoveId>();
            match store::ask(tx, id, found.learner, unit, &department, actor(scope), at.now).await? {
                true => Ok(Asked::Waiting(id)),
                false => Err(OrgRefusal::MoveAsked.into()),
            }
        }
    }
}

/// What is answered to a unit that asks for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// They go; the last day at the old unit.
    Goes {
        on: BusinessDate,
    },
    Stays {
        why: String,
    },
}

/// Answers for the unit that is left; an officer must reach both units.
///
/// # Errors
/// Not found; `move.answered`, `move.gone`, `move.day_unfit`, `unit.reason_missing` for a refusal without a reason.
pub async fn answer_move(tx: &Tx<'_>, at: &At, scope: &Scope, id: MoveId, answer: &Answer) -> Result<()> {
    let asked = store::movement(tx, scope, id).await?.ok_or_else(Refused::not_found)?;
    if !store::may_answer(tx, scope, id).await? {
        return Err(Refused::not_found().into());
    }
    if asked.state != "asked" {
        return Err(OrgRefusal::MoveAnswered.into());
    }
    match answer {
        Answer::Stays { why } => {
            let why: String = why.trim().chars().take(ANSWER_MAX).collect();
            if why.is_empty() {
                return Err(OrgRefusal::ReasonMissing.into());
            }
            note(tx, at, scope, id, ("refused", None), &why).await
        }
        Answer::Goes { on } => {
            note(tx, at, scope, id, ("moved", Some(*on)), "").await?;
            go(tx, at, scope, asked.learner, (asked.from, asked.to), (&asked.department, *on)).await
        }
    }
}

async fn note(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    id: MoveId,
    state: (&'static str, Option<BusinessDate>),
    answer: &str,
) -> Result<()> {
    match store::note(tx, id, state, actor(scope), answer, at.now).await? {
        true => Ok(()),
        false => Err(OrgRefusal::MoveAnswered.into()),
    }
}

/// Ends one employment within reach on a day and begins the other on it; whether somebody may go there the caller has
/// judged.
async fn go(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    learner: LearnerId,
    (from, to): (UnitId, UnitId),
    (department, on): (&str, BusinessDate),
) -> Result<()> {
    if !units::hold_living(tx, to).await? {
        return Err(OrgRefusal::UnitMerged.into());
    }
    end(tx, at, scope, from, learner, on).await?;
    people_store::employ_from(tx, at, learner, to, department, on).await?;
    store::withdraw_others(tx, learner, to).await?;
    reactions::follow(tx, at, vec![Fact::LearnerMoved { learner, from, to, at: at.now }]).await
}

/// # Errors
/// `move.gone` when the unit does not employ them, `move.day_unfit` for a day before they came or after today.
async fn end(tx: &Tx<'_>, at: &At, scope: &Scope, unit: UnitId, learner: LearnerId, on: BusinessDate) -> Result<()> {
    let since = store::employed_since(tx, scope, unit, learner).await?.ok_or(OrgRefusal::MoveGone)?;
    if on < since || on > at.now.business_date() {
        return Err(OrgRefusal::DayUnfit.into());
    }
    match store::end_on(tx, scope, unit, learner, on).await? {
        true => Ok(()),
        false => Err(OrgRefusal::MoveGone.into()),
    }
}

/// Moves somebody to another unit in the name of an officer who reaches both.
///
/// # Errors
/// Not found when either end is out of reach; `move.works_here`, `move.day_unfit`.
pub async fn move_person(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    (learner, to): (LearnerId, UnitId),
    department: &str,
    on: BusinessDate,
) -> Result<()> {
    let person = people_store::learner(tx, scope, learner).await?.ok_or_else(Refused::not_found)?;
    units::unit(tx, scope, to).await?.ok_or_else(Refused::not_found)?;
    if person.unit == to {
        return Err(OrgRefusal::WorksHere.into());
    }
    go(tx, at, scope, learner, (person.unit, to), (department, on)).await
}

/// Takes back what was asked and not answered, for a unit within reach.
///
/// # Errors
/// Not found; `move.answered`.
pub async fn withdraw_move(tx: &Tx<'_>, at: &At, scope: &Scope, id: MoveId) -> Result<()> {
    if !store::may_withdraw(tx, scope, id).await? {
        return Err(Refused::not_found().into());
    }
    note(tx, at, scope, id, ("withdrawn", None), "").await
}

/// Somebody leaves a unit within reach. Where another unit has asked for them, they go there.
///
/// # Errors
/// Not found when the unit does not employ them; `move.day_unfit`.
pub async fn leave_unit(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    (unit, learner): (UnitId, LearnerId),
    on: BusinessDate,
) -> Result<()> {
    if store::employed_since(tx, scope, unit, learner).await?.is_none() {
        return Err(Refused::not_found().into());
    }
    if let Some((id, to, department)) = store::asked_of(tx, scope, unit, learner).await? {
        note(tx, at, scope, id, ("moved", Some(on)), "").await?;
        return go(tx, at, scope, learner, (unit, to), (&department, on)).await;
    }
    end(tx, at, scope, unit, learner, on).await?;
    reactions::follow(tx, at, vec![Fact::LearnerLeft { learner, unit, at: at.now }]).await
}

/// Moves that a scope reaches at either end, newest first, before `before`; at most `limit`.
pub async fn moves(tx: &Tx<'_>, scope: &Scope, before: MoveId, limit: i64) -> Result<Vec<Move>> {
    store::moves(tx, scope, before, limit).await
}

/// Where somebody within reach has worked, latest first; 50 at most.
pub async fn employments(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<Employment>> {
    store::employments(tx, scope, learner).await
}
