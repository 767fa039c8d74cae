//! Exemptions (豁免): asked for by a unit's clerk or an officer, decided by another officer, ended when their ground ends.
//! What a year requires of the learner follows at once.

mod refusal;
mod store;

pub use refusal::ExemptionRefusal;
pub use store::CATALOGUE;

use super::standing::restand;
use super::store as standings;
use crate::at::At;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org;
use crate::reactions;
use jixue_core::credit::{Hours, Relief, years_reached};
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, ExemptionId, LearnerId, UnitId};
use jixue_core::scope::{Actor, Scope};
use jixue_core::time::{BusinessDate, Timestamp, Year};

const WORDS_MAX: usize = 200;
/// Whoever is away for longer asks again.
const YEARS_MAX: i64 = 5;

/// A sort of exemption, as this place has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub relief: Relief,
    /// Days of a year that must lie within the dates for the year to be reached.
    pub days_min: i64,
}

/// Somebody's exemption, as those who may see the person read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    pub id: ExemptionId,
    pub learner: LearnerId,
    pub name: String,
    pub identity_masked: String,
    pub unit_name: String,
    pub sort: Sort,
    pub from: BusinessDate,
    pub until: BusinessDate,
    pub reason: String,
    /// `asked`, `granted`, `refused`, `withdrawn` or `ended`.
    pub state: String,
    pub asked_by: AccountId,
    pub asked_at: Timestamp,
    /// Why it was refused, or why it ended; empty otherwise.
    pub answer: String,
}

impl Exemption {
    /// Years that it reaches.
    pub fn years(&self) -> Vec<Year> {
        years_reached(self.from, self.until, self.sort.days_min)
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub sort: String,
    pub from: BusinessDate,
    pub until: BusinessDate,
    pub reason: String,
}

/// What an officer says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Grant,
    Refuse { why: String },
}

fn actor(scope: &Scope) -> AccountId {
    match scope.actor() {
        Actor::Account(account) => account,
        Actor::System => AccountId::from_raw(0),
    }
}

/// Words that must not be missing, cut to their length.
fn words(text: &str) -> Result<String> {
    let kept: String = text.trim().chars().take(WORDS_MAX).collect();
    if kept.is_empty() { Err(ExemptionRefusal::ReasonMissing.into()) } else { Ok(kept) }
}

/// The sorts of this place, in their order.
pub async fn sorts(tx: &Tx<'_>) -> Result<Vec<Sort>> {
    store::sorts(tx).await
}

/// Asks for an exemption of somebody within reach.
///
/// # Errors
/// Not found for a person out of reach; `exemption.sort_unknown`, `exemption.dates_unfit`, `exemption.too_short`,
/// `exemption.reason_missing`, `exemption.asked_already`.
pub async fn ask(tx: &Tx<'_>, at: &At, scope: &Scope, learner: LearnerId, wanted: &Wanted) -> Result<ExemptionId> {
    org::learner(tx, scope, learner).await?.ok_or_else(Refused::not_found)?;
    let sorts = store::sorts(tx).await?;
    let sort = sorts.iter().find(|sort| sort.code == wanted.sort).ok_or(ExemptionRefusal::SortUnknown)?;
    if wanted.until < wanted.from || wanted.until.year() - wanted.from.year() >= YEARS_MAX {
        return Err(ExemptionRefusal::DatesUnfit.into());
    }
    if years_reached(wanted.from, wanted.until, sort.days_min).is_empty() {
        return Err(ExemptionRefusal::TooShort { days_min: sort.days_min }.into());
    }
    let reason = words(&wanted.reason)?;
    let (id, by) = (at.ids.next::<ExemptionId>(), actor(scope));
    if !store::insert(tx, (learner, id), wanted, &reason, by, at.now).await? {
        return Err(ExemptionRefusal::AskedAlready.into());
    }
    note(tx, at, (learner, id), &wanted.sort, "asked", by).await?;
    Ok(id)
}

async fn note(
    tx: &Tx<'_>,
    at: &At,
    (learner, exemption): (LearnerId, ExemptionId),
    sort: &str,
    state: &str,
    by: AccountId,
) -> Result<()> {
    let (sort, state) = (sort.to_owned(), state.to_owned());
    let fact = Fact::ExemptionChanged { learner, exemption, sort, state, by, at: at.now };
    reactions::follow(tx, at, vec![fact]).await
}

/// Grants or refuses what somebody else asked for, and for somebody else: `own` is the learner that the officer is.
///
/// # Errors
/// Not found; `exemption.own_request` for one's own request or year, `exemption.decided`, `exemption.reason_missing` for a refusal without.
pub async fn decide(
    tx: &Tx<'_>,
    at: &At,
    (scope, own): (&Scope, Option<LearnerId>),
    id: ExemptionId,
    decision: &Decision,
) -> Result<()> {
    let found = store::exemption(tx, scope, id).await?.ok_or_else(Refused::not_found)?;
    let by = actor(scope);
    if found.asked_by == by || own == Some(found.learner) {
        return Err(ExemptionRefusal::OwnRequest.into());
    }
    let (state, answer) = match decision {
        Decision::Grant => ("granted", String::new()),
        Decision::Refuse { why } => ("refused", words(why)?),
    };
    if !store::decide(tx, id, state, by, &answer, at.now).await? {
        return Err(ExemptionRefusal::Decided.into());
    }
    note(tx, at, (found.learner, id), &found.sort.code, state, by).await
}

/// Takes back what was asked and not decided.
///
/// # Errors
/// Not found; `exemption.decided`.
pub async fn withdraw(tx: &Tx<'_>, at: &At, scope: &Scope, id: ExemptionId) -> Result<()> {
    let found = store::exemption(tx, scope, id).await?.ok_or_else(Refused::not_found)?;
    if !store::withdraw(tx, id, actor(scope), at.now).await? {
        return Err(ExemptionRefusal::Decided.into());
    }
    note(tx, at, (found.learner, id), &found.sort.code, "withdrawn", actor(scope)).await
}

/// Ends a granted exemption: its years ask for everything again.
///
/// # Errors
/// Not found; `exemption.own_request` for one's own; `exemption.not_granted`, `exemption.reason_missing`.
pub async fn end(
    tx: &Tx<'_>,
    at: &At,
    (scope, own): (&Scope, Option<LearnerId>),
    id: ExemptionId,
    why: &str,
) -> Result<()> {
    let found = store::exemption(tx, scope, id).await?.ok_or_else(Refused::not_found)?;
    if own == Some(found.learner) {
        return Err(ExemptionRefusal::OwnRequest.into());
    }
    if !store::end(tx, id, actor(scope), &words(why)?, at.now).await? {
        return Err(ExemptionRefusal::NotGranted.into());
    }
    note(tx, at, (found.learner, id), &found.sort.code, "ended", actor(scope)).await
}

/// Exemptions of people within reach in a state, latest first, before `before`; every state when it is empty.
pub async fn list(
    tx: &Tx<'_>,
    scope: &Scope,
    state: &str,
    (before, limit): (ExemptionId, i64),
) -> Result<Vec<Exemption>> {
    store::list(tx, scope, state, (before, limit)).await
}

/// Everything that was asked for somebody within reach, latest first; 50 at most.
pub async fn of_learner(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<Exemption>> {
    store::of_learner(tx, scope, learner).await
}

/// What granted exemptions take off a learner's year.
pub(super) async fn relief_of(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<Relief> {
    let granted = store::granted(tx, learner).await?;
    let reached =
        granted.iter().filter(|(sort, from, until)| years_reached(*from, *until, sort.days_min).contains(&year));
    Ok(reached.fold(Relief::NONE, |sum, (sort, ..)| sum.plus(sort.relief)))
}

/// Brings the years that an exemption reaches to what all exemptions of the learner take off now; the units whose counts
/// change with it. Where nothing changes, nothing is written.
pub async fn relieve(tx: &Tx<'_>, at: &At, learner: LearnerId, exemption: ExemptionId) -> Result<Vec<(Year, UnitId)>> {
    let Some((sort, from, until)) = store::span(tx, learner, exemption).await? else { return Ok(Vec::new()) };
    let mut changed = Vec::new();
    for year in years_reached(from, until, sort.days_min) {
        standings::hold_standing(tx, learner, year).await?;
        let Some(standing) = standings::standing(tx, learner, year).await? else { continue };
        let relief = relief_of(tx, learner, year).await?;
        if relief != standing.relief {
            standings::set_relief(tx, learner, year, relief, at.now).await?;
            changed.push((year, standing.unit));
        }
    }
    Ok(changed)
}

/// Judges years anew after what they require has changed.
pub async fn restand_years(tx: &Tx<'_>, at: &At, learner: LearnerId, years: &[(Year, UnitId)]) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for (year, _) in years {
        if let Some(programme) = years::year(tx, *year).await? {
            facts.extend(restand(tx, at, learner, &programme).await?);
        }
    }
    Ok(facts)
}

/// A relief from what a row keeps.
pub(super) fn relief(whole: bool, public: i64, professional: i64) -> Relief {
    Relief { whole, public: Hours(public), professional: Hours(professional) }
}
