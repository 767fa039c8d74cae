//! What there is to study this year.

use super::progress::CourseSums;
use super::ways::{WayIn, subject_words};
use super::wording::duration;
use super::{course_sums, enrolled_subjects};
use crate::app::App;
use crate::at::At;
use crate::billing::{self, Payable};
use crate::catalog::years::{ProgrammeYear, current_year};
use crate::catalog::{self, Course};
use crate::db::Tx;
use crate::error::Result;
use crate::i18n::Texts;
use crate::web::{Html, LearnerCaller, Page};
use askama::Template;
use axum::extract::State;
use jixue_core::id::LearnerId;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;

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
    /// While it is locked.
    way: Option<WayIn>,
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
    subjects: Vec<SubjectShelf>,
    sums: Vec<CourseSums>,
}

struct SubjectShelf {
    subject: Subject,
    courses: Vec<Course>,
    /// How the fee stands, while the subject is locked.
    locked: Option<Payable>,
}

async fn read_year(tx: &Tx<'_>, at: &At, scope: &Scope, who: LearnerId) -> Result<Option<YearShelf>> {
    let Some(year) = current_year(tx, at.now.business_date()).await? else {
        return Ok(None);
    };
    let open = enrolled_subjects(tx, who, year.year).await?;
    let mut subjects = Vec::new();
    for subject in [Subject::Public, Subject::Professional] {
        let courses = catalog::courses_of(tx, year.year, subject).await?;
        if courses.is_empty() {
            continue;
        }
        let locked = match open.contains(&subject) {
            true => None,
            false => Some(billing::payable(tx, at, scope, who, (year.year, subject)).await?),
        };
        subjects.push(SubjectShelf { subject, courses, locked });
    }
    Ok(Some(YearShelf { sums: course_sums(tx, who, year.year).await?, year, subjects }))
}

pub(super) async fn courses(State(app): State<App>, who: LearnerCaller) -> Result<Html<CoursesPage>> {
    let (learner, at, scope) = (who.learner, app.at(), who.caller.scope.clone());
    let shelf = app.db.read(async move |tx: &Tx<'_>| read_year(tx, &at, &scope, learner).await).await?;
    let page = Page::of(&app, &who.caller);
    let subjects = shelf.as_ref().map(|shelf| subjects(&page.t, shelf)).unwrap_or_default();
    Ok(Html(CoursesPage { page, year: shelf.map(|shelf| shelf.year.year), subjects }))
}

fn subjects(t: &Texts, shelf: &YearShelf) -> Vec<SubjectView> {
    let view = |of: &SubjectShelf| {
        let sums = |course: &Course| shelf.sums.iter().find(|sums| sums.course == course.id);
        let lines = of.courses.iter().map(|course| line(t, course, sums(course), of.locked.is_none()));
        SubjectView {
            title: subject_words(t, of.subject),
            way: of.locked.as_ref().map(|payable| WayIn::of(t, shelf.year.year, of.subject, payable)),
            courses: lines.collect(),
        }
    };
    shelf.subjects.iter().map(view).collect()
}

fn line(t: &Texts, course: &Course, sums: Option<&CourseSums>, is_open: bool) -> CourseLine {
    let (lessons, completed, begun) = sums.map_or((0, 0, 0), |sums| (sums.lessons, sums.completed, sums.begun));
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
