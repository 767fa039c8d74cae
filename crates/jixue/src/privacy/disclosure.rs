//! Showing somebody's whole number: to those within whose reach the person is, for a purpose, for one view, on record.

use super::store;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org::{self, Learner};
use crate::trail::{self, Act};
use crate::web::{Caller, Hat};
use jixue_core::audit::Action;
use jixue_core::id::LearnerId;
use jixue_core::learner_view::Purpose;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;

/// Which number is asked for: never more than is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    Identity,
    Phone,
}

impl Number {
    pub const ALL: [Self; 2] = [Self::Identity, Self::Phone];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Identity => "identity_number",
            Self::Phone => "phone",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|number| number.code() == code)
    }
}

/// What for, to choose from; free words follow it.
pub const REASONS: [&str; 4] = ["check_identity", "contact", "correct_record", "title_review"];

/// What somebody asks to be shown.
#[derive(Debug, Clone)]
pub struct Asked {
    pub learner: LearnerId,
    pub number: Number,
    /// One of `REASONS`.
    pub reason: &'static str,
    pub words: String,
}

/// What is shown, once.
#[derive(Debug, Clone)]
pub struct Disclosed {
    pub learner: Learner,
    pub number: Number,
    pub shown: String,
}

/// Shows a number and records who saw whose, and what for. `reason` is the chosen reason in words.
///
/// # Errors
/// The purpose says nothing; `disclosure.withdrawn` when the person has taken back that their unit may see it; not found
/// beyond the caller's reach.
pub async fn disclose(tx: &Tx<'_>, at: &At, caller: &Caller, asked: &Asked, reason: &str) -> Result<Disclosed> {
    let purpose = Purpose::parse(&asked.words)?;
    let scope = &caller.scope;
    let learner = org::learner(tx, scope, asked.learner).await?.ok_or_else(Refused::not_found)?;
    // Officers need it for what the law asks of them; a unit sees it because the person lets it.
    if caller.hat == Hat::Role(Role::UnitClerk) && store::has_withdrawn(tx, asked.learner).await? {
        return Err(Refused::new("disclosure.withdrawn", Kind::Conflict).into());
    }
    let shown = match asked.number {
        Number::Identity => {
            org::identity_number(tx, &at.keys, scope, asked.learner).await?.map(|number| number.revealed().to_owned())
        }
        Number::Phone => org::phone(tx, &at.keys, scope, asked.learner).await?,
    };
    let shown = shown.ok_or_else(Refused::not_found)?;
    let act = Act::of(caller, Action::Disclosed).on(asked.number.code(), asked.learner).about(asked.learner);
    let act = act.at_region(&learner.region_code).saying(format!("{reason} · {}", purpose.as_str()));
    trail::record(tx, at, act).await?;
    Ok(Disclosed { learner, number: asked.number, shown })
}
