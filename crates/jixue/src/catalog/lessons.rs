//! Lessons: what they are made of, and what makes one complete enough to be studied.

use super::store::courses as store;
use super::{Bilingual, CatalogRefusal};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::catalog::{LessonKind, LessonMeasure};
use jixue_core::id::{CourseId, LessonId, PaperId};
use jixue_core::study::StudySeconds;

/// The longest film that is taken: 12 hours. More is a file measured wrongly.
const LENGTH_MS_MAX: i64 = 12 * 3_600_000;

/// A file of a lesson: a film, or the picture of an article. Stored as a blob before the lesson is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonFile {
    /// How the article's text and addresses name it: `ai-1-4.svg`. No path.
    pub name: String,
    pub sha256: String,
    /// `video/mp4`, `image/svg+xml`, `image/png` or `image/jpeg`.
    pub media_type: String,
}

/// Digests of the WebVTT captions of a film, by language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Captions {
    pub zh_sha256: Option<String>,
    pub en_sha256: Option<String>,
    /// Shown without being asked for: the film has no spoken voice.
    pub are_on: bool,
}

/// A lesson (讲).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    pub id: LessonId,
    pub course: CourseId,
    /// The number of its chapter.
    pub chapter: i64,
    /// Its place in the course, from 1; the order of study.
    pub position: i64,
    pub slug: String,
    pub kind: LessonKind,
    pub title: Bilingual,
    /// The film's own length in milliseconds; 0 for what has none.
    pub length_ms: i64,
    /// What it is recognised for when complete.
    pub credit: StudySeconds,
    pub file: Option<LessonFile>,
    pub captions: Captions,
    /// The text of an article; `None` in lists, which do not read it.
    pub body: Option<Bilingual>,
    /// The paper of a quiz.
    pub paper: Option<PaperId>,
}

impl Lesson {
    pub fn measure(&self) -> LessonMeasure {
        LessonMeasure { kind: self.kind, media_ms: self.length_ms, credit: self.credit }
    }
}

/// A lesson to be put into a chapter.
#[derive(Debug, Clone)]
pub struct NewLesson {
    pub course: CourseId,
    pub chapter: i64,
    pub position: i64,
    pub slug: String,
    pub kind: LessonKind,
    pub title: Bilingual,
    pub length_ms: i64,
    pub credit: StudySeconds,
    pub file: Option<LessonFile>,
    pub captions: Captions,
    pub body: Option<Bilingual>,
    pub paper: Option<PaperId>,
}

impl NewLesson {
    /// Names the first thing that is missing or out of bounds for a lesson of its kind.
    fn check(&self) -> Result<(), CatalogRefusal> {
        let is_film = self.file.as_ref().is_some_and(|file| file.media_type.starts_with("video/"));
        let has_words = self.body.as_ref().is_some_and(|body| !body.zh.trim().is_empty());
        let plain_name = |file: &LessonFile| !file.name.is_empty() && !file.name.contains(['/', '\\', '?', '#', '%']);
        let checks = [
            ("credit_seconds", (0..=LENGTH_MS_MAX / 1_000).contains(&self.credit.0)),
            ("media", self.kind != LessonKind::Video || is_film),
            ("media", self.file.as_ref().is_none_or(plain_name)),
            ("length_ms", self.kind != LessonKind::Video || (1..=LENGTH_MS_MAX).contains(&self.length_ms)),
            ("body", self.kind != LessonKind::Article || has_words),
            ("paper", (self.kind == LessonKind::Quiz) == self.paper.is_some()),
        ];
        match checks.into_iter().find(|(_, fits)| !fits) {
            Some((field, _)) => Err(CatalogRefusal::LessonIncomplete { field }),
            None => Ok(()),
        }
    }
}

/// Puts a lesson into a chapter. Its files must stand in the blob store already.
pub async fn add_lesson(tx: &Tx<'_>, at: &At, new: &NewLesson) -> Result<LessonId> {
    new.check()?;
    let id = at.ids.next::<LessonId>();
    match store::insert_lesson(tx, id, new).await? {
        true => Ok(id),
        false => Err(CatalogRefusal::PlaceMissing.into()),
    }
}

/// A lesson with its text.
pub async fn lesson(tx: &Tx<'_>, id: LessonId) -> Result<Option<Lesson>> {
    store::lesson(tx, id).await
}

/// The lessons of a course in the order of study, without their texts; 500 at most.
pub async fn lessons_of(tx: &Tx<'_>, course: CourseId) -> Result<Vec<Lesson>> {
    store::lessons_of(tx, course).await
}
