//! How learning says no.

use super::EndReason;
use crate::refusal::{Kind, Refusal};

/// Why a beat was not taken. Nothing has changed then, except as `BeatOutcome::Forked` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeatRefusal {
    /// The session has ended; to go on, open the lesson again.
    SessionEnded { why: EndReason },
    /// This is not the learner's live session: another window or device has it, or it never was theirs.
    TakenOver,
    /// The session plays another lesson.
    LessonDiffers,
    /// Beats come one after another; this one was skipped to, or is long past.
    OutOfOrder { expected: i64 },
    /// The nonce is not the one the last answer gave.
    WrongNonce,
    /// The same number came with two different contents; the session is ended.
    Forked,
    /// More spans than a beat may hold.
    TooManySpans { most: usize },
    /// A field is no number we can read: reversed, negative or out of every bound.
    Unreadable { field: &'static str },
}

impl Refusal for BeatRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SessionEnded { why } => match why {
                EndReason::TakenOver => "beat.taken_over",
                EndReason::Forked => "beat.forked",
                EndReason::SignedOut => "beat.signed_out",
                EndReason::Closed => "beat.session_ended",
            },
            Self::TakenOver => "beat.taken_over",
            Self::LessonDiffers => "beat.lesson_differs",
            Self::OutOfOrder { .. } => "beat.out_of_order",
            Self::WrongNonce => "beat.wrong_nonce",
            Self::Forked => "beat.forked",
            Self::TooManySpans { .. } => "beat.too_many_spans",
            Self::Unreadable { .. } => "beat.unreadable",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::SessionEnded { .. }
            | Self::TakenOver
            | Self::LessonDiffers
            | Self::OutOfOrder { .. }
            | Self::WrongNonce
            | Self::Forked => Kind::Conflict,
            Self::TooManySpans { .. } => Kind::TooLarge,
            Self::Unreadable { .. } => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OutOfOrder { expected } => vec![("expected", expected.to_string())],
            Self::TooManySpans { most } => vec![("most", most.to_string())],
            Self::Unreadable { field } => vec![("field", (*field).to_owned())],
            Self::SessionEnded { .. } | Self::TakenOver | Self::LessonDiffers | Self::WrongNonce | Self::Forked => {
                Vec::new()
            }
        }
    }
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyRefusal {
    OutOfRange { field: &'static str },
}

impl Refusal for PolicyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "learning_policy.out_of_range",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::OutOfRange { .. } => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OutOfRange { field } => vec![("field", (*field).to_owned())],
        }
    }
}
