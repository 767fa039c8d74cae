//! Assessment: a frozen question bank, the paper dealt from it, and one attempt at it.
//!
//! A paper is a function of bank, blueprint and seed, so nothing needs to be stored to deal it again: a start is one
//! row. The key stays in the bank, on the server; a paper that leaves it holds no answer.
//!
//! Read in this order: `question` (bank and questions), `blueprint` (what a paper asks), `paper` (dealing),
//! `sheet` (what was answered), `grading`, `attempt` (the state machine).

mod attempt;
mod blueprint;
mod draw;
mod grading;
mod paper;
mod question;
mod refusal;
mod sheet;

pub use attempt::{ExamAttempt, ExamRules, ExamState, Sitting, StartOutcome, start};
pub use blueprint::{Blueprint, PartialCredit, Section};
pub use draw::ExamKey;
pub use grading::{Score, grade};
pub use paper::{DealtQuestion, Paper, deal};
pub use question::{Bank, OPTIONS_MAX, OptionSet, Question, QuestionKind};
pub use refusal::{BankRefusal, ExamRefusal};
pub use sheet::{AnswerSheet, Saved};
