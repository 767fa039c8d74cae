//! An attacker who tries anything in any order. Whatever it does, nobody has learned longer than time has passed.

use super::classroom::{Classroom, in_classrooms};
use jixue::app::App;
use jixue::db::Tx;
use jixue::learning::{evidence_of, open_play_session, record_beat};
use jixue_core::id::{LearnerId, PlaySessionId};
use jixue_core::learning::{BeatBody, Nonce, Span};

/// A session the attacker knows, with the key it last heard.
#[derive(Clone)]
struct Known {
    learner: LearnerId,
    body: BeatBody,
}

struct Attacker<'a> {
    room: &'a Classroom,
    nodes: [&'a App; 2],
    learners: [LearnerId; 2],
    known: Vec<Known>,
    sessions: Vec<(LearnerId, PlaySessionId)>,
    random: fastrand::Rng,
    taken: u32,
}

fn body(session: PlaySessionId, lesson: jixue_core::id::LessonId, nonce: Nonce) -> BeatBody {
    BeatBody {
        session,
        lesson,
        sequence: 1,
        nonce: nonce.to_string(),
        spans: Vec::new(),
        rate_percent: 100,
        late_ms: 0,
        hidden: false,
        paused: false,
        position_ms: 0,
    }
}

impl Attacker<'_> {
    async fn step(&mut self) {
        match self.random.u32(0..10) {
            0 => self.wait(),
            1 => self.open().await,
            _ => self.beat().await,
        }
    }

    fn wait(&mut self) {
        let most = [100, 5_000, 20_000, 300_000][self.random.usize(0..4)];
        self.room.app.clock.advance_ms(self.random.i64(0..most));
    }

    async fn open(&mut self) {
        let learner = self.learners[self.random.usize(0..2)];
        let (lesson, node) = (self.room.films[self.random.usize(0..10)], self.nodes[self.random.usize(0..2)]);
        let opened = open_play_session(node, learner, lesson, "anything").await.expect("opening is always allowed");
        let body = body(opened.head.session, lesson, opened.head.nonce);
        self.known.push(Known { learner, body });
        self.sessions.push((learner, opened.head.session));
    }

    /// Sends a beat of any session it ever had, true, changed, repeated or for somebody else.
    async fn beat(&mut self) {
        if self.known.is_empty() {
            return;
        }
        let newest = self.known.len() - 1;
        let index = if self.random.u8(0..4) == 0 { self.random.usize(0..=newest) } else { newest };
        let mut known = self.known[index].clone();
        let from_ms = self.random.i64(0..700_000);
        if self.random.u8(0..5) != 0 {
            known.body.spans = vec![Span::new(from_ms, from_ms + self.random.i64(0..200_000))];
        }
        match self.random.u8(0..12) {
            0 => known.body.sequence += self.random.i64(0..3),
            1 => known.body.nonce = Nonce(self.random.u128(..).to_be_bytes()).to_string(),
            2 => known.body.late_ms = self.random.i64(0..i64::MAX),
            3 => known.body.lesson = self.room.films[self.random.usize(0..10)],
            4 => known.learner = self.learners[self.random.usize(0..2)],
            5 => known.body.spans.extend((0..10).map(|at| Span::new(at * 50_000, at * 50_000 + 49_999))),
            _ => {}
        }
        let Ok(beat) = known.body.clone().parse() else {
            return;
        };
        let node = self.nodes[self.random.usize(0..2)];
        if let Ok(recorded) = record_beat(node, known.learner, beat).await {
            self.taken += 1;
            let kept = &mut self.known[index].body;
            (kept.sequence, kept.nonce) = (recorded.answer.sequence + 1, recorded.answer.nonce.to_string());
            kept.spans = recorded.answer.send_again;
        }
    }

    async fn check(&self) {
        let elapsed = self.room.elapsed_ms();
        for learner in self.learners {
            let recorded = self.room.recorded_ms(learner).await;
            assert!(recorded <= elapsed, "{recorded} ms recorded in {elapsed} ms");
        }
    }

    /// What stands recorded must follow from the evidence, and only from it.
    async fn recount(&self) {
        for learner in self.learners {
            let mut credited_ms = 0;
            for (_, session) in self.sessions.iter().filter(|(of, _)| *of == learner) {
                let session = *session;
                let read = async move |tx: &Tx<'_>| evidence_of(tx, learner, session, 0).await;
                let evidence = self.room.app.db.read(read).await.expect("evidence is readable");
                credited_ms += evidence.iter().map(|beat| beat.credited_ms).sum::<i64>();
            }
            assert_eq!(credited_ms, self.room.recorded_ms(learner).await);
        }
    }
}

/// Six hundred steps of an attack that nobody thought of. The seed is printed; `JIXUE_TEST_SEED` walks it again.
#[tokio::test]
async fn whatever_is_tried_time_is_the_limit() {
    let given = std::env::var("JIXUE_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| u64::from_be_bytes(jixue::keys::random()));
    println!("JIXUE_TEST_SEED={seed}");
    in_classrooms(async |room| {
        let second = room.second_node().await;
        let mut attacker = Attacker {
            room,
            nodes: [&room.app, &second],
            learners: [room.learner().await, room.learner().await],
            known: Vec::new(),
            sessions: Vec::new(),
            random: fastrand::Rng::with_seed(seed),
            taken: 0,
        };
        for step in 0..600 {
            attacker.step().await;
            if step % 20 == 0 {
                attacker.check().await;
            }
        }
        attacker.check().await;
        attacker.recount().await;
        assert!(attacker.taken > 20, "an attack that hits nothing proves nothing: {} beats", attacker.taken);
    })
    .await;
}
