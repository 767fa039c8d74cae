//! The only place where WeChat Pay's word becomes a [`Proof`].
//!
//! A notification is believed when its serial is known, its time is ours, its signature verifies and its sealed part
//! opens. What it says is then carried on even if it does not fit: money that arrived is never refused, the ledger
//! books it to suspense.

use super::account::MerchantAccount;
use super::transaction::Transaction;
use jixue_core::money::Fen;
use jixue_core::proof::{Channel, Proof};
use jixue_core::time::Timestamp;
use jixue_standards::wechat_sign::{CLOCK_SKEW_SECONDS_MAX, Resource, SIGNATURE_PROBE, answer_message, header};
use reqwest::header::HeaderMap;
use serde::Deserialize;

/// Headers by name, whatever holds them: a live request, or the rows of the inbox when a stored one is read again.
pub trait NotificationHeaders {
    /// The value under `name`, compared without regard to case; `None` when absent or not text.
    fn value(&self, name: &str) -> Option<&str>;
}

impl NotificationHeaders for HeaderMap {
    fn value(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str().ok()
    }
}

impl NotificationHeaders for [(String, String)] {
    fn value(&self, name: &str) -> Option<&str> {
        let found = self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl NotificationHeaders for Vec<(String, String)> {
    fn value(&self, name: &str) -> Option<&str> {
        self.as_slice().value(name)
    }
}

/// Why a notification or an answer is not believed. None of these leaves a trace in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The gateway tests whether we verify at all: refuse with 4xx and raise no alarm.
    #[error("signature probe")]
    SignatureProbe,
    #[error("a signature header is missing or malformed")]
    Headers,
    #[error("timestamp is too far from our clock")]
    Stale,
    #[error("serial of an unknown key")]
    UnknownSerial,
    #[error("signature does not verify")]
    Signature,
    /// The signature is the gateway's, but the APIv3 key does not open what it sent: look at the configuration.
    #[error("sealed part does not open")]
    Sealed,
    /// Truly the gateway's and not in the form we know: keep the raw message and look at it.
    #[error("message is not of a known form")]
    Malformed,
}

/// What a believed notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notified {
    /// Money arrived at this merchant, through this app.
    Payment(Proof),
    /// Money truly arrived, at another merchant number or through another app than configured: book it to suspense.
    Foreign { proof: Proof, appid: String },
    /// Not about money arriving, such as a refund's progress; see the event type.
    Other,
}

impl Notified {
    /// The proof of money, wherever it arrived.
    pub fn proof(&self) -> Option<&Proof> {
        match self {
            Self::Payment(proof) | Self::Foreign { proof, .. } => Some(proof),
            Self::Other => None,
        }
    }
}

/// A believed notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedNotification {
    /// The gateway's number of the notification, the same each time it is repeated.
    pub id: String,
    /// `TRANSACTION.SUCCESS`, `REFUND.SUCCESS`, …
    pub event_type: String,
    /// Our number of the payment attempt.
    pub out_trade_no: String,
    pub notified: Notified,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    event_type: String,
    resource: Resource,
}

#[derive(Deserialize)]
struct Numbered {
    out_trade_no: String,
}

/// Checks a notification exactly as received at `now`.
///
/// # Errors
/// Says which check failed. A failed check never says anything about money.
pub fn notification<H: NotificationHeaders + ?Sized>(
    account: &MerchantAccount,
    headers: &H,
    body: &[u8],
    now: Timestamp,
) -> Result<VerifiedNotification, VerifyError> {
    signature(account, headers, body, now)?;
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| VerifyError::Malformed)?;
    let plain = account.apiv3_key.open(&envelope.resource).map_err(|_| VerifyError::Sealed)?;
    let numbered: Numbered = serde_json::from_slice(&plain).map_err(|_| VerifyError::Malformed)?;
    let notified = match envelope.resource.original_type.as_str() {
        "transaction" => paid(account, &plain)?,
        _ => Notified::Other,
    };
    Ok(VerifiedNotification {
        id: envelope.id,
        event_type: envelope.event_type,
        out_trade_no: numbered.out_trade_no,
        notified,
    })
}

/// Checks that `body` was signed by the gateway near `now`: for notifications and for answers alike.
///
/// # Errors
/// Says which check failed.
pub fn signature<H: NotificationHeaders + ?Sized>(
    account: &MerchantAccount,
    headers: &H,
    body: &[u8],
    now: Timestamp,
) -> Result<(), VerifyError> {
    let value = |name| headers.value(name).ok_or(VerifyError::Headers);
    let signature = value(header::SIGNATURE)?;
    if signature.contains(SIGNATURE_PROBE) {
        return Err(VerifyError::SignatureProbe);
    }
    let (timestamp, nonce) = (value(header::TIMESTAMP)?, value(header::NONCE)?);
    let seconds: i64 = timestamp.parse().map_err(|_| VerifyError::Headers)?;
    let skew = seconds.saturating_sub(now.0.div_euclid(1_000));
    if !(-CLOCK_SKEW_SECONDS_MAX..=CLOCK_SKEW_SECONDS_MAX).contains(&skew) {
        return Err(VerifyError::Stale);
    }
    account
        .platform_key(value(header::SERIAL)?)
        .ok_or(VerifyError::UnknownSerial)?
        .verify(&answer_message(timestamp, nonce, body), signature)
        .map_err(|_| VerifyError::Signature)
}

fn paid(account: &MerchantAccount, plain: &[u8]) -> Result<Notified, VerifyError> {
    let transaction: Transaction = serde_json::from_slice(plain).map_err(|_| VerifyError::Malformed)?;
    if !transaction.trade_state.is_paid() {
        return Ok(Notified::Other);
    }
    let proof = proof(&transaction)?;
    if transaction.mchid == account.mchid && transaction.appid == account.appid {
        Ok(Notified::Payment(proof))
    } else {
        Ok(Notified::Foreign { proof, appid: transaction.appid })
    }
}

/// The proof in a paid transaction whose bytes were verified by the caller.
///
/// # Errors
/// [`VerifyError::Malformed`] when a paid transaction lacks its number, time or amount.
pub(super) fn proof(transaction: &Transaction) -> Result<Proof, VerifyError> {
    let malformed = VerifyError::Malformed;
    let trade_no = transaction.transaction_id.as_deref().ok_or(malformed)?;
    let paid_at = transaction.success_time.as_deref().and_then(Timestamp::from_rfc3339).ok_or(malformed)?;
    let amount = transaction.amount.as_ref().ok_or(malformed)?;
    Ok(Proof::verified(
        Channel::WechatPay,
        &transaction.mchid,
        trade_no,
        &transaction.out_trade_no,
        Fen(amount.total),
        &amount.currency,
        paid_at,
    ))
}
