//! What people try who want hours without the time. Each must end with no more recorded than time has passed.

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
        assert_eq!(
            (player.recorded_ms().await, room.beats(player.learner).await),
            (15_000, 1)
        );
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
        player
            .refused(&player.body(&[(15_000, 30_000)]), 409, "beat.forked")
            .await;
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
        assert_eq!(
            (player.recorded_ms().await, room.beats(player.learner).await),
            (0, 0)
        );
    })
    .await;
}

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
            assert!(
                answer["lost_reason"]
                    .as_str()
                    .is_some_and(|words| words.len() > 10),
                "{answer}"
            );
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
        assert!(
            recorded > 30_000,
            "time that passed is not lost to anybody: {recorded}"
        );
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
            let plays = devices
                .iter_mut()
                .zip(&room.films)
                .map(|(device, film)| async move {
                    let (status, opened) = device
                        .post("/api/v1/play-sessions", &json!({ "lesson": film }))
                        .await;
                    if status != 200 {
                        return 0;
                    }
                    (device.session, device.lesson) =
                        (opened["session"].as_str().expect("a session").to_owned(), *film);
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
        assert_eq!(
            (answer["recorded_ms"].as_i64(), answer["completed"].as_bool()),
            (Some(2_000), Some(false))
        );
        assert_eq!(answer["position_ms"], json!(FILM_MS));
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
        let answer = player
            .beat(&[(0, 5_000), (2_000, 7_000), (0, 7_000), (7_000, 7_000)])
            .await;
        assert_eq!(answer["recorded_ms"], json!(7_000));
        let answer = player.beat(&[(FILM_MS - 1_000, i64::MAX)]).await;
        assert_eq!(
            (answer["recorded_ms"].as_i64(), answer["position_ms"].as_i64()),
            (Some(8_000), Some(FILM_MS))
        );
    })
    .await;
}

/// A session's number is no key to it.
#[tokio::test]
async fn a_beat_for_another_learners_session_is_refused() {
    in_classrooms(async |room| {
        let mut victim = Player::new(room).await;
        let mut thief = Player::new(room).await;
        victim.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        thief
            .refused(&victim.body(&[(0, 15_000)]), 409, "beat.taken_over")
            .await;
        thief.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        thief
            .refused(&victim.body(&[(0, 15_000)]), 409, "beat.taken_over")
            .await;
        assert_eq!(victim.beat(&[(0, 15_000)]).await["recorded_ms"], json!(15_000));
        assert_eq!(
            (thief.recorded_ms().await, victim.recorded_ms().await),
            (0, 15_000)
        );
    })
    .await;
}

/// Signing out ends it, and so does opening the lesson elsewhere.
#[tokio::test]
async fn nothing_counts_after_signing_out() {
    in_classrooms(async |room| {
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        player.play(0, 15_000).await;
        let signed_out = player.post("/session/ending", &json!({})).await.0;
        assert_eq!(signed_out, 303);
        room.app.clock.advance_ms(15_000);
        player
            .refused(&player.body(&[(15_000, 30_000)]), 401, "session.required")
            .await;
        assert_eq!(player.recorded_ms().await, 15_000);
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
        assert_eq!(
            (player.recorded_ms().await, room.beats(player.learner).await),
            (15_000, 1)
        );
    })
    .await;
}

/// Who has not paid learns nothing here, and neither does a clerk, a stranger, or a form of another site.
#[tokio::test]
async fn only_the_enrolled_are_recorded() {
    in_classrooms(async |room| {
        let stranger = Player::not_enrolled(room).await;
        let open = json!({ "lesson": room.films[0] });
        let (status, answer) = stranger.post("/api/v1/play-sessions", &open).await;
        assert_eq!(
            (status.as_u16(), answer["code"].as_str()),
            (403, Some("learning.not_enrolled"))
        );
        let url = room.url("/api/v1/play-sessions");
        let nobody = room.visitor().post(&url).json(&open).send().await.unwrap();
        assert_eq!(nobody.status(), 401);
        let player = Player::new(room).await;
        let forged = player.client.post(&url).json(&open).send().await.unwrap();
        assert_eq!(forged.status(), 403, "a change without the CSRF token");
        for lesson in ["1", "x", ""] {
            let status = player
                .post("/api/v1/play-sessions", &json!({ "lesson": lesson }))
                .await
                .0;
            assert!([404, 422].contains(&status.as_u16()), "{lesson:?}: {status}");
        }
    })
    .await;
}

/// There is nothing to call that finishes a lesson.
#[tokio::test]
async fn there_is_no_finish() {
    in_classrooms(async |room| {
        let routes = jixue::routes(&room.app);
        let changes: Vec<&str> = routes
            .declared()
            .iter()
            .filter(|route| route.method != "GET")
            .map(|route| route.path)
            .filter(|path| {
                ["lesson", "play", "beat", "learn", "media", "course"]
                    .iter()
                    .any(|word| path.contains(word))
            })
            .collect();
        assert_eq!(changes, ["/api/v1/play-sessions", "/api/v1/beats"]);
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        let mut body = player.body(&[(0, 15_000)]);
        for (name, value) in [
            ("completed", json!(true)),
            ("recorded_ms", json!(FILM_MS)),
            ("credited_ms", json!(FILM_MS)),
        ] {
            body[name] = value;
        }
        assert_eq!(player.taken(&body).await["completed"], json!(false));
        assert_eq!(player.recorded_ms().await, 15_000);
    })
    .await;
}
