//! Somebody asks that a wrong name or number be put right; their unit or an officer decides, with a reason.

use super::store::corrections as store;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity;
use crate::org::{self, Correction};
use crate::trail::{self, Act};
use crate::web::{Caller, Hat};
use jixue_core::audit::Action;
use jixue_core::id::{DataRequestId, LearnerId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::learner_view::Purpose;
use jixue_core::org::{PersonName, Phone};
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::time::BusinessDate;

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    IdentityNumber,
    Phone,
}

impl Field {
    pub const ALL: [Self; 3] = [Self::Name, Self::IdentityNumber, Self::Phone];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::IdentityNumber => "identity_number",
            Self::Phone => "phone",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }
}

/// What the wanted value is sealed as.
const SEALED_AS: &str = "correction";

/// Reads what it should be. `today` bounds dates of birth.
///
/// # Errors
/// What is wrong with the name or number.
pub fn read(field: Field, typed: &str, today: BusinessDate, demo: bool) -> Result<Correction> {
    Ok(match field {
        Field::Name => Correction::Name(PersonName::parse(typed)?),
        Field::Phone => Correction::Phone(Phone::parse(typed)?),
        Field::IdentityNumber => {
            Correction::IdentityNumber(IdentityNumber::parse(typed, today, AreaPolicy::ANY.with_demo(demo))?)
        }
    })
}

fn revealed(correction: &Correction) -> &str {
    match correction {
        Correction::Name(name) => name.as_str(),
        Correction::Phone(phone) => phone.revealed(),
        Correction::IdentityNumber(number) => number.revealed(),
    }
}

/// What a correction asks for, opened: for the person who asked and for whoever decides it.
pub(super) fn open(at: &At, field: Field, sealed: &[u8]) -> Result<Correction> {
    let text = String::from_utf8(at.keys.open(SEALED_AS, sealed)?).map_err(Error::internal)?;
    read(field, &text, BusinessDate(99_991_231), true)
}

impl std::fmt::Display for Correction {
    /// Numbers are shown in part, as everywhere.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => out.write_str(name.as_str()),
            Self::Phone(phone) => phone.fmt(out),
            Self::IdentityNumber(number) => number.fmt(out),
        }
    }
}

/// Asks for a correction of one's own data.
///
/// # Errors
/// The reason says nothing; `correction.asked_already` while the same is undecided.
pub async fn ask(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    field: Field,
    wanted: &Correction,
    reason: &str,
) -> Result<DataRequestId> {
    let reason = Purpose::parse(reason)?;
    let (id, sealed) = (at.ids.next::<DataRequestId>(), at.keys.seal(SEALED_AS, revealed(wanted).as_bytes()));
    if !store::insert(tx, learner, id, field, &sealed, reason.as_str(), at.now).await? {
        return Err(Refused::new("correction.asked_already", Kind::Conflict).into());
    }
    Ok(id)
}

/// A decision about a request.
#[derive(Debug, Clone)]
pub struct Decision {
    pub request: DataRequestId,
    pub grants: bool,
    /// Why; the person reads it.
    pub answer: String,
}

/// Grants a request, which puts the record right at once, or refuses it.
///
/// # Errors
/// The answer says nothing; `correction.officers_decide` for a clerk and an identity number; `correction.oneself`;
/// `correction.not_open`; what stands in the way of the correction; not found beyond the caller's reach.
pub async fn decide(tx: &Tx<'_>, at: &At, caller: &Caller, learner: LearnerId, decision: &Decision) -> Result<()> {
    let found = org::learner(tx, &caller.scope, learner).await?.ok_or_else(Refused::not_found)?;
    let answer = Purpose::parse(&decision.answer)?;
    let not_open = || Refused::new("correction.not_open", Kind::Conflict);
    let (field, sealed) = store::open_request(tx, learner, decision.request).await?.ok_or_else(not_open)?;
    if caller.learner == Some(learner) {
        return Err(Refused::new("correction.oneself", Kind::Conflict).into());
    }
    // Whoever gives an officer another telephone could act as that officer.
    let is_weighty = match field {
        Field::IdentityNumber => true,
        Field::Phone => identity::learner_holds_office(tx, learner).await?,
        Field::Name => false,
    };
    if is_weighty && caller.hat == Hat::Role(Role::UnitClerk) {
        return Err(Refused::new("correction.officers_decide", Kind::Forbidden).into());
    }
    if decision.grants {
        let correction = open(at, field, &sealed)?;
        org::correct(tx, at, &caller.scope, learner, &correction).await?;
        match &correction {
            Correction::Name(name) => identity::rename_account(tx, learner, name.as_str()).await?,
            Correction::Phone(phone) => identity::move_phone(tx, at, learner, phone).await?,
            Correction::IdentityNumber(_) => {}
        }
    }
    let account = caller.account;
    if !store::decide(tx, learner, decision, answer.as_str(), account, at.now).await? {
        return Err(not_open().into());
    }
    let action = if decision.grants { Action::CorrectionGranted } else { Action::CorrectionRefused };
    let act = Act::of(caller, action).on(field.code(), learner).about(learner).at_region(&found.region_code);
    trail::record(tx, at, act.saying(answer.as_str())).await.map(drop)
}
