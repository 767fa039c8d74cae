//! A year with one course, and learners who may study it.

use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::app::App;
use jixue::catalog::{self, Bilingual, Captions, LessonFile, NewChapter, NewCourse, NewLesson};
use jixue::db::{Tx, values};
use jixue::identity::{NewAccount, open_account};
use jixue::learning;
use jixue::sample::SampleSize;
use jixue_core::catalog::LessonKind;
use jixue_core::credit::RuleSet;
use jixue_core::id::{AccountId, BaseId, CourseId, LearnerId, LessonId};
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::{Timestamp, Year};
use std::ops::Deref;

/// Ten minutes: what the films last.
pub const FILM_MS: i64 = 600_000;
/// What 95 percent of one are.
pub const NEEDED_MS: i64 = 570_000;
/// Three minutes: what the article is recognised for.
pub const ARTICLE_MS: i64 = 180_000;

/// A sample film of the house.
pub const FILM: &[u8] = include_bytes!("../../../media/ai-1-1.mp4");
pub const CAPTIONS: &[u8] = include_bytes!("../../../media/ai-1-1.zh.vtt");
const PICTURE: &[u8] =
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"360\"><rect width=\"9\" height=\"9\"/></svg>";
const BODY: &str =
    "第一段。\n\n## 标题 <b>\n\n![图上的圈](map.svg)\n\n1. 先看\n2. 再做\n\n- 甲 & 乙\n\n<script>alert(1)</script>";

/// An application with a course of ten films and an article, all of them open to whoever is enrolled.
pub struct Classroom {
    pub app: TestApp,
    pub year: Year,
    pub course: CourseId,
    pub films: Vec<LessonId>,
    pub article: LessonId,
    /// When the classroom was ready, by the application's clock.
    pub since: Timestamp,
}

impl Deref for Classroom {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

/// Runs a test in a fresh classroom on each engine.
pub async fn in_classrooms(test: impl AsyncFn(&Classroom)) {
    for engine in engines() {
        println!("on {engine:?}"); // shown when the test fails
        test(&Classroom::open(engine, None).await).await;
    }
}

/// One classroom on the embedded engine: for what looks the same on both.
pub async fn in_classroom() -> Classroom {
    Classroom::open(Engine::Sqlite, None).await
}

/// The rules of the year, with or without a day's cap in hours.
fn rules(year: Year, day_cap_hours: Option<i64>) -> RuleSet {
    let json = serde_json::json!({
        "name_zh": "测试规则", "name_en": "Rules for tests", "year": year, "total_hours_min": 90,
        "public_hours_min": 30, "professional_hours_min": 60, "minutes_per_hour": 45, "granularity": 50,
        "day_cap_hours": day_cap_hours, "exam_required": true, "exam_pass_score": 60,
        "counted_sources": ["lesson", "confirmed"], "opens_on": year.0 * 10_000 + 101,
        "closes_on": (year.0 + 1) * 10_000 + 1231, "legal_basis_zh": "测试", "legal_basis_en": "test",
    });
    serde_json::from_value(json).expect("rules as data")
}

impl Classroom {
    pub async fn open(engine: Engine, day_cap_hours: Option<i64>) -> Self {
        let app = TestApp::start(engine).await;
        let year = app.clock.now().year();
        let at = app.at();
        let rules = rules(year, day_cap_hours);
        let open = async move |tx: &Tx<'_>| {
            let (scope, base) = (Scope::system("test"), BaseId::from_raw(1));
            catalog::years::open_year(tx, &at, &scope, "431000", &rules).await?;
            catalog::years::set_fee(tx, &at, &scope, (year, Subject::Public), base, Fen(4_000)).await
        };
        app.db.write(open).await.expect("a year opens");
        let (course, films, article) = furnish(&app, year).await;
        Self { since: app.clock.now(), app, year, course, films, article }
    }

    /// The sample city with its first course, as an installation shows it.
    pub async fn of_sample() -> Self {
        let app = TestApp::start(Engine::Sqlite).await;
        let size = SampleSize { learners: 60, ..SampleSize::default() };
        let city = jixue::sample::build(&app, size, |_, _| {}).await.expect("a sample city");
        let year = city.year;
        let read = async move |tx: &Tx<'_>| {
            let courses = catalog::courses_of(tx, year, Subject::Public).await?;
            catalog::lessons_of(tx, courses[0].id).await
        };
        let lessons = app.db.read(read).await.expect("the sample's lessons");
        let of_kind = |kind| lessons.iter().filter(move |lesson| lesson.kind == kind).map(|lesson| lesson.id);
        let (films, article) = (of_kind(LessonKind::Video).collect(), of_kind(LessonKind::Article).next());
        let (course, article) = (lessons[0].course, article.expect("an article"));
        Self { since: app.clock.now(), app, year, course, films, article }
    }

    /// A learner of the public subject.
    pub async fn learner(&self) -> LearnerId {
        let (at, year) = (self.app.at(), self.year);
        let learner = self.app.ids.next::<LearnerId>();
        let enroll = async move |tx: &Tx<'_>| {
            let facts = learning::open(tx, &at, learner, year, Subject::Public).await?;
            jixue::reactions::follow(tx, &at, facts).await
        };
        self.app.db.write(enroll).await.expect("a learner enrolls");
        learner
    }

    /// An account of a learner, who can sign in with it.
    pub async fn account(&self, learner: LearnerId) -> AccountId {
        let at = self.app.at();
        let new = NewAccount {
            name: "李晓岚".to_owned(),
            phone: None,
            login: None,
            password_hash: None,
            learner: Some(learner),
        };
        let open = async move |tx: &Tx<'_>| open_account(tx, &at, &new).await;
        self.app.db.write(open).await.expect("an account opens")
    }

    /// Milliseconds by the application's clock since the classroom was ready: more than that nobody can have learned.
    pub fn elapsed_ms(&self) -> i64 {
        self.app.clock.now().since_ms(self.since)
    }

    /// What a learner has recorded over all lessons, in milliseconds.
    pub async fn recorded_ms(&self, learner: LearnerId) -> i64 {
        number(&self.app, RECORDED, learner).await
    }

    /// Evidence rows of a learner.
    pub async fn beats(&self, learner: LearnerId) -> i64 {
        number(&self.app, BEATS, learner).await
    }

    /// Facts of a kind in the learner's book.
    pub async fn facts(&self, learner: LearnerId, kind: &'static str) -> i64 {
        let book = format!("learner:{learner}");
        let count = async move |tx: &Tx<'_>| tx.query_value::<i64>(FACTS, values![&book, kind]).await;
        self.app.db.read(count).await.expect("facts are counted")
    }
}

jixue::db::statements! {
    RECORDED = "SELECT CAST(COALESCE(SUM(counted_ms), 0) AS BIGINT) FROM lesson_progress WHERE learner_id = $1";
    BEATS = "SELECT CAST(COUNT(*) AS BIGINT) FROM beat WHERE learner_id = $1";
    FACTS = "SELECT CAST(COUNT(*) AS BIGINT) FROM fact WHERE book = $1 AND kind = $2";
}

async fn number(app: &App, sql: &'static str, learner: LearnerId) -> i64 {
    let ask = async move |tx: &Tx<'_>| tx.query_value::<i64>(sql, values![learner]).await;
    app.db.read(ask).await.expect("a number")
}

/// The lesson that `film` and `article` differ from.
fn plain(course: CourseId, position: i64, kind: LessonKind) -> NewLesson {
    NewLesson {
        course,
        chapter: 1,
        position,
        slug: format!("t-1-{position}"),
        kind,
        title: Bilingual::new(format!("第 {position} 讲的标题"), format!("Lesson {position}")),
        length_ms: 0,
        credit: StudySeconds(0),
        file: None,
        captions: Captions::default(),
        body: None,
        paper: None,
    }
}

async fn furnish(app: &App, year: Year) -> (CourseId, Vec<LessonId>, LessonId) {
    let put = async |bytes: &'static [u8]| app.blobs.put(bytes::Bytes::from_static(bytes)).await.expect("a blob");
    let (film, captions, picture) = (put(FILM).await, put(CAPTIONS).await, put(PICTURE).await);
    let at = app.at();
    let work = async move |tx: &Tx<'_>| {
        let title = Bilingual::new("应急与安全", "Safety");
        let new = NewCourse {
            base: BaseId::from_raw(1),
            year,
            subject: Subject::Public,
            slug: "safety".to_owned(),
            summary: title.clone(),
            title,
            position: 1,
        };
        let course = catalog::add_course(tx, &at, &new).await?;
        let title = Bilingual::new("第一章的标题", "Chapter one");
        catalog::add_chapter(tx, &NewChapter { course, number: 1, title }).await?;
        let mut films = Vec::new();
        for position in 1..=10 {
            let lesson = NewLesson {
                length_ms: FILM_MS,
                credit: StudySeconds(FILM_MS / 1_000),
                file: Some(file("film.mp4", &film, "video/mp4")),
                captions: Captions { zh_sha256: Some(captions.clone()), en_sha256: None, are_on: true },
                ..plain(course, position, LessonKind::Video)
            };
            films.push(catalog::add_lesson(tx, &at, &lesson).await?);
        }
        let lesson = NewLesson {
            credit: StudySeconds(ARTICLE_MS / 1_000),
            file: Some(file("map.svg", &picture, "image/svg+xml")),
            body: Some(Bilingual::new(BODY, "")),
            ..plain(course, 11, LessonKind::Article)
        };
        let article = catalog::add_lesson(tx, &at, &lesson).await?;
        Ok((course, films, article))
    };
    app.db.write(work).await.expect("a course is published")
}

fn file(name: &str, sha256: &str, media_type: &str) -> LessonFile {
    LessonFile { name: name.to_owned(), sha256: sha256.to_owned(), media_type: media_type.to_owned() }
}
