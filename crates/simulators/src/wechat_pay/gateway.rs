//! The gateway itself: its keys, its merchants, its order book and what it has sent.

use super::notify::SentNotification;
use super::orders::{Order, OrderBook, OrderKey, OrderRefusal, Payment};
use super::refusals::{self, WireRefusal};
use crate::faults::Faults;
use crate::keys::{self, MerchantKeys};
use crate::world::{Seed, locked};
use axum::http::HeaderMap;
use jixue_standards::wechat_sign::{
    ApiV3Key, Authorization, CLOCK_SKEW_SECONDS_MAX, PrivateKey, PublicKey, request_message,
};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

const OUTGOING_MAX: usize = 64;

/// A registered merchant.
pub struct Merchant {
    pub name: String,
    pub appid: String,
    pub mchid: String,
    pub serial: String,
    pub public_key: PublicKey,
    pub apiv3_key: ApiV3Key,
}

pub struct Gateway {
    pub public_key_id: String,
    pub public_key: PrivateKey,
    pub certificate_serial: String,
    pub certificate: PrivateKey,
    pub stranger: PrivateKey,
    pub orders: Mutex<OrderBook>,
    /// Newest last.
    pub sent: Mutex<VecDeque<SentNotification>>,
    pub history_max: usize,
    pub client: reqwest::Client,
    /// Bounds how many notifications are on the way at once.
    pub outgoing: tokio::sync::Semaphore,
    /// A notification that waits to be overtaken.
    pub parked: Mutex<Option<tokio::sync::oneshot::Sender<()>>>,
    merchants: Mutex<Vec<Arc<Merchant>>>,
}

impl Gateway {
    /// `None` when a key of the seed cannot be read.
    pub fn new(seed: &Seed<'_>, client: reqwest::Client) -> Option<Self> {
        let keys = seed.keys;
        let gateway = Self {
            public_key_id: keys.platform_public_key_id.clone(),
            public_key: PrivateKey::from_pem(&keys.platform.private).ok()?,
            certificate_serial: keys.certificate_serial.clone(),
            certificate: PrivateKey::from_pem(&keys.certificate.private).ok()?,
            stranger: PrivateKey::from_pem(&keys.stranger.private).ok()?,
            orders: Mutex::new(OrderBook::new(seed.bounds.orders_max)),
            sent: Mutex::new(VecDeque::new()),
            history_max: seed.bounds.history_max,
            client,
            outgoing: tokio::sync::Semaphore::new(OUTGOING_MAX),
            parked: Mutex::new(None),
            merchants: Mutex::new(Vec::new()),
        };
        gateway.register(&keys.merchant)?;
        Some(gateway)
    }

    /// `None` when a key cannot be read.
    pub fn register(&self, merchant: &MerchantKeys) -> Option<()> {
        let merchant = Merchant {
            name: merchant.name.clone(),
            appid: merchant.appid.clone(),
            mchid: merchant.mchid.clone(),
            serial: merchant.serial.clone(),
            public_key: PublicKey::from_pem(&merchant.pair.public).ok()?,
            apiv3_key: ApiV3Key::new(&merchant.apiv3_key).ok()?,
        };
        locked(&self.merchants).push(Arc::new(merchant));
        Some(())
    }

    pub fn merchant(&self, mchid: &str) -> Option<Arc<Merchant>> {
        let merchants = locked(&self.merchants);
        merchants.iter().find(|merchant| merchant.mchid == mchid).cloned()
    }

    /// Who signed this request, checked with the merchant's registered key.
    pub fn authorized(&self, request: &SignedRequest<'_>, now_ms: i64) -> Result<Arc<Merchant>, WireRefusal> {
        let refusal = refusals::SIGNATURE;
        let value = request.headers.get("Authorization").and_then(|value| value.to_str().ok());
        let authorization = value.and_then(Authorization::parse).ok_or(refusal)?;
        let merchant = self.merchant(&authorization.mchid).ok_or(refusal)?;
        let seconds: i64 = authorization.timestamp.parse().map_err(|_| refusal)?;
        let near = (seconds - now_ms.div_euclid(1_000)).abs() <= CLOCK_SKEW_SECONDS_MAX;
        if !near || merchant.serial != authorization.serial {
            return Err(refusal);
        }
        let message = request_message(
            request.method,
            request.path_and_query,
            &authorization.timestamp,
            &authorization.nonce,
            request.body,
        );
        match merchant.public_key.verify(&message, &authorization.signature) {
            Ok(()) => Ok(merchant),
            Err(_) => Err(refusal),
        }
    }

    /// The key of an order by the merchant's number alone; the merchant registered first wins.
    pub fn key_of(&self, out_trade_no: &str, mchid: Option<&str>) -> Option<OrderKey> {
        let orders = locked(&self.orders);
        let merchants = locked(&self.merchants);
        merchants
            .iter()
            .filter(|merchant| mchid.is_none_or(|mchid| merchant.mchid == mchid))
            .map(|merchant| (merchant.mchid.clone(), out_trade_no.to_owned()))
            .find(|key| orders.get(key).is_some())
    }

    /// The payer presses the button.
    pub fn pay(&self, key: &OrderKey, faults: &Faults, now_ms: i64) -> Result<Order, OrderRefusal> {
        let mut orders = locked(&self.orders);
        let terms = &orders.get(key).ok_or(OrderRefusal::Absent)?.terms;
        let total_fen = terms.total_fen + faults.paid_amount_delta_fen;
        let payment = Payment {
            transaction_id: format!("42000{}", keys::random_digits(23)),
            openid: format!("o{}", keys::random_hex(13)),
            paid_at_ms: now_ms,
            total_fen,
            payer_total_fen: total_fen - faults.paid_coupon_fen,
            currency: faults.paid_currency.clone().unwrap_or_else(|| terms.currency.clone()),
        };
        orders.pay(key, payment, faults.pay_closed_orders)
    }
}

/// A request as far as its signature covers it.
pub struct SignedRequest<'a> {
    pub method: &'a str,
    pub path_and_query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}
