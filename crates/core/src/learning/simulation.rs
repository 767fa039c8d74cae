//! An attacker who tries everything at random, many times over; each failure prints the steps that led to it.

use super::world::*;
use super::*;
use proptest::prelude::*;

/// A step of a random attacker.
#[derive(Debug, Clone)]
enum Step {
    Open {
        lesson: i64,
    },
    Wait {
        ms: i64,
    },
    /// The next beat of some session it ever opened, with whatever claim.
    Beat {
        ticket: usize,
        from_ms: i64,
        long_ms: i64,
        late_ms: i64,
    },
    /// A beat it sent before.
    Replay {
        body: usize,
    },
    ClockBack {
        ms: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let beat = (0..8_usize, 0..LENGTH_MS, 0..2 * LENGTH_MS, 0..300_000_i64);
    let step = prop_oneof![
        1 => (0..5_i64).prop_map(|lesson| Step::Open { lesson }),
        4 => (0..200_000_i64).prop_map(|ms| Step::Wait { ms }),
        8 => beat.prop_map(|(ticket, from_ms, long_ms, late_ms)| Step::Beat { ticket, from_ms, long_ms, late_ms }),
        2 => (0..64_usize).prop_map(|body| Step::Replay { body }),
        1 => (0..60_000_i64).prop_map(|ms| Step::ClockBack { ms }),
    ];
    proptest::collection::vec(step, 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The one promise to the bureau: whatever is sent, in whatever order, from however many sessions, a learner
    /// records no more than the time that passed since they first opened a lesson.
    #[test]
    fn no_attacker_records_more_than_wall_time(steps in steps()) {
        let mut world = World::new();
        let (mut latest, mut sent) = (NOON, Vec::new());
        let mut tickets = vec![world.open(0)];
        for step in steps {
            match step {
                Step::Open { lesson } => tickets.push(world.open(lesson)),
                Step::Wait { ms } => world.wait(ms),
                Step::ClockBack { ms } => world.wait(-ms),
                Step::Replay { body } => {
                    if let Some(body) = sent.get(body).cloned() {
                        let _ = world.send(body);
                    }
                }
                Step::Beat { ticket, from_ms, long_ms, late_ms } => {
                    // Mostly the newest session, since the others are refused.
                    let index = tickets.len() - 1 - ticket.saturating_sub(5).min(tickets.len() - 1);
                    let half = Span::new(from_ms / 2, from_ms / 2 + long_ms);
                    let spans = [Span::new(from_ms, from_ms + long_ms), half];
                    let body = BeatBody { late_ms, ..tickets[index].body(&spans) };
                    sent.push(body.clone());
                    if let Ok(answer) = world.send(body) {
                        (tickets[index].sequence, tickets[index].nonce) = (answer.sequence, answer.nonce);
                    }
                }
            }
            latest = latest.max(world.now);
            prop_assert!(world.recorded_ms() <= latest.since_ms(NOON));
            let told: i64 = world.evidence.iter().map(|bytes| BeatEvidence::from_bytes(bytes).unwrap().credited_ms).sum();
            prop_assert_eq!(told, world.recorded_ms());
        }
    }
}
