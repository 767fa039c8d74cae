//! What honest people's phones and networks do. None of it may cost more than one interval.

use super::classroom::{FILM_MS, NEEDED_MS, in_classrooms};
use super::player::Player;
use serde_json::json;

/// One beat's distance.
const INTERVAL_MS: i64 = 15_000;

/// A train in a tunnel: no answer for 90 seconds, then the beat that was written comes through, and the rest after it.
#[tokio::test]
async fn a_tunnel_of_ninety_seconds_costs_nothing() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        player.play(0, 60_000).await;
        room.app.clock.advance_ms(15_000);
        let written = player.body(&[(60_000, 75_000)]);
        room.app.clock.advance_ms(90_000);
        player.taken(&written).await;
        let mut rest = player.body(&[(75_000, 165_000)]);
        rest["late_ms"] = json!(90_000);
        let answer = player.taken(&rest).await;
        assert_eq!((answer["recorded_ms"].as_i64(), answer["lost_ms"].as_i64()), (Some(165_000), Some(0)));
        player.has_no_more_than_time().await;
    })
    .await;
}

/// A phone that saves its battery wakes the page once a minute.
#[tokio::test]
async fn a_beat_a_minute_loses_nothing() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        for minute in 0..5 {
            room.app.clock.advance_ms(60_000);
            player.beat(&[(minute * 60_000, (minute + 1) * 60_000)]).await;
        }
        assert_eq!(player.recorded_ms().await, 300_000);
    })
    .await;
}

/// The page is reloaded, or WeChat kills it: what the last beat did not carry is lost, and no more.
#[tokio::test]
async fn a_page_that_dies_loses_at_most_one_interval() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        let mut lost_ms = 0;
        let mut at = 0;
        for _ in 0..3 {
            let opened = player.open(room.films[0]).await;
            at = opened["position_ms"].as_i64().unwrap().max(at);
            player.play(at, at + 45_000).await;
            room.app.clock.advance_ms(INTERVAL_MS - 1_000);
            lost_ms += INTERVAL_MS - 1_000;
            at += 45_000;
        }
        assert_eq!(player.recorded_ms().await, 135_000);
        assert!(lost_ms <= 3 * INTERVAL_MS);
        let answer = player.open(room.films[0]).await;
        assert_eq!(answer["recorded_ms"], json!(135_000));
    })
    .await;
}

/// The lesson opened in a second tab by mistake: the first one stops, says so, and its last interval is all it loses.
#[tokio::test]
async fn a_second_tab_by_mistake_costs_at_most_one_interval() {
    in_classrooms(async |room| {
        let mut first = Player::new(room).await;
        first.open(room.films[0]).await;
        first.play(0, 60_000).await;
        room.app.clock.advance_ms(INTERVAL_MS);
        let mut second = first.at_device("Mozilla/5.0").await;
        second.open(room.films[0]).await;
        first.refused(&first.body(&[(60_000, 75_000)]), 409, "beat.taken_over").await;
        // "Go on here" opens anew; what was played and not answered goes into the new session.
        first.open(room.films[0]).await;
        first.beat(&[(60_000, 75_000)]).await;
        room.app.clock.advance_ms(INTERVAL_MS);
        first.beat(&[(60_000, 90_000)]).await;
        let recorded = first.recorded_ms().await;
        assert!(recorded >= 90_000 - INTERVAL_MS, "{recorded}");
    })
    .await;
}

/// Midnight and New Year are no reason to lose time.
#[tokio::test]
async fn midnight_costs_nothing() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        let now = room.app.clock.now();
        room.app.clock.advance_ms(now.business_date().end().since_ms(now) - 30_000);
        player.open(room.films[0]).await;
        let answer = player.play(0, 60_000).await;
        assert_eq!((answer["recorded_ms"].as_i64(), answer["lost_ms"].as_i64()), (Some(60_000), Some(0)));
    })
    .await;
}

/// A slow network delivers one beat late and the next early; a film that stalls is simply watched more slowly.
#[tokio::test]
async fn jitter_and_stalls_cost_nothing() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        let (mut at, mut again): (i64, Vec<(i64, i64)>) = (0, Vec::new());
        for wait_ms in [16_500, 13_500, 16_900, 13_100, 15_000, 40_000, 15_000] {
            room.app.clock.advance_ms(wait_ms);
            let mut spans = again.clone();
            spans.push((at, at + 15_000));
            let answer = player.beat(&spans).await;
            again = serde_json::from_value(answer["send_again"].clone()).expect("spans to send again");
            at += 15_000;
        }
        assert_eq!((player.recorded_ms().await, again.len()), (at, 0));
        player.has_no_more_than_time().await;
    })
    .await;
}

/// A beat whose answer was lost on the way is sent again over the next network and hears the same answer.
#[tokio::test]
async fn an_answer_lost_between_networks_costs_nothing() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        let mut at = 0;
        while at < NEEDED_MS {
            room.app.clock.advance_ms(15_000);
            let body = player.body(&[(at, at + 15_000)]);
            assert_eq!(player.send(&body).await.0, 200); // never heard
            player.taken(&body).await;
            at += 15_000;
        }
        assert_eq!(player.recorded_ms().await, NEEDED_MS.min(FILM_MS));
        assert_eq!(room.facts(player.learner, "lesson_completed").await, 1);
    })
    .await;
}
