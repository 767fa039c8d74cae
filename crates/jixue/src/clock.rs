//! The one place that reads the system's clock.

use jixue_core::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Wall-clock time that never steps back within a process, with an offset that only the demo and tests move.
///
/// An operating system may set its clock back; credit and order would suffer, so the latest instant given out is kept.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    offset_ms: AtomicI64,
    latest_ms: AtomicI64,
}

impl Clock {
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that is behind the system's by `ms` until it catches up: the demo lives through its past before it opens,
    /// and what happened then stays in the past after a restart.
    pub fn behind_ms(ms: i64) -> Self {
        let clock = Self::default();
        clock.state.offset_ms.store(-ms.max(0), Ordering::Relaxed);
        clock
    }

    /// Ends being behind the system's clock.
    pub fn catch_up(&self) {
        self.state.offset_ms.fetch_max(0, Ordering::Relaxed);
    }

    #[allow(clippy::disallowed_methods)]
    pub fn now(&self) -> Timestamp {
        let system = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        let now = system + self.state.offset_ms.load(Ordering::Relaxed);
        let latest = self.state.latest_ms.fetch_max(now, Ordering::Relaxed);
        Timestamp(latest.max(now))
    }

    /// Moves time forward: study of an hour takes an instant in tests and in the story command.
    pub fn advance_ms(&self, ms: i64) {
        self.state.offset_ms.fetch_add(ms.max(0), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_advances_and_never_returns() {
        let clock = Clock::system();
        let before = clock.now();
        clock.advance_ms(3_600_000);
        assert!(clock.now().since_ms(before) >= 3_600_000);
        clock.advance_ms(-7_200_000);
        assert!(clock.now().since_ms(before) >= 3_600_000);
    }

    #[test]
    fn a_clock_that_is_behind_catches_up_and_goes_no_further() {
        let (system, behind) = (Clock::system(), Clock::behind_ms(3_600_000));
        assert!(system.now().since_ms(behind.now()) >= 3_599_000);
        behind.advance_ms(1_800_000);
        assert!(system.now().since_ms(behind.now()) <= 1_801_000);
        behind.catch_up();
        behind.catch_up();
        assert!(system.now().since_ms(behind.now()).abs() < 1_000);
    }
}
