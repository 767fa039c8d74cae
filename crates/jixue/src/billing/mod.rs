//! Orders, payment attempts, verified money, seats and the books.
//!
//! The way of money: an order is placed (`orders`, `unit_orders`), an attempt is put on record and the gateway asked for
//! a code (`attempts`), the gateway's word comes in (`notifications`) or is fetched (`jobs::queries`), and whichever way it
//! came `jobs::settlement` books it by the rules of `jixue_core::billing`. Seats of a learner's own order open in that
//! transaction, those of a unit's order in chunks (`jobs::openings`). `jobs::sweeps` finds by query what was lost.

mod attempts;
mod cashier;
mod jobs;
mod notifications;
mod orders;
mod overview;
mod pages;
mod payable;
mod payees;
mod recount;
mod refusal;
mod schedule;
mod store;
mod unit_orders;

pub use attempts::begin_attempt;
pub use jobs::{Incoming, open_seats, query_payment, settle, sweep, take_notification};
pub use notifications::{Heard, Raw, hear};
pub use orders::{Limits, cancel, order_of, payer_of, place_own};
pub use overview::{MoneyOverview, money_overview};
pub use pages::{confirm_found, routes};
pub use payable::{Payable, is_ordered_since, is_paid_since, payable, payments_of_learner};
pub use recount::{Fault, Recount, recount};
pub use refusal::BillingRefusal;
pub use store::CATALOGUE;
pub use store::ledger::AccountSums;
pub use store::lists::PaidSeat;
pub use store::money::{LastPaid, OpenSuspense, StateSum};
pub use store::orders::{OrderHead, orders_of_unit};
pub use unit_orders::{Choice, Exception, Placed, check_choice, place_for_unit};

/// This room's part of the JSON API.
#[derive(utoipa::OpenApi)]
#[openapi(paths(pages::cashier::status))]
pub struct Api;
