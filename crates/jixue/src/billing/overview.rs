//! The officers' view of money: sums by state, what waits for somebody, the latest payments, the books.

use super::recount::{Recount, recount};
use super::store::money::{self, LastPaid, OpenSuspense, StateSum};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::scope::Scope;

/// How far back refused notifications are told of.
const REFUSALS_DAYS: i64 = 7;

/// What an officer sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneyOverview {
    /// Orders of payers in the officer's region.
    pub sums: Vec<StateSum>,
    pub suspense: Vec<OpenSuspense>,
    pub last_paid: Vec<LastPaid>,
    /// For the root bureau only: what belongs to no region.
    pub books: Option<Books>,
}

/// The books of all payees, and how the gateways' words came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    pub recount: Recount,
    /// Notifications not taken in, by state: pending, unreadable.
    pub inbox_left: Vec<(String, i64)>,
    /// Notifications refused in the last week, by reason.
    pub refused: Vec<(String, i64)>,
}

/// Money within the scope's region; with `is_root` also suspense that names no order of ours, and the books.
pub async fn money_overview(tx: &Tx<'_>, at: &At, scope: &Scope, is_root: bool) -> Result<MoneyOverview> {
    let mut overview = MoneyOverview {
        sums: money::sums(tx, scope).await?,
        suspense: money::suspense(tx, scope, is_root).await?,
        last_paid: money::last_paid(tx, scope).await?,
        books: None,
    };
    if is_root {
        let since = at.now.plus_days(-REFUSALS_DAYS).business_date();
        overview.books = Some(Books {
            recount: recount(tx).await?,
            inbox_left: money::inbox_left(tx).await?,
            refused: money::refused_since(tx, since).await?,
        });
    }
    Ok(overview)
}
