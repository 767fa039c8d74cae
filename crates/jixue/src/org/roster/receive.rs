//! Taking a file in: read, checked, looked up, kept.

use super::RosterFileRefusal;
use super::columns::Remembered;
use super::file::{self, CheckedRow, Rules};
use super::grid::Layout;
use super::row::{ImportState, KeptRefusal, RowState};
use super::store::{self, NewImport, NewRow};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::keys::{Keys, hex, sha256};
use crate::org::people::{self, Admission, PersonRecord};
use crate::org::{self, OrgRefusal};
use crate::sheet;
use bytes::Bytes;
use jixue_core::id::{ImportId, UnitId};
use jixue_core::org::Column;
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;

/// Rows kept in one transaction.
pub(super) const CHUNK: usize = 500;

pub(super) fn rules(app: &App) -> Rules {
    Rules { today: app.clock.now().business_date(), demo: app.config.demo }
}

/// Reads a roster for a unit, keeps its rows sealed with what is wrong with each, and returns the import to look at.
///
/// The same file again leads to the same import. When keeping broke off, sending it again goes on with it. Where the
/// header does not say which column is which, the import waits until somebody does ([`super::assign`]).
///
/// # Errors
/// [`sheet::SheetRefusal`], [`super::RosterFileRefusal`], `roster.too_many_rows`; not found for a unit out of reach.
/// In each case nothing is kept.
pub async fn receive(app: &App, scope: &Scope, unit: UnitId, file_name: &str, bytes: Bytes) -> Result<ImportId> {
    if bytes.len() > app.config.limits.upload_bytes_max {
        return Err(Refused::new("request.too_large", Kind::TooLarge).into());
    }
    let digest = hex(&sha256(&bytes));
    let (asker, wanted) = (scope.clone(), digest.clone());
    let (before, remembered) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            org::unit(tx, &asker, unit).await?.ok_or_else(Refused::not_found)?;
            let before = store::import_of_file(tx, &asker, unit, &wanted).await?;
            Ok((before, store::columns::remembered(tx, &asker, unit).await?))
        })
        .await?;
    if let Some(before) = &before
        && !matches!(before.state, ImportState::Receiving | ImportState::Unmapped)
    {
        return Ok(before.import);
    }
    // Rows that are kept already were read by the layout of then.
    let known_layout = before.and_then(|before| before.layout);
    let (keys, rules) = (app.keys.clone(), rules(app));
    let read = sheet::in_background(move || read(&bytes, &remembered, known_layout, rules, &keys)).await?;
    let import = begin(app, scope, unit, file_name, digest, &read).await?;
    let Some(rows) = read.rows else {
        return Ok(import);
    };
    keep_all(app, scope, unit, import, rows).await?;
    Ok(import)
}

/// A file as it was read.
struct Read {
    sealed_sheet: Vec<u8>,
    layout: Option<Layout>,
    /// Its checked rows, once it is known which column is which.
    rows: Option<Vec<CheckedRow>>,
}

fn read(bytes: &[u8], remembered: &Remembered, known: Option<Layout>, rules: Rules, keys: &Keys) -> Result<Read> {
    let file = file::read(bytes, remembered)?;
    let layout = known.or(file.layout);
    let rows = layout.map(|layout| file::check(&file.grid, &layout, rules, keys)).transpose()?;
    Ok(Read { sealed_sheet: file.grid.seal(keys)?, layout, rows })
}

/// Keeps the rows of an import that is being received, with what is foreseen for each.
pub(super) async fn keep_all(
    app: &App,
    scope: &Scope,
    unit: UnitId,
    import: ImportId,
    rows: Vec<CheckedRow>,
) -> Result<()> {
    for chunk in chunks(rows) {
        keep(app, scope, unit, import, chunk).await?;
    }
    let asker = scope.clone();
    app.db.write(async move |tx: &Tx<'_>| store::finish_receiving(tx, &asker, import).await).await
}

fn chunks(rows: Vec<CheckedRow>) -> Vec<Vec<CheckedRow>> {
    let mut rows = rows.into_iter().peekable();
    let mut chunks = Vec::new();
    while rows.peek().is_some() {
        chunks.push(rows.by_ref().take(CHUNK).collect());
    }
    chunks
}

async fn begin(
    app: &App,
    scope: &Scope,
    unit: UnitId,
    file_name: &str,
    digest: String,
    read: &Read,
) -> Result<ImportId> {
    let (at, scope, file_name) = (app.at(), scope.clone(), shown_file_name(file_name));
    let (sealed, layout) = (read.sealed_sheet.clone(), read.layout);
    app.db
        .write(async move |tx: &Tx<'_>| {
            let (id, uploaded_by) = (at.ids.next::<ImportId>(), scope.actor().number());
            let new = NewImport { id, unit, file_name: &file_name, digest: &digest, uploaded_by, at: at.now };
            store::insert_import(tx, &new).await?;
            let kept = store::import_of_file(tx, &scope, unit, &digest).await?.ok_or_else(Refused::not_found)?;
            store::columns::keep_sheet(tx, &scope, kept.import, &sealed, at.now).await?;
            match layout {
                None => store::columns::wait_for_layout(tx, &scope, kept.import).await?,
                // Somebody who sent the file in the same moment may have read it by another layout.
                Some(layout) if kept.layout.is_some_and(|other| other != layout) => {
                    return Err(RosterFileRefusal::NotReceived.into());
                }
                Some(layout) => store::columns::lay_out(tx, &scope, kept.import, &layout).await?,
            }
            Ok(kept.import)
        })
        .await
}

/// The last part of a path, without marks that would disturb a page; 120 characters at most.
pub(in crate::org) fn shown_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|mark| !mark.is_control()).take(120).collect()
}

async fn keep(app: &App, scope: &Scope, unit: UnitId, import: ImportId, chunk: Vec<CheckedRow>) -> Result<()> {
    let scope = scope.clone();
    app.db
        .write_bulk(async move |tx: &Tx<'_>| {
            let people: Vec<PersonRecord> = chunk.iter().filter_map(|row| row.person.as_ref().ok()).cloned().collect();
            let mut foreseen = people::foresee(tx, unit, &people).await?.into_iter();
            let mut rows = Vec::with_capacity(chunk.len());
            for row in &chunk {
                let foreseen = if row.person.is_ok() { foreseen.next().flatten() } else { None };
                rows.push(new_row(row, foreseen));
            }
            store::insert_rows(tx, &scope, import, &rows).await
        })
        .await
}

fn new_row(row: &CheckedRow, foreseen: Option<Admission>) -> NewRow {
    let (state, learner, refusals) = match (&row.person, foreseen) {
        (Err(refusals), _) => (RowState::Refused, None, refusals.clone()),
        (Ok(_), None | Some(Admission::Added(_))) => (RowState::New, None, Vec::new()),
        (Ok(_), Some(Admission::Known(learner))) => (RowState::Known, Some(learner), Vec::new()),
        (Ok(_), Some(Admission::Refused(refusal))) => (RowState::Refused, None, vec![kept(refusal)]),
    };
    NewRow { number: row.number, state, sealed: row.sealed.clone(), refusals, learner }
}

/// A refusal beside the cell that it is about.
pub(super) fn kept(refusal: OrgRefusal) -> KeptRefusal {
    let column = match refusal {
        OrgRefusal::NameDiffers => Column::Name,
        OrgRefusal::PhoneTaken => Column::Phone,
        _ => Column::IdentityNumber,
    };
    KeptRefusal::of(column, &refusal)
}
