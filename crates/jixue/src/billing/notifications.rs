//! What gateways tell us by themselves: verified, kept exactly as it came, then taken in.

use super::jobs::{Incoming, settle};
use super::store::inbox;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::sha256;
use crate::web::limits::Rate;
use axum::http::HeaderMap;
use jixue_core::billing::Outcome;
use jixue_core::id::NotificationId;
use jixue_core::time::Timestamp;
use jixue_gateways::wechat_pay::{NotificationHeaders, Notified, VerifiedNotification, VerifyError};

/// How often refused notifications are written down and told of, for each reason. Beyond it they are refused silently:
/// a stranger who sends a million must fill neither disk nor log.
const REFUSALS: Rate = Rate { purpose: "refused notification", burst: 20, refill_ms: 3_000 };

/// A notification as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    pub received_at: Timestamp,
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Raw {
    pub fn new(received_at: Timestamp, path: &str, headers: &HeaderMap, body: Vec<u8>) -> Self {
        let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        Self { received_at, method: "POST".to_owned(), path: path.to_owned(), headers, body }
    }

    /// Digest of what the gateway signed: timestamp, nonce and body. A copy with other headers around it is a copy.
    pub(super) fn digest(&self) -> [u8; 32] {
        let value = |name| self.headers.value(name).unwrap_or_default();
        let signed = [value("Wechatpay-Timestamp").as_bytes(), value("Wechatpay-Nonce").as_bytes(), &self.body];
        sha256(&signed.join(&b'\n'))
    }
}

/// What became of a notification that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Its money is booked, or was before.
    Booked(Outcome),
    /// It is on record and will be taken in: the database was busy, or the payee is not there yet.
    Kept,
    /// Truly the gateway's and not about money that came.
    NotMoney,
    /// Not believed; nothing is kept of it.
    Refused(VerifyError),
    /// Truly the gateway's and not to be opened with our key: kept for a person to look at, and to be sent again.
    Unreadable(VerifyError),
}

/// Checks a notification at the moment it was received; a stored one is read with the same eyes.
pub(super) fn verify(app: &App, raw: &Raw) -> Result<VerifiedNotification, VerifyError> {
    let gateway = app.wechat_pay.as_ref().ok_or(VerifyError::UnknownSerial)?;
    gateway.notification(&raw.headers, &raw.body, raw.received_at)
}

/// Hears a notification: nothing is answered with a yes before it is on record.
///
/// # Errors
/// The record could not be made: the gateway must send it again.
pub async fn hear(app: &App, raw: Raw) -> Result<Heard> {
    match verify(app, &raw) {
        Ok(verified) => {
            let (state, money) = match verified.notified {
                Notified::Payment(proof) => ("pending", Some((proof, false))),
                Notified::Foreign { proof, .. } => ("pending", Some((proof, true))),
                Notified::Other => ("done", None),
            };
            let kept = keep(app, raw, state).await?;
            match money {
                Some((proof, foreign)) => take_in(app, Incoming { proof, foreign, notification: Some(kept) }).await,
                None => Ok(Heard::NotMoney),
            }
        }
        Err(error @ (VerifyError::Sealed | VerifyError::Malformed)) => {
            tracing::error!(%error, "the gateway's own notification cannot be read: check the APIv3 key");
            keep(app, raw, "unreadable").await?;
            Ok(Heard::Unreadable(error))
        }
        Err(error) => {
            note_refusal(app, error).await;
            Ok(Heard::Refused(error))
        }
    }
}

async fn keep(app: &App, raw: Raw, state: &'static str) -> Result<NotificationId> {
    let id: NotificationId = app.ids.next();
    let gateway = app.wechat_pay.as_ref().ok_or_else(|| Error::internal("no gateway is configured"))?;
    let merchant = gateway.account().mchid().to_owned();
    app.db.write(async move |tx: &Tx<'_>| inbox::keep(tx, id, &merchant, &raw, state).await).await
}

/// Takes it in at once. What fails now is on record, and the sweep takes it in.
async fn take_in(app: &App, incoming: Incoming) -> Result<Heard> {
    match settle(app, incoming).await {
        Ok(outcome) => Ok(Heard::Booked(outcome)),
        Err(error) => {
            tracing::error!(%error, "verified money could not be booked at once");
            Ok(Heard::Kept)
        }
    }
}

/// Counts a refusal by day and reason. The gateway's own probes are no alarm.
async fn note_refusal(app: &App, error: VerifyError) {
    let now = app.clock.now();
    let reason = reason_code(error);
    if error == VerifyError::SignatureProbe || app.limits.take(REFUSALS, &reason, now).is_err() {
        return;
    }
    tracing::warn!(reason, "a notification was refused");
    let day = now.business_date();
    let counted = app.db.write_bulk(async move |tx: &Tx<'_>| inbox::count_refused(tx, day, reason, now).await);
    if let Err(error) = counted.await {
        tracing::warn!(%error, "a refusal was not counted");
    }
}

fn reason_code(error: VerifyError) -> &'static str {
    match error {
        VerifyError::SignatureProbe => "probe",
        VerifyError::Headers => "headers",
        VerifyError::Stale => "stale",
        VerifyError::UnknownSerial => "unknown_serial",
        VerifyError::Signature => "signature",
        VerifyError::Sealed => "sealed",
        VerifyError::Malformed => "malformed",
    }
}
