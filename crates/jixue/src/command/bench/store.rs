//! SQL of the benchmark: it counts what the server has done.

use crate::db::{Tx, values};
use crate::error::Result;

crate::db::statements! {
    ISSUED = "SELECT issued_at FROM certificate WHERE state = 'issued' AND issued_at IS NOT NULL";
}

/// When each certificate of the temporary city was issued, epoch milliseconds.
pub(super) async fn issued(tx: &Tx<'_>) -> Result<Vec<i64>> {
    tx.query(ISSUED, values![], |row| row.get(0)).await
}
