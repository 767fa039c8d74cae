//! The calls a cashier needs: order, query, close.

use super::account::{ConfigError, MerchantAccount, WechatPayConfig};
use super::call::{Caller, Repeat};
use super::error::GatewayError;
use super::transaction::{TradeState, Transaction};
use super::verify::{self, NotificationHeaders, VerifiedNotification, VerifyError};
use crate::answer::Unknown;
use crate::clock::Clock;
use crate::connection;
use jixue_core::money::Fen;
use jixue_core::proof::Proof;
use jixue_core::time::Timestamp;
use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use std::time::Duration;

/// A client of one merchant account.
pub struct WechatPay(Caller);

impl fmt::Debug for WechatPay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WechatPay").field(&self.0.account.mchid).finish()
    }
}

/// What a code is asked for. Asking again for a fresh code must be identical in every field, `expires_at` included.
#[derive(Debug, Clone, Copy)]
pub struct NativeOrder<'a> {
    /// Our number of the payment attempt: 6 to 32 characters of `[0-9A-Za-z_-]`, never used with other parameters.
    pub out_trade_no: &'a str,
    /// What the payer reads on the phone, at most 127 characters.
    pub description: &'a str,
    /// At least one fen.
    pub amount: Fen,
    /// After this instant the gateway takes no payment.
    pub expires_at: Timestamp,
}

/// Where an order stands at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueriedOrder {
    pub state: TradeState,
    /// Present exactly when money arrived.
    pub proof: Option<Proof>,
}

#[derive(Serialize)]
struct NativeBody<'a> {
    appid: &'a str,
    mchid: &'a str,
    description: &'a str,
    out_trade_no: &'a str,
    time_expire: String,
    notify_url: &'a str,
    amount: NativeAmount,
}

#[derive(Serialize)]
struct NativeAmount {
    total: i64,
    currency: &'static str,
}

#[derive(Deserialize)]
struct NativeAnswer {
    code_url: String,
}

impl WechatPay {
    /// # Errors
    /// Names the first configured field that cannot be used.
    pub fn new(config: WechatPayConfig, clock: Clock) -> Result<Self, ConfigError> {
        Ok(Self(Caller {
            account: MerchantAccount::new(config)?,
            clock,
            client: connection::client().map_err(|_| ConfigError::Tls)?,
            total_timeout: connection::TOTAL_TIMEOUT,
        }))
    }

    /// Bounds a whole call, repetitions included, to `timeout` in place of 8 seconds.
    #[must_use]
    pub fn with_total_timeout(mut self, timeout: Duration) -> Self {
        self.0.total_timeout = timeout;
        self
    }

    pub fn account(&self) -> &MerchantAccount {
        &self.0.account
    }

    /// Asks for a code (`weixin://wxpay/bizpayurl…`, valid two hours at most) to show as a QR. The same parameters
    /// again give a fresh code and kill the old one.
    ///
    /// # Errors
    /// [`GatewayError::Unknown`] means the order may exist: query it, or ask again with identical parameters only.
    pub async fn create_native(&self, order: &NativeOrder<'_>) -> Result<String, GatewayError> {
        let account = &self.0.account;
        let body = NativeBody {
            appid: &account.appid,
            mchid: &account.mchid,
            description: order.description,
            out_trade_no: order.out_trade_no,
            time_expire: order.expires_at.rfc3339(),
            notify_url: &account.notify_url,
            amount: NativeAmount { total: order.amount.0, currency: "CNY" },
        };
        let body = serde_json::to_vec(&body).map_err(|_| Unknown::Unreadable)?;
        let url = self.address(&["v3", "pay", "transactions", "native"]);
        let answer = self.0.call(Method::POST, url, body, Repeat::Never).await?;
        let answer: NativeAnswer = serde_json::from_slice(&answer).map_err(|_| Unknown::Unreadable)?;
        Ok(answer.code_url)
    }

    /// Asks where an order stands, by our number. Repeated within the time bound while the outcome is unknown.
    ///
    /// # Errors
    /// [`GatewayError::is_order_absent`] when the gateway never heard of it.
    pub async fn query(&self, out_trade_no: &str) -> Result<QueriedOrder, GatewayError> {
        let mut url = self.address(&["v3", "pay", "transactions", "out-trade-no", out_trade_no]);
        url.query_pairs_mut().append_pair("mchid", &self.0.account.mchid);
        let answer = self.0.call(Method::GET, url, Vec::new(), Repeat::Safe).await?;
        let transaction: Transaction = serde_json::from_slice(&answer).map_err(|_| Unknown::Unreadable)?;
        // A signature does not bind an answer to its question, so the answer must say what it is about.
        if transaction.out_trade_no != out_trade_no {
            return Err(Unknown::Unreadable.into());
        }
        let state = transaction.trade_state;
        let proof =
            state.is_paid().then(|| verify::proof(&transaction)).transpose().map_err(|_| Unknown::Unreadable)?;
        Ok(QueriedOrder { state, proof })
    }

    /// Closes an unpaid order, so that its code takes no more money. Closing a closed order succeeds again.
    ///
    /// # Errors
    /// [`GatewayError::is_order_paid`] when the money was faster: query and settle.
    pub async fn close(&self, out_trade_no: &str) -> Result<(), GatewayError> {
        let url = self.address(&["v3", "pay", "transactions", "out-trade-no", out_trade_no, "close"]);
        let body = json!({ "mchid": self.0.account.mchid }).to_string().into_bytes();
        self.0.call(Method::POST, url, body, Repeat::Safe).await?;
        Ok(())
    }

    /// Checks a notification exactly as received; see [`verify::notification`].
    ///
    /// # Errors
    /// Says which check failed.
    pub fn notification<H: NotificationHeaders + ?Sized>(
        &self,
        headers: &H,
        body: &[u8],
        now: Timestamp,
    ) -> Result<VerifiedNotification, VerifyError> {
        verify::notification(&self.0.account, headers, body, now)
    }

    fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.0.account.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        url
    }
}
