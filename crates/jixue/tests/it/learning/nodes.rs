//! More than one program on one database, one after another or at once.

use super::classroom::{Classroom, in_classrooms};
use jixue::app::App;
use jixue::clock::Clock;
use jixue::learning::{OpenedSession, Recorded, open_play_session, record_beat};
use jixue_core::id::LearnerId;
use jixue_core::learning::{BeatBody, Nonce, Span};

/// What a player keeps between beats, whichever node answers.
struct Ticket {
    opened: OpenedSession,
    sequence: i64,
    nonce: Nonce,
}

impl Ticket {
    async fn open(app: &App, room: &Classroom, learner: LearnerId) -> Self {
        let opened = open_play_session(app, learner, room.films[0], "a browser").await.expect("a session opens");
        Self { sequence: 0, nonce: opened.head.nonce, opened }
    }

    fn body(&self, from_ms: i64, to_ms: i64) -> BeatBody {
        BeatBody {
            session: self.opened.head.session,
            lesson: self.opened.head.lesson,
            sequence: self.sequence + 1,
            nonce: self.nonce.to_string(),
            spans: vec![Span::new(from_ms, to_ms)],
            rate_percent: 100,
            late_ms: 0,
            hidden: false,
            paused: false,
            position_ms: to_ms,
        }
    }

    async fn beat(&mut self, app: &App, from_ms: i64, to_ms: i64) -> Recorded {
        let beat = self.body(from_ms, to_ms).parse().expect("a sound beat");
        let recorded = record_beat(app, self.opened.head.learner, beat).await.expect("a beat is taken");
        (self.sequence, self.nonce) = (recorded.answer.sequence, recorded.answer.nonce);
        recorded
    }
}

/// A balancer sends one beat here and the next there: nothing is lost, and nothing counts twice.
#[tokio::test]
async fn beats_may_alternate_between_nodes() {
    in_classrooms(async |room| {
        let second = room.second_node().await;
        let learner = room.learner().await;
        let mut ticket = Ticket::open(&room.app, room, learner).await;
        for part in 0..10 {
            room.app.clock.advance_ms(15_000);
            let node = if part % 2 == 0 { &second } else { &*room.app };
            let recorded = ticket.beat(node, part * 15_000, (part + 1) * 15_000).await;
            assert_eq!((recorded.answer.recorded_ms, recorded.answer.lost_ms), ((part + 1) * 15_000, 0));
        }
        assert_eq!(room.recorded_ms(learner).await, 150_000);
    })
    .await;
}

/// Two nodes get different beats of one number at the same moment: at most one counts.
#[tokio::test]
async fn nodes_that_race_count_one_beat() {
    in_classrooms(async |room| {
        let second = room.second_node().await;
        for round in 0..10 {
            let learner = room.learner().await;
            let ticket = Ticket::open(&room.app, room, learner).await;
            room.app.clock.advance_ms(15_000);
            let (one, other) = (ticket.body(0, 15_000).parse().unwrap(), ticket.body(15_000, 30_000).parse().unwrap());
            let (here, there) =
                tokio::join!(record_beat(&room.app, learner, one), record_beat(&second, learner, other));
            let heard = [&here, &there].into_iter().filter(|outcome| outcome.is_ok()).count();
            assert!(heard <= 1, "round {round}: {here:?} {there:?}");
            assert!(room.recorded_ms(learner).await <= 15_000);
            assert!(room.beats(learner).await <= 1);
        }
    })
    .await;
}

/// Opening a session while a beat of the old one is under way must not give back the time that the beat has spent.
#[tokio::test]
async fn opening_while_beating_makes_no_time() {
    in_classrooms(async |room| {
        let second = room.second_node().await;
        let learner = room.learner().await;
        let since = room.app.clock.now();
        let mut at = 0;
        for _ in 0..30 {
            let ticket = Ticket::open(&room.app, room, learner).await;
            room.app.clock.advance_ms(5_000);
            let beat = ticket.body(at, at + 20_000).parse().unwrap();
            let open = open_play_session(&second, learner, room.films[0], "another browser");
            let (recorded, opened) = tokio::join!(record_beat(&room.app, learner, beat), open);
            at += recorded.map_or(0, |recorded| recorded.answer.credited_ms);
            assert!(opened.is_ok(), "{opened:?}");
            let (recorded, elapsed) = (room.recorded_ms(learner).await, room.app.clock.now().since_ms(since));
            assert!(recorded <= elapsed, "{recorded} ms recorded in {elapsed} ms");
        }
    })
    .await;
}

/// The program restarts in the middle of a lesson, on a machine whose clock was set back: the player goes on with the
/// nonce it holds, nothing is lost, and nothing is earned from the clock's coming forward again.
#[tokio::test]
async fn a_restart_with_the_clock_set_back_neither_loses_nor_doubles() {
    in_classrooms(async |room| {
        let learner = room.learner().await;
        let mut ticket = Ticket::open(&room.app, room, learner).await;
        for part in 0..4 {
            room.app.clock.advance_ms(15_000);
            ticket.beat(&room.app, part * 15_000, (part + 1) * 15_000).await;
        }
        // A clock of its own knows nothing of the minute that the other was moved ahead.
        let clock = Clock::system();
        let restarted = App::open(room.config.clone(), clock.clone()).await.expect("the program starts again");
        let back = ticket.beat(&restarted, 60_000, 75_000).await;
        assert!(back.answer.credited_ms <= 2_000, "a clock set back earns nothing: {:?}", back.answer);
        clock.advance_ms(60_000 + 15_000);
        let forward = ticket.beat(&restarted, 60_000, 75_000).await;
        assert_eq!(forward.answer.recorded_ms, 75_000);
        let (recorded, elapsed) = (room.recorded_ms(learner).await, clock.now().since_ms(room.since));
        assert!(recorded <= elapsed.max(75_000), "{recorded} ms recorded in {elapsed} ms");
    })
    .await;
}
