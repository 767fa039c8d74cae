//! What there is to study this year, and one course of it.

use super::progress::CourseSums;
use super::shelf::{ChapterView, Shelf};
use super::wording::duration;
use super::{address_of, course_sums, enrolled_subjects};
use crate::app::App;
use crate::catalog::years::{ProgrammeYear, current_year};
use crate::catalog::{self, Course};
use crate::db::Tx;
use crate::error::Result;
use crate::i18n::Texts;
use crate::web::forms::Path;
use crate::web::{Html, LearnerCaller, Page};
use askama::Template;
use axum::extract::State;
use jixue_core::id::{CourseId, LearnerId};
use jixue_core::study::Subject;
use jixue_core::time::{BusinessDate, Year};

/// A course in the list.
struct CourseLine {
    href: String,
    title: String,
    note: String,
    state: (&'static str, &'static str),
    completed: i64,
    lessons: i64,
    is_open: bool,
}

/// A subject with its courses.
struct SubjectView {
    title: &'static str,
    is_open: bool,
    courses: Vec<CourseLine>,
}

#[derive(Template)]
#[template(path = "learning/courses.html")]
pub(super) struct CoursesPage {
    page: Page,
    year: Option<Year>,
    subjects: Vec<SubjectView>,
}

/// What the list is made of.
struct YearShelf {
    year: ProgrammeYear,
    courses: Vec<(Subject, Vec<Course>)>,
    sums: Vec<CourseSums>,
    open: Vec<Subject>,
}

async fn read_year(tx: &Tx<'_>, learner: LearnerId, today: BusinessDate) -> Result<Option<YearShelf>> {
    let Some(year) = current_year(tx, today).await? else {
        return Ok(None);
    };
    let mut courses = Vec::new();
    for subject in [Subject::Public, Subject::Professional] {
        courses.push((subject, catalog::courses_of(tx, year.year, subject).await?));
    }
    let sums = course_sums(tx, learner, year.year).await?;
    let open = enrolled_subjects(tx, learner, year.year).await?;
    Ok(Some(YearShelf {
        year,
        courses,
        sums,
        open,
    }))
}

pub(super) async fn courses(State(app): State<App>, who: LearnerCaller) -> Result<Html<CoursesPage>> {
    let (learner, today) = (who.learner, app.clock.now().business_date());
    let shelf = app
        .db
        .read(async move |tx: &Tx<'_>| read_year(tx, learner, today).await)
        .await?;
    let page = Page::of(&app, &who.caller);
    let subjects = shelf
        .as_ref()
        .map(|shelf| subjects(&page.t, shelf))
        .unwrap_or_default();
    Ok(Html(CoursesPage {
        page,
        year: shelf.map(|shelf| shelf.year.year),
        subjects,
    }))
}

fn subjects(t: &Texts, shelf: &YearShelf) -> Vec<SubjectView> {
    let with_courses = shelf.courses.iter().filter(|(_, courses)| !courses.is_empty());
    let view = |(subject, courses): &(Subject, Vec<Course>)| {
        let is_open = shelf.open.contains(subject);
        let sums = |course: &Course| shelf.sums.iter().find(|sums| sums.course == course.id);
        let lines = courses
            .iter()
            .map(|course| line(t, course, sums(course), is_open));
        SubjectView {
            title: subject_words(t, *subject),
            is_open,
            courses: lines.collect(),
        }
    };
    with_courses.map(view).collect()
}

pub(super) fn subject_words(t: &Texts, subject: Subject) -> &'static str {
    match subject {
        Subject::Public => t.learning_subject_public(),
        Subject::Professional => t.learning_subject_professional(),
    }
}

fn line(t: &Texts, course: &Course, sums: Option<&CourseSums>, is_open: bool) -> CourseLine {
    let (lessons, completed, begun) =
        sums.map_or((0, 0, 0), |sums| (sums.lessons, sums.completed, sums.begun));
    let credit_ms = sums.map_or(0, |sums| sums.credit.0 * 1_000);
    let state = match (is_open, completed == lessons && lessons > 0, begun > 0) {
        (false, _, _) => ("due", t.learning_state_locked()),
        (true, true, _) => ("done", t.learning_state_done()),
        (true, false, true) => ("now", t.learning_state_begun()),
        (true, false, false) => ("", t.learning_state_new()),
    };
    CourseLine {
        href: format!("/courses/{}", course.id),
        title: course.title.pick(t).to_owned(),
        note: t.learning_course_note(lessons, duration(t, credit_ms)),
        state,
        completed,
        lessons,
        is_open,
    }
}

#[derive(Template)]
#[template(path = "learning/course.html")]
pub(super) struct CoursePage {
    page: Page,
    title: String,
    summary: String,
    subject: &'static str,
    year: Year,
    is_open: bool,
    /// Which painting stands at its head.
    cover: i64,
    completed: usize,
    total: usize,
    credit: String,
    chapters: Vec<ChapterView>,
    /// Where to go on: address and title.
    next: Option<(String, String)>,
}

pub(super) async fn course(
    State(app): State<App>,
    who: LearnerCaller,
    Path(id): Path<CourseId>,
) -> Result<Html<CoursePage>> {
    let learner = who.learner;
    let shelf = app
        .db
        .read(async move |tx: &Tx<'_>| Shelf::read(tx, learner, id).await)
        .await?;
    let page = Page::of(&app, &who.caller);
    let t = page.t;
    let next = shelf.next().filter(|_| shelf.is_open);
    Ok(Html(CoursePage {
        page,
        title: shelf.course.title.pick(&t).to_owned(),
        summary: shelf.course.summary.pick(&t).to_owned(),
        subject: subject_words(&t, shelf.course.subject),
        year: shelf.course.year,
        is_open: shelf.is_open,
        cover: shelf.course.position,
        completed: shelf.completed(),
        total: shelf.total(),
        credit: duration(&t, shelf.credit_ms()),
        chapters: shelf.chapters(&t, None),
        next: next.map(|lesson| (address_of(lesson), lesson.title.pick(&t).to_owned())),
    }))
}
