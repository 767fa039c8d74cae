//! Taking a list in: read, judged, kept to be looked at.

use super::{CHUNK, ListKind, ListRow, kept, store, table};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::keys::{hex, sha256};
use crate::org;
use crate::org::roster::{ImportState, RosterFileRefusal, shown_file_name};
use crate::org::{Laid, Purpose, Received, WaitingSheet};
use crate::sheet;
use bytes::Bytes;
use jixue_core::id::ImportId;
use jixue_core::refusal::Kind;
use jixue_core::scope::{Reach, Scope};

/// Reads a list, keeps its rows sealed with the answer to each, and returns it to be looked at. Nothing else is written. Where
/// the header does not say which column is which, the sheet waits until somebody does ([`receive_laid`]).
///
/// The same file again is judged anew and takes the place of the one that nobody brought in: what it names may be known
/// by now.
///
/// # Errors
/// [`sheet::SheetRefusal`], [`super::ListRefusal`]; in each case nothing is kept. `roster.not_received` when the same file
/// comes twice in the same moment.
pub async fn receive(app: &App, scope: &Scope, kind: ListKind, file_name: &str, bytes: Bytes) -> Result<Received> {
    if bytes.len() > app.config.limits.upload_bytes_max {
        return Err(Refused::new("request.too_large", Kind::TooLarge).into());
    }
    let digest = hex(&sha256(&bytes));
    let (grid, laid) = sheet::in_background(move || table::read(&bytes, kind.columns())).await?;
    if let Err(refusal) = table::complete(kind.columns(), &laid) {
        if !table::could_be(&grid, kind.columns()) {
            return Err(refusal.into());
        }
        let purpose = match kind {
            ListKind::Units => Purpose::Units,
            ListKind::Employments => Purpose::Employments,
        };
        let sheet = org::keep_sheet(app, scope, purpose, (file_name, &digest), &grid).await?;
        return Ok(Received::Waiting(sheet));
    }
    receive_rows(app, scope, kind, (file_name, digest), &table::rows(&grid, &laid)).await.map(Received::Import)
}

/// The same for a sheet that waited, by what somebody says of its columns.
///
/// # Errors
/// [`super::ListRefusal::ColumnMissing`]; `roster.not_received` as [`receive`].
pub async fn receive_laid(
    app: &App,
    scope: &Scope,
    kind: ListKind,
    waiting: &WaitingSheet,
    laid: &Laid,
) -> Result<ImportId> {
    table::complete(kind.columns(), laid)?;
    let file = (waiting.file_name.as_str(), waiting.digest.clone());
    receive_rows(app, scope, kind, file, &table::rows(&waiting.grid, laid)).await
}

/// Keeps rows with the answer to each.
pub(super) async fn receive_rows(
    app: &App,
    scope: &Scope,
    kind: ListKind,
    (file_name, digest): (&str, String),
    rows: &[ListRow],
) -> Result<ImportId> {
    let (import, is_new) = begin(app, scope, kind, file_name, digest).await?;
    if !is_new {
        return Ok(import);
    }
    let regions = super::regions(app).await?;
    for chunk in rows.chunks(CHUNK) {
        let wishes = super::understood(app, kind, &regions, chunk)?;
        let sealed = sealed(app, chunk)?;
        let (at, scope) = (app.at(), scope.clone());
        let keep = app.db.write_bulk(async move |tx: &Tx<'_>| {
            let answers = super::judge(tx, &at, &scope, &wishes, true).await?;
            for (answer, sealed) in answers.iter().zip(&sealed) {
                store::insert_row(tx, &scope, import, i64::from(answer.number), sealed, kept::state_of(answer, false))
                    .await?;
            }
            Ok(())
        });
        keep.await?;
    }
    let scope = scope.clone();
    match app.db.write(async move |tx: &Tx<'_>| store::finish_receiving(tx, &scope, import).await).await? {
        true => Ok(import),
        false => Err(RosterFileRefusal::NotReceived.into()),
    }
}

fn sealed(app: &App, rows: &[ListRow]) -> Result<Vec<Vec<u8>>> {
    rows.iter().map(|row| kept::seal(&app.keys, &row.cells)).collect()
}

/// The list that is to be filled; or, and then false, the one of the same file that is being brought in.
async fn begin(app: &App, scope: &Scope, kind: ListKind, file_name: &str, digest: String) -> Result<(ImportId, bool)> {
    let (at, scope, file_name) = (app.at(), scope.clone(), shown_file_name(file_name));
    app.db
        .write(async move |tx: &Tx<'_>| {
            let region_code = match scope.reach() {
                Reach::Region { region_code } => region_code.clone(),
                _ => org::root_bureau(tx).await?.region_code,
            };
            let file = store::File { kind, region_code: &region_code, digest: &digest };
            for (import, state) in store::of_file(tx, &scope, &file).await? {
                match state {
                    ImportState::Applying => return Ok((import, false)),
                    ImportState::Receiving | ImportState::Checked => store::remove(tx, &scope, import).await?,
                    _ => {}
                }
            }
            let import = at.ids.next::<ImportId>();
            store::insert(tx, import, &file, &file_name, (scope.actor().number(), at.now)).await?;
            Ok((import, true))
        })
        .await
}
