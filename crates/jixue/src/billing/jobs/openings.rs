//! Opening the paid seats of a unit's order, in chunks that run again without harm.

use crate::app::App;
use crate::at::At;
use crate::billing::orders::whole;
use crate::billing::payees::receipt_of;
use crate::billing::store::{ledger, orders, seats};
use crate::db::Tx;
use crate::error::Result;
use jixue_core::billing::{self, OPENING_CHUNK_MAX};
use jixue_core::id::{LedgerEntryId, OrderId, PayerId};
use jixue_core::scope::Scope;

/// Half of what the rule allows: each seat is some five rows, and people wait between chunks.
const CHUNK: usize = OPENING_CHUNK_MAX / 2;

/// Opens the paid seats of an order that are not open yet.
pub async fn open_seats(app: &App, payer: PayerId, order: OrderId) -> Result<()> {
    loop {
        let at = app.at();
        let opened = app.db.write_bulk(async move |tx: &Tx<'_>| open_chunk(tx, &at, (payer, order)).await).await?;
        if opened < CHUNK {
            return Ok(());
        }
    }
}

/// Opens one chunk; returns how many seats. A seat is marked by one transaction only, so nothing opens twice.
async fn open_chunk(tx: &Tx<'_>, at: &At, key: (PayerId, OrderId)) -> Result<usize> {
    let Some(head) = orders::head(tx, &Scope::system("open seats"), key.0, key.1).await? else {
        return Ok(0);
    };
    let chunk = seats::take_chunk(tx, key, at.now, CHUNK as i64).await?;
    if chunk.is_empty() {
        return Ok(0);
    }
    let payee = head.payee;
    let receipt = receipt_of(tx, payee).await?;
    let order = whole(tx, head).await?;
    let opening = billing::open_seats(&order, &chunk, receipt, at.now)?;
    if let Some(entry) = &opening.entry {
        let about = ledger::About { order: Some(key), trade_no: None };
        ledger::insert(tx, payee, at.ids.next::<LedgerEntryId>(), entry, about, at.now).await?;
    }
    crate::reactions::follow(tx, at, opening.facts).await?;
    Ok(chunk.len())
}
