//! Tests and quizzes: one attempt however often Start is clicked, answers kept as they are given, handed in once.
//!
//! A paper is dealt anew from the attempt's seed whenever it is looked at; the right answers never leave the server
//! before the attempt is closed.

mod jobs;
mod pages;
mod sitting;
mod store;

pub use jobs::{close_overdue, sweep};
pub use pages::routes;
pub use sitting::{TestState, hand_in, save_answer, start, state_of, state_of_paper};
pub use store::{CATALOGUE, has_sat_since};

/// This room's part of the JSON API.
#[derive(utoipa::OpenApi)]
#[openapi(paths(pages::update_answer))]
pub struct Api;
