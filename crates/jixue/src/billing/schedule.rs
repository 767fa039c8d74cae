//! When the gateway is asked about an attempt, should its notification not come.

use jixue_core::time::Timestamp;

/// Seconds after the attempt began. The last planned question falls on its end, where it is closed.
const ASK_AFTER_SECONDS: [i64; 6] = [5, 15, 30, 60, 180, 600];

/// Between questions about an attempt that is over and of which the gateway says nothing.
const PAUSE_MS_MIN: i64 = 60_000;
const PAUSE_MS_MAX: i64 = 6 * 3_600_000;

/// The first instant after `now` at which to ask about an attempt of this life.
///
/// Beyond its end the pauses grow with the time that has passed, so that a gateway that is away for a day is neither
/// flooded nor forgotten.
pub(super) fn next_query(created_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Timestamp {
    let planned = ASK_AFTER_SECONDS.iter().map(|seconds| created_at.plus_seconds(*seconds));
    let next = planned.chain([expires_at]).filter(|at| *at <= expires_at).find(|at| *at > now);
    next.unwrap_or_else(|| now.plus_ms(now.since_ms(expires_at).clamp(PAUSE_MS_MIN, PAUSE_MS_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Timestamp = Timestamp(1_795_406_400_000);

    fn questions_until(end_seconds: i64, lifetime_seconds: i64) -> Vec<i64> {
        let (mut now, mut asked) = (BEGAN, Vec::new());
        while now < BEGAN.plus_seconds(end_seconds) {
            now = next_query(BEGAN, BEGAN.plus_seconds(lifetime_seconds), now);
            asked.push(now.since_ms(BEGAN) / 1_000);
        }
        asked
    }

    /// Somebody who paid and whose notification is lost waits for the next question: the first ones come fast.
    #[test]
    fn questions_come_fast_first_and_end_at_the_end() {
        assert_eq!(questions_until(1_800, 1_800), [5, 15, 30, 60, 180, 600, 1_800]);
        assert_eq!(questions_until(40, 40), [5, 15, 30, 40]);
    }

    /// A gateway that is silent for a day must neither be asked each second nor be forgotten.
    #[test]
    fn pauses_grow_beyond_the_end_and_stay_bounded() {
        let asked = questions_until(3 * 86_400, 1_800);
        assert!(asked.windows(2).all(|pair| pair[0] < pair[1]), "{asked:?}");
        assert!((20..60).contains(&asked.len()), "{asked:?}");
        let pauses = asked.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(pauses.max() <= Some(6 * 3_600), "{asked:?}");
    }

    /// Time moves on between questions, however the clock of the server was set.
    #[test]
    fn the_next_question_lies_ahead() {
        for seconds in [-10, 0, 4, 5, 1_799, 1_800, 1_801, 90_000] {
            let now = BEGAN.plus_seconds(seconds);
            assert!(next_query(BEGAN, BEGAN.plus_seconds(1_800), now) > now, "{seconds}");
        }
    }
}
