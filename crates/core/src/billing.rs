//! Orders, attempts to pay them, and what verified money does to both.
//!
//! Read `order` (what is asked), `attempt` (how it is asked), `settle` (what a gateway's word changes), `seats` (what
//! opens), then `account` and `ledger` (what is booked). `fee` says what a seat costs.
//!
//! Architecture Invariant: verified money is never refused. It settles an order or lies in suspense; both leave facts.

pub mod account;
pub mod attempt;
pub mod fee;
pub mod ledger;
pub mod order;
#[cfg(test)]
mod sample;
pub mod seats;
pub mod settle;
pub mod suspense;

pub use account::Account;
pub use attempt::{AttemptState, OutTradeNo, PaymentAttempt, PaymentRefusal};
pub use fee::{FeeRefusal, FeeSchedule};
pub use ledger::{Entry, EntryReason, LedgerRefusal, Line, ReceiptKind};
pub use order::{Order, OrderDraft, OrderLine, OrderLines, OrderRefusal, OrderState, Payer};
pub use seats::{OPENING_CHUNK_MAX, Opening, SeatsOpening, open_seats};
pub use settle::{Known, Outcome, Settlement, settle};
pub use suspense::{FollowUp, Suspense};
