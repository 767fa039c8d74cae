//! The pages of courses and lessons.

use super::classroom::in_classrooms;
use super::player::Player;

async fn page(player: &Player<'_>, path: &str) -> (u16, String) {
    let answer = player.client.get(player.room.url(path)).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Somebody who has paid finds the course, its lessons with their states, and one way to go on.
#[tokio::test]
async fn a_course_says_what_is_done_and_what_is_next() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        let course = format!("/courses/{}", room.course);
        let (status, list) = page(&player, "/courses").await;
        assert_eq!(status, 200);
        assert!(list.contains(&course) && list.contains("应急与安全") && list.contains("未开始"), "{list}");
        let (_, before) = page(&player, &course).await;
        assert!(before.contains("开始学习：第 1 讲的标题") && !before.contains("去缴费"), "{before}");
        player.open(room.films[0]).await;
        player.play(0, 570_000).await;
        player.open(room.films[3]).await;
        player.play(0, 15_000).await;
        let (_, after) = page(&player, &course).await;
        assert!(after.contains("继续学习：第 4 讲的标题"), "{after}");
        assert_eq!((after.matches("正在学").count(), after.matches("tag done").count()), (1, 1));
        assert!(after.contains("已学完 1 / 11 讲") && after.contains("第一章的标题"));
        let (_, list) = page(&player, "/courses").await;
        assert!(list.contains("已学完 1 / 11 讲") && list.contains("正在学"));
    })
    .await;
}

/// Who has not paid sees what there is, and the way to pay; a lesson's address leads there.
#[tokio::test]
async fn a_locked_course_shows_the_way_to_pay() {
    in_classrooms(async |room| {
        let stranger = Player::not_enrolled(room).await;
        let course = format!("/courses/{}", room.course);
        let (status, text) = page(&stranger, &course).await;
        assert_eq!(status, 200);
        assert!(
            text.contains("去缴费：¥40.00") && text.contains("第 1 讲的标题") && !text.contains("/lessons/"),
            "{text}"
        );
        let answer = stranger.client.get(room.url(&format!("/lessons/{}", room.films[0]))).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()["location"].to_str().unwrap(), course);
        for missing in ["/courses/1", "/courses/x", "/lessons/1", "/lessons/none"] {
            assert_eq!(page(&stranger, missing).await.0, 404, "{missing}");
        }
    })
    .await;
}

/// The player's page carries what its script needs, and what is recorded stands there without a script.
#[tokio::test]
async fn a_lessons_page_says_what_is_recorded() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        player.play(0, 90_000).await;
        let (status, text) = page(&player, &format!("/lessons/{}", room.films[0])).await;
        assert_eq!(status, 200);
        for part in [
            "data-player",
            "data-kind=\"video\"",
            "data-needed-ms=\"570000\"",
            "data-recorded-ms=\"90000\"",
            "data-position-ms=\"90000\"",
            "data-open-url=\"/api/v1/play-sessions\"",
            "data-beat-url=\"/api/v1/beats\"",
            "有效学习 1 分 30 秒，还需 8 分钟",
            "第 1 讲，共 11 讲 · 学完计 10 分钟（45 分钟 = 1 学时）",
            "aria-current=\"true\"",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("播放过但没有计入"), "{text}");
        room.app.clock.advance_ms(600_000);
        let answer = player.beat(&[(90_000, 390_000)]).await;
        assert_eq!((answer["recorded_ms"].as_i64(), answer["lost_ms"].as_i64()), (Some(210_000), Some(180_000)));
        let (_, text) = page(&player, &format!("/lessons/{}", room.films[0])).await;
        assert!(text.contains("播放过但没有计入的有 3 分钟"), "{text}");
        player.play(210_000, 570_000).await;
        let (_, text) = page(&player, &format!("/lessons/{}", room.films[0])).await;
        assert!(text.contains("这一讲已学完") && text.contains("data-completed"), "{text}");
        assert!(text.contains(&format!("data-next href=\"/lessons/{}\"", room.films[1])));
    })
    .await;
}

/// An author's text becomes headings, lists and pictures; its tags stay words.
#[tokio::test]
async fn an_articles_text_is_shown_and_not_run() {
    in_classrooms(async |room| {
        let player = Player::new(room).await;
        let (status, text) = page(&player, &format!("/lessons/{}", room.article)).await;
        assert_eq!(status, 200);
        assert!(text.contains("<p>第一段。</p>") && text.contains("<ol><li>先看</li><li>再做</li></ol>"), "{text}");
        assert!(text.contains("alt=\"图上的圈\"") && text.contains("data-kind=\"article\""));
        assert!(
            !text.contains("<script>alert") && !text.contains("标题 <b>") && text.contains("标题 &#60;b&#62;"),
            "{text}"
        );
    })
    .await;
}

/// In English every word of ours is English; what has no translation stays as it is written.
#[tokio::test]
async fn pages_speak_english_too() {
    in_classrooms(async |room| {
        let player = Player::new(room).await;
        let cookies = format!("jixue_session={}; lang=en", player.token);
        for (path, words) in [
            (format!("/courses/{}", room.course), "Begin: Lesson 1"),
            (format!("/lessons/{}", room.films[0]), "Lesson 1 of 11 · 10 min of credit (45 min = 1 hour)"),
            (format!("/lessons/{}", room.article), "第一段。"),
        ] {
            let request = player.client.get(room.url(&path)).header(reqwest::header::COOKIE, &cookies);
            let text = request.send().await.unwrap().text().await.unwrap();
            assert!(text.contains("<html lang=\"en\"") && text.contains(words), "{words} is not in {text}");
        }
    })
    .await;
}
