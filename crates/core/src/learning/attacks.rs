//! What people who sell finished courses try. Each must record no more than the wall time that passed; the number in
//! a test's first line is the attack's in our list of known ones.

use super::world::*;
use super::*;
use crate::id::{LessonId, PlaySessionId};

const fn span(from_s: i64, to_s: i64) -> Span {
    Span::new(from_s * 1_000, to_s * 1_000)
}

/// 1, 20: a beat sent a thousand times, or once more by a beacon when the page closes, counts once.
#[test]
fn a_replayed_beat_counts_once() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    let body = ticket.body(&[span(0, 15)]);
    world.wait(15_000);
    let first = world.beat(&mut ticket, &[span(0, 15)]);
    for _ in 0..1_000 {
        world.wait(15_000);
        assert_eq!(world.send(body.clone()), Ok(first.clone()));
    }
    assert_eq!((world.recorded_ms(), world.evidence.len()), (15_000, 1));
}

/// 2: two branches of one chain would be two players; the session ends and stays ended.
#[test]
fn a_fork_ends_the_session() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(15_000);
    let other = ticket.body(&[span(100, 115)]);
    world.beat(&mut ticket, &[span(0, 15)]);
    assert_eq!(world.send(other), Err(BeatRefusal::Forked));
    let ended = Err(BeatRefusal::SessionEnded { why: EndReason::Forked });
    assert_eq!(world.send(ticket.body(&[span(15, 30)])), ended);
    assert_eq!(world.recorded_ms(), 15_000);
}

/// 3, 15: beats can be neither skipped nor computed ahead.
#[test]
fn a_skipped_or_forged_beat_is_refused() {
    let mut world = World::new();
    let ticket = world.open(1);
    world.wait(15_000);
    let ahead = Ticket { sequence: 4, ..ticket.clone() };
    assert_eq!(world.send(ahead.body(&[span(0, 15)])), Err(BeatRefusal::OutOfOrder { expected: 1 }));
    let forged = Ticket { nonce: Nonce([0xee; 16]), ..ticket };
    assert_eq!(world.send(forged.body(&[span(0, 15)])), Err(BeatRefusal::WrongNonce));
    assert_eq!(world.recorded_ms(), 0);
}

/// 4, 7, 8, 9: a client that hurries its clock, plays sixteen times as fast or simply lies gets what the server's
/// clock allows, whether it admits its rate or not.
#[test]
fn a_batch_or_a_fast_player_records_wall_time_only() {
    for rate_percent in [100, 1_600] {
        let mut world = World::new();
        let mut ticket = world.open(1);
        world.wait(4_000);
        let body = BeatBody { rate_percent, late_ms: 600_000, ..ticket.body(&[span(0, 600)]) };
        let answer = world.send(body).unwrap();
        assert_eq!((answer.credited_ms, answer.lost_ms), (4_000, 596_000));
        assert_eq!(answer.reason, Some(Decision::OverBudget));
        assert_eq!(answer.send_again, [span(4, 600)]);
        (ticket.sequence, ticket.nonce) = (answer.sequence, answer.nonce);
        world.wait(15_000);
        assert_eq!(world.beat(&mut ticket, &[span(300, 540)]).credited_ms, 15_000);
        assert_eq!(world.recorded_ms(), 19_000);
    }
}

/// Time left unspent may be drawn on by the grace only, unless the player says that its last beat was late.
#[test]
fn a_pause_is_not_a_purse() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(100_000);
    assert_eq!(world.beat(&mut ticket, &[]).credited_ms, 0);
    world.wait(4_000);
    assert_eq!(world.beat(&mut ticket, &[span(0, 600)]).credited_ms, 6_000);
    let body = BeatBody { late_ms: i64::MAX, ..ticket.body(&[span(0, 600)]) };
    assert_eq!(world.send(body).unwrap().credited_ms, 98_000);
    assert_eq!(world.recorded_ms(), 104_000);
}

/// 4: sixteen claims in one beat share one allowance.
#[test]
fn many_spans_share_one_allowance() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(10_000);
    let spans: Vec<Span> = (0..16).map(|at| span(at * 100, at * 100 + 8)).collect();
    let answer = world.beat(&mut ticket, &spans);
    assert_eq!((answer.credited_ms, answer.lost_ms), (10_000, 118_000));
    assert_eq!(world.progress[&ticket.lesson].recorded.spans(), [span(0, 8), span(100, 102)]);
}

/// An hour of beats that play nothing saves up two minutes, not an hour to be spent in a burst.
#[test]
fn idle_beats_save_no_more_than_the_cap() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    for _ in 0..60 {
        world.wait(60_000);
        world.beat(&mut ticket, &[]);
    }
    for expected in [120_000, 0] {
        let answer = world.send(BeatBody { late_ms: 600_000, ..ticket.body(&[span(0, 1_800)]) }).unwrap();
        assert_eq!(answer.credited_ms, expected);
        (ticket.sequence, ticket.nonce) = (answer.sequence, answer.nonce);
    }
}

/// 5, 6: ten lessons with one account, on one device or ten, are one learner with one clock. This is how 20 hours
/// of another platform were finished in two.
#[test]
fn ten_lessons_at_once_record_one_lessons_time() {
    let mut world = World::new();
    for round in 0..20 {
        let mut tickets: Vec<Ticket> = (0..10).map(|lesson| world.open(lesson)).collect();
        world.wait(15_000);
        for ticket in &mut tickets {
            let spans = [span(round * 15, round * 15 + 15)];
            let taken = world.send(ticket.body(&spans));
            assert!(taken.is_ok() || taken == Err(BeatRefusal::TakenOver));
        }
    }
    assert_eq!(world.recorded_ms(), 20 * 15_000);
    assert_eq!(world.ended.len(), 199);
}

/// 6: reopening for every beat does not restart the clock in the learner's favour.
#[test]
fn reopening_sessions_makes_no_time() {
    let mut world = World::new();
    for lesson in 0..100 {
        let mut ticket = world.open(lesson);
        world.wait(100);
        world.beat(&mut ticket, &[span(0, 1_800)]);
    }
    assert_eq!(world.recorded_ms(), 10_000);
}

/// 10: seeking to the end records the end, not the way there.
#[test]
fn seeking_to_the_end_completes_nothing() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(15_000);
    let answer = world.beat(&mut ticket, &[span(0, 1), span(1_799, 1_800)]);
    assert_eq!((answer.recorded_ms, answer.completed, answer.position_ms), (2_000, false, LENGTH_MS));
}

/// 11, 12: overlapping claims count once, and nothing counts beyond the end.
#[test]
fn overlaps_count_once_and_the_end_is_the_end() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(60_000);
    let answer = world.beat(&mut ticket, &[span(1_790, 1_795), span(1_792, 9_999_999), span(1_790, 1_800)]);
    assert_eq!((answer.recorded_ms, answer.lost_ms), (10_000, 0));
    let decisions = BeatEvidence::from_bytes(&world.evidence[0]).unwrap().decisions;
    assert!(decisions.has(Decision::BeyondEnd) && decisions.has(Decision::AlreadyCounted));
    assert_eq!(answer.reason, Some(Decision::Counted));
    world.wait(60_000);
    assert_eq!(world.beat(&mut ticket, &[span(1_800, 2_000)]).reason, Some(Decision::BeyondEnd));
}

/// 13: somebody else's session is answered like a lost one, and a lesson cannot be swapped under a session.
#[test]
fn a_beat_for_another_session_or_lesson_is_refused() {
    let mut world = World::new();
    let ticket = world.open(1);
    world.wait(15_000);
    let strange = Ticket { session: PlaySessionId::from_raw(99), ..ticket.clone() };
    assert_eq!(world.send(strange.body(&[span(0, 15)])), Err(BeatRefusal::TakenOver));
    let swapped = Ticket { lesson: LessonId::from_raw(2), ..ticket };
    assert_eq!(world.send(swapped.body(&[span(0, 15)])), Err(BeatRefusal::LessonDiffers));
}

/// 14: a session that was closed or signed out of is over, though its chain is intact.
#[test]
fn a_beat_after_the_end_is_refused() {
    for why in [EndReason::Closed, EndReason::SignedOut] {
        let mut world = World::new();
        let ticket = world.open(1);
        world.wait(15_000);
        world.head = world.head.take().map(|head| head.end(why, world.now).end(EndReason::Forked, world.now));
        assert_eq!(world.send(ticket.body(&[span(0, 15)])), Err(BeatRefusal::SessionEnded { why }));
        assert_eq!(EndReason::from_code(why.code()), Some(why));
    }
}

/// 16: a server whose clock steps back must not sell the same minute twice.
#[test]
fn a_clock_that_steps_back_counts_no_minute_twice() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(60_000);
    assert_eq!(world.beat(&mut ticket, &[span(0, 60)]).credited_ms, 60_000);
    world.wait(-45_000);
    assert_eq!(world.beat(&mut ticket, &[span(60, 120)]).credited_ms, 0);
    let mut ticket = world.open(1);
    world.wait(45_000);
    assert_eq!(world.beat(&mut ticket, &[span(60, 120)]).credited_ms, 0);
    world.wait(15_000);
    assert_eq!(world.beat(&mut ticket, &[span(60, 120)]).credited_ms, 15_000);
    assert_eq!(world.recorded_ms(), 75_000);
}

/// 17: beats that alternate between two nodes whose clocks differ record wall time, and lose no more than the
/// difference.
#[test]
fn two_nodes_with_unequal_clocks_record_wall_time() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    let mut pending = Vec::new();
    for beat in 1..=100 {
        world.now = NOON.plus_ms(beat * 15_000 + if beat % 2 == 0 { 400 } else { -400 });
        pending.push(span((beat - 1) * 15, beat * 15));
        pending = world.beat(&mut ticket, &pending).send_again;
    }
    assert!((1_499_600..=1_500_400).contains(&world.recorded_ms()), "{}", world.recorded_ms());
}

/// 18: a machine left alone for a day stops at the day's cap, and the next day begins at midnight in China.
#[test]
fn a_whole_day_stops_at_the_days_cap() {
    let mut world = World::new();
    world.policy.day_cap_seconds = Some(3_600);
    let mut capped = 0;
    for lesson in 0..24 {
        let mut ticket = world.open(lesson);
        for beat in 0..20 {
            world.wait(60_000);
            let answer = world.beat(&mut ticket, &[span(beat * 60, beat * 60 + 60)]);
            capped += i64::from(answer.reason == Some(Decision::DayCap));
            assert!(answer.send_again.is_empty(), "the day is over; sending again cannot help");
        }
    }
    assert_eq!((world.recorded_ms(), capped), (3_600_000, 420));
    world.now = NOON.plus_days(1);
    let mut ticket = world.open(30);
    world.wait(15_000);
    assert_eq!(world.beat(&mut ticket, &[span(0, 15)]).credited_ms, 15_000);
}

/// 19: where the rules count only a visible page, a hidden one records nothing and is told why.
#[test]
fn a_hidden_page_counts_as_the_rules_say() {
    for (hidden_counts, expected) in [(true, 15_000), (false, 0)] {
        let mut world = World::new();
        world.policy.hidden_counts = hidden_counts;
        let ticket = world.open(1);
        world.wait(15_000);
        let answer = world.send(BeatBody { hidden: true, ..ticket.body(&[span(0, 15)]) }).unwrap();
        assert_eq!(answer.credited_ms, expected);
        assert_eq!(answer.reason == Some(Decision::Hidden), !hidden_counts);
    }
}

/// 21: a thousand beats in a second record a second.
#[test]
fn a_flood_records_its_second() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    for _ in 0..1_000 {
        world.wait(1);
        world.beat(&mut ticket, &[span(0, 1_800)]);
    }
    assert_eq!(world.recorded_ms(), 1_000);
}

/// A record in crumbs is bounded, and the reason says so.
#[test]
fn crumbs_stop_at_the_bound() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    let mut reason = None;
    for beat in 0..300 {
        world.wait(15_000);
        let crumbs: Vec<Span> = (0..16).map(|at| (beat * 16 + at) * 4).map(|at| Span::new(at, at + 1)).collect();
        reason = world.beat(&mut ticket, &crumbs).reason;
    }
    assert_eq!(world.recorded_ms(), INTERVALS_MAX as i64);
    assert_eq!(reason, Some(Decision::TooScattered));
}
