//! What honest people live through. None of it may cost them more than one interval of a lesson they really watched.

use super::world::*;
use super::*;
use crate::time::Timestamp;
use proptest::prelude::*;

/// An honest player in real time. Each beat takes `line(sent)` milliseconds up and down; while it is on its way the
/// lesson plays on, and the same beat is sent again until an answer comes. Returns what is missing at the end, after
/// at most two beats more than the lesson's length needs.
fn watch(world: &mut World, interval_ms: i64, says_late: bool, mut line: impl FnMut(i64) -> (i64, i64)) -> i64 {
    let mut ticket = world.open(1);
    let start = world.now;
    let (mut sent_at, mut played, mut late_ms, mut extra) = (interval_ms, 0, 0, 0);
    let mut pending: Vec<Span> = Vec::new();
    while extra < 2 {
        let position = sent_at.min(LENGTH_MS);
        pending.push(Span::new(played, position));
        played = position;
        let (up, down) = line(sent_at);
        world.now = start.plus_ms(sent_at + up);
        let body = BeatBody { late_ms: if says_late { late_ms } else { 0 }, ..ticket.body(&pending) };
        let answer = world.send(body).expect("an honest beat is taken");
        (ticket.sequence, ticket.nonce) = (answer.sequence, answer.nonce);
        pending = answer.send_again;
        late_ms = up + down;
        extra += i64::from(position == LENGTH_MS);
        let next = (sent_at + interval_ms).max(sent_at + up + down);
        sent_at = if played < LENGTH_MS { next.min(LENGTH_MS.max(sent_at + up + down)) } else { next };
    }
    LENGTH_MS - world.recorded_ms()
}

fn interval_ms() -> i64 {
    Policy::default().interval_ms
}

#[test]
fn a_good_line_loses_nothing_and_completes_once() {
    let mut world = World::new();
    assert_eq!(watch(&mut world, interval_ms(), true, |_| (40, 40)), 0);
    assert_eq!(world.completions, 1);
    assert_eq!(world.progress.values().next().unwrap().permille(LENGTH_MS), 1_000);
}

/// A train goes through a tunnel for 90 seconds; the buffered lesson plays on.
#[test]
fn a_tunnel_of_90_seconds_loses_at_most_one_interval() {
    for into in (0..LENGTH_MS).step_by(123_456) {
        let through = move |sent: i64| {
            if (into..into + 90_000).contains(&sent) { (into + 90_000 - sent, 50) } else { (50, 50) }
        };
        let lost = watch(&mut World::new(), interval_ms(), true, through);
        assert!(lost <= interval_ms(), "tunnel at {into}: lost {lost}");
    }
}

/// A battery saver lets the page beat once a minute.
#[test]
fn one_beat_a_minute_loses_at_most_one_interval() {
    assert!(watch(&mut World::new(), 60_000, true, |_| (50, 50)) <= interval_ms());
}

/// The last day of the year at 23:50: the lesson runs over midnight into another day, month and year.
#[test]
fn midnight_and_new_year_lose_nothing() {
    let mut world = World::new();
    world.now = Timestamp::from_rfc3339("2026-12-31T23:50:00+08:00").unwrap();
    world.policy.day_cap_seconds = Some(8 * 2_700);
    assert_eq!(watch(&mut world, interval_ms(), true, |_| (50, 50)), 0);
}

/// A reload, or WeChat killing the page, loses what was played since the last beat, and the budget is not harmed.
#[test]
fn a_reload_loses_at_most_one_interval() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    let (mut from, mut lost) = (0, 0);
    while from < LENGTH_MS {
        if from == 600_000 {
            world.wait(interval_ms() - 1);
            lost = interval_ms() - 1;
            ticket = world.open(1);
            assert_eq!(world.progress[&ticket.lesson].position_ms, 600_000);
            from += lost;
        }
        let to = (from + interval_ms()).min(LENGTH_MS);
        world.wait(to - from);
        assert_eq!(world.beat(&mut ticket, &[Span::new(from, to)]).lost_ms, 0);
        from = to;
    }
    assert_eq!(world.recorded_ms(), LENGTH_MS - lost);
    assert_eq!(world.completions, 1);
}

/// A second tab opened by mistake takes over; the first is told so, and coming back to it goes on from there.
#[test]
fn a_double_tab_loses_at_most_one_interval_each_time() {
    let mut world = World::new();
    let mut first = world.open(1);
    world.wait(15_000);
    world.beat(&mut first, &[Span::new(0, 15_000)]);
    world.wait(10_000);
    let mut second = world.open(1);
    assert_eq!(world.ended, [first.session]);
    world.wait(5_000);
    assert_eq!(world.send(first.body(&[Span::new(15_000, 30_000)])), Err(BeatRefusal::TakenOver));
    world.wait(10_000);
    world.beat(&mut second, &[Span::new(15_000, 30_000)]);
    let mut third = world.open(1);
    world.wait(15_000);
    assert_eq!(world.beat(&mut third, &[Span::new(30_000, 45_000)]).recorded_ms, 45_000);
}

/// A phone locked for an hour: the time asleep earns nothing, and nothing that was watched is taken away.
#[test]
fn a_locked_phone_loses_nothing_it_played() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(15_000);
    world.beat(&mut ticket, &[Span::new(0, 15_000)]);
    world.wait(3_600_000);
    let answer = world.beat(&mut ticket, &[Span::new(15_000, 22_000)]);
    assert_eq!((answer.recorded_ms, answer.lost_ms, answer.reason), (22_000, 0, Some(Decision::Counted)));
}

/// Ten minutes without a line: the first two count, and the learner is told why the rest does not.
#[test]
fn of_a_silence_beyond_the_cap_the_first_part_counts() {
    let mut world = World::new();
    let mut ticket = world.open(1);
    world.wait(600_000);
    let answer = world.beat(&mut ticket, &[Span::new(0, 600_000)]);
    assert_eq!((answer.credited_ms, answer.lost_ms), (120_000, 480_000));
    assert_eq!(answer.reason, Some(Decision::GapTooLong));
    assert!(answer.send_again.is_empty());
    assert_eq!(world.progress[&ticket.lesson].recorded.spans(), [Span::new(0, 120_000)]);
}

/// Whatever is recorded stays: a beat never makes less of a lesson, and completion is told once.
#[test]
fn watching_again_changes_nothing() {
    let mut world = World::new();
    watch(&mut world, interval_ms(), true, |_| (50, 50));
    let mut ticket = world.open(1);
    world.wait(15_000);
    let answer = world.beat(&mut ticket, &[Span::new(0, 15_000)]);
    assert_eq!((answer.recorded_ms, answer.credited_ms, answer.completed), (LENGTH_MS, 0, true));
    assert_eq!((answer.reason, world.completions), (Some(Decision::AlreadyCounted), 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// 3G with stalls of up to 20 seconds each way, at random: waits are long, losses are not.
    #[test]
    fn a_stalling_line_loses_at_most_one_interval(delays in proptest::collection::vec((0..20_000_i64, 0..20_000_i64), 200)) {
        let mut beats = delays.iter().cycle();
        let lost = watch(&mut World::new(), interval_ms(), true, |_| *beats.next().unwrap());
        prop_assert!(lost <= interval_ms(), "lost {}", lost);
    }

    /// A player that measures nothing and only sends again what it is told to, on a line that jitters by 3 seconds.
    #[test]
    fn sending_again_is_enough_on_a_line_that_jitters(delays in proptest::collection::vec((0..3_000_i64, 0..3_000_i64), 200)) {
        let mut beats = delays.iter().cycle();
        let lost = watch(&mut World::new(), interval_ms(), false, |_| *beats.next().unwrap());
        prop_assert!(lost <= interval_ms(), "lost {}", lost);
    }
}
