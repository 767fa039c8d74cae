//! Learning: a play session's beats become watched intervals, and intervals a completed lesson.
//!
//! The client is believed in nothing. It says which parts of a lesson it played; the server's own clock says how much
//! of that can be true. Time is budgeted per *learner*, not per lesson or session: ten lessons in parallel, ten
//! devices or a thousand reopened sessions together never record more than the wall time that passed.
//!
//! Read in this order: `intervals` (what is recorded), `beat` (what the player says), `nonce` (why beats come one after
//! another), `session` (the one live session of a learner), `counting` (how a beat is judged), `evidence` (what is kept).
//!
//! What no protocol stops is a player left alone in real time, or a paid person; random checks and the test are the
//! answer to those.

mod answer;
mod beat;
mod counting;
mod decision;
mod evidence;
mod intervals;
mod nonce;
mod policy;
mod refusal;
mod session;
mod varint;

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod fairness;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod world;

pub use answer::{BeatAnswer, LastBeat};
pub use beat::{Beat, BeatBody, SPANS_MAX};
pub use counting::{BeatOutcome, BeatTaken, take_beat};
pub use decision::{Decision, Decisions};
pub use evidence::BeatEvidence;
pub use intervals::{Added, INTERVALS_MAX, Intervals, LESSON_MS_MAX, Span};
pub use nonce::{BeatKey, Nonce};
pub use policy::Policy;
pub use refusal::{BeatRefusal, PolicyRefusal};
pub use session::{EndReason, LessonProgress, Opened, SessionHead, SessionState, open_session};

/// What was stored cannot be read: the bytes are damaged or of a version this program does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("stored learning bytes cannot be read")
    }
}

impl std::error::Error for Unreadable {}
