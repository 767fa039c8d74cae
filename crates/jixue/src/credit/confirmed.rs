//! Hours earned elsewhere: a list that an officer uploads, looks through and confirms.
//!
//! Confirming is one row's change and a fact; the entries follow in chunks, each once, however often the job runs.

mod file;
mod pages;
mod resolve;
mod store;

pub use file::{guess, sought};
pub use pages::routes;
pub use store::CATALOGUE;

use super::ledger::{ConfirmedHours, enter_confirmed};
use crate::app::App;
use crate::at::At;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::keys::{hex, sha256};
use crate::org::roster::Grid;
use crate::org::{self, Laid, Purpose, Received, WaitingSheet};
use crate::sheet;
use bytes::Bytes;
use jixue_core::fact::Fact;
use jixue_core::id::ImportId;
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;
use jixue_core::time::Year;
use resolve::resolve;

/// Rows of one list.
pub const LINES_MAX: usize = 5_000;
/// Lines per transaction.
const CHUNK: usize = 250;
/// How often another list may be faster before the job gives way and is tried again later.
const BEATEN_MAX: usize = 5;

/// Reads a list and keeps it for a look. The same file of the same officer for the same year leads to the same list. Where
/// the header does not say which column is which, the sheet waits until somebody does ([`receive_laid`]).
pub async fn receive(app: &App, scope: &Scope, year: Year, file_name: &str, bytes: Bytes) -> Result<Received> {
    let digest = hex(&sha256(&bytes));
    if let Some(import) = known(app, scope, year, &digest).await? {
        return Ok(Received::Import(import));
    }
    let read = sheet::in_background(move || file::read(&bytes)).await?;
    if let Err(refusal) = file::complete(&read.laid) {
        if !file::could_be(&read.grid) {
            return Err(refusal);
        }
        let purpose = Purpose::ConfirmedHours(year);
        let sheet = org::keep_sheet(app, scope, purpose, (file_name, &digest), &read.grid).await?;
        return Ok(Received::Waiting(sheet));
    }
    keep(app, scope, year, (file_name, digest), (read.grid, read.laid)).await.map(Received::Import)
}

/// The same for a sheet that waited, by what somebody says of its columns. Said otherwise of the same file, it is another
/// list: the first may have been a mistake.
pub async fn receive_laid(
    app: &App,
    scope: &Scope,
    year: Year,
    waiting: &WaitingSheet,
    laid: Laid,
) -> Result<ImportId> {
    let digest = hex(&sha256(format!("{} {laid:?}", waiting.digest).as_bytes()));
    match known(app, scope, year, &digest).await? {
        Some(import) => Ok(import),
        None => keep(app, scope, year, (&waiting.file_name, digest), (waiting.grid.clone(), laid)).await,
    }
}

/// The list that a file of this officer became for a year that there is.
async fn known(app: &App, scope: &Scope, year: Year, digest: &str) -> Result<Option<ImportId>> {
    let (digest, by) = (digest.to_owned(), scope.actor().number());
    let read = async move |tx: &Tx<'_>| {
        years::year(tx, year).await?.ok_or_else(Refused::not_found)?;
        store::by_digest(tx, year, &digest, by).await
    };
    app.db.read(read).await
}

/// Checks the rows and keeps them.
async fn keep(
    app: &App,
    scope: &Scope,
    year: Year,
    (file_name, digest): (&str, String),
    (grid, laid): (Grid, Laid),
) -> Result<ImportId> {
    let (at, by) = (app.at(), scope.actor().number());
    let programme = app.db.read(async move |tx: &Tx<'_>| years::year(tx, year).await).await?;
    let measure = programme.ok_or_else(Refused::not_found)?.rules.measure();
    let rules = file::Rules { measure, today: at.now.business_date(), demo: app.config.demo };
    let keys = app.keys.clone();
    let checked = sheet::in_background(move || file::check(&grid, &laid, &keys, rules)).await?;
    let (scope, file_name) = (scope.clone(), file_name.chars().take(120).collect::<String>());
    let import = at.ids.next::<ImportId>();
    let lines = app.db.read_bulk(async move |tx: &Tx<'_>| resolve(tx, &scope, year, &checked).await).await?;
    app.db
        .write(async move |tx: &Tx<'_>| {
            let bad = lines.iter().filter(|line| !line.refusals.is_empty()).count();
            let head =
                store::Head { import, year, file_name: &file_name, digest: &digest, by, good: lines.len() - bad, bad };
            match store::insert(tx, &head, &lines, at.now).await? {
                true => Ok(import),
                // The same file came at the same moment.
                false => store::by_digest(tx, year, &digest, by).await?.ok_or_else(|| Error::internal("no list")),
            }
        })
        .await
}

/// Confirms a list in the officer's name. Again, it changes nothing.
pub async fn confirm(app: &App, scope: &Scope, import: ImportId) -> Result<()> {
    let (at, scope) = (app.at(), scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            let list = store::list(tx, &scope, import).await?.ok_or_else(Refused::not_found)?;
            if list.rows_good == 0 {
                return Err(Refused::new("confirmed.nothing_good", Kind::Conflict).into());
            }
            if !store::confirm(tx, import, scope.actor().number(), at.now).await? {
                return Ok(());
            }
            let fact = Fact::HoursConfirmed { import, file_digest: list.digest, people: list.rows_good, at: at.now };
            crate::reactions::follow(tx, &at, vec![fact]).await
        })
        .await?;
    app.outbox.wake();
    Ok(())
}

/// Enters the lines of a confirmed list, chunk by chunk; lines entered before, by this list or another, are left alone.
pub async fn credit_confirmed(app: &App, import: ImportId) -> Result<()> {
    let mut beaten = 0;
    loop {
        let at = app.at();
        match app.db.write_bulk(async move |tx: &Tx<'_>| credit_chunk(tx, &at, import).await).await {
            Ok(entered) if entered < CHUNK => return Ok(()),
            Ok(_) => {}
            // Another list entered the same hours in this moment: the next look sees them.
            Err(Error::Database(failure)) if failure.is_unique_violation() && beaten < BEATEN_MAX => beaten += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn credit_chunk(tx: &Tx<'_>, at: &At, import: ImportId) -> Result<usize> {
    let lines = store::uncredited(tx, import, CHUNK).await?;
    for line in &lines {
        if !store::credited(tx, import, line.line, at.now).await? {
            store::refuse_repeated(tx, import, line.line).await?;
            continue;
        }
        let facts = enter_confirmed(tx, at, line).await?;
        crate::reactions::follow(tx, at, facts).await?;
    }
    Ok(lines.len())
}

/// What a line becomes in the ledger.
fn hours(year: Year, import: ImportId, line: store::GoodLine) -> ConfirmedHours {
    ConfirmedHours {
        learner: line.learner,
        year,
        subject: line.subject,
        seconds: line.seconds,
        import,
        line: line.line,
        title: line.title,
        provider: line.provider,
        happened_on: line.happened_on,
    }
}
