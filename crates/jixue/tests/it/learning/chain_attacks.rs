//! Beats repeated, forked, made ahead, garbled: the chain holds.

use super::classroom::{FILM_MS, in_classrooms};
use super::player::Player;
use serde_json::{Value, json};

/// The same beat again and again: one answer, one record.
#[tokio::test]
async fn a_beat_repeated_counts_once() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        let body = player.body(&[(0, 15_000)]);
        let first = player.taken(&body).await;
        for _ in 0..200 {
            room.app.clock.advance_ms(1_000);
            let (status, again) = player.send(&body).await;
            assert_eq!(status, 200);
            for field in ["nonce", "sequence", "recorded_ms", "lost_ms", "recorded_at"] {
                assert_eq!(again[field], first[field], "{field}");
            }
        }
        assert_eq!((player.recorded_ms().await, room.beats(player.learner).await), (15_000, 1));
    })
    .await;
}

/// Two programs that share a session show themselves: the session is over, and what stood recorded stays.
#[tokio::test]
async fn a_forked_chain_ends_the_session() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        let branch = player.body(&[(15_000, 30_000)]);
        player.beat(&[(0, 15_000)]).await;
        player.refused(&branch, 409, "beat.forked").await;
        room.app.clock.advance_ms(15_000);
        player.refused(&player.body(&[(15_000, 30_000)]), 409, "beat.forked").await;
        assert_eq!(player.recorded_ms().await, 15_000);
    })
    .await;
}

/// Beats made ahead, out of order or with a guessed nonce are worth nothing.
#[tokio::test]
async fn beats_cannot_be_made_ahead() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(60_000);
        let mut skipped = player.body(&[(0, 60_000)]);
        skipped["sequence"] = json!(4);
        player.refused(&skipped, 409, "beat.out_of_order").await;
        let mut guessed = player.body(&[(0, 60_000)]);
        guessed["nonce"] = json!("ab".repeat(16));
        player.refused(&guessed, 409, "beat.wrong_nonce").await;
        assert_eq!((player.recorded_ms().await, room.beats(player.learner).await), (0, 0));
    })
    .await;
}

/// Overlapping, reversed, negative, fractional, huge, not numbers at all: refused, or counted once.
#[tokio::test]
async fn nonsense_is_refused_and_overlaps_count_once() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(20_000);
        let nonsense = [
            json!([[-5, 5]]),
            json!([[9_000, 1_000]]),
            json!([[0, 1.5]]),
            json!([[0, "15000"]]),
            json!([[0, 99_999_999_999_999_999_999_f64]]),
            json!([[i64::MAX, i64::MIN]]),
            json!([[0, null]]),
            json!("everything"),
        ];
        for spans in nonsense {
            let mut body = player.body(&[]);
            body["spans"] = spans.clone();
            let (status, answer) = player.send(&body).await;
            assert_eq!(status, 422, "{spans}: {answer}");
        }
        let mut many = player.body(&[]);
        many["spans"] = Value::from(vec![json!([0, 1]); 17]);
        player.refused(&many, 413, "beat.too_many_spans").await;
        let answer = player.beat(&[(0, 5_000), (2_000, 7_000), (0, 7_000), (7_000, 7_000)]).await;
        assert_eq!(answer["recorded_ms"], json!(7_000));
        let answer = player.beat(&[(FILM_MS - 1_000, i64::MAX)]).await;
        assert_eq!((answer["recorded_ms"].as_i64(), answer["position_ms"].as_i64()), (Some(8_000), Some(FILM_MS)));
    })
    .await;
}

/// A closing page sends its last beat twice: by the script and by the browser.
#[tokio::test]
async fn a_beat_sent_twice_at_once_counts_once() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        let body = player.body(&[(0, 15_000)]);
        let twins = futures_util::future::join_all((0..8).map(|_| player.send(&body))).await;
        for (status, answer) in &twins {
            assert_eq!((status.as_u16(), &answer["nonce"]), (200, &twins[0].1["nonce"]));
        }
        assert_eq!((player.recorded_ms().await, room.beats(player.learner).await), (15_000, 1));
    })
    .await;
}
