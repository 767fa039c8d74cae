//! Honest learners.

use super::classroom::{ARTICLE_MS, FILM_MS, NEEDED_MS, in_classrooms};
use super::player::Player;
use jixue::db::Tx;
use jixue::learning;
use serde_json::json;

/// The main job: a lesson watched in real time is complete, once, with evidence for each beat and credit as a fact.
#[tokio::test]
async fn a_lesson_watched_in_real_time_is_completed_once() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        let opened = player.open(room.films[0]).await;
        assert_eq!((opened["recorded_ms"].as_i64(), opened["needed_ms"].as_i64()), (Some(0), Some(NEEDED_MS)));
        let answer = player.play(0, NEEDED_MS - 15_000).await;
        assert_eq!((answer["completed"].as_bool(), answer["lost_ms"].as_i64()), (Some(false), Some(0)));
        assert_eq!(room.facts(player.learner, "lesson_completed").await, 0);
        let answer = player.play(NEEDED_MS - 15_000, NEEDED_MS).await;
        assert_eq!((answer["completed"].as_bool(), answer["recorded_ms"].as_i64()), (Some(true), Some(NEEDED_MS)));
        assert_eq!(answer["next"], json!(format!("/lessons/{}", room.films[1])));
        let answer = player.play(NEEDED_MS, FILM_MS).await;
        assert_eq!((answer["recorded_ms"].as_i64(), &answer["next"]), (Some(FILM_MS), &json!(null)));
        for (kind, count) in [("learning_opened", 1), ("learning_started", 1), ("lesson_completed", 1)] {
            assert_eq!(room.facts(player.learner, kind).await, count, "{kind}");
        }
        assert_eq!(room.beats(player.learner).await, FILM_MS / 15_000);
        player.has_no_more_than_time().await;
    })
    .await;
}

/// An appeal is judged on the evidence: it must add up to what stands recorded.
#[tokio::test]
async fn evidence_adds_up_to_the_record() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        player.play(0, 60_000).await;
        let mut body = player.body(&[(60_000, 90_000)]);
        body["hidden"] = json!(true);
        room.app.clock.advance_ms(15_000);
        player.taken(&body).await;
        let (learner, session) = (player.learner, player.session.parse().expect("an id"));
        let read = async move |tx: &Tx<'_>| learning::evidence_of(tx, learner, session, 0).await;
        let evidence = room.app.db.read(read).await.expect("evidence is readable");
        assert_eq!(evidence.iter().map(|beat| beat.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(evidence.iter().map(|beat| beat.credited_ms).sum::<i64>(), player.recorded_ms().await);
        assert!(evidence[4].hidden && evidence[4].credited_ms < 30_000, "{:?}", evidence[4]);
        assert!(evidence.windows(2).all(|pair| pair[1].at >= pair[0].at.plus_ms(15_000)));
    })
    .await;
}

/// Reading is measured like watching: its length is the time it is recognised for.
#[tokio::test]
async fn an_article_is_completed_by_reading_time() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        let opened = player.open(room.article).await;
        assert_eq!(opened["length_ms"], json!(ARTICLE_MS));
        let answer = player.play(0, 165_000).await;
        assert_eq!(answer["completed"], json!(false));
        let answer = player.play(165_000, 171_000).await;
        assert_eq!((answer["completed"].as_bool(), answer["next"].is_null()), (Some(true), true));
        assert_eq!(room.facts(player.learner, "lesson_completed").await, 1);
    })
    .await;
}

/// Who comes back after lunch, or at another device, goes on where they were.
#[tokio::test]
async fn a_lesson_goes_on_where_it_was_left() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        player.play(0, 120_000).await;
        room.app.clock.advance_ms(3_600_000);
        let mut other = player.at_device("Mozilla/5.0 (iPhone)").await;
        let opened = other.open(room.films[0]).await;
        assert_eq!((opened["recorded_ms"].as_i64(), opened["position_ms"].as_i64()), (Some(120_000), Some(120_000)));
        let answer = other.play(120_000, NEEDED_MS).await;
        assert_eq!(answer["completed"], json!(true));
        player.refused(&player.body(&[(120_000, 135_000)]), 409, "beat.taken_over").await;
    })
    .await;
}

/// The home page leads to one lesson: the one begun last, else the next of that course.
#[tokio::test]
async fn there_is_always_one_place_to_go_on() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        let (learner, year) = (player.learner, room.year);
        let next = async || {
            let read = async move |tx: &Tx<'_>| learning::continue_at(tx, learner, year).await;
            room.app.db.read(read).await.expect("a place to go on").expect("a lesson is left")
        };
        assert_eq!((next().await.lesson, next().await.is_begun()), (room.films[0], false));
        player.open(room.films[2]).await;
        player.play(0, 30_000).await;
        let begun = next().await;
        assert_eq!((begun.lesson, begun.left_ms(), begun.position_ms), (room.films[2], NEEDED_MS - 30_000, 30_000));
        player.play(30_000, NEEDED_MS).await;
        assert_eq!(next().await.lesson, room.films[0]);
        let stranger = room.app.ids.next();
        let read = async move |tx: &Tx<'_>| learning::continue_at(tx, stranger, year).await;
        assert_eq!(room.app.db.read(read).await.unwrap(), None);
    })
    .await;
}

/// Paying twice, or a job that runs twice, must not look like two enrollments.
#[tokio::test]
async fn learning_opens_once() {
    in_classrooms(async |room| {
        let learner = room.learner().await;
        let (at, year) = (room.app.at(), room.year);
        let again =
            async move |tx: &Tx<'_>| learning::open(tx, &at, learner, year, jixue_core::study::Subject::Public).await;
        assert_eq!(room.app.db.write(again).await.unwrap(), []);
        assert_eq!(room.facts(learner, "learning_opened").await, 1);
    })
    .await;
}
