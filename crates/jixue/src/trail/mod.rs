//! The audit trail: every act that concerns people's data or rights, for those who watch.
//!
//! An entry is a row that says who, what, whose, where and why, and a fact of book `audit` that binds the row by a salted
//! digest. The book is chained, so that a changed, added or missing entry is found by `verify`. Any room may `record`;
//! acts that are facts already are noted by `note` as they follow.

mod from_facts;
mod jobs;
mod store;
mod verify;

pub use from_facts::note;
pub use jobs::{forget, watch};
pub use store::{CATALOGUE, Filter, Look, Shown, entries, looks_at};
pub use verify::{Broken, verify};

use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::{hex, random};
use crate::outbox;
use crate::web::{Caller, Hat};
use jixue_core::audit::{Action, Entry};
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, AuditEntryId, FactId, LearnerId};
use jixue_core::role::Role;

/// Something done, as it is to be recorded.
#[derive(Debug, Clone)]
pub struct Act {
    pub action: Action,
    /// 0 for the application itself.
    pub account: i64,
    pub role: Option<Role>,
    /// What sort of thing it was done to, and its number.
    pub object: (&'static str, i64),
    pub learner: Option<LearnerId>,
    /// Empty when it lies in no county.
    pub region_code: String,
    /// Purpose or reason.
    pub words: String,
}

impl Act {
    /// An act of somebody signed in.
    pub fn of(caller: &Caller, action: Action) -> Self {
        let role = match caller.hat {
            Hat::Role(role) => Some(role),
            Hat::Learner => None,
        };
        Self { role, ..Self::by(caller.account.raw(), action) }
    }

    /// An act of the application itself.
    pub fn of_system(action: Action) -> Self {
        Self::by(0, action)
    }

    fn by(account: i64, action: Action) -> Self {
        let (object, region_code, words) = (("", 0), String::new(), String::new());
        Self { action, account, role: None, object, learner: None, region_code, words }
    }

    pub fn on(self, kind: &'static str, number: impl Into<i64>) -> Self {
        Self { object: (kind, number.into()), ..self }
    }

    pub fn about(self, learner: LearnerId) -> Self {
        Self { learner: Some(learner), ..self }
    }

    pub fn at_region(self, region_code: impl Into<String>) -> Self {
        Self { region_code: region_code.into(), ..self }
    }

    pub fn saying(self, words: impl Into<String>) -> Self {
        Self { words: words.into(), ..self }
    }
}

/// Records that a list of people left the house, and what for: the purpose is free words, so it stands in no fact.
pub async fn record_export(tx: &Tx<'_>, at: &At, by: AccountId, people: i64, purpose: &str) -> Result<AuditEntryId> {
    let region = store::first_region(tx, by).await?.unwrap_or_default();
    let act = Act::by(by.raw(), Action::Exported).on("people", people).at_region(region).saying(purpose);
    record(tx, at, act).await
}

/// Records an act in the transaction in which it is done.
pub async fn record(tx: &Tx<'_>, at: &At, act: Act) -> Result<AuditEntryId> {
    let id = at.ids.next::<AuditEntryId>();
    let entry = Entry {
        entry: id.raw(),
        at: at.now,
        account: act.account,
        role: act.role.map(|role| role.code().to_owned()).unwrap_or_default(),
        action: act.action.code().to_owned(),
        object_kind: act.object.0.to_owned(),
        object: act.object.1,
        learner: act.learner.map_or(0, LearnerId::raw),
        region_code: act.region_code,
        words: act.words,
    };
    let salt = random::<16>();
    let fact = Fact::Audited { entry: id, digest: hex(&entry.digest(&salt)), at: at.now };
    store::insert(tx, &entry, &salt).await?;
    outbox::append_as(tx, FactId::from_raw(id.raw()), &fact, at.now).await?;
    Ok(id)
}
