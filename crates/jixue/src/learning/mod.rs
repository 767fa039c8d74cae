//! Learning: who may study, the one live session of a learner, beats that become recorded time, and the lesson's files.
//!
//! Walk: `enrollment` (paid, so open) → `sessions` (a lesson is opened) → `beats` (what is played is judged and kept) →
//! `progress` (how far everybody is). `api` is what the player's script talks to, `files` what its film comes from.

pub mod api;
mod beats;
mod course_page;
mod courses_page;
mod enrollment;
mod files;
mod lesson_page;
mod progress;
mod ranges;
mod sessions;
mod shelf;
mod store;
mod tickets;
mod ways;
mod wire;
mod wording;

pub use beats::{Recorded, evidence_of, record_beat};
pub use enrollment::{enrolled_subjects, has_studied_since, is_enrolled, open};
pub use progress::{CourseSums, LessonStanding, NextLesson, continue_at, course_sums, progress_of};
pub use sessions::{OpenedSession, Played, needed_ms, open_play_session};
pub use store::{CATALOGUE, LIST_CATALOGUE};

use crate::catalog::Lesson;
use crate::web::{Policy, Routes};
use jixue_core::refusal::{Kind, Refusal};
use jixue_core::time::Year;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/courses", Policy::Learner, courses_page::courses)
        .get("/courses/{course}", Policy::Learner, course_page::course)
        .get("/lessons/{lesson}", Policy::Learner, lesson_page::lesson)
        .post("/api/v1/play-sessions", Policy::Learner, api::create_play_session)
        .post("/api/v1/beats", Policy::Learner, api::create_beat)
        .get("/media/{lesson}/{ticket}/{name}", Policy::Learner, files::file)
}

/// Where a lesson is studied; a quiz is answered in its paper.
fn address_of(lesson: &Lesson) -> String {
    match lesson.paper {
        Some(paper) => format!("/papers/{paper}"),
        None => format!("/lessons/{}", lesson.id),
    }
}

/// Why study is not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LearningRefusal {
    /// The subject is not paid for.
    NotEnrolled,
    /// Study counts only within the year's days.
    YearClosed { year: Year },
    /// A quiz is answered, not played.
    QuizIsNotPlayed,
    /// Several programs of this learner change the session at once.
    HeadBusy,
}

impl Refusal for LearningRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotEnrolled => "learning.not_enrolled",
            Self::YearClosed { .. } => "learning.year_closed",
            Self::QuizIsNotPlayed => "learning.quiz_is_not_played",
            Self::HeadBusy => "learning.head_busy",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NotEnrolled => Kind::Forbidden,
            Self::YearClosed { .. } | Self::QuizIsNotPlayed => Kind::Conflict,
            Self::HeadBusy => Kind::TooMany,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::YearClosed { year } => vec![("year", year.to_string())],
            Self::NotEnrolled | Self::QuizIsNotPlayed | Self::HeadBusy => Vec::new(),
        }
    }
}

/// This room's part of the JSON API.
#[derive(utoipa::OpenApi)]
#[openapi(paths(api::create_play_session, api::create_beat))]
pub struct Api;
