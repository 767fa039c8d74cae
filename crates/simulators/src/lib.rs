//! The counterparties as small servers that sign for real: WeChat Pay, WeChat's sign-in, an SMS operator, and the phone
//! of the person who reads the messages and scans the codes.
//!
//! One server on its own port, all state in memory and bounded. Faults are knobs ([`Faults`]), turned by
//! `PUT /test/faults` or [`Simulator::set_faults`]. Never part of the production binary.
//!
//! Architecture Invariant: the wire formats and signatures come from `standards`; nothing here knows the application.

mod clock;
mod faults;
mod keys;
mod oidc;
mod passkey;
mod phone;
mod simulator;
mod sms;
mod test_routes;
mod ukey;
mod ukey_software;
mod wechat_login;
mod wechat_pay;
mod world;

pub use clock::{Clock, system_clock};
pub use faults::Faults;
pub use keys::{KeysError, MerchantKeys, SimulatorKeys};
pub use oidc::SAMPLE_SUBJECTS as OIDC_SUBJECTS;
pub use passkey::{Made, Passkey, Used};
pub use simulator::{
    OidcCredentials, Simulator, SimulatorOptions, SmsCredentials, StartError, WechatCredentials, WechatLoginCredentials,
};
pub use sms::SentSms;
pub use ukey::{Ukey, UkeyAuthority};
pub use ukey_software::UkeySoftware;
pub use wechat_login::SAMPLE_USERS as WECHAT_USERS;
pub use wechat_pay::notify::SentNotification;
pub use wechat_pay::orders::{OrderRefusal, OrderState};
