//! What is done without a person waiting: taking in the gateway's word, asking for it, opening seats, sweeping.

mod openings;
mod queries;
mod settlement;
mod sweeps;

pub use openings::open_seats;
pub use queries::query_payment;
pub use settlement::{Incoming, settle, take_notification};
pub use sweeps::sweep;
