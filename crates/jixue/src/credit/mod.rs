//! The credit ledger and where each learner stands: rows appended from completed lessons and confirmed lists, summed by
//! the year's rules.

pub mod confirmed;
pub mod exemption;
mod jobs;
mod ledger;
mod pages;
mod standing;
mod store;

pub use confirmed::credit_confirmed;
pub use jobs::{require_everybody, require_unit, require_unit_in_open_years, sweep};
pub use ledger::{CompletedLesson, ConfirmedHours, enter_confirmed, enter_lesson};
pub use pages::routes;
pub use standing::{
    LearnerStanding, first_year_here, follow_to, let_go, note_exam, note_learning, note_paid, recount, standing_of,
    unit_moved, units_merged, units_parted,
};
pub use store::{CATALOGUE, EntryRow, SourceSum, entries_of, has_hours_since, hold_years, sources_of, years_of_unit};
