//! SQL of the inbox of notifications.

use crate::billing::notifications::Raw;
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::id::NotificationId;
use jixue_core::time::{BusinessDate, Timestamp};

crate::db::statements! {
    INSERT_RAW = "INSERT INTO notification_inbox (notification_id, channel, merchant, received_at, method, path, headers, body,
            digest, state)
        VALUES ($1, 'wechat_pay', $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (digest) DO NOTHING";
    ID_OF_DIGEST = "SELECT notification_id FROM notification_inbox WHERE digest = $1";
    PENDING = "SELECT received_at, method, path, headers, body FROM notification_inbox
        WHERE notification_id = $1 AND state = 'pending'";
    LEFT_PENDING = "SELECT notification_id FROM notification_inbox WHERE state = 'pending' AND received_at <= $1
        ORDER BY notification_id LIMIT 200";
    TAKEN = "UPDATE notification_inbox SET state = $2, outcome = $3, processed_at = $4
        WHERE notification_id = $1 AND state = 'pending'";
    COUNT_REFUSED = "INSERT INTO notification_refusal (channel, day, reason, refused, last_at) VALUES ('wechat_pay', $1, $2, 1, $3)
        ON CONFLICT (channel, day, reason) DO UPDATE SET refused = notification_refusal.refused + 1, last_at = excluded.last_at";
}

/// Keeps a notification as it came; the number of the row that has these bytes, an earlier one if they came before.
pub(in crate::billing) async fn keep(
    tx: &Tx<'_>,
    id: NotificationId,
    merchant: &str,
    raw: &Raw,
    state: &str,
) -> Result<NotificationId> {
    let headers = serde_json::to_string(&raw.headers).map_err(Error::internal)?;
    let digest = raw.digest();
    let row = values![id, merchant, raw.received_at, &raw.method, &raw.path, headers, &raw.body, digest, state];
    match tx.execute(INSERT_RAW, row).await? {
        0 => tx.query_value(ID_OF_DIGEST, values![digest]).await,
        _ => Ok(id),
    }
}

/// A notification that is still to be taken in.
pub(in crate::billing) async fn pending(tx: &Tx<'_>, id: NotificationId) -> Result<Option<Raw>> {
    tx.query_optional(PENDING, values![id], |row: &Row<'_>| {
        let headers: String = row.get(3)?;
        Ok(Raw {
            received_at: row.get(0)?,
            method: row.get(1)?,
            path: row.get(2)?,
            headers: serde_json::from_str(&headers).map_err(Error::internal)?,
            body: row.get(4)?,
        })
    })
    .await
}

/// Notifications that came before `before` and were not taken in.
pub(in crate::billing) async fn left_pending(tx: &Tx<'_>, before: Timestamp) -> Result<Vec<NotificationId>> {
    tx.query(LEFT_PENDING, values![before], |row| row.get(0)).await
}

/// Notes what became of a notification.
pub(in crate::billing) async fn taken(
    tx: &Tx<'_>,
    id: NotificationId,
    state: &str,
    outcome: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(TAKEN, values![id, state, outcome, now]).await.map(drop)
}

pub(in crate::billing) async fn count_refused(
    tx: &Tx<'_>,
    day: BusinessDate,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(COUNT_REFUSED, values![day, reason, now]).await.map(drop)
}
