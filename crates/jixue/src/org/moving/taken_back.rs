//! What a list said of somebody's work is taken back: they are employed as before, or not any more.

use super::super::lists::undo::Trace;
use super::super::store::{moving as store, people as people_store, units};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;

/// Removes the employment that a row began and opens the one that it ended; or the code of why it stays so. Both units must
/// be within reach, and nobody may have moved the person since.
pub(in crate::org) async fn take_back(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    learner: LearnerId,
    trace: &Trace,
) -> Result<Option<&'static str>> {
    let open = store::open_employment(tx, learner).await?;
    if open.map(|(employment, _)| employment) != trace.begun {
        return Ok(Some("list.stays_moved"));
    }
    if let Some(since) = trace.done_at
        && store::was_asked_for(tx, learner, since).await?
    {
        return Ok(Some("list.stays_asked"));
    }
    let left = open.map(|(_, unit)| unit);
    let back = match trace.ended {
        None => None,
        Some(ended) => match store::unit_of_ended(tx, learner, ended).await? {
            Some(unit) => Some(unit),
            None => return Ok(Some("list.stays_moved")),
        },
    };
    for unit in [left, back].into_iter().flatten() {
        if units::unit(tx, scope, unit).await?.is_none() {
            return Ok(Some("list.stays_beyond"));
        }
    }
    if let Some(unit) = back
        && !units::hold_living(tx, unit).await?
    {
        return Ok(Some("list.stays_gone"));
    }
    if let Some(begun) = trace.begun
        && !store::remove_open(tx, learner, begun).await?
    {
        return Ok(Some("list.stays_moved"));
    }
    if let Some(ended) = trace.ended
        && !store::open_again(tx, learner, ended).await?
    {
        // Everything in this transaction is undone, and the next look sees what happened.
        return Err(Error::internal("an employment that ended is gone"));
    }
    reactions::follow(tx, at, facts(tx, at, learner, left, back).await?).await?;
    Ok(None)
}

/// Years follow the person. Whoever has no unit now leaves the one they came from, and keeps there what was learnt.
async fn facts(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    left: Option<UnitId>,
    back: Option<UnitId>,
) -> Result<Vec<Fact>> {
    let at = at.now;
    if let Some(to) = back {
        return Ok(vec![Fact::LearnerMoved { learner, from: left.unwrap_or(to), to, at }]);
    }
    let Some(left) = left else { return Ok(Vec::new()) };
    match people_store::last_unit(tx, learner).await? {
        Some(before) if before != left => Ok(vec![
            Fact::LearnerMoved { learner, from: left, to: before, at },
            Fact::LearnerLeft { learner, unit: before, at },
        ]),
        _ => Ok(vec![Fact::LearnerLeft { learner, unit: left, at }]),
    }
}
