//! Somebody else's session, no session, nobody's lesson, no way to say "finished".

use super::classroom::{FILM_MS, in_classrooms};
use super::player::Player;
use serde_json::json;

/// A session's number is no key to it.
#[tokio::test]
async fn attack_case_04_a_beat_for_another_learners_session_is_refused() {
    in_classrooms(async |room| {
        let mut victim = Player::new(room).await;
        let mut thief = Player::new(room).await;
        victim.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        thief.refused(&victim.body(&[(0, 15_000)]), 409, "beat.taken_over").await;
        thief.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        thief.refused(&victim.body(&[(0, 15_000)]), 409, "beat.taken_over").await;
        assert_eq!(victim.beat(&[(0, 15_000)]).await["recorded_ms"], json!(15_000));
        assert_eq!((thief.recorded_ms().await, victim.recorded_ms().await), (0, 15_000));
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
        player.refused(&player.body(&[(15_000, 30_000)]), 401, "session.required").await;
        assert_eq!(player.recorded_ms().await, 15_000);
    })
    .await;
}

/// Who has not paid learns nothing here, and neither does a clerk, a stranger, or a form of another site.
#[tokio::test]
async fn attack_case_04_only_the_enrolled_are_recorded() {
    in_classrooms(async |room| {
        let stranger = Player::not_enrolled(room).await;
        let open = json!({ "lesson": room.films[0] });
        let (status, answer) = stranger.post("/api/v1/play-sessions", &open).await;
        assert_eq!((status.as_u16(), answer["code"].as_str()), (403, Some("learning.not_enrolled")));
        let url = room.url("/api/v1/play-sessions");
        let nobody = room.visitor().post(&url).json(&open).send().await.unwrap();
        assert_eq!(nobody.status(), 401);
        let player = Player::new(room).await;
        let forged = player.client.post(&url).json(&open).send().await.unwrap();
        assert_eq!(forged.status(), 403, "a change without the CSRF token");
        for lesson in ["1", "x", ""] {
            let status = player.post("/api/v1/play-sessions", &json!({ "lesson": lesson })).await.0;
            assert!([404, 422].contains(&status.as_u16()), "{lesson:?}: {status}");
        }
    })
    .await;
}

/// There is nothing to call that finishes a lesson.
#[tokio::test]
async fn attack_case_04_there_is_no_finish() {
    in_classrooms(async |room| {
        let routes = jixue::routes(&room.app);
        let changes: Vec<&str> = routes
            .declared()
            .iter()
            .filter(|route| route.method != "GET")
            .map(|route| route.path)
            // Support that looks at a learner's pages finishes nothing: the audit's matrix holds that.
            .filter(|path| !path.starts_with("/learner-views"))
            // Nor does a person's move between units; the word stands only in the place of an id.
            .filter(|path| !path.starts_with("/people/{learner}/"))
            .filter(|path| {
                ["lesson", "play", "beat", "learn", "media", "course"].iter().any(|word| path.contains(word))
            })
            .collect();
        assert_eq!(changes, ["/api/v1/play-sessions", "/api/v1/beats"]);
        let mut player = Player::new(room).await;
        player.open(room.films[0]).await;
        room.app.clock.advance_ms(15_000);
        let mut body = player.body(&[(0, 15_000)]);
        for (name, value) in
            [("completed", json!(true)), ("recorded_ms", json!(FILM_MS)), ("credited_ms", json!(FILM_MS))]
        {
            body[name] = value;
        }
        assert_eq!(player.taken(&body).await["completed"], json!(false));
        assert_eq!(player.recorded_ms().await, 15_000);
    })
    .await;
}
