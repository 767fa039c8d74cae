use super::*;
use proptest::prelude::*;

/// The naive model: one boolean a millisecond.
#[derive(Clone)]
struct Bitmap([bool; 256]);

impl Bitmap {
    fn new() -> Self {
        Self([false; 256])
    }

    /// Marks from the left until `limit` new ones are marked, and says how many that were.
    fn add_up_to(&mut self, span: Span, limit: i64) -> i64 {
        let mut added = 0;
        for at in span.from_ms..span.to_ms {
            if !self.0[at as usize] {
                if added == limit {
                    break;
                }
                self.0[at as usize] = true;
                added += 1;
            }
        }
        added
    }

    fn runs(&self, wanted: bool, from: i64, to: i64) -> Vec<Span> {
        let mut runs: Vec<Span> = Vec::new();
        for at in from..to {
            match runs.last_mut() {
                Some(last) if self.0[at as usize] == wanted && last.to_ms == at => last.to_ms += 1,
                Some(_) | None if self.0[at as usize] == wanted => runs.push(Span::new(at, at + 1)),
                Some(_) | None => {}
            }
        }
        runs
    }
}

fn spans() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
    let limit = prop_oneof![Just(i64::MAX), 0..40_i64];
    proptest::collection::vec((0..250_i64, 0..60_i64, limit), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The record is money's worth of study; it must be exactly the set it claims to be.
    #[test]
    fn intervals_equal_the_naive_bitmap(steps in spans(), window in (0..250_i64, 0..250_i64), length in 0..250_i64) {
        let (mut intervals, mut bitmap) = (Intervals::new(), Bitmap::new());
        for (from, long, limit) in steps {
            let span = Span::new(from, (from + long).min(250));
            let added = intervals.add_up_to(span, limit);
            prop_assert_eq!(added.added_ms, bitmap.add_up_to(span, limit));
            prop_assert!(!added.full && added.reached_ms <= span.to_ms.max(span.from_ms));
            let left: i64 = intervals.missing_in(Span::new(added.reached_ms, span.to_ms)).map(Span::length_ms).sum();
            let all: i64 = intervals.missing_in(span).map(Span::length_ms).sum();
            prop_assert_eq!(left, all);
            prop_assert_eq!(intervals.spans(), &bitmap.runs(true, 0, 256)[..]);
        }
        prop_assert_eq!(intervals.total_ms(), bitmap.0.iter().filter(|set| **set).count() as i64);
        prop_assert_eq!(intervals.gaps(length), bitmap.runs(false, 0, length));
        let missing: Vec<Span> = intervals.missing_in(Span::new(window.0, window.1)).collect();
        prop_assert_eq!(missing, bitmap.runs(false, window.0, window.1));
        prop_assert_eq!(Intervals::from_bytes(&intervals.to_bytes()), Ok(intervals.clone()));
        intervals.clip(length);
        prop_assert_eq!(intervals.spans(), &bitmap.runs(true, 0, length)[..]);
    }

    /// Damaged bytes must be refused or be some honest set, never a panic and never two spellings of one set.
    #[test]
    fn what_is_read_is_what_would_be_written(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(intervals) = Intervals::from_bytes(&bytes) {
            prop_assert_eq!(intervals.to_bytes(), bytes);
        }
    }
}

#[test]
fn reversed_and_empty_spans_add_nothing() {
    let mut intervals = Intervals::new();
    assert_eq!(intervals.add(10, 10), 0);
    assert_eq!(intervals.add(10, 5), 0);
    assert_eq!(intervals.add(i64::MAX, i64::MIN), 0);
    assert!(intervals.is_empty());
}

/// An hour seen in one go is a handful of bytes: the row stays small however long the lesson.
#[test]
fn a_whole_hour_takes_six_bytes() {
    let mut intervals = Intervals::new();
    for beat in 0..240 {
        intervals.add(beat * 15_000, (beat + 1) * 15_000);
    }
    assert_eq!(intervals.spans(), [Span::new(0, 3_600_000)]);
    assert_eq!(intervals.to_bytes().len(), 6);
}

/// A client that reports crumbs must not grow our row without end.
#[test]
fn a_record_too_scattered_takes_no_new_piece_but_still_closes_gaps() {
    let mut intervals = Intervals::new();
    for piece in 0..INTERVALS_MAX as i64 {
        assert_eq!(intervals.add(piece * 10, piece * 10 + 1), 1);
    }
    let beyond = Span::new(INTERVALS_MAX as i64 * 10, INTERVALS_MAX as i64 * 10 + 5);
    assert_eq!(intervals.add_up_to(beyond, 100), Added { added_ms: 0, reached_ms: beyond.from_ms, full: true });
    assert_eq!(intervals.add(0, 25), 22);
    assert_eq!(intervals.spans().len(), INTERVALS_MAX - 2);
    assert_eq!(Intervals::from_bytes(&intervals.to_bytes()), Ok(intervals));
}

#[test]
fn stored_bytes_are_bounded() {
    let mut many = Vec::new();
    varint::put(&mut many, INTERVALS_MAX as i64 + 1);
    many.extend([1; 2 * (INTERVALS_MAX + 1)]);
    assert_eq!(Intervals::from_bytes(&many), Err(Unreadable));
    for wrong in [&b""[..], &[1], &[1, 0, 0], &[2, 0, 1, 0, 1], &[0, 0], &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]] {
        assert_eq!(Intervals::from_bytes(wrong), Err(Unreadable), "{wrong:?}");
    }
}
