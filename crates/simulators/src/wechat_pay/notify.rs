//! Notifications: sealed, signed, sent, and repeated until they are heard.

use super::gateway::Merchant;
use super::orders::{Order, OrderState};
use crate::clock;
use crate::faults::Faults;
use crate::keys;
use crate::world::{World, locked};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use jixue_standards::wechat_sign::{PrivateKey, SIGNATURE_PROBE, answer_message, header};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

/// The waits between sendings, in seconds: 15 repetitions in 24 hours and 4 minutes.
///
/// Source: WeChat Pay merchant documentation, API v3, "支付成功回调通知".
const REPETITION_SECONDS: [u32; 15] =
    [15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600];

/// A merchant that takes longer to answer counts as not having heard.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a reordered notification waits to be overtaken.
const PARKED_MS_MAX: u64 = 3_000;
const COPIES_MAX: u32 = 50;

/// A notification as it left, kept for looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentNotification {
    /// Counts all sendings of this process.
    pub sequence: u64,
    pub id: String,
    pub mchid: String,
    pub out_trade_no: String,
    /// 1 for the first sending.
    pub attempt: u32,
    pub sent_at_ms: i64,
    pub method: &'static str,
    pub url: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// What the merchant answered; none while on the way, or when it did not answer.
    pub answer_status: Option<u16>,
}

impl SentNotification {
    /// Whether the merchant said that it took it.
    pub fn is_heard(&self) -> bool {
        self.answer_status.is_some_and(|status| (200..300).contains(&status))
    }

    pub(crate) fn to_json(&self) -> Value {
        let headers: serde_json::Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        json!({
            "id": self.id,
            "mchid": self.mchid,
            "out_trade_no": self.out_trade_no,
            "attempt": self.attempt,
            "sent_at_ms": self.sent_at_ms,
            "method": self.method,
            "url": self.url,
            "path": self.path,
            "headers": headers,
            "body_base64": BASE64.encode(&self.body),
            "answer_status": self.answer_status,
        })
    }
}

/// The transaction as queries and notifications tell it.
pub fn transaction(order: &Order) -> Value {
    let terms = &order.terms;
    let words = match order.state() {
        OrderState::Success => "支付成功",
        OrderState::Closed => "订单已关闭",
        OrderState::NotPay => "订单未支付",
    };
    let mut told = json!({
        "appid": terms.appid,
        "mchid": terms.mchid,
        "out_trade_no": terms.out_trade_no,
        "trade_state": order.state(),
        "trade_state_desc": words,
        "promotion_detail": [],
        "amount": { "total": terms.total_fen, "payer_currency": "CNY" },
    });
    if let Some(attach) = &terms.attach {
        told["attach"] = attach.clone().into();
    }
    if let Some(payment) = &order.payment {
        told["transaction_id"] = payment.transaction_id.clone().into();
        told["trade_type"] = "NATIVE".into();
        told["bank_type"] = "OTHERS".into();
        told["success_time"] = clock::rfc3339_china(payment.paid_at_ms).into();
        told["payer"] = json!({ "openid": payment.openid });
        told["amount"] = json!({
            "total": payment.total_fen,
            "payer_total": payment.payer_total_fen,
            "currency": payment.currency,
            "payer_currency": payment.currency,
        });
    }
    told
}

/// One notification, repeated under one id.
struct Letter {
    id: String,
    created_at_ms: i64,
    order: Order,
    merchant: Arc<Merchant>,
}

/// Sends the notification of a paid order, now and by the schedule until it is heard. The receiver resolves after the
/// first sending.
pub fn dispatch(world: &Arc<World>, order: Order) -> oneshot::Receiver<()> {
    let (first, receiver) = oneshot::channel();
    if let Some(merchant) = world.gateway.merchant(&order.terms.mchid) {
        let letter = Letter { id: keys::uuid(), created_at_ms: world.now_ms(), order, merchant };
        tokio::spawn(repeat(Arc::clone(world), Arc::new(letter), first));
    }
    receiver
}

async fn repeat(world: Arc<World>, letter: Arc<Letter>, first: oneshot::Sender<()>) {
    let mut heard = send_once(&world, &letter, 1).await;
    // Nobody need be waiting for the first sending.
    let _ = first.send(());
    for (attempt, seconds) in (2..).zip(REPETITION_SECONDS) {
        if heard {
            return;
        }
        let wait = Duration::from_secs(u64::from(seconds)).mul_f64(world.time_scale);
        if !world.sleep_ms(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)).await {
            return;
        }
        heard = send_once(&world, &letter, attempt).await;
    }
}

/// Sends all copies of one attempt; true when one of them was heard.
async fn send_once(world: &Arc<World>, letter: &Arc<Letter>, attempt: u32) -> bool {
    let faults = world.faults();
    if faults.notify_delay_ms > 0 && !world.sleep_ms(faults.notify_delay_ms).await {
        return false;
    }
    if faults.notify_withheld {
        return false;
    }
    let overtaken = if faults.notify_reordered { park_or_overtake(world).await } else { None };
    let copies: Vec<_> = (0..faults.notify_copies.min(COPIES_MAX))
        .map(|_| {
            let (world, letter, faults) = (Arc::clone(world), Arc::clone(letter), faults.clone());
            tokio::spawn(async move { send_copy(&world, &letter, attempt, &faults).await })
        })
        .collect();
    let mut heard = false;
    for copy in copies {
        heard |= copy.await.unwrap_or(false);
    }
    if let Some(overtaken) = overtaken {
        // It may have given up waiting and gone out by itself.
        let _ = overtaken.send(());
    }
    heard
}

/// Waits to be overtaken if nobody waits yet; otherwise returns whom to let go after oneself.
async fn park_or_overtake(world: &World) -> Option<oneshot::Sender<()>> {
    let waiting = {
        let mut parked = locked(&world.gateway.parked);
        match parked.take() {
            Some(earlier) if !earlier.is_closed() => return Some(earlier),
            _ => {
                let (release, waiting) = oneshot::channel();
                *parked = Some(release);
                waiting
            }
        }
    };
    tokio::select! {
        _ = waiting => {}
        _ = world.sleep_ms(PARKED_MS_MAX) => {}
    }
    None
}

async fn send_copy(world: &World, letter: &Letter, attempt: u32, faults: &Faults) -> bool {
    let Ok(_permit) = world.gateway.outgoing.acquire().await else {
        return false;
    };
    let Some(sent) = compose(world, letter, attempt, faults) else {
        return false;
    };
    let sequence = sent.sequence;
    let mut request = world.gateway.client.post(&sent.url).timeout(ANSWER_TIMEOUT).body(sent.body.clone());
    for (name, value) in &sent.headers {
        request = request.header(name, value);
    }
    {
        let mut history = locked(&world.gateway.sent);
        history.push_back(sent);
        while history.len() > world.gateway.history_max {
            history.pop_front();
        }
    }
    let answer = request.send().await;
    let status = answer.as_ref().ok().map(|answer| answer.status().as_u16());
    tracing::debug!(out_trade_no = letter.order.terms.out_trade_no, attempt, ?status, "notification");
    let mut history = locked(&world.gateway.sent);
    let entry = history.iter_mut().rev().find(|entry| entry.sequence == sequence);
    entry.is_some_and(|entry| {
        entry.answer_status = status;
        entry.is_heard()
    })
}

/// Seals and signs one sending as the faults want it.
fn compose(world: &World, letter: &Letter, attempt: u32, faults: &Faults) -> Option<SentNotification> {
    static SEQUENCE: AtomicU64 = AtomicU64::new(1);
    let terms = &letter.order.terms;
    let body = sealed(letter, faults)?;
    let timestamp = world.now_ms().div_euclid(1_000) + faults.notify_timestamp_shift_seconds;
    let (timestamp, nonce) = (timestamp.to_string(), keys::random_hex(16));
    let (serial, key) = signer(world, faults);
    let signature = if faults.notify_signature_probe {
        format!("{SIGNATURE_PROBE}{}", keys::random_hex(40))
    } else {
        key.sign(&answer_message(&timestamp, &nonce, &body))
    };
    let headers = [
        (header::SERIAL, serial),
        (header::TIMESTAMP, timestamp),
        (header::NONCE, nonce),
        (header::SIGNATURE, signature),
        (header::SIGNATURE_TYPE, "WECHATPAY2-SHA256-RSA2048".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("Accept", "*/*".to_owned()),
        ("User-Agent", "Mozilla/4.0".to_owned()),
    ];
    let path = reqwest::Url::parse(&terms.notify_url).ok()?.path().to_owned();
    Some(SentNotification {
        sequence: SEQUENCE.fetch_add(1, Ordering::Relaxed),
        id: letter.id.clone(),
        mchid: terms.mchid.clone(),
        out_trade_no: terms.out_trade_no.clone(),
        attempt,
        sent_at_ms: world.now_ms(),
        method: "POST",
        url: terms.notify_url.clone(),
        path,
        headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        body,
        answer_status: None,
    })
}

fn signer<'a>(world: &'a World, faults: &Faults) -> (String, &'a PrivateKey) {
    let gateway = &world.gateway;
    let (serial, key) = if faults.notify_by_certificate {
        (gateway.certificate_serial.clone(), &gateway.certificate)
    } else {
        (gateway.public_key_id.clone(), &gateway.public_key)
    };
    if faults.notify_serial_wrong {
        (format!("PUB_KEY_ID_01{}", keys::random_digits(24)), key)
    } else if faults.notify_signature_forged {
        (serial, &gateway.stranger)
    } else {
        (serial, key)
    }
}

fn sealed(letter: &Letter, faults: &Faults) -> Option<Vec<u8>> {
    let mut told = transaction(&letter.order);
    if let Some(mchid) = &faults.notify_mchid {
        told["mchid"] = mchid.clone().into();
    }
    if let Some(appid) = &faults.notify_appid {
        told["appid"] = appid.clone().into();
    }
    let nonce = keys::random_hex(6);
    let plain = told.to_string();
    let key = &letter.merchant.apiv3_key;
    let resource = key.seal("transaction", &nonce, "transaction", plain.as_bytes()).ok()?;
    let envelope = json!({
        "id": letter.id,
        "create_time": clock::rfc3339_china(letter.created_at_ms),
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
        "resource": resource,
    });
    Some(envelope.to_string().into_bytes())
}
