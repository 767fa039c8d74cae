//! Bringing the good rows of a list in: in chunks, each once, however often it is asked.

use super::{CHUNK, ListRow, kept, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org::roster::{ImportState, RosterFileRefusal};
use crate::outbox::{self, JobKind};
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;

/// Brings the good rows of a list within reach in. Rows are judged again: what has changed since is answered anew.
///
/// # Errors
/// Not found; `roster.not_received` when keeping the file broke off.
pub async fn apply(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    if !begin(app, scope, import, false).await? {
        return Ok(());
    }
    while step(app, scope, import).await? {}
    Ok(())
}

/// Begins to bring the good rows in and leaves the rest to a job.
///
/// # Errors
/// As [`apply`].
pub async fn apply_in_background(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    begin(app, scope, import, true).await?;
    app.outbox.wake();
    Ok(())
}

/// False when all of it is in already.
async fn begin(app: &App, scope: &Scope, import: ImportId, by_job: bool) -> Result<bool> {
    let (asker, at) = (scope.clone(), app.at());
    app.db
        .write(async move |tx: &Tx<'_>| {
            let found = store::list(tx, &asker, import).await?.ok_or_else(Refused::not_found)?;
            match found.state {
                ImportState::Checked => {
                    store::begin_applying(tx, &asker, import, (asker.actor().number(), at.now)).await?;
                }
                ImportState::Applying => {}
                ImportState::Applied => return Ok(false),
                ImportState::Receiving | ImportState::Unmapped | ImportState::Undoing | ImportState::Undone => {
                    return Err(RosterFileRefusal::NotReceived.into());
                }
            }
            if by_job {
                outbox::enqueue(tx, &at, JobKind::ApplyList, 0, import, at.now).await?;
            }
            Ok(true)
        })
        .await
}

/// Brings the next rows in; false when none is left and the list is done.
pub(super) async fn step(app: &App, scope: &Scope, import: ImportId) -> Result<bool> {
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
        app.db.write(async move |tx: &Tx<'_>| store::finish_applying(tx, &asker, import, at.now).await).await?;
        return Ok(false);
    }
    let open = |row: &store::SealedRow| {
        let number = u32::try_from(row.number).map_err(Error::internal)?;
        Ok(ListRow { number, cells: kept::open(&app.keys, &row.sealed)? })
    };
    let rows = sealed.iter().map(open).collect::<Result<Vec<ListRow>>>()?;
    let wishes = super::understood(app, kind, &super::regions(app).await?, &rows)?;
    let write = app.db.write_bulk(async move |tx: &Tx<'_>| {
        if !store::show_life(tx, &asker, import, at.now).await? {
            return Ok(());
        }
        for answer in super::judge(tx, &at, &asker, &wishes, false).await? {
            store::note(tx, &asker, import, i64::from(answer.number), kept::state_of(&answer, true)).await?;
        }
        Ok(())
    });
    write.await?;
    Ok(true)
}
