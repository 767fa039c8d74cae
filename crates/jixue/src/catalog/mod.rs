//! The catalogue: programme years, courses with chapters and lessons, frozen question banks and the papers made of them.
//!
//! What is published does not change under those who study it: a changed lesson is a new lesson, a changed question a
//! new bank.

pub mod article;
mod courses;
mod papers;
mod store;
mod words;
pub mod years;

pub use courses::{
    Captions, Chapter, Course, Lesson, LessonFile, NewChapter, NewCourse, NewLesson, add_chapter, add_course,
    add_lesson, base_of, chapters_of, course, courses_of, lesson, lessons_of,
};
pub use papers::{
    BankQuestion, FrozenBank, NewPaper, NewQuestion, Paper, PaperPurpose, add_paper, bank, freeze_bank,
    paper, papers_of, questions_of,
};
pub use store::{CATALOGUE, PAPER_CATALOGUE};
pub use words::Bilingual;

use crate::web::Routes;
use jixue_core::refusal::{Kind, Refusal};

/// The catalogue's pages show what a learner has learned, so they stand in `learning`.
pub fn routes(routes: Routes) -> Routes {
    years::routes(routes)
}

/// Why something cannot be put into the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogRefusal {
    /// Another course of the year has this short name.
    SlugTaken,
    /// A chapter or lesson names a course that is not there, or a lesson a chapter that is not there.
    PlaceMissing,
    /// A video without a film or length, an article without words, a quiz without a paper, a length out of bounds.
    LessonIncomplete { field: &'static str },
    /// The paper asks for more points to pass than it has, or allows no time or no attempt.
    PaperOutOfRange { field: &'static str },
}

impl Refusal for CatalogRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SlugTaken => "catalog.slug_taken",
            Self::PlaceMissing => "catalog.place_missing",
            Self::LessonIncomplete { .. } => "catalog.lesson_incomplete",
            Self::PaperOutOfRange { .. } => "catalog.paper_out_of_range",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::SlugTaken => Kind::Conflict,
            Self::PlaceMissing => Kind::NotFound,
            Self::LessonIncomplete { .. } | Self::PaperOutOfRange { .. } => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::LessonIncomplete { field } | Self::PaperOutOfRange { field } => {
                vec![("field", (*field).to_owned())]
            }
            Self::SlugTaken | Self::PlaceMissing => Vec::new(),
        }
    }
}
