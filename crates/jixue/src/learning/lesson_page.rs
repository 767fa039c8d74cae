//! The page a lesson is studied on: a film, or a text.

use super::files::Addresses;
use super::shelf::{ChapterView, Shelf};
use super::wording::{clock, duration};
use super::{address_of, needed_ms, store};
use crate::app::App;
use crate::catalog::article::{Block, blocks};
use crate::catalog::{self, Lesson};
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::web::forms::Path;
use crate::web::{Html, LearnerCaller, Page};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::catalog::LessonKind;
use jixue_core::id::{LearnerId, LessonId};
use jixue_core::learning::LessonProgress;

/// What a film's player needs.
struct Film {
    source: String,
    captions: Vec<(&'static str, &'static str, String)>,
    captions_on: bool,
    /// Recorded parts, from and to in milliseconds.
    spans: Vec<(i64, i64)>,
    recorded: String,
    length: String,
}

#[derive(Template)]
#[template(path = "learning/lesson.html")]
struct LessonPage {
    page: Page,
    lesson: LessonId,
    title: String,
    course: (String, String),
    subtitle: String,
    film: Option<Film>,
    article: Vec<Block>,
    addresses: Addresses,
    length_ms: i64,
    needed_ms: i64,
    recorded_ms: i64,
    position_ms: i64,
    is_completed: bool,
    /// What stands recorded when the page is opened.
    sentence: String,
    /// What was played but not counted, in words.
    lost: Option<String>,
    next: Option<String>,
    chapters: Vec<ChapterView>,
}

/// What the page is made of.
struct Desk {
    lesson: Lesson,
    shelf: Shelf,
    progress: LessonProgress,
    /// Played, but not counted.
    lost_ms: i64,
    /// Minutes of one hour by the year's rules; 45 where no year is open.
    minutes_per_hour: i64,
}

async fn read_desk(tx: &Tx<'_>, learner: LearnerId, lesson: LessonId) -> Result<Desk> {
    let lesson = catalog::lesson(tx, lesson).await?.ok_or_else(Refused::not_found)?;
    let shelf = Shelf::read(tx, learner, lesson.course).await?;
    let (progress, lost_ms) = store::progress(tx, learner, lesson.id).await?;
    let year = catalog::years::year(tx, shelf.course.year).await?;
    Ok(Desk { minutes_per_hour: year.map_or(45, |year| year.rules.minutes_per_hour), lesson, shelf, progress, lost_ms })
}

pub(super) async fn lesson(State(app): State<App>, who: LearnerCaller, Path(id): Path<LessonId>) -> Result<Response> {
    let learner = who.learner;
    let desk = app.db.read(async move |tx: &Tx<'_>| read_desk(tx, learner, id).await).await?;
    if !desk.shelf.is_open {
        // The course's page says what it costs to open it.
        return Ok(Redirect::to(&format!("/courses/{}", desk.lesson.course)).into_response());
    }
    if desk.lesson.kind == LessonKind::Quiz {
        return Ok(Redirect::to(&address_of(&desk.lesson)).into_response());
    }
    let addresses = Addresses::new(&app, &who, id);
    Ok(Html(LessonPage::of(Page::of(&app, &who.caller), desk, addresses)).into_response())
}

impl LessonPage {
    fn of(page: Page, desk: Desk, addresses: Addresses) -> Self {
        let (t, lesson, shelf) = (page.t, &desk.lesson, &desk.shelf);
        let length_ms = lesson.measure().beat_length_ms();
        let recorded_ms = desk.progress.recorded.total_ms();
        let body = lesson.body.as_ref().map(|body| blocks(body.pick(&t)));
        Self {
            lesson: lesson.id,
            title: lesson.title.pick(&t).to_owned(),
            course: (format!("/courses/{}", shelf.course.id), shelf.course.title.pick(&t).to_owned()),
            subtitle: subtitle(&t, &desk),
            film: film(page.english(), &desk, &addresses),
            article: body.unwrap_or_default(),
            addresses,
            length_ms,
            needed_ms: needed_ms(length_ms),
            recorded_ms,
            position_ms: desk.progress.position_ms,
            is_completed: desk.progress.completed_at.is_some(),
            sentence: sentence(&t, &desk.progress, recorded_ms, needed_ms(length_ms)),
            lost: lost(&t, &desk),
            next: shelf.after(lesson).map(address_of),
            chapters: shelf.chapters(&t, Some(lesson.id), lesson.kind == LessonKind::Video),
            page,
        }
    }

    fn file(&self, name: &str) -> String {
        self.addresses.of(name)
    }
}

fn subtitle(t: &Texts, desk: &Desk) -> String {
    let credit = duration(t, desk.lesson.measure().completion_credit().0 * 1_000);
    t.learning_subtitle(desk.lesson.position, desk.shelf.lessons.len(), credit, desk.minutes_per_hour)
}

fn sentence(t: &Texts, progress: &LessonProgress, recorded_ms: i64, needed_ms: i64) -> String {
    match progress.completed_at {
        Some(at) => t.parts_player_completed(at.china_minutes()),
        // What is left is rounded up to the second: "0 seconds left" shall mean it.
        None => t.parts_player_start(duration(t, recorded_ms), duration(t, (needed_ms - recorded_ms).max(0) + 999)),
    }
}

/// Said while it can still be made good: once the lesson is complete nothing is missing.
fn lost(t: &Texts, desk: &Desk) -> Option<String> {
    let is_worth_saying = desk.lost_ms >= 1_000 && desk.progress.completed_at.is_none();
    is_worth_saying.then(|| t.learning_lost(duration(t, desk.lost_ms)))
}

fn film(english: bool, desk: &Desk, addresses: &Addresses) -> Option<Film> {
    let lesson = &desk.lesson;
    let file = lesson.file.as_ref().filter(|_| lesson.kind == LessonKind::Video)?;
    let spans = desk.progress.recorded.spans();
    Some(Film {
        source: addresses.of(&file.name),
        captions: addresses.captions(lesson, english),
        captions_on: lesson.captions.are_on,
        spans: spans.iter().map(|span| (span.from_ms, span.to_ms)).collect(),
        recorded: clock(desk.progress.recorded.total_ms()),
        length: clock(lesson.length_ms),
    })
}
