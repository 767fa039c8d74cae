//! SQL of the books: entries are inserted, never changed; sums are read from them.

use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::billing::Entry;
use jixue_core::id::{BaseId, LedgerEntryId, OrderId, PayerId};
use jixue_core::money::Fen;
use jixue_core::time::Timestamp;

crate::db::statements! {
    INSERT_ENTRY = "INSERT INTO ledger_entry (base_id, entry_id, event, payer_id, order_id, trade_no, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    INSERT_LINE = "INSERT INTO ledger_line (base_id, entry_id, line_no, account, debit_fen, credit_fen)
        VALUES ($1, $2, $3, $4, $5, $6)";
    BALANCES = "SELECT base_id, account, CAST(SUM(debit_fen) AS BIGINT), CAST(SUM(credit_fen) AS BIGINT) FROM ledger_line
        GROUP BY base_id, account ORDER BY base_id, account LIMIT 2000";
    UNBALANCED = "SELECT base_id, entry_id FROM ledger_line GROUP BY base_id, entry_id
        HAVING SUM(debit_fen) <> SUM(credit_fen) OR COUNT(*) < 2 ORDER BY base_id, entry_id LIMIT 20";
    WITHOUT_LINES = "SELECT e.base_id, e.entry_id FROM ledger_entry e WHERE NOT EXISTS (
            SELECT 1 FROM ledger_line l WHERE l.base_id = e.base_id AND l.entry_id = e.entry_id)
        ORDER BY e.base_id, e.entry_id LIMIT 20";
    OPEN_SUSPENSE = "SELECT base_id, CAST(SUM(amount_fen) AS BIGINT) FROM suspense
        WHERE state = 'open' AND currency = 'CNY' AND amount_fen > 0 GROUP BY base_id ORDER BY base_id LIMIT 200";
    UNOPENED = "SELECT o.base_id, CAST(SUM(l.amount_fen) AS BIGINT) FROM order_line l
        JOIN purchase_order o ON o.payer_id = l.payer_id AND o.order_id = l.order_id
        WHERE l.state = 'paid' GROUP BY o.base_id ORDER BY o.base_id LIMIT 200";
    RECEIVED = "SELECT channel, merchant, CAST(SUM(amount_fen) AS BIGINT) FROM gateway_trade
        WHERE currency = 'CNY' AND amount_fen > 0 GROUP BY channel, merchant ORDER BY channel, merchant LIMIT 200";
}

/// What an entry is about, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::billing) struct About<'a> {
    pub order: Option<(PayerId, OrderId)>,
    pub trade_no: Option<&'a str>,
}

pub(in crate::billing) async fn insert(
    tx: &Tx<'_>,
    base: BaseId,
    id: LedgerEntryId,
    entry: &Entry,
    about: About<'_>,
    now: Timestamp,
) -> Result<()> {
    let (payer, order) = about.order.map_or((None, None), |(payer, order)| (Some(payer), Some(order)));
    let row = values![base, id, entry.reason().code(), payer, order, about.trade_no, now];
    tx.execute(INSERT_ENTRY, row).await?;
    for (number, line) in (1_i64..).zip(entry.lines()) {
        let row = values![base, id, number, line.account.code(), line.debit, line.credit];
        tx.execute(INSERT_LINE, row).await?;
    }
    Ok(())
}

/// Both sides of an account of a base's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSums {
    pub base: BaseId,
    /// As in `jixue_core::billing::Account::code`.
    pub account: String,
    pub debit: Fen,
    pub credit: Fen,
}

pub(in crate::billing) async fn balances(tx: &Tx<'_>) -> Result<Vec<AccountSums>> {
    tx.query(BALANCES, values![], |row: &Row<'_>| {
        Ok(AccountSums { base: row.get(0)?, account: row.get(1)?, debit: row.get(2)?, credit: row.get(3)? })
    })
    .await
}

/// Entries that do not balance, or have no lines: at most 40.
pub(in crate::billing) async fn damaged(tx: &Tx<'_>) -> Result<Vec<(BaseId, LedgerEntryId)>> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let mut found = tx.query(UNBALANCED, values![], read).await?;
    found.extend(tx.query(WITHOUT_LINES, values![], read).await?);
    Ok(found)
}

/// Open suspense in renminbi, by base.
pub(in crate::billing) async fn open_suspense(tx: &Tx<'_>) -> Result<Vec<(BaseId, Fen)>> {
    tx.query(OPEN_SUSPENSE, values![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Paid seats that are not open yet, by base.
pub(in crate::billing) async fn unopened(tx: &Tx<'_>) -> Result<Vec<(BaseId, Fen)>> {
    tx.query(UNOPENED, values![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// What verified trades brought, by channel and merchant account.
pub(in crate::billing) async fn received(tx: &Tx<'_>) -> Result<Vec<(String, String, Fen)>> {
    tx.query(RECEIVED, values![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
}
