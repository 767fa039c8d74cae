//! Deciding about a registration: the officer of the county.

use super::Registration;
use super::store::{self, Decision};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::accounts::{NewAccount, open_account};
use crate::identity::{Granting, IdentityRefusal, codes, give_role};
use crate::org::NewUnit;
use crate::reactions::follow;
use crate::web::OfficerCaller;
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, LearnerId, RegistrationId, UnitId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::{PersonName, Phone, RosterPerson};
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use jixue_core::uscc::Uscc;

pub(super) async fn one(app: &App, officer: &OfficerCaller, registration: RegistrationId) -> Result<Registration> {
    let scope = officer.caller.scope.clone();
    let found = app.db.read(async move |tx: &Tx<'_>| store::one(tx, &scope, registration).await).await?;
    found.ok_or_else(|| Refused::not_found().into())
}

/// Accepts: the unit is registered, who asked is its clerk; a free-lancer is its one learner too.
///
/// # Errors
/// Not found outside the officer's regions; decided before; a code, phone or person that is somebody else's meanwhile.
pub(super) async fn accept(app: &App, officer: &OfficerCaller, registration: RegistrationId) -> Result<()> {
    let (at, officer) = (app.at(), officer.clone());
    let write = async move |tx: &Tx<'_>| {
        let scope = &officer.caller.scope;
        let found = store::one(tx, scope, registration).await?.ok_or_else(Refused::not_found)?;
        let uscc = match &found.uscc {
            Some(code) => Ok(Uscc::parse(code)?),
            None => Err("自由职业者".to_owned()),
        };
        let new = NewUnit {
            uscc,
            name: found.unit_name.clone(),
            kind: "enterprise".to_owned(),
            region_code: found.region_code.clone(),
            industry: found.industry.clone(),
        };
        let unit = crate::org::add_unit(tx, &at, &new).await?;
        let by = officer.caller.account.raw();
        let decision = Decision { state: "accepted", by, reason: None, unit: Some(unit) };
        if !store::decide(tx, registration, &decision, at.now).await? {
            return Err(IdentityRefusal::DecidedAlready.into());
        }
        name_clerk(tx, &at, &officer, unit, &found).await?;
        follow(tx, &at, vec![Fact::RegistrationAccepted { unit, registration, at: at.now }]).await
    };
    app.db.write(write).await
}

async fn name_clerk(tx: &Tx<'_>, at: &At, officer: &OfficerCaller, unit: UnitId, found: &Registration) -> Result<()> {
    let phone = phone(at, found)?;
    // A phone that was proved today may have been another person's account before.
    let holder = crate::identity::store::account_by_phone(tx, &codes::phone_index(at, &phone)).await?;
    if holder.is_some_and(|(_, _, name)| name.trim() != found.contact_name) {
        return Err(IdentityRefusal::PhoneOfAnother.into());
    }
    let learner = match &found.identity_sealed {
        Some(sealed) => Some(learner(tx, at, officer, unit, (found, sealed, &phone)).await?),
        None => None,
    };
    let name = found.contact_name.clone();
    let new = NewAccount { name, phone: Some(phone.clone()), login: None, password_hash: None, learner };
    let account = open_account(tx, at, &new).await?;
    if let Some(learner) = learner {
        own_account(tx, account, learner, &codes::phone_index(at, &phone)).await?;
    }
    let granting = Granting { account, role: Role::UnitClerk, reach: Reach::Unit { unit }, until: None };
    give_role(tx, at, &officer.caller.scope, officer.role, &granting).await.map(drop)
}

fn phone(at: &At, found: &Registration) -> Result<Phone> {
    let plain = String::from_utf8(at.keys.open("phone", &found.phone_sealed)?).map_err(Error::internal)?;
    Phone::parse(&plain).map_err(|_| Error::internal("a stored phone"))
}

/// The free-lancer as the one learner of the unit.
async fn learner(
    tx: &Tx<'_>,
    at: &At,
    officer: &OfficerCaller,
    unit: UnitId,
    (found, sealed, phone): (&Registration, &[u8], &Phone),
) -> Result<LearnerId> {
    let plain = String::from_utf8(at.keys.open("identity", sealed)?).map_err(Error::internal)?;
    let number = IdentityNumber::parse(&plain, at.now.business_date(), AreaPolicy::ANY.with_demo(true));
    let person = RosterPerson {
        name: PersonName::parse(&found.contact_name)?,
        identity_number: number.map_err(|_| Error::internal("a stored identity number"))?,
        phone: phone.clone(),
        department: None,
        title: None,
    };
    // Whoever knows somebody's name and number must not come into their years with a phone of their own.
    if let Some(known) = crate::org::learner_with_identity(tx, &at.keys, &person.identity_number).await? {
        let of_phone = crate::org::learner_by_phone(tx, &codes::phone_index(at, phone)).await?;
        if of_phone.is_none_or(|(learner, _)| learner != known) {
            return Err(IdentityRefusal::ActivationByCounty.into());
        }
    }
    crate::org::add_person(tx, at, &officer.caller.scope, unit, &person).await
}

/// # Errors
/// `registration.activation_by_county` when the account is another learner's, or the learner has another account.
async fn own_account(tx: &Tx<'_>, account: AccountId, learner: LearnerId, phone_index: &[u8]) -> Result<()> {
    let own = crate::identity::store::account_by_learner(tx, learner).await?;
    let by_phone = crate::identity::store::account_by_phone(tx, phone_index).await?;
    let of_another = by_phone.and_then(|(_, holder, _)| holder).is_some_and(|holder| holder != learner);
    match of_another || own.is_some_and(|own| own != account) {
        true => Err(IdentityRefusal::ActivationByCounty.into()),
        false => Ok(()),
    }
}

/// Refuses with a reason that is kept.
///
/// # Errors
/// As [`accept`]; a reason of fewer than two characters.
pub(super) async fn refuse(
    app: &App,
    officer: &OfficerCaller,
    registration: RegistrationId,
    reason: &str,
) -> Result<()> {
    let reason: String = reason.trim().chars().take(200).collect();
    if reason.chars().count() < 2 {
        return Err(IdentityRefusal::ReasonMissing.into());
    }
    let (now, scope, by) = (app.clock.now(), officer.caller.scope.clone(), officer.caller.account.raw());
    let write = async move |tx: &Tx<'_>| {
        store::one(tx, &scope, registration).await?.ok_or_else(Refused::not_found)?;
        let decision = Decision { state: "refused", by, reason: Some(&reason), unit: None };
        match store::decide(tx, registration, &decision, now).await? {
            true => Ok(()),
            false => Err(IdentityRefusal::DecidedAlready.into()),
        }
    };
    app.db.write(write).await
}
