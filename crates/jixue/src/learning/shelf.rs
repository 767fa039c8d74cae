//! A course as its learner sees it: chapters, lessons, and how far each is.

use super::progress::LessonStanding;
use super::wording::{clock, duration};
use super::{address_of, enrollment, progress_of};
use crate::catalog::{self, Chapter, Course, Lesson};
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use jixue_core::catalog::LessonKind;
use jixue_core::id::{CourseId, LearnerId, LessonId};

/// Everything a course's pages show.
pub(super) struct Shelf {
    pub course: Course,
    pub chapters: Vec<Chapter>,
    pub lessons: Vec<Lesson>,
    pub standings: Vec<LessonStanding>,
    /// The subject is paid for.
    pub is_open: bool,
}

/// A chapter on a page.
pub(super) struct ChapterView {
    pub title: String,
    /// Its lessons are links.
    pub is_open: bool,
    pub lessons: Vec<LessonLine>,
}

/// A lesson in a list.
pub(super) struct LessonLine {
    pub number: i64,
    pub title: String,
    /// `None` while the course is locked.
    pub href: Option<String>,
    pub state: (&'static str, &'static str),
    pub length: String,
    pub is_current: bool,
}

impl Shelf {
    pub async fn read(tx: &Tx<'_>, learner: LearnerId, course: CourseId) -> Result<Self> {
        let course = catalog::course(tx, course).await?.ok_or_else(Refused::not_found)?;
        Ok(Self {
            chapters: catalog::chapters_of(tx, course.id).await?,
            lessons: catalog::lessons_of(tx, course.id).await?,
            standings: progress_of(tx, learner, course.id).await?,
            is_open: enrollment::is_enrolled(tx, learner, course.year, course.subject).await?,
            course,
        })
    }

    pub fn standing(&self, lesson: LessonId) -> Option<&LessonStanding> {
        self.standings.iter().find(|standing| standing.lesson == lesson)
    }

    /// Lessons that beats complete.
    fn studied(&self) -> impl Iterator<Item = &Lesson> {
        self.lessons.iter().filter(|lesson| lesson.kind != LessonKind::Quiz)
    }

    pub fn completed(&self) -> usize {
        self.standings.iter().filter(|standing| standing.completed_at.is_some()).count()
    }

    pub fn total(&self) -> usize {
        self.studied().count()
    }

    pub fn credit_ms(&self) -> i64 {
        self.lessons.iter().map(|lesson| lesson.measure().completion_credit().0 * 1_000).sum()
    }

    /// Where to go on in this course: what was begun last and is not complete, else the first that is not.
    pub fn next(&self) -> Option<&Lesson> {
        let is_done =
            |lesson: &&Lesson| self.standing(lesson.id).is_some_and(|standing| standing.completed_at.is_some());
        let open = || self.studied().filter(|lesson| !is_done(lesson));
        let begun = open().filter_map(|lesson| Some((self.standing(lesson.id)?.updated_at, lesson)));
        begun.max_by_key(|(at, _)| *at).map(|(_, lesson)| lesson).or_else(|| open().next())
    }

    /// The lesson after `lesson`, quizzes too.
    pub fn after(&self, lesson: &Lesson) -> Option<&Lesson> {
        self.lessons.iter().find(|other| other.position > lesson.position)
    }

    /// `with_lengths` where there is room beside the titles.
    pub fn chapters(&self, t: &Texts, current: Option<LessonId>, with_lengths: bool) -> Vec<ChapterView> {
        let lines = |number: i64| self.lessons.iter().filter(move |lesson| lesson.chapter == number);
        let view = |chapter: &Chapter| ChapterView {
            title: chapter.title.pick(t).to_owned(),
            is_open: self.is_open,
            lessons: lines(chapter.number).map(|lesson| self.line(t, lesson, current, with_lengths)).collect(),
        };
        self.chapters.iter().map(view).collect()
    }

    fn line(&self, t: &Texts, lesson: &Lesson, current: Option<LessonId>, with_length: bool) -> LessonLine {
        let state = match (lesson.kind, self.standing(lesson.id)) {
            (LessonKind::Quiz, _) => ("", t.learning_state_quiz()),
            (_, Some(standing)) if standing.completed_at.is_some() => ("done", t.learning_state_done()),
            (_, Some(_)) => ("now", t.learning_state_begun()),
            (_, None) if current == Some(lesson.id) => ("now", t.learning_state_begun()),
            (_, None) => ("", t.learning_state_new()),
        };
        LessonLine {
            number: lesson.position,
            title: lesson.title.pick(t).to_owned(),
            href: self.is_open.then(|| address_of(lesson)),
            state,
            length: if with_length { length(t, lesson) } else { String::new() },
            is_current: current == Some(lesson.id),
        }
    }
}

/// A film's length as a player shows it, an article's reading time in words.
pub(super) fn length(t: &Texts, lesson: &Lesson) -> String {
    match lesson.kind {
        LessonKind::Video => clock(lesson.length_ms),
        LessonKind::Article => t.learning_article_length(duration(t, lesson.measure().beat_length_ms())),
        LessonKind::Quiz => String::new(),
    }
}
