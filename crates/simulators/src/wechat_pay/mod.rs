//! WeChat Pay API v3, Native payment: orders, their states, and the notifications about them.
//!
//! Source: WeChat Pay merchant documentation, API v3, "Native支付".

pub mod gateway;
pub mod notify;
pub mod orders;
pub mod refusals;
pub mod server;
