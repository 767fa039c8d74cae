//! WeChat Pay API v3, Native payment (a QR code on screen), direct merchant.
//!
//! Public-key mode first, platform certificates beside it: the key is chosen by the `Wechatpay-Serial` that arrives,
//! never by configuration, because during a switch the gateway uses both.
//!
//! Source: WeChat Pay merchant documentation, API v3, "Native支付" and "微信支付公钥".

mod account;
mod call;
mod client;
mod error;
mod transaction;
pub mod verify;

pub use account::{ConfigError, MerchantAccount, WechatPayConfig};
pub use client::{NativeOrder, QueriedOrder, WechatPay};
pub use error::GatewayError;
pub use transaction::TradeState;
pub use verify::{NotificationHeaders, Notified, VerifiedNotification, VerifyError};
