//! Taking a file in: read, checked, looked up, kept.

use super::file::{self, CheckedRow, Rules};
use super::row::{ImportState, KeptRefusal, RowState};
use super::store::{self, NewImport, NewRow};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::keys::{hex, sha256};
use crate::org::people::{self, Admission, PersonRecord};
use crate::org::{self, OrgRefusal};
use crate::sheet;
use bytes::Bytes;
use jixue_core::id::{ImportId, UnitId};
use jixue_core::org::Column;
use jixue_core::refusal::Kind;
use jixue_core::scope::{Actor, Scope};

/// Rows kept in one transaction.
pub(super) const CHUNK: usize = 500;

pub(super) fn rules(app: &App) -> Rules {
    Rules { today: app.clock.now().business_date(), demo: app.config.demo }
}

/// Reads a roster for a unit, keeps its rows sealed with what is wrong with each, and returns the import to look at.
///
/// The same file again leads to the same import. When keeping broke off, sending it again goes on with it.
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
    let before = app
        .db
        .read(async move |tx: &Tx<'_>| {
            org::unit(tx, &asker, unit).await?.ok_or_else(Refused::not_found)?;
            store::import_of_file(tx, &asker, unit, &wanted).await
        })
        .await?;
    if let Some((import, state)) = before
        && state != ImportState::Receiving
    {
        return Ok(import);
    }
    let (keys, rules) = (app.keys.clone(), rules(app));
    let rows = sheet::in_background(move || file::check(&bytes, rules, &keys)).await?;
    let import = begin(app, scope, unit, file_name, digest).await?;
    for chunk in chunks(rows) {
        keep(app, scope, unit, import, chunk).await?;
    }
    let asker = scope.clone();
    app.db.write(async move |tx: &Tx<'_>| store::finish_receiving(tx, &asker, import).await).await?;
    Ok(import)
}

fn chunks(rows: Vec<CheckedRow>) -> Vec<Vec<CheckedRow>> {
    let mut rows = rows.into_iter().peekable();
    let mut chunks = Vec::new();
    while rows.peek().is_some() {
        chunks.push(rows.by_ref().take(CHUNK).collect());
    }
    chunks
}

async fn begin(app: &App, scope: &Scope, unit: UnitId, file_name: &str, digest: String) -> Result<ImportId> {
    let (at, scope, file_name) = (app.at(), scope.clone(), shown_file_name(file_name));
    app.db
        .write(async move |tx: &Tx<'_>| {
            let uploaded_by = match scope.actor() {
                Actor::Account(account) => account.raw(),
                Actor::System => 0,
            };
            let id = at.ids.next::<ImportId>();
            let new = NewImport { id, unit, file_name: &file_name, digest: &digest, uploaded_by, at: at.now };
            store::insert_import(tx, &new).await?;
            let import = store::import_of_file(tx, &scope, unit, &digest).await?;
            Ok(import.ok_or_else(Refused::not_found)?.0)
        })
        .await
}

/// The last part of a path, without marks that would disturb a page; 120 characters at most.
fn shown_file_name(name: &str) -> String {
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
        OrgRefusal::WorksElsewhere | OrgRefusal::BureauMissing | OrgRefusal::BureauUnfit | OrgRefusal::UsccTaken => {
            Column::IdentityNumber
        }
    };
    KeptRefusal::of(column, &refusal)
}
