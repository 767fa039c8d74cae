//! Two persons who decide together must be two: neither has their right from the other.

use super::store;
use crate::db::Tx;
use crate::error::Result;
use crate::web::Caller;
use jixue_core::id::AccountId;
use jixue_core::time::Timestamp;

/// Whether who asks may be the second person after `first`, in what was begun then.
///
/// Not when one gave the other a grant or stands in for the other, nor in a hat given after it was begun: else one
/// person makes the other. The operator's command is account 0, which gives the first grants of all and is nobody.
pub async fn is_independent(tx: &Tx<'_>, second: &Caller, first: AccountId, begun_at: Timestamp) -> Result<bool> {
    Ok(first != second.account && !store::tied(tx, first, (second.account, second.grant), begun_at).await?)
}
