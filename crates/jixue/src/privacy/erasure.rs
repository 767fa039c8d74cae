//! Somebody asks that what is held about them goes. One officer agrees, a second one confirms, and it goes.
//!
//! Source: PIPL, art. 47: what is held goes when its purpose is reached or consent is taken back, save what laws keep.

use super::jobs;
use super::store::erasure as store;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::identity::is_independent;
use crate::trail::{self, Act};
use crate::web::Caller;
use jixue_core::audit::Action;
use jixue_core::id::{AccountId, DataRequestId, LearnerId};
use jixue_core::learner_view::Purpose;
use jixue_core::refusal::Kind;

/// What an officer does about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Records one that came on paper.
    Record,
    /// Agrees, as the first.
    Agree,
    /// Confirms, as the second: it goes now.
    Confirm,
    Refuse,
}

impl Step {
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "record" => Some(Self::Record),
            "agree" => Some(Self::Agree),
            "confirm" => Some(Self::Confirm),
            "refuse" => Some(Self::Refuse),
            _ => None,
        }
    }
}

/// A step with its words.
#[derive(Debug, Clone)]
pub struct Taken {
    pub step: Step,
    /// None where one is recorded.
    pub request: Option<DataRequestId>,
    /// Why; the person reads a refusal's.
    pub words: String,
}

/// Asks for the erasure of one's own data.
///
/// # Errors
/// The reason says nothing; `erasure.asked_already`.
pub async fn ask(tx: &Tx<'_>, at: &At, learner: LearnerId, by: AccountId, reason: &str) -> Result<()> {
    let reason = Purpose::parse(reason)?;
    let id = at.ids.next::<DataRequestId>();
    match store::insert(tx, learner, id, (false, reason.as_str()), (by, at.now)).await? {
        true => Ok(()),
        false => Err(Refused::new("erasure.asked_already", Kind::Conflict).into()),
    }
}

/// Takes one's request back while it is undecided.
///
/// # Errors
/// `erasure.not_open`.
pub async fn withdraw(tx: &Tx<'_>, at: &At, learner: LearnerId, by: AccountId) -> Result<()> {
    match store::withdraw(tx, learner, by, at.now).await? {
        true => Ok(()),
        false => Err(not_open()),
    }
}

fn not_open() -> crate::error::Error {
    Refused::new("erasure.not_open", Kind::Conflict).into()
}

/// Takes a step; returns the digests of documents to be removed when it was the last one.
///
/// # Errors
/// Not found beyond the officer's reach; words that say nothing; `erasure.oneself`; `erasure.second_person` and
/// `erasure.not_independent` where one would decide alone; `erasure.not_agreed`; `erasure.not_open`; what stands in the way.
pub async fn take(tx: &Tx<'_>, at: &At, caller: &Caller, learner: LearnerId, taken: &Taken) -> Result<Vec<String>> {
    let region = store::region(tx, &caller.scope, learner).await?.ok_or_else(Refused::not_found)?;
    let words = Purpose::parse(&taken.words)?;
    if caller.learner == Some(learner) {
        return Err(Refused::new("erasure.oneself", Kind::Conflict).into());
    }
    let by = caller.account;
    let note = |action| Act::of(caller, action).on("learner", learner).about(learner).at_region(&region);
    if taken.step == Step::Record {
        let id = at.ids.next::<DataRequestId>();
        if !store::insert(tx, learner, id, (true, words.as_str()), (by, at.now)).await? {
            return Err(Refused::new("erasure.asked_already", Kind::Conflict).into());
        }
        trail::record(tx, at, note(Action::ErasureRecorded)).await?;
        return Ok(Vec::new());
    }
    let request = taken.request.ok_or_else(not_open)?;
    let pending = store::pending(tx, learner, request).await?.ok_or_else(not_open)?;
    // The words may name the person: they stand in the request, not in the trail.
    match taken.step {
        Step::Agree => {
            unhindered(tx, at, learner).await?;
            agreed(store::agree(tx, learner, request, by, at.now).await?)?;
            trail::record(tx, at, note(Action::ErasureAgreed)).await?;
        }
        Step::Refuse => {
            agreed(store::decide(tx, (learner, request), "refused", (by, at.now), words.as_str()).await?)?;
            trail::record(tx, at, note(Action::ErasureRefused)).await?;
        }
        Step::Confirm => {
            second(tx, &pending, caller).await?;
            unhindered(tx, at, learner).await?;
            agreed(store::decide(tx, (learner, request), "done", (by, at.now), "").await?)?;
            trail::record(tx, at, note(Action::Erased)).await?;
            return jobs::erase(tx, at, learner, at.now).await;
        }
        Step::Record => {}
    }
    Ok(Vec::new())
}

fn agreed(is: bool) -> Result<()> {
    if is { Ok(()) } else { Err(not_open()) }
}

/// Whoever confirms is neither the one who agreed nor the one who wrote the request down.
/// None of them has their right from another of them.
async fn second(tx: &Tx<'_>, pending: &store::Pending, caller: &Caller) -> Result<()> {
    let by = caller.account;
    if !pending.is_agreed {
        return Err(Refused::new("erasure.not_agreed", Kind::Conflict).into());
    }
    if pending.agreed_by == by.raw() || (pending.is_paper && pending.asked_by == by) {
        return Err(Refused::new("erasure.second_person", Kind::Conflict).into());
    }
    let recorder = pending.is_paper.then_some(pending.asked_by);
    for first in [Some(AccountId::from_raw(pending.agreed_by)), recorder].into_iter().flatten() {
        if !is_independent(tx, caller, first, pending.asked_at).await? {
            return Err(Refused::new("erasure.not_independent", Kind::Conflict).into());
        }
    }
    Ok(())
}

/// # Errors
/// The first thing that stands in the way, with the day until which it does.
async fn unhindered(tx: &Tx<'_>, at: &At, learner: LearnerId) -> Result<()> {
    match store::hindrances(tx, learner, at.now).await?.first() {
        None => Ok(()),
        Some((code, day)) => {
            let day = day.map(|day| day.to_string()).unwrap_or_default();
            Err(Refused::new(code, Kind::Conflict).with("day", day).into())
        }
    }
}

/// What follows when an erasure is committed: the documents go, and the number is written where backups do not reach.
pub(super) async fn follow(app: &App, learner: LearnerId, documents: &[String]) -> Result<()> {
    jobs::list(app, learner)?;
    for digest in documents {
        app.blobs.remove(digest).await?;
    }
    Ok(())
}
