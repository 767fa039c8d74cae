//! Where a gateway learns the time it signs with.

use jixue_core::time::Timestamp;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of the present instant. Given from outside, so that a test or a simulated year brings its own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of this machine. Gateways refuse signatures that are more than minutes off.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        // Before 1970 the machine is broken anyhow; zero makes every signature fail loudly.
        #[allow(clippy::disallowed_methods)]
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    })
}
