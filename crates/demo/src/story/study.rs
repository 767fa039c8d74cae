//! Studying: every lesson is opened, played and recorded by the interface that the player's script uses. Time passes on
//! the world's clock; nothing else is made shorter.

use super::browser::{Browser, Page};
use super::forms;
use crate::world::World;
use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::{Value, json};

/// How long the player plays between two beats.
const BEAT_MS: i64 = 60_000;
/// More beats than any lesson needs.
const BEATS_MAX: usize = 200;

/// What a lesson's page says to its player.
struct Lesson {
    id: String,
    open_url: String,
    beat_url: String,
    length_ms: i64,
    needed_ms: i64,
    is_completed: bool,
    csrf: String,
}

impl Lesson {
    fn on(page: &Page) -> anyhow::Result<Self> {
        let number = |name: &str| -> anyhow::Result<i64> { Ok(page.attribute(name)?.parse()?) };
        Ok(Self {
            id: page.attribute("data-lesson")?,
            open_url: page.attribute("data-open-url")?,
            beat_url: page.attribute("data-beat-url")?,
            length_ms: number("data-length-ms")?,
            needed_ms: number("data-needed-ms")?,
            is_completed: page.attribute("data-completed").is_ok(),
            csrf: page.csrf()?,
        })
    }
}

/// The courses that a learner finds.
///
/// # Errors
/// When there is none.
pub async fn courses(learner: &Browser) -> anyhow::Result<Vec<String>> {
    let page = learner.get("/courses").await?;
    page.link_below("/courses/")?;
    Ok(page.links().into_iter().filter(|link| link.starts_with("/courses/")).collect())
}

/// The lessons that a course's page leads to, quizzes left out.
///
/// # Errors
/// When there is none.
pub async fn lessons(learner: &Browser, course: &str) -> anyhow::Result<Vec<String>> {
    let page = learner.get(course).await?;
    page.link_below("/lessons/")?;
    let mut lessons: Vec<String> = page.links().into_iter().filter(|link| link.starts_with("/lessons/")).collect();
    // The button "begin" leads to one of them too.
    lessons.sort();
    lessons.dedup();
    Ok(lessons)
}

/// Studies every lesson of every course to its end; how many.
///
/// # Errors
/// When a lesson does not complete.
pub async fn study_everything(world: &World, learner: &Browser) -> anyhow::Result<usize> {
    let mut count = 0;
    for course in courses(learner).await? {
        for lesson in lessons(learner, &course).await? {
            study(world, learner, &lesson).await.with_context(|| lesson.clone())?;
            count += 1;
        }
    }
    Ok(count)
}

/// Plays a lesson until the server says that it is complete.
///
/// # Errors
/// When it does not complete, or more is recorded than time has passed.
pub async fn study(world: &World, learner: &Browser, path: &str) -> anyhow::Result<()> {
    let page = learner.get(path).await?;
    let lesson = Lesson::on(&page)?;
    ensure!(!lesson.is_completed, "the lesson was complete before it was played");
    if page.attribute("data-kind")? == "video" {
        fetch_film(learner, &page).await?;
    }
    let mut session = Session::open(world, learner, lesson).await?;
    for _ in 0..BEATS_MAX {
        if session.beat(world, learner).await? {
            ensure!(session.recorded_ms >= session.lesson.needed_ms, "complete with {} ms", session.recorded_ms);
            return Ok(());
        }
    }
    anyhow::bail!("{} ms recorded of {} needed", session.recorded_ms, session.lesson.needed_ms)
}

/// Opens a lesson's player without playing yet.
///
/// # Errors
/// When the lesson cannot be opened.
pub async fn begin(world: &World, learner: &Browser, path: &str) -> anyhow::Result<Session> {
    Session::open(world, learner, Lesson::on(&learner.get(path).await?)?).await
}

/// The film comes in ranges, only to who is signed in.
async fn fetch_film(learner: &Browser, page: &Page) -> anyhow::Result<()> {
    let film = forms::tags(page.html()).find(|tag| tag.name == "video").and_then(|tag| tag.attribute("src"));
    let source = film.context("the page has no film")?;
    let (status, bytes) = learner.range(&source, 0, 1_023).await?;
    ensure!(status.as_u16() == 206 && bytes.len() == 1_024, "the film answered {status} with {} bytes", bytes.len());
    ensure!(&bytes[4..8] == b"ftyp", "the film is no MP4");
    Ok(())
}

/// A play session, as the player's script keeps it.
pub struct Session {
    lesson: Lesson,
    session: Value,
    nonce: Value,
    sequence: i64,
    position_ms: i64,
    pub recorded_ms: i64,
}

impl Session {
    async fn open(world: &World, learner: &Browser, lesson: Lesson) -> anyhow::Result<Self> {
        // Between two lessons somebody looks for the next one.
        world.app.clock.advance_ms(2_000);
        let asked = json!({ "lesson": lesson.id });
        let opened = learner.send_json(Method::POST, &lesson.open_url, &lesson.csrf, &asked).await?;
        let number = |name: &str| opened[name].as_i64().with_context(|| format!("{name} in {opened}"));
        Ok(Self {
            sequence: number("sequence")?,
            position_ms: number("recorded_ms")?,
            recorded_ms: number("recorded_ms")?,
            session: opened["session"].clone(),
            nonce: opened["nonce"].clone(),
            lesson,
        })
    }

    /// Plays on for the time between two beats and tells the server; true when the lesson is complete.
    ///
    /// # Errors
    /// When the beat is refused, or recorded differently from what was played.
    pub async fn beat(&mut self, world: &World, learner: &Browser) -> anyhow::Result<bool> {
        let until_ms = (self.position_ms + BEAT_MS).min(self.lesson.length_ms);
        world.app.clock.advance_ms(until_ms - self.position_ms);
        self.tell(learner, until_ms).await
    }

    /// Tells the server that the film was played up to `until_ms`; the time must have passed.
    ///
    /// # Errors
    /// As [`Session::beat`].
    pub async fn tell(&mut self, learner: &Browser, until_ms: i64) -> anyhow::Result<bool> {
        let body = json!({
            "session": self.session,
            "lesson": self.lesson.id,
            "sequence": self.sequence + 1,
            "nonce": self.nonce,
            "late_ms": 0,
            "spans": [[self.position_ms, until_ms]],
            "position_ms": until_ms,
            "rate_percent": 100,
            "hidden": false,
            "paused": false,
        });
        let answer = learner.send_json(Method::POST, &self.lesson.beat_url, &self.lesson.csrf, &body).await?;
        let recorded_ms = answer["recorded_ms"].as_i64().with_context(|| format!("{answer}"))?;
        let gained_ms = recorded_ms - self.recorded_ms;
        ensure!(gained_ms <= until_ms - self.position_ms, "{gained_ms} ms were recorded of less: {answer}");
        self.sequence = answer["sequence"].as_i64().with_context(|| format!("{answer}"))?;
        self.nonce = answer["nonce"].clone();
        (self.position_ms, self.recorded_ms) = (until_ms, recorded_ms);
        Ok(answer["completed"] == true)
    }

    /// Where the next beat would end.
    pub fn next_ms(&self, step_ms: i64) -> i64 {
        (self.position_ms + step_ms).min(self.lesson.length_ms)
    }
}
