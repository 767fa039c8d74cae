//! SQL of looking: views are added and ended, never deleted.

use crate::db::{Tx, values};
use crate::error::Result;
use crate::org::{bounds, person_within};
use jixue_core::id::{AccountId, GrantId, LearnerId, LearnerViewId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    INSERT_VIEW = "INSERT INTO learner_view (view_id, account_id, grant_id, learner_id, region_code, purpose, began_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    END_VIEW = "UPDATE learner_view SET ended_at = $3
        WHERE view_id = $2 AND account_id = $1 AND ended_at IS NULL AND ends_at > $3";
    LOOK = "UPDATE session SET view_id = $2 WHERE token_digest = $1 AND ended_at IS NULL";
    VIEWS = "SELECT v.view_id, a.display_name, l.name, l.identity_masked, v.purpose, v.began_at, v.ends_at, v.ended_at
        FROM learner_view v JOIN account a ON a.account_id = v.account_id
        LEFT JOIN learner l ON l.learner_id = v.learner_id
        WHERE v.view_id < $1 AND (CAST($2 AS BIGINT) = 0 OR v.account_id = CAST($2 AS BIGINT))
            AND v.region_code >= $3 AND v.region_code < $4
        ORDER BY v.view_id DESC LIMIT CAST($5 AS BIGINT)";
    FOUND = concat!(
        "SELECT l.learner_id, l.name, l.identity_masked, l.phone_masked, u.name
        FROM learner l JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = e.unit_id
        WHERE (l.name = $1 OR (CAST($2 AS TEXT) <> '' AND l.phone_masked LIKE $2)) AND ",
        person_within!("$4", "$5", "$6", "$7", "$8"), " ORDER BY l.learner_id LIMIT $3"
    );
}

pub(super) struct NewView<'a> {
    pub view: LearnerViewId,
    pub account: AccountId,
    pub grant: GrantId,
    pub learner: LearnerId,
    pub region_code: &'a str,
    pub purpose: &'a str,
    pub began_at: Timestamp,
    pub ends_at: Timestamp,
}

pub(super) async fn insert(tx: &Tx<'_>, new: NewView<'_>) -> Result<()> {
    let row =
        values![new.view, new.account, new.grant, new.learner, new.region_code, new.purpose, new.began_at, new.ends_at];
    tx.execute(INSERT_VIEW, row).await.map(drop)
}

/// False when it has ended before.
pub(super) async fn end(tx: &Tx<'_>, account: AccountId, view: LearnerViewId, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(END_VIEW, values![account, view, now]).await? == 1)
}

/// Points a session to a view, or with 0 to none. False when there is no such session.
pub(super) async fn look(tx: &Tx<'_>, digest: &[u8], view: LearnerViewId) -> Result<bool> {
    Ok(tx.execute(LOOK, values![digest, view]).await? == 1)
}

/// Somebody who may be meant.
pub(super) struct Candidate {
    pub learner: LearnerId,
    pub name: String,
    pub identity: String,
    pub phone: String,
    pub unit: String,
}

/// People within reach who have this whole name, or whose phone number ends so; at most `limit`.
pub(super) async fn found(
    tx: &Tx<'_>,
    scope: &Scope,
    name: &str,
    phone_tail: &str,
    limit: i64,
) -> Result<Vec<Candidate>> {
    tx.query(FOUND, &bounds(scope, values![name, phone_tail, limit]), |row| {
        Ok(Candidate {
            learner: row.get(0)?,
            name: row.get(1)?,
            identity: row.get(2)?,
            phone: row.get(3)?,
            unit: row.get(4)?,
        })
    })
    .await
}

/// A view as the log shows it.
pub(super) struct ShownView {
    pub view: LearnerViewId,
    pub account_name: String,
    /// Nothing when the learner is no longer known.
    pub learner: Option<(String, String)>,
    pub purpose: String,
    pub began_at: Timestamp,
    pub ends_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// Views within reach, the newest first, made before `before`; of one account, or with 0 of everybody.
pub(super) async fn views(
    tx: &Tx<'_>,
    scope: &Scope,
    account: AccountId,
    before: LearnerViewId,
    limit: i64,
) -> Result<Vec<ShownView>> {
    let bounds = scope.bounds().by_region_alone();
    let row = values![before, account, bounds.region_from, bounds.region_until, limit];
    tx.query(VIEWS, row, |row| {
        let (name, identity): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        Ok(ShownView {
            view: row.get(0)?,
            account_name: row.get(1)?,
            learner: name.zip(identity),
            purpose: row.get(4)?,
            began_at: row.get(5)?,
            ends_at: row.get(6)?,
            ended_at: row.get(7)?,
        })
    })
    .await
}
