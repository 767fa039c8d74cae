//! Taking an import back within a day: the people it brought leave again, save those on whom something hangs by now.

use super::preview::RosterImport;
use super::row::{self, ImportRow, ImportState, KeptRefusal, RowState};
use super::{RosterFileRefusal, store};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org::people;
use crate::org::work::Work;
use crate::reactions::{self, Bond};
use jixue_core::fact::Fact;
use jixue_core::id::{ImportId, LearnerId, UnitId};
use jixue_core::org::Column;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// How long an import can be taken back.
pub const UNDO_MS: i64 = 24 * 3_600_000;
/// People per transaction.
const CHUNK: i64 = 100;

impl RosterImport {
    /// Until when it can be taken back; nothing when it never can.
    pub fn undo_until(&self) -> Option<Timestamp> {
        let applied_at = self.applied_at.filter(|_| self.state == ImportState::Applied)?;
        Some(applied_at.plus_ms(UNDO_MS))
    }

    /// Whether it can be taken back at an instant.
    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        self.imported > 0 && self.undo_until().is_some_and(|until| now <= until)
    }
}

/// Takes an import back: whoever it brought and nobody paid for, and who has not studied, leaves the unit again. Asked
/// again, or by two at once, it changes nothing more.
///
/// # Errors
/// Not found; `roster.not_applied`, `roster.undo_over`.
pub async fn undo(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::UndoRoster.through(app, scope, import).await
}

/// Begins to take an import back and leaves the rest to a job.
///
/// # Errors
/// As [`undo`].
pub async fn undo_in_background(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::UndoRoster.leave_to_job(app, scope, import).await
}

/// False when it is taken back already.
pub(in crate::org) async fn begin(tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<bool> {
    let found = store::import(tx, scope, import).await?.ok_or_else(Refused::not_found)?;
    if undo_begins(found.state, found.undo_until(), at.now)? {
        // Somebody may have begun in this very moment: both go on with it.
        store::undo::begin_undoing(tx, scope, import, scope.actor().number(), at.now).await?;
    }
    Ok(found.state != ImportState::Undone)
}

/// Whether an import in a state is to be marked as being taken back; it is not when somebody has begun, or done it.
///
/// # Errors
/// `roster.not_applied`, `roster.undo_over`.
pub(in crate::org) fn undo_begins(
    state: ImportState,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, RosterFileRefusal> {
    match state {
        ImportState::Undone | ImportState::Undoing => Ok(false),
        ImportState::Applied if until.is_none_or(|until| until < now) => Err(RosterFileRefusal::UndoOver),
        ImportState::Applied => Ok(true),
        ImportState::Receiving | ImportState::Unmapped | ImportState::Checked | ImportState::Applying => {
            Err(RosterFileRefusal::NotApplied)
        }
    }
}

/// Lets the next people go; false when none is left and the import is taken back.
pub(in crate::org) async fn step(app: &App, scope: &Scope, import: ImportId) -> Result<bool> {
    let (at, scope) = (app.at(), scope.clone());
    let more = app.db.write_bulk(async move |tx: &Tx<'_>| {
        if !store::undo::show_life(tx, &scope, import, ImportState::Undoing, at.now).await? {
            return Ok(false);
        }
        let found = store::import(tx, &scope, import).await?.ok_or_else(Refused::not_found)?;
        let people = store::undo::brought(tx, &scope, import, 0, CHUNK).await?;
        for (row, learner) in &people {
            let stays = let_go(tx, &at, &scope, &found, *learner).await?;
            let kept: Vec<KeptRefusal> = stays.into_iter().map(reason).collect();
            store::undo::note_undone(tx, &scope, import, *row, &kept).await?;
        }
        if people.is_empty() {
            finish(tx, &at, &scope, import).await?;
        }
        Ok(!people.is_empty())
    });
    more.await
}

/// Lets one person go, or says why they stay.
async fn let_go(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    import: &RosterImport,
    learner: LearnerId,
) -> Result<Option<&'static str>> {
    // An order that is being placed for them in this moment is waited for, and then seen.
    people::hold_people(tx, &[learner]).await?;
    let since = import.uploaded_at;
    let bond = stays(tx, import.unit, learner, since).await?;
    if bond.stays.is_some() {
        return Ok(bond.stays);
    }
    people::leave(tx, at, scope, import.unit, learner, (since, bond.has_account)).await?;
    reactions::follow(tx, at, vec![Fact::LearnerLeft { learner, unit: import.unit, at: at.now }]).await?;
    Ok(None)
}

async fn stays(tx: &Tx<'_>, unit: UnitId, learner: LearnerId, since: Timestamp) -> Result<Bond> {
    match people::works_here(tx, unit, learner).await? {
        true => reactions::bond(tx, learner, since).await,
        false => Ok(Bond { stays: Some("roster.stays_elsewhere"), has_account: true }),
    }
}

fn reason(code: &str) -> KeptRefusal {
    KeptRefusal { column: Column::Name, code: code.to_owned(), arguments: Vec::new() }
}

async fn finish(tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<()> {
    if !store::undo::finish_undoing(tx, scope, import, at.now).await? {
        return Ok(());
    }
    let done = store::import(tx, scope, import).await?.ok_or_else(Refused::not_found)?;
    let fact = Fact::RosterImportUndone { import, unit: done.unit, people: done.undone, at: at.now };
    reactions::follow(tx, at, vec![fact]).await
}

/// What taking an import back would come to at this moment.
#[derive(Debug, Clone)]
pub struct UndoForecast {
    pub leave: i64,
    pub stay: i64,
    /// The first fifty who would stay, each with the reason.
    pub staying: Vec<ImportRow>,
}

/// Those who would stay that are shown.
const STAYING_SHOWN: usize = 50;

/// What taking an import back would come to, without doing it.
///
/// # Errors
/// Not found.
pub async fn foresee_undo(app: &App, scope: &Scope, import: ImportId) -> Result<UndoForecast> {
    let asker = scope.clone();
    let judged = app.db.read_bulk(async move |tx: &Tx<'_>| {
        let found = store::import(tx, &asker, import).await?.ok_or_else(Refused::not_found)?;
        let brought = store::undo::rows_left(tx, &asker, import, RowState::Imported).await?;
        let staying = store::undo::would_stay(tx, &asker, import, (found.unit, found.uploaded_at)).await?;
        Ok((brought, staying))
    });
    let (brought, staying) = judged.await?;
    let stay = i64::try_from(staying.len()).map_err(Error::internal)?;
    let shown = staying.into_iter().take(STAYING_SHOWN).collect();
    Ok(UndoForecast { leave: brought - stay, stay, staying: rows_of(app, scope, import, shown).await? })
}

async fn rows_of(app: &App, scope: &Scope, import: ImportId, shown: Vec<(i64, String)>) -> Result<Vec<ImportRow>> {
    let (asker, keys) = (scope.clone(), app.keys.clone());
    let read = async move |tx: &Tx<'_>| {
        let mut rows = Vec::new();
        for (number, code) in &shown {
            let kept = store::rows(tx, &asker, import, RowState::Imported, number - 1, 1).await?;
            for kept in kept {
                let raw = row::open(&keys, &kept.sealed)?;
                let refusals = vec![reason(code)];
                rows.push(ImportRow { number: *number, state: kept.state, raw, refusals, learner: kept.learner });
            }
        }
        Ok(rows)
    };
    app.db.read(read).await
}
