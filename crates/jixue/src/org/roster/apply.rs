//! Bringing the good rows of an import in: in chunks, once, however often it is asked.

use super::file::{self, Rules};
use super::receive::{CHUNK, kept, rules};
use super::row::{ImportState, KeptRefusal, RowState};
use super::store::{self, RowOutcome};
use super::{RosterFileRefusal, row};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::keys::Keys;
use crate::org::people::{self, Admission, PersonRecord};
use crate::org::work::Work;
use crate::sheet;
use jixue_core::fact::Fact;
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// Brings the good rows of an import within reach in. Asked again, or by two at once, each person still comes in once.
///
/// # Errors
/// Not found; `roster.not_received` when keeping the file broke off, `roster.columns_unknown`, `roster.applied_already` for
/// one that was undone.
pub async fn apply(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::ApplyRoster.through(app, scope, import).await
}

/// Begins to bring the good rows in and leaves the rest to a job: for an import that takes longer than a page may.
///
/// # Errors
/// As [`apply`].
pub async fn apply_in_background(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::ApplyRoster.leave_to_job(app, scope, import).await
}

/// False when everybody is in already.
pub(in crate::org) async fn begin(tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<bool> {
    let found = store::import(tx, scope, import).await?.ok_or_else(Refused::not_found)?;
    match found.state {
        ImportState::Receiving => Err(RosterFileRefusal::NotReceived.into()),
        ImportState::Unmapped => Err(RosterFileRefusal::ColumnsUnknown.into()),
        ImportState::Undoing | ImportState::Undone => Err(RosterFileRefusal::AppliedAlready.into()),
        ImportState::Applied => Ok(false),
        ImportState::Checked | ImportState::Applying => {
            store::begin_applying(tx, scope, import, at.now).await?;
            store::columns::forget_sheet(tx, scope, import).await?;
            Ok(true)
        }
    }
}

/// A row on its way in.
struct Candidate {
    number: i64,
    person: Result<PersonRecord, Vec<KeptRefusal>>,
}

/// Brings the next rows in; false when none is left and the import is over.
pub(in crate::org) async fn step(app: &App, scope: &Scope, import: ImportId) -> Result<bool> {
    let asker = scope.clone();
    let limit = i64::try_from(CHUNK).map_err(Error::internal)?;
    let read = async move |tx: &Tx<'_>| {
        let found = store::import(tx, &asker, import).await?.filter(|found| found.state == ImportState::Applying);
        Ok((found.map(|found| found.unit), store::new_rows(tx, &asker, import, limit).await?))
    };
    let (Some(unit), rows) = app.db.read(read).await? else {
        return Ok(false);
    };
    if rows.is_empty() {
        finish(app, scope, import).await?;
        return Ok(false);
    }
    let (keys, rules) = (app.keys.clone(), rules(app));
    let candidates = sheet::in_background(move || candidates(&rows, rules, &keys)).await?;
    let (at, scope) = (app.at(), scope.clone());
    app.db
        .write_bulk(async move |tx: &Tx<'_>| {
            if !store::undo::show_life(tx, &scope, import, ImportState::Applying, at.now).await? {
                return Ok(());
            }
            let people: Vec<PersonRecord> =
                candidates.iter().filter_map(|row| row.person.as_ref().ok()).cloned().collect();
            let mut admitted = people::add_people(tx, &at, &scope, unit, &people).await?.into_iter();
            let mut outcomes = Vec::with_capacity(candidates.len());
            for candidate in &candidates {
                let admission = if candidate.person.is_ok() { admitted.next() } else { None };
                outcomes.push(outcome(candidate, admission));
            }
            store::note_outcomes(tx, &scope, import, &outcomes).await
        })
        .await?;
    Ok(true)
}

fn candidates(rows: &[(i64, Vec<u8>)], rules: Rules, keys: &Keys) -> Result<Vec<Candidate>> {
    let candidate = |(number, sealed): &(i64, Vec<u8>)| {
        let raw = row::open(keys, sealed)?;
        Ok(Candidate { number: *number, person: file::check_again(&raw, rules, keys) })
    };
    rows.iter().map(candidate).collect()
}

fn outcome(candidate: &Candidate, admission: Option<Admission>) -> RowOutcome {
    let (state, learner, refusals) = match (&candidate.person, admission) {
        (Err(refusals), _) => (RowState::Refused, None, refusals.clone()),
        (Ok(_), Some(Admission::Added(learner))) => (RowState::Imported, Some(learner), Vec::new()),
        (Ok(_), Some(Admission::Known(learner))) => (RowState::Known, Some(learner), Vec::new()),
        (Ok(_), Some(Admission::Refused(refusal))) => (RowState::Refused, None, vec![kept(refusal)]),
        // Never: `add_people` answers for each. The row stays as it is, and the next look finds it.
        (Ok(_), None) => (RowState::New, None, Vec::new()),
    };
    RowOutcome { number: candidate.number, state, learner, refusals }
}

/// The import is over, and what follows from it begins.
async fn finish(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    let (at, scope) = (app.at(), scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            if !store::finish_applying(tx, &scope, import, at.now).await? {
                return Ok(());
            }
            let done = store::import(tx, &scope, import).await?.ok_or_else(Refused::not_found)?;
            let fact = Fact::RosterImported {
                import,
                unit: done.unit,
                file_digest: done.file_digest,
                people: done.imported,
                at: at.now,
            };
            crate::reactions::follow(tx, &at, vec![fact]).await
        })
        .await?;
    app.outbox.wake();
    Ok(())
}
