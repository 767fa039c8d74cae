//! More than time has passed, in one way or another: the clock is the learner's, and the server's.

use super::classroom::{FILM_MS, in_classrooms};
use super::player::Player;
use serde_json::json;

/// Ten minutes sent in four seconds are four seconds.
#[tokio::test]
async fn a_film_pushed_in_seconds_counts_seconds() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        for part in 0..4 {
            room.app.clock.advance_ms(1_000);
            let answer = player.beat(&[(part * 150_000, (part + 1) * 150_000)]).await;
            assert_eq!(answer["completed"], json!(false));
            assert!(answer["lost_reason"].as_str().is_some_and(|words| words.len() > 10), "{answer}");
        }
        assert!(player.has_no_more_than_time().await < 30_000);
        assert_eq!(room.facts(player.learner, "lesson_completed").await, 0);
    })
    .await;
}

/// Ten films at once on one account: the sign-in token is not what the clock belongs to.
#[tokio::test]
async fn ten_films_at_once_are_one_film() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        for round in 0..4 {
            for film in &room.films {
                player.open(*film).await;
                room.app.clock.advance_ms(1_500);
                player.beat(&[(round * 15_000, (round + 1) * 15_000)]).await;
            }
        }
        let recorded = player.has_no_more_than_time().await;
        assert!(recorded > 30_000, "time that passed is not lost to anybody: {recorded}");
    })
    .await;
}

/// Ten devices with ten sign-ins, all at the same moment.
#[tokio::test]
async fn ten_devices_share_one_clock() {
    in_classrooms(async |room| {
        let mut devices = vec![Player::new(room).await];
        while devices.len() < 10 {
            devices.push(devices[0].at_device("Mozilla/5.0 (Windows)").await);
        }
        for round in 0..3 {
            room.app.clock.advance_ms(15_000);
            let plays = devices.iter_mut().zip(&room.films).map(|(device, film)| async move {
                let (status, opened) = device.post("/api/v1/play-sessions", &json!({ "lesson": film })).await;
                if status != 200 {
                    return 0;
                }
                (device.session, device.lesson) = (opened["session"].as_str().expect("a session").to_owned(), *film);
                device.follow(&opened);
                let beat = device.body(&[(round * 15_000, (round + 1) * 15_000)]);
                let (status, _) = device.send(&beat).await;
                i64::from(status == 200)
            });
            let counted: i64 = futures_util::future::join_all(plays).await.into_iter().sum();
            println!("round {round}: {counted} of 10 devices were heard");
        }
        devices[0].has_no_more_than_time().await;
    })
    .await;
}

/// A film at sixteen times its speed, said honestly or not, earns the time it took.
#[tokio::test]
async fn speed_earns_nothing() {
    in_classrooms(async |room| {
        for (film, rate) in [(room.films[0], 1_600), (room.films[1], 100)] {
            let mut player = Player::new(room).await;
            player.open(film).await;
            for part in 0..2 {
                room.app.clock.advance_ms(15_000);
                let mut body = player.body(&[(part * 240_000, (part + 1) * 240_000)]);
                body["rate_percent"] = json!(rate);
                player.taken(&body).await;
            }
            let recorded = player.has_no_more_than_time().await;
            assert!((28_000..36_000).contains(&recorded), "{recorded}");
        }
    })
    .await;
}

/// The client's clock is not asked, whatever it says of being late.
#[tokio::test]
async fn a_wrong_clock_in_the_browser_changes_nothing() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        for (part, late_ms) in [31_536_000_000, 0, i64::MAX, 120_000].into_iter().enumerate() {
            room.app.clock.advance_ms(1_500);
            let from = 15_000 * i64::try_from(part).unwrap();
            let mut body = player.body(&[(from, from + 15_000)]);
            body["late_ms"] = json!(late_ms);
            body["at"] = json!("2036-01-01T00:00:00Z");
            player.taken(&body).await;
        }
        player.has_no_more_than_time().await;
    })
    .await;
}

/// Jumping to the end is having seen the end.
#[tokio::test]
async fn seeking_to_the_end_completes_nothing() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(FILM_MS);
        let answer = player.beat(&[(0, 1_000), (FILM_MS - 1_000, FILM_MS)]).await;
        assert_eq!((answer["recorded_ms"].as_i64(), answer["completed"].as_bool()), (Some(2_000), Some(false)));
        assert_eq!(answer["position_ms"], json!(FILM_MS));
    })
    .await;
}

/// A page that is hidden and muted may go on (phones lock); it earns its time, no more, and the evidence says so.
#[tokio::test]
async fn hidden_pages_earn_no_more_than_time() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        for part in 0..4 {
            room.app.clock.advance_ms(15_000);
            let mut body = player.body(&[(part * 60_000, (part + 1) * 60_000)]);
            body["hidden"] = json!(true);
            player.taken(&body).await;
        }
        player.has_no_more_than_time().await;
    })
    .await;
}
