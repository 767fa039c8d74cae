//! Too many beats, and too many hours.

use super::classroom::{Classroom, FILM_MS, in_classrooms};
use super::player::Player;
use crate::engines::engines;
use jixue::db::Tx;
use jixue::learning;
use jixue_core::learning::{BeatBody, Span};
use serde_json::json;
use std::collections::BTreeMap;

/// A thousand beats at once from one account: most are turned away at the door, and others study on.
#[tokio::test]
async fn a_flood_is_turned_away_and_harms_nobody() {
    in_classrooms(async |room| {
        let mut flooder = Player::new(room).await;
        let mut other = Player::new(room).await;
        flooder.open(room.films[0]).await;
        other.open(room.films[1]).await;
        room.app.clock.advance_ms(15_000);
        let body = flooder.body(&[(0, 15_000)]);
        let flood = futures_util::future::join_all((0..1_000).map(|_| flooder.send(&body)));
        let (answers, honest) = tokio::join!(flood, other.beat(&[(0, 15_000)]));
        let turned_away = answers.iter().filter(|(status, _)| *status == 429).count();
        assert!(turned_away >= 900, "{turned_away} of 1000 were turned away");
        assert_eq!(honest["recorded_ms"], json!(15_000));
        assert_eq!(flooder.has_no_more_than_time().await, 15_000);
    })
    .await;
}

/// A player left running day and night, each beat at its limit, reaches the day's cap and no further.
#[tokio::test]
async fn a_day_holds_no_more_than_its_cap() {
    for engine in engines() {
        let room = Classroom::open(engine, Some(1)).await;
        let learner = room.learner().await;
        for film in room.films.iter().cycle().take(20) {
            let device = "left running";
            let opened = learning::open_play_session(&room.app, learner, *film, device).await.expect("a session");
            let (mut nonce, mut at, mut sequence) = (opened.head.nonce, 0, 1);
            while at < FILM_MS {
                room.app.clock.advance_ms(120_000);
                let body = BeatBody {
                    session: opened.head.session,
                    lesson: *film,
                    sequence,
                    nonce: nonce.to_string(),
                    spans: vec![Span::new(at, at + 120_000)],
                    rate_percent: 100,
                    late_ms: 0,
                    hidden: false,
                    paused: false,
                    position_ms: at,
                };
                let recorded = learning::record_beat(&room.app, learner, body.parse().unwrap()).await.expect("a beat");
                (nonce, at, sequence) = (recorded.answer.nonce, at + 120_000, sequence + 1);
            }
            let by_day = credited_by_day(&room, &opened).await;
            assert!(by_day.values().all(|credited| *credited <= 2_700_000), "{by_day:?}");
        }
        let recorded = room.recorded_ms(learner).await;
        assert!((2_700_000..=2 * 2_700_000).contains(&recorded), "one hour of 45 minutes a day: {recorded}");
    }
}

async fn credited_by_day(room: &Classroom, opened: &learning::OpenedSession) -> BTreeMap<i64, i64> {
    let (learner, session) = (opened.head.learner, opened.head.session);
    let read = async move |tx: &Tx<'_>| learning::evidence_of(tx, learner, session, 0).await;
    let evidence = room.app.db.read(read).await.expect("evidence is readable");
    let mut days = BTreeMap::new();
    for beat in evidence {
        *days.entry(beat.at.business_date().0).or_insert(0) += beat.credited_ms;
    }
    days
}
