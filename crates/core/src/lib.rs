//! The rules of continuing education, pure: no clock, SQL, HTTP, randomness or async.
//!
//! Read in this order: the measures (`money`, `time`, `study`), who and what (`id`, `identity_number`, `uscc`, `org`),
//! then the rooms of the house in the order data walks: `catalog`, `billing`, `learning`, `assessment`, `credit`,
//! `certificate`. `fact` is what each of them leaves behind, `refusal` is how each of them says no.
//!
//! Architecture Invariant: this crate uses nothing of ours, and every instant or random value is an argument.

mod pasted;

pub mod assessment;
pub mod audit;
pub mod authority;
pub mod billing;
pub mod catalog;
pub mod certificate;
pub mod change;
pub mod credit;
pub mod fact;
pub mod id;
pub mod identity_number;
pub mod learner_view;
pub mod learning;
pub mod mask;
pub mod money;
pub mod org;
pub mod proof;
pub mod refusal;
pub mod role;
pub mod scope;
pub mod small_cells;
pub mod study;
pub mod time;
pub mod uscc;
