//! The player in a real browser: a sample film from our own server, beats on the wire, the record on the page.

use super::classroom::{Classroom, FILM, in_classroom};
use super::player::Player;
use crate::browser::{Browser, Device, Language};
use jixue::catalog::{self, Bilingual, Captions, LessonFile, NewLesson};
use jixue::db::Tx;
use jixue::keys::{hex, sha256};
use jixue_core::catalog::LessonKind;
use jixue_core::id::LessonId;
use jixue_core::study::StudySeconds;
use serde_json::json;
use std::time::Duration;

/// The first six seconds of a sample film as a lesson: a test cannot wait for more.
const SHORT_MS: i64 = 6_000;
const SHORT_READING_SECONDS: i64 = 4;

async fn add(room: &Classroom, position: i64, new: NewLesson) -> LessonId {
    let at = room.app.at();
    let lesson = NewLesson { course: room.course, chapter: 1, position, slug: format!("short-{position}"), ..new };
    let work = async move |tx: &Tx<'_>| catalog::add_lesson(tx, &at, &lesson).await;
    room.app.db.write(work).await.expect("a lesson is published")
}

fn short_film() -> NewLesson {
    NewLesson {
        kind: LessonKind::Video,
        title: Bilingual::new("文字怎样变成预测", "How text becomes a prediction"),
        length_ms: SHORT_MS,
        credit: StudySeconds(SHORT_MS / 1_000),
        file: Some(LessonFile {
            name: "ai-1-1.mp4".to_owned(),
            sha256: hex(&sha256(FILM)),
            media_type: "video/mp4".to_owned(),
        }),
        captions: Captions { are_on: true, ..Captions::default() },
        ..empty()
    }
}

fn short_article() -> NewLesson {
    NewLesson {
        kind: LessonKind::Article,
        title: Bilingual::new("一张图看懂大模型", "A large model in one picture"),
        credit: StudySeconds(SHORT_READING_SECONDS),
        body: Some(Bilingual::new("第一段。\n\n## 小标题\n\n- 一点\n- 两点", "First.\n\n## Heading\n\n- one\n- two")),
        ..empty()
    }
}

fn empty() -> NewLesson {
    NewLesson {
        course: jixue_core::id::CourseId::from_raw(0),
        chapter: 1,
        position: 0,
        slug: String::new(),
        kind: LessonKind::Article,
        title: Bilingual::default(),
        length_ms: 0,
        credit: StudySeconds(0),
        file: None,
        captions: Captions::default(),
        body: None,
        paper: None,
    }
}

/// A window in which the player's learner is signed in.
fn window(player: &Player<'_>, device: Device, language: Language) -> Browser {
    let browser = Browser::start(device, language);
    browser.goto(&player.room.url("/sign-in"));
    let mut cookies = vec![("jixue_session", player.token.as_str())];
    if language == Language::English {
        cookies.push(("lang", "en"));
    }
    for (name, value) in cookies {
        let cookie = json!({ "cookie": { "name": name, "value": value } });
        browser.command("POST", "/cookie", cookie).expect("a cookie is taken");
    }
    browser
}

fn seconds(browser: &Browser) -> f64 {
    let now = browser.execute_script("return document.querySelector('video').currentTime", &[]);
    now.as_f64().unwrap_or_default()
}

/// The whole way: the film loads, plays, seeks by range; what is played is recorded, said, and completes the lesson.
#[tokio::test(flavor = "multi_thread")]
async fn a_film_plays_and_is_recorded() {
    let room = in_classroom().await;
    let film = add(&room, 12, short_film()).await;
    add(&room, 13, short_article()).await;
    let player = Player::new(&room).await;
    let browser = window(&player, Device::Phone, Language::Chinese);
    browser.check_page(&room.url(&format!("/lessons/{film}")), "lesson-film");
    browser.wait_until("the film's picture", Duration::from_secs(10), || {
        browser.execute_script("return document.querySelector('video').videoWidth > 0", &[]) == true
    });
    browser.chrome_command(
        "Runtime.evaluate",
        json!({ "expression": "document.querySelector('video').play()", "userGesture": true }),
    );
    browser.wait_until("six seconds of the film", Duration::from_secs(30), || seconds(&browser) > 6.5);
    browser.execute_script("document.querySelector('video').pause()", &[]);
    browser.wait_for_text("这一讲已学完", Duration::from_secs(10));
    browser.check_here("lesson-film-done");
    assert_eq!(room.facts(player.learner, "lesson_completed").await, 1);
    assert!((5_700..=SHORT_MS).contains(&player.recorded_ms().await));
    browser.execute_script("document.querySelector('video').currentTime = 40", &[]);
    browser.wait_until("a place far ahead", Duration::from_secs(10), || {
        let script =
            "const v = document.querySelector('video'); return !v.seeking && v.readyState > 1 && v.currentTime === 40";
        browser.execute_script(script, &[]) == true
    });
    browser.click("[data-next]");
    browser.wait_for_text("一张图看懂大模型", Duration::from_secs(10));
    browser.wait_for_text("这一讲已学完", Duration::from_secs(30));
    browser.check_here("lesson-article-done");
    assert_eq!(room.facts(player.learner, "lesson_completed").await, 2);
}

/// The session is taken over by another device: the page says so in words, and goes on where the reader asks it to.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_taken_over_is_said_and_can_be_taken_back() {
    let room = in_classroom().await;
    let film = add(&room, 12, short_film()).await;
    let mut player = Player::new(&room).await;
    let browser = window(&player, Device::Desktop, Language::English);
    browser.goto(&room.url(&format!("/lessons/{film}")));
    let play = json!({ "expression": "document.querySelector('video').play()", "userGesture": true });
    browser.chrome_command("Runtime.evaluate", play);
    browser.wait_until("a second of the film", Duration::from_secs(30), || seconds(&browser) > 1.0);
    player.open(room.films[0]).await;
    browser.execute_script("document.querySelector('video').pause()", &[]);
    browser.wait_for("[data-continue]:not([hidden])");
    browser.check_here_allowing("lesson-taken-over", &["409"]);
    browser.click("[data-continue]");
    browser.wait_until("more of the film", Duration::from_secs(30), || seconds(&browser) > 4.0);
    browser.execute_script("document.querySelector('video').pause()", &[]);
    browser.wait_until("the record", Duration::from_secs(10), || browser.text("[data-recorded]") != "00:00");
}

/// What a reader sees of the sample's courses and lessons, in both languages, on a phone and on a desk.
#[tokio::test(flavor = "multi_thread")]
async fn course_pages_are_fit_for_everybody() {
    let room = Classroom::of_sample().await;
    let mut player = Player::new(&room).await;
    player.open(room.films[0]).await;
    player.play(0, 56_000).await;
    player.open(room.films[1]).await;
    player.play(0, 30_000).await;
    let stranger = Player::not_enrolled(&room).await;
    for (device, language) in [(Device::Phone, Language::Chinese), (Device::Desktop, Language::English)] {
        let browser = window(&player, device, language);
        browser.check_page(&room.url("/courses"), "courses");
        browser.check_page(&room.url(&format!("/courses/{}", room.course)), "course");
        browser.check_page(&room.url(&format!("/lessons/{}", room.films[1])), "lesson");
        browser.check_page(&room.url(&format!("/lessons/{}", room.article)), "article");
        let browser = window(&stranger, device, language);
        browser.check_page(&room.url("/courses"), "courses-locked");
        browser.check_page(&room.url(&format!("/courses/{}", room.course)), "course-locked");
    }
}
