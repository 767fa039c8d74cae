//! How a beat is judged: what of its claim the server's clock allows, and why not the rest.

use super::session::Admission;
use super::*;
use crate::time::Timestamp;

/// What became of a beat that was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeatOutcome {
    /// Store `head`, `progress` and `evidence` in one transaction, then answer.
    Taken(Box<BeatTaken>),
    /// The same beat came again: store nothing, give the same answer.
    Repeated(BeatAnswer),
    /// Two beats with one number. Store `head`, whose session has ended, flag it for a person to look at, and answer
    /// with `BeatRefusal::Forked`. This is no error, since an error would roll the ending back.
    Forked { head: Box<SessionHead> },
}

/// A beat that was judged, and all that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeatTaken {
    pub head: SessionHead,
    pub progress: LessonProgress,
    pub evidence: BeatEvidence,
    pub answer: BeatAnswer,
    /// Milliseconds newly recorded.
    pub credited_ms: i64,
    /// This beat completed the lesson: enter its recognised length as credit now, in the same transaction. It is
    /// true once per lesson and learner.
    pub completed: bool,
}

/// Judges `beat` at the server's instant `now`.
///
/// A lesson of text is measured like one of video: its length is the reading time it is recognised for, and spans are
/// positions in that time. `lesson_length_ms` of 0 means that beats complete nothing (a quiz).
///
/// The rules, in order (numbers from `policy`):
/// 1. wall time since the learner's last beat, in whatever lesson, becomes budget; of a long silence only the first
///    part; a clock that went back earns nothing;
/// 2. this beat may record at most what its own interval earned, the grace, and what the player says the beat before
///    was late; never more than the budget, so lateness and grace only spend time that has really passed;
/// 3. nor more than is left of the day's cap;
/// 4. spans count in the order given, cut at the lesson's end, only where not yet recorded, until that is used up.
///
/// So all that a learner ever records, over all lessons and sessions, is at most the wall time that passed.
///
/// `now` should come from a source that does not go back; every node's clock may differ by less than a beat.
pub fn take_beat(
    mut head: SessionHead,
    mut progress: LessonProgress,
    beat: &Beat,
    lesson_length_ms: i64,
    policy: &Policy,
    key: &BeatKey,
    now: Timestamp,
) -> Result<BeatOutcome, BeatRefusal> {
    match head.admit(beat)? {
        Admission::Next => {}
        Admission::Repeated => {
            let answer = head.last.as_ref().map(|last| last.answer(head.sequence, head.nonce));
            return answer.map(BeatOutcome::Repeated).ok_or(BeatRefusal::OutOfOrder { expected: 1 });
        }
        Admission::Forked => {
            return Ok(BeatOutcome::Forked { head: Box::new(head.end(EndReason::Forked, now)) });
        }
    }
    if progress.lesson != head.lesson || progress.learner != head.learner {
        return Err(BeatRefusal::LessonDiffers);
    }
    let allowance = earn(&mut head, beat.late_ms, policy, now);
    let tally = tally(&mut progress.recorded, beat, lesson_length_ms, policy, allowance);
    head.budget_ms -= tally.credited_ms;
    head.day_recorded_ms += tally.credited_ms;
    progress.position_ms = beat.position_ms.min(lesson_length_ms);
    let recorded_ms = progress.recorded.total_ms();
    let completed = progress.completed_at.is_none() && policy.completes(recorded_ms, lesson_length_ms);
    if completed {
        progress.completed_at = Some(now);
    }
    head.sequence = beat.sequence;
    head.nonce = key.next(head.session, head.sequence, &beat.nonce, now);
    let last = LastBeat {
        digest: beat.digest(),
        decisions: tally.decisions,
        recorded_ms,
        position_ms: progress.position_ms,
        credited_ms: tally.credited_ms,
        lost_ms: tally.lost_ms,
        send_again: tally.send_again,
        completed: progress.completed_at.is_some(),
    };
    let answer = last.answer(head.sequence, head.nonce);
    head.last = Some(last);
    Ok(BeatOutcome::Taken(Box::new(BeatTaken {
        evidence: evidence(beat, &tally.decisions, tally.credited_ms, now),
        head,
        progress,
        answer,
        credited_ms: tally.credited_ms,
        completed,
    })))
}

/// What this beat may record, and what bounds it.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    by_clock_ms: i64,
    by_day_ms: i64,
    /// The silence was longer than the cap.
    gap: bool,
}

/// Turns wall time into budget and says how much of it this beat may spend.
fn earn(head: &mut SessionHead, late_ms: i64, policy: &Policy, now: Timestamp) -> Allowance {
    let elapsed_ms = now.since_ms(head.last_beat_at).max(0);
    let earned_ms = policy.earned_ms(elapsed_ms);
    head.last_beat_at = now.max(head.last_beat_at);
    head.budget_ms = (head.budget_ms + earned_ms).min(policy.budget_max_ms());
    let today = head.last_beat_at.business_date();
    if today != head.day {
        head.day = today;
        head.day_recorded_ms = 0;
    }
    let day_cap_ms = policy.day_cap_seconds.map_or(i64::MAX, |seconds| seconds * 1_000);
    Allowance {
        by_clock_ms: head.budget_ms.min(earned_ms + policy.grace_ms + late_ms.min(policy.lateness_max_ms)),
        by_day_ms: (day_cap_ms - head.day_recorded_ms).max(0),
        gap: elapsed_ms > policy.gap_cap_ms,
    }
}

/// What a claim came to.
#[derive(Debug, Default)]
struct Tally {
    credited_ms: i64,
    lost_ms: i64,
    decisions: Decisions,
    send_again: Vec<Span>,
}

fn tally(recorded: &mut Intervals, beat: &Beat, length_ms: i64, policy: &Policy, allowance: Allowance) -> Tally {
    let mut tally = Tally::default();
    let counts = policy.hidden_counts || !beat.hidden;
    let limit_ms = if counts { allowance.by_clock_ms.min(allowance.by_day_ms) } else { 0 };
    let mut lost = Intervals::new();
    for span in &beat.spans {
        let inside = Span::new(span.from_ms, span.to_ms.min(length_ms));
        if inside.to_ms < span.to_ms {
            tally.decisions.put(Decision::BeyondEnd);
        }
        let added = recorded.add_up_to(inside, limit_ms - tally.credited_ms);
        tally.credited_ms += added.added_ms;
        if added.full {
            tally.decisions.put(Decision::TooScattered);
        }
        let mut missed_ms = 0;
        for missing in recorded.missing_in(Span::new(added.reached_ms, inside.to_ms)) {
            missed_ms += missing.length_ms();
            lost.add(missing.from_ms, missing.to_ms);
        }
        if added.added_ms + missed_ms < inside.length_ms() {
            tally.decisions.put(Decision::AlreadyCounted);
        }
    }
    if tally.credited_ms > 0 {
        tally.decisions.put(Decision::Counted);
    }
    tally.lost_ms = lost.total_ms();
    if tally.lost_ms > 0 && !tally.decisions.has(Decision::TooScattered) {
        let why = match (counts, allowance.by_day_ms <= allowance.by_clock_ms, allowance.gap) {
            (false, _, _) => Decision::Hidden,
            (true, true, _) => Decision::DayCap,
            (true, false, true) => Decision::GapTooLong,
            (true, false, false) => Decision::OverBudget,
        };
        tally.decisions.put(why);
        if why == Decision::OverBudget {
            tally.send_again = lost.spans().iter().copied().take(SPANS_MAX - 1).collect();
        }
    }
    tally
}

fn evidence(beat: &Beat, decisions: &Decisions, credited_ms: i64, now: Timestamp) -> BeatEvidence {
    BeatEvidence {
        sequence: beat.sequence,
        at: now,
        spans: beat.spans.clone(),
        rate_percent: beat.rate_percent,
        late_ms: beat.late_ms,
        hidden: beat.hidden,
        paused: beat.paused,
        decisions: *decisions,
        credited_ms,
    }
}
