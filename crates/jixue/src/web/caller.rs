//! Who is asking: extractors that a handler names in its arguments. The guard has checked the policy before.

use super::visitor::Visitor;
use crate::error::{Error, Refused};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jixue_core::id::{AccountId, LearnerId, UnitId};
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};

/// A person with a session, in one hat.
#[derive(Debug, Clone)]
pub struct Caller {
    pub account: AccountId,
    pub name: String,
    pub hat: Hat,
    /// The learner this person is, whatever the hat.
    pub learner: Option<LearnerId>,
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

/// A caller in an officer's hat: the root bureau's or a county's.
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
            Hat::Role(role @ (Role::BureauOfficer | Role::CountyOfficer)) => Ok(Self { role, caller }),
            _ => Err(wrong_hat()),
        }
    }
}
