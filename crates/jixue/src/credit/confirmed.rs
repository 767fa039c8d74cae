//! Hours earned elsewhere: a list that an officer uploads, looks through and confirms.
//!
//! Confirming is one row's change and a fact; the entries follow in chunks, each once, however often the job runs.

mod file;
mod pages;
mod resolve;
mod store;

pub use pages::routes;
pub use store::CATALOGUE;

use super::ledger::{ConfirmedHours, enter_confirmed};
use crate::app::App;
use crate::at::At;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::keys::{hex, sha256};
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

/// Reads a list and keeps it for a look. The same file of the same officer for the same year leads to the same list.
pub async fn receive(app: &App, scope: &Scope, year: Year, file_name: &str, bytes: Bytes) -> Result<ImportId> {
    let digest = hex(&sha256(&bytes));
    let (known_digest, at, by) = (digest.clone(), app.at(), scope.actor().number());
    let (programme, known) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            Ok((years::year(tx, year).await?, store::by_digest(tx, year, &known_digest, by).await?))
        })
        .await?;
    if let Some(import) = known {
        return Ok(import);
    }
    let programme = programme.ok_or_else(Refused::not_found)?;
    let (keys, today, demo) = (app.keys.clone(), at.now.business_date(), app.config.demo);
    let measure = programme.rules.measure();
    let checked = sheet::in_background(move || file::check(&bytes, &keys, measure, today, demo)).await?;
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
