//! Who is asking: extractors that a handler names in its arguments. The guard has checked the policy before.

use super::visitor::Visitor;
use crate::error::{Error, Refused};
use crate::i18n::Texts;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jixue_core::id::{AccountId, GrantId, LearnerId, LearnerViewId, UnitId};
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::time::Timestamp;

/// A person with a session, in one hat.
#[derive(Debug, Clone)]
pub struct Caller {
    pub account: AccountId,
    pub name: String,
    pub hat: Hat,
    /// The learner this person is, whatever the hat.
    pub learner: Option<LearnerId>,
    /// The grant that is worn; 0 for the learner's own hat.
    pub grant: GrantId,
    /// What this person can wear, when there is a choice; empty otherwise.
    pub hats: Vec<WearableHat>,
    /// Whose pages support looks at. The scope is the learner's then, and nothing can be changed.
    pub looking: Option<Looking>,
    pub scope: Scope,
    /// To be sent back with each change: `csrf` in forms, `X-CSRF` from scripts.
    pub csrf: String,
    pub visitor: Visitor,
}

/// The hat a session wears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hat {
    Learner,
    Role(Role),
}

/// A hat to choose from.
#[derive(Debug, Clone)]
pub struct WearableHat {
    /// 0 for the learner's own hat.
    pub grant: GrantId,
    /// None: the learner's own.
    pub role: Option<Role>,
    pub place_zh: String,
    pub place_en: String,
    /// Code of the industry system it is bound to.
    pub industry: Option<String>,
    pub until: Option<Timestamp>,
    pub is_deputy: bool,
    pub is_worn: bool,
}

impl WearableHat {
    pub fn word(&self, t: &Texts) -> String {
        self.role.map_or_else(|| t.identity_hat_learner().to_owned(), |role| t.say(&format!("role.{}", role.code())))
    }

    /// The unit, base or region in which it is worn, with the industry system if it is bound to one.
    pub fn place(&self, t: &Texts) -> String {
        t.industry_at(self.industry.as_deref(), t.pick(&self.place_zh, &self.place_en))
    }

    /// The last day on which it can be worn; empty when it has none.
    pub fn last_day(&self) -> String {
        self.until.map(|until| until.plus_ms(-1).business_date().to_string()).unwrap_or_default()
    }
}

/// A learner's pages seen by support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looking {
    pub view: LearnerViewId,
    pub learner: LearnerId,
    pub name: String,
    /// When it ends by itself.
    pub until: Timestamp,
}

fn signed_out() -> Error {
    Refused::new("session.required", Kind::Unauthenticated).into()
}

fn wrong_hat() -> Error {
    Refused::new("session.wrong_hat", Kind::Forbidden).into()
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or_else(signed_out)
    }
}

/// The caller if there is one; for public pages that greet who is signed in.
#[derive(Debug, Clone)]
pub struct Guest(pub Option<Caller>, pub Visitor);

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        Ok(Self(parts.extensions.get::<Caller>().cloned(), visitor))
    }
}

/// A caller in the learner's hat, with the learner's own scope.
#[derive(Debug, Clone)]
pub struct LearnerCaller {
    pub caller: Caller,
    pub learner: LearnerId,
}

impl<S: Sync> FromRequestParts<S> for LearnerCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.scope.learner() {
            Some(learner) if caller.hat == Hat::Learner => Ok(Self { caller, learner }),
            _ => Err(wrong_hat()),
        }
    }
}

/// A caller in a unit clerk's hat.
#[derive(Debug, Clone)]
pub struct ClerkCaller {
    pub caller: Caller,
    pub unit: UnitId,
}

impl<S: Sync> FromRequestParts<S> for ClerkCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.scope.reach() {
            Reach::Unit { unit } if caller.hat == Hat::Role(Role::UnitClerk) => Ok(Self { unit: *unit, caller }),
            _ => Err(wrong_hat()),
        }
    }
}

/// A caller in an officer's hat: the root bureau's, a county's or an industry system's. What each may do is the policy's.
#[derive(Debug, Clone)]
pub struct OfficerCaller {
    pub caller: Caller,
    pub role: Role,
}

impl<S: Sync> FromRequestParts<S> for OfficerCaller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.hat {
            Hat::Role(role @ (Role::BureauOfficer | Role::CountyOfficer | Role::IndustryOfficer)) => {
                Ok(Self { role, caller })
            }
            _ => Err(wrong_hat()),
        }
    }
}
