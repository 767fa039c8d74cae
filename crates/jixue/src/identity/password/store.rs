//! SQL of passwords, of the account itself.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::AccountId;

crate::db::statements! {
    SET_PASSWORD = "UPDATE account SET password_hash = $2 WHERE account_id = $1 AND disabled_at IS NULL";
    LOGIN_OF = "SELECT login FROM account WHERE account_id = $1";
}

pub(in super::super) async fn set_password(tx: &Tx<'_>, account: AccountId, hash: Option<&str>) -> Result<()> {
    tx.execute(SET_PASSWORD, values![account, hash]).await.map(drop)
}

pub(super) async fn login_of(tx: &Tx<'_>, account: AccountId) -> Result<Option<String>> {
    let found: Option<Option<String>> = tx.query_optional(LOGIN_OF, values![account], |row| row.get(0)).await?;
    Ok(found.flatten())
}
