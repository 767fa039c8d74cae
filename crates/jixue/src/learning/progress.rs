//! How far a learner is: in a lesson, in a course, in a year.

use super::sessions::needed_ms;
use super::store;
use crate::catalog::Bilingual;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::catalog::LessonKind;
use jixue_core::id::{CourseId, LearnerId, LessonId};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::{Timestamp, Year};

/// What is recorded of one begun lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LessonStanding {
    pub lesson: LessonId,
    pub recorded_ms: i64,
    pub position_ms: i64,
    pub updated_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

/// How far a learner is in one course; quizzes are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CourseSums {
    pub course: CourseId,
    pub lessons: i64,
    pub completed: i64,
    /// Lessons of which something is recorded, completed ones too.
    pub begun: i64,
    /// What all its lessons together are recognised for.
    pub credit: StudySeconds,
}

/// Where to go on studying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLesson {
    pub lesson: LessonId,
    pub kind: LessonKind,
    pub title: Bilingual,
    pub course: CourseId,
    pub course_title: Bilingual,
    pub subject: Subject,
    /// What beats are counted against: the film's length, or an article's reading time.
    pub length_ms: i64,
    pub recorded_ms: i64,
    /// Where the film stands.
    pub position_ms: i64,
}

impl NextLesson {
    /// What is still to be recorded to complete the lesson, in milliseconds.
    pub fn left_ms(&self) -> i64 {
        (needed_ms(self.length_ms) - self.recorded_ms).max(0)
    }

    /// Something of it is recorded.
    pub fn is_begun(&self) -> bool {
        self.recorded_ms > 0
    }
}

/// What is recorded of the begun lessons of a course, in the order of study.
pub async fn progress_of(tx: &Tx<'_>, learner: LearnerId, course: CourseId) -> Result<Vec<LessonStanding>> {
    store::lesson_standings(tx, learner, course).await
}

/// How far a learner is in each course of a year.
pub async fn course_sums(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<Vec<CourseSums>> {
    store::course_sums(tx, learner, year).await
}

/// The lesson to go on with, of the subjects the learner may study: in the course studied last, the one begun last,
/// else the first that is not complete. `None` when all are, or none may be studied.
pub async fn continue_at(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<Option<NextLesson>> {
    store::continue_at(tx, learner, year).await
}
