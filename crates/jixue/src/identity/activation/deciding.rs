//! Deciding a request: the clerk or the county makes sure who it is.

use super::store::{self, Decision};
use super::{CODE_DAYS, DAYS_OF_THE_UNIT, Request};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::identity::IdentityRefusal;
use crate::keys::random;
use crate::reactions::follow;
use crate::web::{Caller, Hat};
use jixue_core::fact::Fact;
use jixue_core::id::ActivationId;
use jixue_core::role::Role;
use jixue_standards::totp::base32;

pub(super) async fn waiting(app: &App, caller: &Caller, after: ActivationId) -> Result<Vec<Request>> {
    let (scope, is_office) = (caller.scope.clone(), caller.hat != Hat::Role(Role::UnitClerk));
    let escalated = app.clock.now().plus_days(-DAYS_OF_THE_UNIT);
    app.db.read(async move |tx: &Tx<'_>| store::waiting(tx, &scope, after, (escalated, is_office)).await).await
}

pub(super) async fn one(app: &App, caller: &Caller, request: ActivationId) -> Result<Request> {
    let scope = caller.scope.clone();
    let found = app.db.read(async move |tx: &Tx<'_>| store::one(tx, &scope, request).await).await?;
    found.ok_or_else(|| Refused::not_found().into())
}

/// How the code is compared: capitals, without what stands between.
///
/// Under a key that is never turned: what was handed over stays good.
pub(super) fn code_digest(at: &At, typed: &str) -> Vec<u8> {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    at.keys.lasting_digest("activation code", &letters.to_ascii_uppercase())
}

/// Confirms the phone; returns the code to be handed to the person, shown this once.
///
/// # Errors
/// Not found outside the decider's scope; a conflict when it was decided before; `activation.holds_office`.
pub(super) async fn confirm(app: &App, caller: &Caller, request: ActivationId) -> Result<(Request, String)> {
    let (at, scope, by) = (app.at(), caller.scope.clone(), caller.account.raw());
    let letters = base32(&random::<5>());
    let code = format!("{}-{}", &letters[..4], &letters[4..8]);
    let given = code.clone();
    let write = async move |tx: &Tx<'_>| {
        let found = store::one(tx, &scope, request).await?.ok_or_else(Refused::not_found)?;
        super::refuse_offices(tx, found.learner).await?;
        let until = at.now.plus_days(CODE_DAYS);
        let code = Some((code_digest(&at, &code), until));
        let decision = Decision { state: "confirmed", by, reason: None, code };
        decided(store::decide(tx, request, decision, at.now).await?)?;
        store::pass_over(tx, found.learner, request, at.now).await?;
        let learner = found.learner;
        follow(tx, &at, vec![Fact::ActivationDecided { learner, request, confirmed: true, at: at.now }]).await?;
        Ok(found)
    };
    Ok((app.db.write(write).await?, given))
}

/// Refuses with a reason that is kept.
///
/// # Errors
/// As [`confirm`]; a reason of fewer than two characters.
pub(super) async fn refuse(app: &App, caller: &Caller, request: ActivationId, reason: &str) -> Result<()> {
    let reason: String = reason.trim().chars().take(200).collect();
    if reason.chars().count() < 2 {
        return Err(IdentityRefusal::ReasonMissing.into());
    }
    let (at, scope, by) = (app.at(), caller.scope.clone(), caller.account.raw());
    let write = async move |tx: &Tx<'_>| {
        let found = store::one(tx, &scope, request).await?.ok_or_else(Refused::not_found)?;
        let decision = Decision { state: "refused", by, reason: Some(&reason), code: None };
        decided(store::decide(tx, request, decision, at.now).await?)?;
        let learner = found.learner;
        follow(tx, &at, vec![Fact::ActivationDecided { learner, request, confirmed: false, at: at.now }]).await
    };
    app.db.write(write).await
}

fn decided(is_first: bool) -> Result<()> {
    if is_first { Ok(()) } else { Err(IdentityRefusal::DecidedAlready.into()) }
}
