//! `jixue rekey`: seals all personal data anew with a new root key, and makes the indexes by which it is found anew.
//!
//! It works while nothing else does: sign-in finds people by those indexes. Rows are done in chunks, each in its own
//! transaction, and each row tells by its first byte which key sealed it: after a crash the same command goes on where it
//! stopped, and until it is done nothing else opens the database. Old keys stay: older backups open with them, and what
//! was promised under the first one (commitments of certificates) is kept under it.

mod store;

pub use store::CATALOGUE;

use super::admin::write_secret;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::keys::{CURRENT_FILE, Keys, UNFINISHED_FILE, random, root_file};
use crate::trail::{self, Act};
use anyhow::{Context, bail, ensure};
use base64::Engine;
use jixue_core::audit::Action;
use serde::Serialize;
use std::path::Path;

/// How many rows were sealed anew, by table.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Rekeyed {
    /// Of the key that seals from now on.
    pub generation: u8,
    pub learners: u64,
    pub account_phones: u64,
    pub messages: u64,
    pub roster_rows: u64,
    pub roster_sheets: u64,
    pub list_rows: u64,
    pub waiting_sheets: u64,
    pub confirmed_lines: u64,
    pub corrections: u64,
    pub second_factors: u64,
    pub activations: u64,
    pub registrations: u64,
    pub bindings: u64,
}

pub(super) async fn command(config: Config, stopped: bool, json: bool) -> anyhow::Result<()> {
    let done = rekey(config, stopped).await?;
    if json {
        println!("{}", serde_json::to_string(&done)?);
        return Ok(());
    }
    let rows = done.account_phones
        + done.messages
        + done.roster_rows
        + done.roster_sheets
        + done.list_rows
        + done.waiting_sheets
        + done.confirmed_lines
        + done.corrections
        + done.second_factors
        + done.activations
        + done.registrations
        + done.bindings;
    println!("key {}: {} learners and {rows} other rows sealed anew", done.generation, done.learners);
    println!(
        "Backups made before open only with the older keys: keep every root*.key, and copy the new one apart now."
    );
    Ok(())
}

/// Turns the key, or goes on with a turn that was broken off. `stopped`: the operator says that no node is running.
///
/// # Errors
/// When a node holds its number, a key file is missing, or a row cannot be opened.
pub async fn rekey(config: Config, stopped: bool) -> anyhow::Result<Rekeyed> {
    let db = Db::open(&config.database())?;
    let now = Clock::system().now();
    let nodes = db.read(async move |tx: &Tx<'_>| store::nodes(tx, now).await).await?;
    ensure!(
        stopped || nodes == 0,
        "{nodes} nodes hold a number: stop them; after a crash, when nothing is running, say --stopped"
    );
    let generation = begin(&config.keys)?;
    let keys = Keys::load_turning(&config.keys, generation)?;
    let done = Rekeyed {
        generation,
        learners: learners(&db, &keys).await?,
        account_phones: account_phones(&db, &keys).await?,
        messages: messages(&db, &keys).await?,
        roster_rows: pairs(&db, &keys, store::ROSTER_ROWS, "roster row").await?,
        roster_sheets: pairs(&db, &keys, store::ROSTER_SHEETS, "roster sheet").await?,
        waiting_sheets: pairs(&db, &keys, store::WAITING_SHEETS, "roster sheet").await?,
        list_rows: pairs(&db, &keys, store::LIST_ROWS, "list row").await?,
        confirmed_lines: pairs(&db, &keys, store::CONFIRMED_LINES, "confirmed line").await?,
        corrections: pairs(&db, &keys, store::CORRECTIONS, "correction").await?,
        second_factors: pairs(&db, &keys, store::FACTORS, "totp").await?,
        activations: requests(&db, &keys, store::ACTIVATION_REQUESTS).await?,
        registrations: requests(&db, &keys, store::REGISTRATION_REQUESTS).await?,
        bindings: bindings(&db, &keys).await?,
    };
    // Codes are good for minutes: people ask for another. Browsers known before are strangers again.
    db.write_bulk(async |tx: &Tx<'_>| store::forget(tx).await).await?;
    finish(&config.keys, generation)?;
    db.close().await;
    note(config, generation).await?;
    Ok(done)
}

/// The generation to turn to: that of a turn broken off, or the next, with its key written and flushed.
fn begin(folder: &Path) -> anyhow::Result<u8> {
    let marker = folder.join(UNFINISHED_FILE);
    if let Ok(text) = std::fs::read_to_string(&marker) {
        return text.trim().parse().with_context(|| marker.display().to_string());
    }
    let current = Keys::load(folder)?.generation();
    let Some(next) = current.checked_add(1) else { bail!("255 keys are all a sealed byte can tell apart") };
    let root = base64::engine::general_purpose::STANDARD.encode(random::<32>());
    write_secret(&folder.join(root_file(next)), &root)?;
    write_secret(&marker, &next.to_string())?;
    sync(folder)?;
    Ok(next)
}

/// From now on the new key is the current one. The new name is in place before the mark goes.
fn finish(folder: &Path, generation: u8) -> anyhow::Result<()> {
    let (new, current) = (folder.join("root.current.new"), folder.join(CURRENT_FILE));
    if new.exists() {
        std::fs::remove_file(&new)?;
    }
    write_secret(&new, &generation.to_string())?;
    std::fs::rename(&new, &current).with_context(|| current.display().to_string())?;
    sync(folder)?;
    std::fs::remove_file(folder.join(UNFINISHED_FILE))?;
    sync(folder)
}

fn sync(folder: &Path) -> anyhow::Result<()> {
    std::fs::File::open(folder)?.sync_all().with_context(|| folder.display().to_string())
}

/// The turn is an act like others. Opening the application proves that the new keys fit.
async fn note(config: Config, generation: u8) -> anyhow::Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let at = app.at();
    let act = Act::of_system(Action::Rekeyed).on("key", i64::from(generation));
    app.db.write(async move |tx: &Tx<'_>| trail::record(tx, &at, act.clone()).await.map(drop)).await?;
    crate::node::give_back(&app).await?;
    app.db.close().await;
    Ok(())
}

/// Opens with whatever key sealed it, seals with the new one.
fn again(keys: &Keys, context: &str, sealed: &[u8]) -> anyhow::Result<(Vec<u8>, String)> {
    let plain = keys.open(context, sealed)?;
    let text = String::from_utf8(plain.clone()).unwrap_or_default();
    Ok((keys.seal(context, &plain), text))
}

async fn learners(db: &Db, keys: &Keys) -> anyhow::Result<u64> {
    let (mut after, mut count) = (0, 0);
    loop {
        let generation = keys.generation();
        let page = db.read_bulk(async move |tx: &Tx<'_>| store::learners(tx, after, generation).await).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.learner;
        count += page.len() as u64;
        let mut turned = Vec::with_capacity(page.len());
        for row in &page {
            let (identity_sealed, identity) = again(keys, "identity", &row.identity_sealed)?;
            let (phone_sealed, phone) = again(keys, "phone", &row.phone_sealed)?;
            turned.push(store::TurnedLearner {
                learner: row.learner,
                identity_sealed,
                identity_index: keys.blind_index("identity", &identity),
                phone_sealed,
                phone_index: keys.blind_index("phone", &phone),
            });
        }
        db.write_bulk(async move |tx: &Tx<'_>| {
            for row in &turned {
                store::turn_learner(tx, row).await?;
            }
            Ok(())
        })
        .await?;
    }
}

async fn account_phones(db: &Db, keys: &Keys) -> anyhow::Result<u64> {
    let mut count = 0;
    loop {
        let generation = keys.generation();
        let page = db.read_bulk(async move |tx: &Tx<'_>| store::account_phones(tx, generation).await).await?;
        if page.is_empty() {
            return Ok(count);
        }
        count += page.len() as u64;
        let mut turned = Vec::with_capacity(page.len());
        for (account, sealed) in &page {
            let (sealed, phone) = again(keys, "phone", sealed)?;
            turned.push((*account, sealed, keys.blind_index("phone", &phone)));
        }
        db.write_bulk(async move |tx: &Tx<'_>| {
            for (account, sealed, index) in &turned {
                store::turn_account_phone(tx, *account, sealed, index).await?;
            }
            Ok(())
        })
        .await?;
    }
}

async fn bindings(db: &Db, keys: &Keys) -> anyhow::Result<u64> {
    let mut count = 0;
    loop {
        let generation = keys.generation();
        let page = db.read_bulk(async move |tx: &Tx<'_>| store::bindings(tx, generation).await).await?;
        if page.is_empty() {
            return Ok(count);
        }
        count += page.len() as u64;
        let mut turned = Vec::with_capacity(page.len());
        for (binding, sealed) in &page {
            let (sealed, who) = again(keys, "binding", sealed)?;
            let (name, union) = who.rsplit_once('\n').context("a binding without its lines")?;
            turned.push(store::TurnedBinding {
                binding: *binding,
                sealed,
                subject_index: keys.blind_index("binding", name),
                union_index: (!union.is_empty()).then(|| keys.blind_index("unionid", union)),
            });
        }
        db.write_bulk(async move |tx: &Tx<'_>| {
            for row in &turned {
                store::turn_binding(tx, row).await?;
            }
            Ok(())
        })
        .await?;
    }
}

async fn messages(db: &Db, keys: &Keys) -> anyhow::Result<u64> {
    let mut count = 0;
    loop {
        let generation = keys.generation();
        let page = db.read_bulk(async move |tx: &Tx<'_>| store::messages(tx, generation).await).await?;
        if page.is_empty() {
            return Ok(count);
        }
        count += page.len() as u64;
        let mut turned = Vec::with_capacity(page.len());
        for (message, phone, parameters) in &page {
            let (phone, _) = again(keys, "sms phone", phone)?;
            let (parameters, _) = again(keys, "sms parameters", parameters)?;
            turned.push((*message, phone, parameters));
        }
        db.write_bulk(async move |tx: &Tx<'_>| {
            for (message, phone, parameters) in &turned {
                store::turn_message(tx, *message, phone, parameters).await?;
            }
            Ok(())
        })
        .await?;
    }
}

/// Rows of a list: one sealed column under a key of two numbers.
async fn pairs(db: &Db, keys: &Keys, list: store::List, context: &'static str) -> anyhow::Result<u64> {
    let mut count = 0;
    loop {
        let generation = keys.generation();
        let page = db.read_bulk(async move |tx: &Tx<'_>| store::list(tx, list, generation).await).await?;
        if page.is_empty() {
            return Ok(count);
        }
        count += page.len() as u64;
        let mut turned = Vec::with_capacity(page.len());
        for (import, number, sealed) in &page {
            turned.push((*import, *number, again(keys, context, sealed)?.0));
        }
        db.write_bulk(async move |tx: &Tx<'_>| {
            for (import, number, sealed) in &turned {
                store::turn_list(tx, list, *import, *number, sealed).await?;
            }
            Ok(())
        })
        .await?;
    }
}

async fn requests(db: &Db, keys: &Keys, kind: store::Requests) -> anyhow::Result<u64> {
    let mut count = 0;
    loop {
        let generation = keys.generation();
        let page = db.read_bulk(async move |tx: &Tx<'_>| store::requests(tx, kind, generation).await).await?;
        if page.is_empty() {
            return Ok(count);
        }
        count += page.len() as u64;
        let mut turned = Vec::with_capacity(page.len());
        for (request, phone, identity) in &page {
            let (sealed, phone) = again(keys, "phone", phone)?;
            let identity = identity.as_deref().map(|sealed| again(keys, "identity", sealed)).transpose()?;
            turned.push(((*request, sealed, identity.map(|(sealed, _)| sealed)), keys.blind_index("phone", &phone)));
        }
        db.write_bulk(async move |tx: &Tx<'_>| {
            for (row, index) in &turned {
                store::turn_request(tx, kind, row, index).await?;
            }
            Ok(())
        })
        .await?;
    }
}
