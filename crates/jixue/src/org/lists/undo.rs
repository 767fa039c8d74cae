//! Taking a list back within a day: what its rows brought about goes again, save what somebody has used or changed since.

use super::kept::{self, KeptAnswer, KeptRow, ListImport};
use super::{ListKind, store};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org::hold_people;
use crate::org::moving::taken_back;
use crate::org::roster::undo::{UNDO_MS, undo_begins};
use crate::org::roster::{ImportState, RowState};
use crate::org::unit_removal::remove_unit;
use crate::org::work::Work;
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::{ImportId, LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// Rows per transaction.
const CHUNK: i64 = 100;

/// What a row brought about, so that it can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::org) struct Trace {
    pub done_at: Option<Timestamp>,
    /// The unit that came into the registry.
    pub unit: Option<UnitId>,
    pub learner: Option<LearnerId>,
    /// The employment that began, and the one that ended.
    pub begun: Option<i64>,
    pub ended: Option<i64>,
}

impl ListImport {
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

/// Takes a list within reach back: units on which nothing hangs leave the registry, people are employed as they were before.
/// Asked again, or by two at once, it changes nothing more.
///
/// # Errors
/// Not found; `roster.not_applied`, `roster.undo_over`.
pub async fn undo(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::UndoList.through(app, scope, import).await
}

/// Begins to take a list back and leaves the rest to a job.
///
/// # Errors
/// As [`undo`].
pub async fn undo_in_background(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::UndoList.leave_to_job(app, scope, import).await
}

/// False when it is taken back already.
pub(in crate::org) async fn begin(tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<bool> {
    let found = store::list(tx, scope, import).await?.ok_or_else(Refused::not_found)?;
    if undo_begins(found.state, found.undo_until(), at.now)? {
        // Somebody may have begun in this very moment: both go on with it.
        store::undo::begin_undoing(tx, scope, import, (scope.actor().number(), at.now)).await?;
    }
    Ok(found.state != ImportState::Undone)
}

/// Takes the next rows back; false when none is left and the list is taken back.
pub(in crate::org) async fn step(app: &App, scope: &Scope, import: ImportId) -> Result<bool> {
    let (at, scope) = (app.at(), scope.clone());
    let more = app.db.write_bulk(async move |tx: &Tx<'_>| {
        if !store::show_life(tx, &scope, import, ImportState::Undoing, at.now).await? {
            return Ok(false);
        }
        let rows = store::undo::brought(tx, &scope, import, CHUNK).await?;
        // Orders that are being placed for these people in this moment are waited for, and then seen.
        let people: Vec<LearnerId> = rows.iter().filter_map(|(_, trace)| trace.learner).collect();
        hold_people(tx, &people).await?;
        for (row, trace) in &rows {
            let stays = take_back(tx, &at, &scope, trace).await?.map(reason);
            store::undo::note_undone(tx, &scope, import, *row, stays.as_ref()).await?;
        }
        if rows.is_empty() {
            finish(tx, &at, &scope, import).await?;
        }
        Ok(!rows.is_empty())
    });
    more.await
}

/// Takes back what a row brought about, or says why it stays.
async fn take_back(tx: &Tx<'_>, at: &At, scope: &Scope, trace: &Trace) -> Result<Option<&'static str>> {
    match (trace.unit, trace.learner) {
        (Some(unit), _) => remove_unit(tx, at, scope, unit).await,
        (None, Some(learner)) => {
            let stays = bond(tx, learner, trace).await?;
            if stays.is_some() {
                return Ok(stays);
            }
            taken_back::take_back(tx, at, scope, learner, trace).await
        }
        // Somebody whose data was erased since.
        (None, None) => Ok(Some("list.stays_gone")),
    }
}

/// What hangs on somebody since the row came in. Whoever goes back to the unit before takes evidence and hours along; only
/// money that the new unit has to do with holds them. Whoever would have no unit stays for everything.
async fn bond(tx: &Tx<'_>, learner: LearnerId, trace: &Trace) -> Result<Option<&'static str>> {
    let (Some(since), Some(_)) = (trace.done_at, trace.begun) else {
        return Ok(None);
    };
    let stays = reactions::bond(tx, learner, since).await?.stays;
    Ok(match (stays, trace.ended) {
        (Some("roster.stays_paid"), _) => Some("list.stays_paid"),
        (Some("roster.stays_ordered"), _) => Some("list.stays_ordered"),
        (Some("roster.stays_studied"), None) => Some("list.stays_studied"),
        (Some(_), None) => Some("list.stays_hours"),
        (Some(_), Some(_)) | (None, _) => None,
    })
}

fn reason(code: &'static str) -> KeptAnswer {
    KeptAnswer { code: code.to_owned(), arguments: Vec::new() }
}

async fn finish(tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<()> {
    if !store::undo::finish_undoing(tx, scope, import, at.now).await? {
        return Ok(());
    }
    let done = store::list(tx, scope, import).await?.ok_or_else(Refused::not_found)?;
    let fact = Fact::ListImportUndone { import, rows: done.undone, at: at.now };
    reactions::follow(tx, at, vec![fact]).await
}

/// What taking a list back would come to at this moment.
#[derive(Debug, Clone)]
pub struct UndoForecast {
    pub undone: i64,
    pub stay: i64,
    /// The first fifty rows that would stay, each with the reason.
    pub staying: Vec<KeptRow>,
}

/// Those who would stay that are shown.
const STAYING_SHOWN: usize = 50;

/// What taking a list back would come to, without doing it.
///
/// # Errors
/// Not found.
pub async fn foresee_undo(app: &App, scope: &Scope, import: ImportId) -> Result<UndoForecast> {
    let asker = scope.clone();
    let judged = app.db.read_bulk(async move |tx: &Tx<'_>| {
        let found = store::list(tx, &asker, import).await?.ok_or_else(Refused::not_found)?;
        let brought = store::undo::left(tx, &asker, import, RowState::Imported).await?;
        let of_units = found.kind == ListKind::Units;
        let staying = store::undo::would_stay(tx, &asker, import, of_units).await?;
        let mut shown = Vec::new();
        for (number, code) in staying.iter().take(STAYING_SHOWN) {
            let rows = store::rows(tx, &asker, import, RowState::Imported, (number - 1, 1)).await?;
            shown.extend(rows.into_iter().map(|row| (row, code.clone())));
        }
        Ok((brought, staying.len(), shown))
    });
    let (brought, stay, shown) = judged.await?;
    let stay = i64::try_from(stay).map_err(Error::internal)?;
    let open = |(row, code): (store::SealedRow, String)| {
        let refusal = Some(KeptAnswer { code, arguments: Vec::new() });
        Ok(KeptRow { number: row.number, cells: kept::open(&app.keys, &row.sealed)?, refusal })
    };
    let staying = shown.into_iter().map(open).collect::<Result<_>>()?;
    Ok(UndoForecast { undone: brought - stay, stay, staying })
}
