//! Activation: for those whose phone on the roster is wrong or missing. They ask with their identity number and the phone
//! they have; the unit's clerk, or the county after three days, makes sure who it is and hands over a code; with that code
//! and one sent to the new phone the account is theirs.
//!
//! Whoever asks hears the same, whether anybody has the number or not.

mod completing;
mod deciding;
mod pages;
mod request_pages;
mod store;

pub use pages::routes;
pub(super) use store::{CATALOGUE, forget};

use super::IdentityRefusal;
use super::codes::phone_index;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::{ActivationId, LearnerId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::Phone;
use jixue_core::time::Timestamp;

/// A request that its unit has not answered is the county's too after this many days.
const DAYS_OF_THE_UNIT: i64 = 3;
/// How long the unit's code works.
const CODE_DAYS: i64 = 7;
/// Requests with different phones that may wait for one identity number: somebody else's must not keep the owner's out.
const OPEN_MAX: i64 = 5;

/// A request as those who decide see it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Request {
    id: ActivationId,
    learner: LearnerId,
    name: String,
    identity_masked: String,
    unit_name: String,
    department: String,
    phone_masked: String,
    old_phone_masked: String,
    state: String,
    asked_at: Timestamp,
}

fn identity(app: &App, typed: &str) -> Result<IdentityNumber> {
    let policy = AreaPolicy::ANY.with_demo(app.config.demo);
    let number = IdentityNumber::parse(typed, app.clock.now().business_date(), policy);
    number.map_err(|_| IdentityRefusal::IdentityMalformed.into())
}

/// Whoever hands over an activation code could use it: what opens a learner's account must not open an office with it.
///
/// # Errors
/// `activation.holds_office`.
async fn refuse_offices(tx: &Tx<'_>, learner: LearnerId) -> Result<()> {
    match super::anew::learner_holds_office(tx, learner).await? {
        true => Err(IdentityRefusal::HoldsOffice.into()),
        false => Ok(()),
    }
}

/// Leaves a request.
///
/// # Errors
/// A number or phone that is none. Never whether anybody has it.
async fn ask(app: &App, typed_identity: &str, name: &str, typed_phone: &str) -> Result<()> {
    let number = identity(app, typed_identity)?;
    let phone = Phone::parse(typed_phone).map_err(|_| IdentityRefusal::PhoneMalformed)?;
    let (at, name) = (app.at(), name.trim().to_owned());
    let sealed = at.keys.seal("phone", phone.revealed().as_bytes());
    let write = async move |tx: &Tx<'_>| {
        let index = crate::org::identity_index(&at.keys, &number);
        let new = store::NewRequest {
            request: at.ids.next::<ActivationId>(),
            identity_index: &index,
            name: &name,
            phone_index: &phone_index(&at, &phone),
            phone_sealed: &sealed,
            phone_masked: &phone.to_string(),
            now: at.now,
        };
        store::insert(tx, &new, OPEN_MAX).await
    };
    app.db.write(write).await
}
