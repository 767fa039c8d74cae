//! The sample city on both engines: written by the application's own verbs, so every rule and every count must hold.

use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::sample::{self, City, SampleSize};
use jixue::{billing, catalog, oversight};
use jixue_core::study::Subject;
use std::collections::BTreeSet;

const LEARNERS: u32 = 260;

async fn count(test: &TestApp, table: &str) -> i64 {
    let sql: &'static str = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}").leak();
    let counted = async move |tx: &Tx<'_>| tx.query_value::<i64>(sql, values![]).await;
    test.db.read(counted).await.expect("a table is counted")
}

async fn built(test: &TestApp, opens_year: bool) -> City {
    let size = SampleSize { learners: LEARNERS, opens_year, ..SampleSize::default() };
    let city = sample::build(&test.app, size, |_, _| ()).await.expect("the city is built");
    // The server's own worker may hold the last job.
    test.settle().await;
    city
}

/// Whoever starts the demo first sees this city; a count that is wrong in it would be wrong in theirs.
#[tokio::test]
async fn everybody_has_one_place_and_is_required_once() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = built(&test, true).await;
        let learners = i64::from(LEARNERS);
        for table in ["learner", "employment", "identity_index", "learner_phone", "standing"] {
            assert_eq!(count(&test, table).await, learners, "{table}");
        }
        let year = city.year;
        let different = test.db.read(async move |tx: &Tx<'_>| oversight::recount(tx, year).await).await.unwrap();
        assert!(different.is_empty(), "{different:?}");
        let books = test.db.read(async |tx: &Tx<'_>| billing::recount(tx).await).await.unwrap();
        assert!(books.is_sound() && books.accounts.is_empty());
        assert_eq!(jixue::outbox::waiting(&test.app).await.unwrap(), 0);
    }
}

/// Two courses fill the thirty hours of the public subject; with less nobody in the demo could finish.
#[tokio::test]
async fn the_courses_are_enough_for_the_year_and_their_files_are_there() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let year = built(&test, true).await.year;
        let (rules, lessons) = test
            .db
            .read(async move |tx: &Tx<'_>| {
                let rules = catalog::years::year(tx, year).await?.expect("the year is open").rules;
                let mut lessons = Vec::new();
                for course in catalog::courses_of(tx, year, Subject::Public).await? {
                    lessons.extend(catalog::lessons_of(tx, course.id).await?);
                }
                Ok((rules, lessons))
            })
            .await
            .unwrap();
        let credit: i64 = lessons.iter().map(|lesson| lesson.measure().completion_credit().0).sum();
        assert!(credit >= rules.public_required().0, "{credit} s");
        let files = lessons.iter().flat_map(|lesson| {
            let captions = [&lesson.captions.zh_sha256, &lesson.captions.en_sha256].into_iter().flatten();
            lesson.file.iter().map(|file| &file.sha256).chain(captions)
        });
        let digests: BTreeSet<&String> = files.collect();
        assert!(digests.len() > 70, "{} files", digests.len());
        for digest in digests {
            assert!(test.blobs.length(digest).await.unwrap() > Some(0), "{digest}");
        }
    }
}

/// The story opens the year itself, and imports the first people of a unit.
#[tokio::test]
async fn the_year_can_be_left_to_the_bureau() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let city = built(&test, false).await;
    assert_eq!(count(&test, "programme_year").await + count(&test, "fee").await, 0);
    assert_eq!(count(&test, "standing").await, 0);
    assert!(city.empty_unit.people.is_empty());
}

/// A greeting that lists people who cannot sign in would end the demo at its first step.
#[tokio::test]
async fn officers_clerks_and_learners_sign_in_and_find_their_own_page() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let city = built(&test, true).await;
    let unit = &city.units[0];
    let learner = &unit.people.last().expect("the largest unit has people").contact;
    let who = [
        (&city.bureau_officer, "/bureau/progress"),
        (&city.county_officer, "/bureau/progress"),
        (&unit.clerk, "/unit/people"),
        (&city.empty_unit.clerk, "/unit/people"),
        (learner, "/learn"),
    ];
    for (contact, home) in who {
        let visitor = test.sign_in(&contact.phone).await;
        let answer = visitor.get(test.url("/")).send().await.expect("an answer");
        assert_eq!(answer.headers()["location"], home, "{}", contact.name);
        let page = visitor.get(test.url(home)).send().await.expect("an answer");
        assert_eq!(page.status(), 200, "{home}");
    }
}
