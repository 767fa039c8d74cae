//! One course: its chapters and lessons, how far the reader is, and the way in or on.

use super::address_of;
use super::shelf::{ChapterView, Shelf};
use super::ways::{WayIn, subject_words};
use super::wording::duration;
use crate::app::App;
use crate::billing::{self, Payable};
use crate::catalog::Course;
use crate::db::Tx;
use crate::error::Result;
use crate::web::forms::Path;
use crate::web::{Html, LearnerCaller, Page};
use askama::Template;
use axum::extract::State;
use jixue_core::id::CourseId;
use jixue_core::time::Year;

#[derive(Template)]
#[template(path = "learning/course.html")]
pub(super) struct CoursePage {
    page: Page,
    title: String,
    summary: String,
    subject: &'static str,
    year: Year,
    /// While it is locked.
    way: Option<WayIn>,
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
    let (learner, at, scope) = (who.learner, app.at(), who.caller.scope.clone());
    let read = async move |tx: &Tx<'_>| {
        let shelf = Shelf::read(tx, learner, id).await?;
        let subject = (shelf.course.year, shelf.course.subject);
        let locked = match shelf.is_open {
            true => None,
            false => Some(billing::payable(tx, &at, &scope, learner, subject).await?),
        };
        Ok((shelf, locked))
    };
    let (shelf, locked) = app.db.read(read).await?;
    Ok(Html(CoursePage::of(Page::of(&app, &who.caller), &shelf, locked.as_ref())))
}

impl CoursePage {
    fn of(page: Page, shelf: &Shelf, locked: Option<&Payable>) -> Self {
        let t = page.t;
        let Course { year, subject, title, summary, .. } = &shelf.course;
        let next = shelf.next().filter(|_| shelf.is_open);
        Self {
            page,
            title: title.pick(&t).to_owned(),
            summary: summary.pick(&t).to_owned(),
            subject: subject_words(&t, *subject),
            year: *year,
            way: locked.map(|payable| WayIn::of(&t, *year, *subject, payable)),
            completed: shelf.completed(),
            total: shelf.total(),
            credit: duration(&t, shelf.credit_ms()),
            chapters: shelf.chapters(&t, None, true),
            next: next.map(|lesson| (address_of(lesson), lesson.title.pick(&t).to_owned())),
        }
    }
}
