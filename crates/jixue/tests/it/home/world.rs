//! The city with a fee, a course and a test, and learners at different points of the year.

use crate::certificate::city::City;
use crate::engines::Engine;
use jixue::catalog::{self, Bilingual, Captions, NewChapter, NewCourse, NewLesson, years};
use jixue::db::Tx;
use jixue::reactions::follow;
use jixue_core::catalog::LessonKind;
use jixue_core::id::{LearnerId, PaperId};
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::Year;

pub const COURSE: &str = "人工智能大模型技术及应用";
pub const LESSON: &str = "一张图看懂大模型";

/// A city whose public subject costs 40 yuan, has a course of one article, and ends with a test.
pub struct World {
    pub city: City,
    pub paper: PaperId,
}

impl World {
    pub async fn new(engine: Engine) -> Self {
        let city = City::with_rules(engine, true).await;
        let paper = city.paper().await;
        let (at, year, base) = (city.test.at(), city.year, city.base);
        let made = city.test.db.write(async move |tx: &Tx<'_>| {
            let subject = (year, Subject::Public);
            years::set_fee(tx, &at, &Scope::system("test"), subject, base, Fen(4_000)).await?;
            let course = NewCourse {
                base,
                year,
                subject: Subject::Public,
                slug: "ai".to_owned(),
                title: Bilingual::new(COURSE, "Large models and their uses"),
                summary: Bilingual::new("大模型入门。", "An introduction."),
                position: 1,
            };
            let course = catalog::add_course(tx, &at, &course).await?;
            let title = Bilingual::new("第一章", "Chapter 1");
            catalog::add_chapter(tx, &NewChapter { course, number: 1, title }).await?;
            let lesson = NewLesson {
                course,
                chapter: 1,
                position: 1,
                slug: "picture".to_owned(),
                kind: LessonKind::Article,
                title: Bilingual::new(LESSON, "A large model in one picture"),
                length_ms: 0,
                credit: StudySeconds(900),
                file: None,
                captions: Captions::default(),
                body: Some(Bilingual::new("第一段。", "First.")),
                paper: None,
            };
            catalog::add_lesson(tx, &at, &lesson).await.map(drop)
        });
        made.await.expect("a catalogue");
        Self { city, paper }
    }

    /// Opens learning for somebody, as a paid seat does.
    pub async fn open(&self, learner: LearnerId) {
        let (at, year) = (self.city.test.at(), self.city.year);
        let opened = self.city.test.db.write(async move |tx: &Tx<'_>| {
            let facts = jixue::learning::open(tx, &at, learner, year, Subject::Public).await?;
            follow(tx, &at, facts).await
        });
        opened.await.expect("learning is open");
    }

    /// Makes believe that the unit paid for somebody, and opens learning.
    pub async fn pay_by_unit(&self, learner: LearnerId) {
        const SEAT: &str = "INSERT INTO seat (learner_id, year, subject, payer_id, order_id, paid_at) VALUES ($1, $2, 'public', $3, 1, 1)";
        let (year, unit) = (self.city.year, self.city.unit);
        let seated = self
            .city
            .test
            .db
            .write(async move |tx: &Tx<'_>| tx.execute(SEAT, jixue::db::values![learner, year, unit]).await);
        seated.await.expect("a seat");
        self.open(learner).await;
    }

    /// Opens the year before, in which everybody so far is required; its window lasts to the end of this year.
    pub async fn open_last_year(&self) {
        let (at, year, unit) = (self.city.test.at(), Year(self.city.year.0 - 1), self.city.unit);
        let current = self.city.year;
        let opened = self.city.test.db.write(async move |tx: &Tx<'_>| {
            let mut rules = years::year(tx, current).await?.expect("this year").rules;
            rules.year = year;
            rules.opens_on = jixue_core::time::BusinessDate(year.0 * 10_000 + 101);
            years::open_year(tx, &at, &Scope::system("test"), "431000", &rules).await
        });
        opened.await.expect("last year");
        jixue::credit::require_unit(&self.city.test.app, unit, year).await.expect("standings");
    }
}
