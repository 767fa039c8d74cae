//! The outside world in its real wire formats: payment gateways, the SMS operator, and who vouches for people.
//!
//! Every call has a timeout, only calls that may safely run twice are repeated, and an outcome that nobody knows is
//! its own kind of error, never guessed.
//!
//! Architecture Invariant: `Proof::verified` is called here only in `*/verify.rs`, after a signature was checked.

mod answer;
mod clock;
mod connection;
pub mod oidc;
pub mod outbound;
pub mod sms;
pub mod wechat_login;
pub mod wechat_pay;

pub use clock::{Clock, system_clock};
