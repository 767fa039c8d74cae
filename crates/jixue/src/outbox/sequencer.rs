//! Numbers and links facts, book by book. One node at a time does it, under a lease.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::fact::{chain, digest};
use std::collections::BTreeMap;

const LEASE_MS: i64 = 10_000;

/// Numbers at most 500 facts; returns how many.
pub async fn sequence_once(app: &App) -> Result<usize> {
    let (now, holder) = (app.clock.now(), app.node_name());
    app.db
        .write_bulk(async move |tx: &Tx<'_>| {
            if !store::take_lease(tx, "fact sequencer", &holder, now.plus_ms(LEASE_MS), now).await? {
                return Ok(0);
            }
            let facts = store::unsequenced(tx).await?;
            let mut ends: BTreeMap<String, (i64, [u8; 32])> = BTreeMap::new();
            for fact in &facts {
                let (seq, link) = match ends.get(&fact.book) {
                    Some(end) => *end,
                    None => start_of(store::book_end(tx, &fact.book).await?),
                };
                let link = chain(&link, &fixed(&fact.digest));
                store::number_fact(tx, fact, seq + 1, &link).await?;
                ends.insert(fact.book.clone(), (seq + 1, link));
            }
            for (book, (seq, link)) in &ends {
                store::set_book_end(tx, book, *seq, link).await?;
            }
            Ok(facts.len())
        })
        .await
}

fn start_of(end: Option<(i64, Vec<u8>)>) -> (i64, [u8; 32]) {
    end.map_or((0, [0; 32]), |(seq, link)| (seq, fixed(&link)))
}

/// Digests are 32 bytes; a shorter one from a damaged row cannot match any chain, so zeros serve.
fn fixed(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or([0; 32])
}

/// Walks a book from its start. `Ok(n)`: all `n` facts are as they were linked. `Err(seq)`: the first bad number.
pub async fn verify_book(app: &App, book: &str) -> Result<Result<i64, i64>> {
    let (mut seq, mut link) = (0, [0; 32]);
    loop {
        let (name, after) = (book.to_owned(), seq);
        let page = app.db.read(async move |tx: &Tx<'_>| store::book_page(tx, &name, after).await).await?;
        if page.is_empty() {
            let name = book.to_owned();
            let end = app.db.read(async move |tx: &Tx<'_>| store::book_end(tx, &name).await).await?;
            // What was cut off at the end leaves a whole chain; the book's own end tells that it was longer.
            let whole = start_of(end);
            return Ok(if whole == (seq, link) || whole.0 < seq { Ok(seq) } else { Err(seq + 1) });
        }
        for fact in page {
            link = chain(&link, &digest(&fact.kind, &fact.body));
            let sound = fact.seq == seq + 1 && fact.digest == digest(&fact.kind, &fact.body) && fact.link == link;
            if !sound {
                return Ok(Err(seq + 1));
            }
            seq = fact.seq;
        }
    }
}

/// Every book that has a numbered fact.
pub async fn books(app: &App) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    loop {
        let after = all.last().cloned().unwrap_or_default();
        let page = app.db.read_bulk(async move |tx: &Tx<'_>| store::books(tx, &after).await).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
