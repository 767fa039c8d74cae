//! Bringing the good rows of a list in: in chunks, each once, however often it is asked.

use super::{CHUNK, ListRow, kept, store};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org::roster::{ImportState, RosterFileRefusal};
use crate::org::work::Work;
use jixue_core::fact::Fact;
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// Brings the good rows of a list within reach in. Rows are judged again: what has changed since is answered anew.
///
/// # Errors
/// Not found; `roster.not_received` when keeping the file broke off.
pub async fn apply(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::ApplyList.through(app, scope, import).await
}

/// Begins to bring the good rows in and leaves the rest to a job.
///
/// # Errors
/// As [`apply`].
pub async fn apply_in_background(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    Work::ApplyList.leave_to_job(app, scope, import).await
}

/// False when all of it is in already.
pub(in crate::org) async fn begin(tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<bool> {
    let found = store::list(tx, scope, import).await?.ok_or_else(Refused::not_found)?;
    match found.state {
        ImportState::Checked => {
            store::begin_applying(tx, scope, import, (scope.actor().number(), at.now)).await?;
            Ok(true)
        }
        ImportState::Applying => Ok(true),
        ImportState::Applied => Ok(false),
        ImportState::Undoing | ImportState::Undone => Err(RosterFileRefusal::AppliedAlready.into()),
        ImportState::Receiving | ImportState::Unmapped => Err(RosterFileRefusal::NotReceived.into()),
    }
}

/// Brings the next rows in; false when none is left and the list is done.
pub(in crate::org) async fn step(app: &App, scope: &Scope, import: ImportId) -> Result<bool> {
    let (asker, limit) = (scope.clone(), i64::try_from(CHUNK).map_err(Error::internal)?);
    let read = async move |tx: &Tx<'_>| {
        let found = store::list(tx, &asker, import).await?.filter(|found| found.state == ImportState::Applying);
        let rows = store::rows(tx, &asker, import, crate::org::roster::RowState::New, (0, limit)).await?;
        Ok((found.map(|found| found.kind), rows))
    };
    let (Some(kind), sealed) = app.db.read(read).await? else {
        return Ok(false);
    };
    let (at, asker) = (app.at(), scope.clone());
    if sealed.is_empty() {
        app.db.write(async move |tx: &Tx<'_>| finish(tx, &at, &asker, import).await).await?;
        return Ok(false);
    }
    let open = |row: &store::SealedRow| {
        let number = u32::try_from(row.number).map_err(Error::internal)?;
        Ok(ListRow { number, cells: kept::open(&app.keys, &row.sealed)? })
    };
    let rows = sealed.iter().map(open).collect::<Result<Vec<ListRow>>>()?;
    let wishes = super::understood(app, kind, &super::regions(app).await?, &rows)?;
    let write = app.db.write_bulk(async move |tx: &Tx<'_>| {
        if !store::show_life(tx, &asker, import, ImportState::Applying, at.now).await? {
            return Ok(());
        }
        for answer in super::judge(tx, &at, &asker, &wishes, false).await? {
            let state = kept::state_of(&answer, true);
            store::note(tx, &asker, import, i64::from(answer.number), state, &answer.trace).await?;
        }
        Ok(())
    });
    write.await?;
    Ok(true)
}

/// The list is in, and the fact stands once.
async fn finish(tx: &Tx<'_>, at: &At, scope: &Scope, import: ImportId) -> Result<()> {
    if !store::finish_applying(tx, scope, import, at.now).await? {
        return Ok(());
    }
    let done = store::list(tx, scope, import).await?.ok_or_else(Refused::not_found)?;
    let fact = Fact::ListImported { import, rows: done.imported, at: at.now };
    crate::reactions::follow(tx, at, vec![fact]).await
}
