//! Where the simulators learn the time.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of the present instant in milliseconds since 1970, UTC. A simulated year brings its own; application and
/// simulator must share it, since both refuse signatures that are minutes off.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The clock of this machine.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        #[allow(clippy::disallowed_methods)]
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
    })
}

/// `2026-11-23T20:14:06+08:00`: how the gateway writes instants.
pub fn rfc3339_china(ms: i64) -> String {
    china(ms, "%Y-%m-%dT%H:%M:%S+08:00")
}

/// `2026-11-23 20:14`, as the phone shows it.
pub fn minutes_china(ms: i64) -> String {
    china(ms, "%Y-%m-%d %H:%M")
}

/// Reads RFC 3339.
pub fn from_rfc3339(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

fn china(ms: i64, format: &str) -> String {
    let instant = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    let offset = jiff::tz::Offset::constant(8);
    offset.to_datetime(instant).strftime(format).to_string()
}
