//! SQL of saved filters. Every row is one account's, and every statement asks for the account.

use super::{Listed, SavedView};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::id::{AccountId, SavedViewId};
use jixue_core::time::Timestamp;

crate::db::statements! {
    VIEWS = "SELECT view_id, list, name, query, is_start, 0 FROM saved_view
        WHERE account_id = $1 AND list = $2 AND deleted_at IS NULL ORDER BY view_id LIMIT 50";
    VIEW = "SELECT view_id, list, name, query, is_start, CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END
        FROM saved_view WHERE account_id = $1 AND view_id = $2";
    INSERT_VIEW = "INSERT INTO saved_view (account_id, view_id, list, name, query) VALUES ($1, $2, $3, $4, $5)";
    UPDATE_VIEW = "UPDATE saved_view SET name = $3, is_start = $4 WHERE account_id = $1 AND view_id = $2";
    CLEAR_START = "UPDATE saved_view SET is_start = 0 WHERE account_id = $1 AND list = $2 AND is_start = 1";
    SET_DELETED = "UPDATE saved_view SET deleted_at = $3, is_start = 0 WHERE account_id = $1 AND view_id = $2";
    FORGET_VIEWS = "DELETE FROM saved_view WHERE account_id = $1 AND deleted_at < $2";
}

fn saved_view(row: &Row<'_>) -> Result<SavedView> {
    let code: String = row.get(1)?;
    Ok(SavedView {
        id: row.get(0)?,
        list: Listed::from_code(&code).ok_or_else(|| Error::internal(format!("a list {code:?}")))?,
        name: row.get(2)?,
        filter: row.get(3)?,
        is_start: row.get(4)?,
        is_deleted: row.get(5)?,
    })
}

pub(super) async fn views(tx: &Tx<'_>, account: AccountId, list: Listed) -> Result<Vec<SavedView>> {
    tx.query(VIEWS, values![account, list.code()], saved_view).await
}

pub(super) async fn view(tx: &Tx<'_>, account: AccountId, id: SavedViewId) -> Result<Option<SavedView>> {
    tx.query_optional(VIEW, values![account, id], saved_view).await
}

pub(super) async fn insert(tx: &Tx<'_>, account: AccountId, view: &SavedView) -> Result<()> {
    let values = values![account, view.id, view.list.code(), &view.name, &view.filter];
    tx.execute(INSERT_VIEW, values).await.map(drop)
}

pub(super) async fn update(tx: &Tx<'_>, account: AccountId, id: SavedViewId, name: &str, is_start: bool) -> Result<()> {
    tx.execute(UPDATE_VIEW, values![account, id, name, i64::from(is_start)]).await.map(drop)
}

pub(super) async fn clear_start(tx: &Tx<'_>, account: AccountId, list: Listed) -> Result<()> {
    tx.execute(CLEAR_START, values![account, list.code()]).await.map(drop)
}

pub(super) async fn set_deleted(tx: &Tx<'_>, account: AccountId, id: SavedViewId, at: Option<Timestamp>) -> Result<()> {
    tx.execute(SET_DELETED, values![account, id, at]).await.map(drop)
}

/// Removes what was deleted before `then` for good.
pub(super) async fn forget(tx: &Tx<'_>, account: AccountId, then: Timestamp) -> Result<()> {
    tx.execute(FORGET_VIEWS, values![account, then]).await.map(drop)
}
