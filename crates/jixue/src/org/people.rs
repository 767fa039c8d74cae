//! People: who they are, sealed, and where they work. One person has one record, however many rosters name them.

use super::OrgRefusal;
use super::store::{people as store, units};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::keys::Keys;
use futures_util::future::try_join_all;
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::identity_number::{AreaPolicy, IdentityKind, IdentityNumber};
use jixue_core::org::{Phone, RosterPerson};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

/// A person who studies, as pages of those who may see them show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    pub id: LearnerId,
    pub name: String,
    pub identity_masked: String,
    pub phone_masked: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub department: String,
    /// Code of the series, or empty: no title yet.
    pub title_series: String,
    /// Code of the level, or empty.
    pub title_level: String,
    pub region_code: String,
}

/// A person ready to be stored: numbers sealed, indexes made. Made outside a transaction.
#[derive(Debug, Clone)]
pub struct PersonRecord {
    pub(super) name: String,
    pub(super) identity_sealed: Vec<u8>,
    pub(super) identity_masked: String,
    pub(super) identity_index: Vec<u8>,
    pub(super) identity_kind: &'static str,
    pub(super) phone_sealed: Vec<u8>,
    pub(super) phone_masked: String,
    pub(super) phone_index: Vec<u8>,
    pub(super) department: String,
    pub(super) title_series: String,
    pub(super) title_level: String,
}

impl PersonRecord {
    pub fn of(keys: &Keys, person: &RosterPerson) -> Self {
        let title = person.title.as_ref();
        Self {
            name: person.name.as_str().to_owned(),
            identity_sealed: keys.seal("identity", person.identity_number.revealed().as_bytes()),
            identity_masked: person.identity_number.to_string(),
            identity_index: identity_index(keys, &person.identity_number),
            identity_kind: person.identity_number.kind().code(),
            phone_sealed: keys.seal("phone", person.phone.revealed().as_bytes()),
            phone_masked: person.phone.to_string(),
            phone_index: phone_index(keys, &person.phone),
            department: person.department.clone().unwrap_or_default(),
            title_series: title.map(|title| title.series.clone()).unwrap_or_default(),
            title_level: title.map(|title| title.level.code().to_owned()).unwrap_or_default(),
        }
    }
}

/// What became of a person who was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Added(LearnerId),
    /// The unit employs them already; nothing changed.
    Known(LearnerId),
    Refused(OrgRefusal),
}

/// The keyed index under which an identity number is found.
pub fn identity_index(keys: &Keys, number: &IdentityNumber) -> Vec<u8> {
    keys.blind_index("identity", &number.index_text())
}

pub(crate) fn phone_index(keys: &Keys, phone: &Phone) -> Vec<u8> {
    keys.blind_index("phone", phone.revealed())
}

/// Adds one person to a unit. The same person again changes nothing.
///
/// # Errors
/// `roster.works_elsewhere`, `roster.name_differs`, `roster.phone_taken`; not found when the unit is out of reach.
pub async fn add_person(tx: &Tx<'_>, at: &At, scope: &Scope, unit: UnitId, person: &RosterPerson) -> Result<LearnerId> {
    let record = PersonRecord::of(&at.keys, person);
    match add_people(tx, at, scope, unit, &[record]).await?.as_slice() {
        [Admission::Added(learner) | Admission::Known(learner)] => Ok(*learner),
        [Admission::Refused(refusal)] => Err((*refusal).into()),
        _ => Err(Error::internal("one person was added and another number answered")),
    }
}

/// Adds people to a unit, at most some 500 at once; what became of each, in their order.
///
/// # Errors
/// Not found when the unit is out of reach.
pub async fn add_people(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    records: &[PersonRecord],
) -> Result<Vec<Admission>> {
    if !units::hold_unit(tx, scope, unit).await? {
        return Err(Refused::not_found().into());
    }
    // All at once: PostgreSQL takes the statements one behind the other without waiting for each answer.
    try_join_all(records.iter().map(|record| admit(tx, at, unit, record))).await
}

async fn admit(tx: &Tx<'_>, at: &At, unit: UnitId, record: &PersonRecord) -> Result<Admission> {
    let learner = at.ids.next::<LearnerId>();
    if !store::claim_identity(tx, &record.identity_index, learner).await? {
        return admit_known(tx, at, unit, record).await;
    }
    if !store::claim_phone(tx, &record.phone_index, learner).await? {
        store::release_identity(tx, &record.identity_index, learner).await?;
        return Ok(Admission::Refused(OrgRefusal::PhoneTaken));
    }
    store::insert_learner(tx, learner, record, at.now).await?;
    store::employ(tx, at, learner, unit, &record.department).await?;
    Ok(Admission::Added(learner))
}

/// Somebody has this identity number: the same person here, elsewhere, or between two units.
async fn admit_known(tx: &Tx<'_>, at: &At, unit: UnitId, record: &PersonRecord) -> Result<Admission> {
    let found = store::person_found(tx, unit, record).await?;
    let found = found.ok_or_else(|| Error::internal("an identity index without its learner"))?;
    match judge(&found) {
        Admission::Added(learner) => {
            join_again(tx, at, learner, unit, &record.department).await?;
            Ok(Admission::Added(learner))
        }
        known_or_refused => Ok(known_or_refused),
    }
}

/// Somebody whom nobody employs now begins at a unit; their years follow.
pub(super) async fn join_again(tx: &Tx<'_>, at: &At, learner: LearnerId, unit: UnitId, department: &str) -> Result<()> {
    let before = store::last_unit(tx, learner).await?.unwrap_or(unit);
    store::employ(tx, at, learner, unit, department).await?;
    let fact = Fact::LearnerMoved { learner, from: before, to: unit, at: at.now };
    crate::reactions::follow(tx, at, vec![fact]).await
}

/// What adding a person who is found would come to; `Added` for one whom nobody employs now.
fn judge(found: &store::Found) -> Admission {
    match (found.same_name, found.place) {
        (_, store::Place::Elsewhere) => Admission::Refused(OrgRefusal::WorksElsewhere),
        (false, _) => Admission::Refused(OrgRefusal::NameDiffers),
        (true, store::Place::Here) => Admission::Known(found.learner),
        (true, store::Place::Nowhere) => Admission::Added(found.learner),
    }
}

/// What adding these people would come to, without adding them: nothing for one who would be added.
pub(super) async fn foresee(tx: &Tx<'_>, unit: UnitId, records: &[PersonRecord]) -> Result<Vec<Option<Admission>>> {
    try_join_all(records.iter().map(|record| foresee_one(tx, unit, record))).await
}

async fn foresee_one(tx: &Tx<'_>, unit: UnitId, record: &PersonRecord) -> Result<Option<Admission>> {
    match store::person_found(tx, unit, record).await?.as_ref().map(judge) {
        Some(Admission::Added(_)) => Ok(None),
        Some(known_or_refused) => Ok(Some(known_or_refused)),
        None => {
            let taken = store::phone_is_taken(tx, &record.phone_index).await?;
            Ok(taken.then_some(Admission::Refused(OrgRefusal::PhoneTaken)))
        }
    }
}

/// Takes somebody whom an import brought off a unit's roster; false when the unit does not employ them any more.
///
/// Whoever came with it (`since`), has worked nowhere else and never signed in is not known any more: a mistaken name or
/// phone number must not stand in the way of the right one.
pub(super) async fn leave(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    unit: UnitId,
    learner: LearnerId,
    (since, has_account): (Timestamp, bool),
) -> Result<bool> {
    if !store::end_employment(tx, scope, unit, learner, at.now).await? {
        return Ok(false);
    }
    if !has_account && store::came_only_here(tx, unit, learner, since).await? {
        store::forget(tx, learner).await?;
    }
    Ok(true)
}

/// Holds people until this transaction ends, always in the same order: whoever orders for them and whoever takes them off
/// a roster wait for each other, and the later one sees what the earlier one did.
pub async fn hold_people(tx: &Tx<'_>, learners: &[LearnerId]) -> Result<()> {
    let mut in_order = learners.to_vec();
    in_order.sort_unstable();
    in_order.dedup();
    for learner in in_order {
        store::hold_learner(tx, learner).await?;
    }
    Ok(())
}

/// Whether a unit employs somebody now.
pub(super) async fn works_here(tx: &Tx<'_>, unit: UnitId, learner: LearnerId) -> Result<bool> {
    store::works_here(tx, unit, learner).await
}

/// A learner within reach, with the unit that employs them now.
pub async fn learner(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Option<Learner>> {
    store::learner(tx, scope, learner).await
}

/// The learner within reach who has an identity number, by its index, with the name.
pub async fn learner_by_identity(
    tx: &Tx<'_>,
    scope: &Scope,
    identity_index: &[u8],
) -> Result<Option<(LearnerId, String)>> {
    store::learner_by_identity(tx, scope, identity_index).await
}

/// The same for whoever has ever been employed within reach: for auditors, who answer for what was done before
/// somebody left.
pub async fn learner_ever_by_identity(tx: &Tx<'_>, scope: &Scope, identity_index: &[u8]) -> Result<Option<LearnerId>> {
    store::learner_ever_by_identity(tx, scope, identity_index).await
}

/// Who has an identity number, wherever they work or used to. Only for decisions about who somebody is.
pub async fn learner_with_identity(tx: &Tx<'_>, keys: &Keys, number: &IdentityNumber) -> Result<Option<LearnerId>> {
    let nowhere = UnitId::from_raw(0);
    let found = store::person_by_index(tx, nowhere, &identity_index(keys, number), "").await?;
    Ok(found.map(|found| found.learner))
}

/// Who signs in with a phone number: the learner and the name. Only for `identity`, which proves the number first.
pub async fn learner_by_phone(tx: &Tx<'_>, phone_index: &[u8]) -> Result<Option<(LearnerId, String)>> {
    store::learner_by_phone(tx, phone_index).await
}

/// The identity number itself, opened; only for what must carry it or a commitment to it, such as a certificate.
pub async fn identity_number(
    tx: &Tx<'_>,
    keys: &Keys,
    scope: &Scope,
    learner: LearnerId,
) -> Result<Option<IdentityNumber>> {
    let Some((sealed, kind)) = store::identity_sealed(tx, scope, learner).await? else {
        return Ok(None);
    };
    let number = String::from_utf8(keys.open("identity", &sealed)?).map_err(Error::internal)?;
    // It was checked when it came in, on a day before any other.
    let last_day = BusinessDate(99_991_231);
    let kind = IdentityKind::from_code(&kind);
    let number = IdentityNumber::parse_as(kind, &number, last_day, AreaPolicy::ANY.with_demo(true));
    number.map(Some).map_err(|refusal| Error::internal(format!("a stored identity number: {refusal:?}")))
}

/// The mobile number itself, opened; only for who may see it, on record.
pub async fn phone(tx: &Tx<'_>, keys: &Keys, scope: &Scope, learner: LearnerId) -> Result<Option<String>> {
    let Some(sealed) = store::phone_sealed(tx, scope, learner).await? else {
        return Ok(None);
    };
    String::from_utf8(keys.open("phone", &sealed)?).map(Some).map_err(Error::internal)
}

/// Whom a unit within reach employs, by id, after `after`; at most `limit`.
pub async fn unit_people_ids(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    after: LearnerId,
    limit: i64,
) -> Result<Vec<LearnerId>> {
    store::unit_people_ids(tx, scope, unit, after, limit).await
}
