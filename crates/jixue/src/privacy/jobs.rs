//! The erasure itself, and doing it again when an older copy of the database was put in place.
//!
//! A list of numbers, `erasures.list` in the data folder, stands outside the database: a restored copy does not know of
//! later erasures, the list does. Every start and every day takes away again what is on it.

use super::store::erasing as store;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::org;
use jixue_core::certificate::CertificateRecord;
use jixue_core::id::LearnerId;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

/// Takes away all that tells who somebody is; returns the digests of their documents. Again, it changes nothing.
pub(super) async fn erase(tx: &Tx<'_>, at: &At, learner: LearnerId, erased_at: Timestamp) -> Result<Vec<String>> {
    let Some((_, phone)) = store::sealed(tx, learner).await? else { return Ok(Vec::new()) };
    // Nobody receives them any more; otherwise leaving would be going there.
    store::withdraw_moves(tx, learner).await?;
    if let Some(unit) = store::unit(tx, learner).await? {
        let scope = Scope::system("erasure");
        org::leave_unit(tx, at, &scope, (unit, learner), at.now.business_date()).await?;
    }
    if !phone.is_empty() {
        messages(tx, at, &at.keys.open("phone", &phone)?).await?;
    }
    let mut documents = Vec::new();
    for (certificate, record, document) in store::records(tx, learner).await? {
        documents.extend(document);
        if !record.is_empty() {
            let whole = CertificateRecord::from_bytes(&record).map_err(Error::internal)?;
            store::put_record(tx, learner, certificate, &whole.without_holder().to_bytes()).await?;
        }
    }
    store::purge(tx, learner, erased_at).await?;
    Ok(documents)
}

/// Messages hold their number sealed and without an index: each of the last ninety days is opened.
async fn messages(tx: &Tx<'_>, at: &At, phone: &[u8]) -> Result<()> {
    let mut after = 0;
    loop {
        let page = store::messages(tx, after).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (message, sealed) in &page {
            if !sealed.is_empty() && at.keys.open("sms phone", sealed)? == phone {
                store::delete_message(tx, *message).await?;
            }
        }
    }
}

fn path(app: &App) -> PathBuf {
    app.config.data.join("erasures.list")
}

/// Writes a number down and flushes it.
pub(super) fn list(app: &App, learner: LearnerId) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path(app))?;
        writeln!(file, "{learner}")?;
        file.sync_all()
    };
    write().map_err(|error| Error::internal(format!("erasures.list: {error}")))
}

/// The numbers on the list; none when there is no list.
fn listed(app: &App) -> Result<BTreeSet<LearnerId>> {
    let text = match std::fs::read_to_string(path(app)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(Error::internal(format!("erasures.list: {error}"))),
    };
    Ok(text.lines().filter_map(|line| line.trim().parse().ok()).collect())
}

/// Those on the list whose data stands: an older copy of the database was put in place.
pub async fn returned(app: &App) -> Result<Vec<LearnerId>> {
    let listed = listed(app)?;
    let read = async move |tx: &Tx<'_>| {
        let mut found = Vec::new();
        for learner in &listed {
            if store::stands(tx, *learner).await? {
                found.push(*learner);
            }
        }
        Ok(found)
    };
    app.db.read_bulk(read).await
}

/// Erases again what has returned, and completes the list from the database; returns how many people went again.
pub async fn replay(app: &App) -> Result<usize> {
    complete(app).await?;
    let returned = returned(app).await?;
    for learner in &returned {
        let (at, learner) = (app.at(), *learner);
        let write = async move |tx: &Tx<'_>| erase(tx, &at, learner, at.now).await;
        for digest in app.db.write_bulk(write).await? {
            app.blobs.remove(&digest).await?;
        }
        tracing::warn!(%learner, "erased again: an older copy of the database had brought the data back");
    }
    Ok(returned.len())
}

/// What was erased and not listed, the machine having stopped in between.
async fn complete(app: &App) -> Result<()> {
    let known = listed(app)?;
    let mut after = LearnerId::from_raw(0);
    loop {
        let page = app.db.read(async move |tx: &Tx<'_>| store::erased(tx, after).await).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (learner, _) in page.iter().filter(|(learner, _)| !known.contains(learner)) {
            let learner = *learner;
            let records = app.db.read(async move |tx: &Tx<'_>| store::records(tx, learner).await).await?;
            for digest in records.into_iter().filter_map(|(_, _, document)| document) {
                app.blobs.remove(&digest).await?;
            }
            list(app, learner)?;
        }
    }
}
