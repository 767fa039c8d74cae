//! Credit: append-only entries in seconds, the year's rules, and where a learner stands against them.
//!
//! Read in this order: `hours` (seconds and the hours people read), `rule_set` (a place's rules as data), `entry` (the
//! ledger's rows), `standing` (what is met, what is missing).

mod entry;
mod hours;
mod refusal;
mod relief;
mod rule_set;
mod standing;

pub use entry::{CreditEntry, Earned, EntryKind};
pub use hours::{HourMeasure, Hours, hours_display};
pub use refusal::{CreditRefusal, RuleSetRefusal};
pub use relief::{Relief, years_reached};
pub use rule_set::{HoursRequired, RuleSet, SourceKind};
pub use standing::{ExamStanding, Missing, Part, Standing, relieved_standing, standing};
