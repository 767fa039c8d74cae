//! The gateways' clients against the simulators, over real HTTP with real signatures.

mod configuration;
mod harness;
mod misfits;
mod notifications;
mod orders;
mod passkey;
mod phone;
mod sms;
mod test_routes;
mod ukey;
mod wechat_login;
