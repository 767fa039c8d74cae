//! When a session was last seen: written seldom, so that asking for pages stays reading.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::identity::sessions::digest;
use jixue_core::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A sighting is written when the last one is older than this.
const EVERY_MS: i64 = 10 * 60_000;
/// Beyond this many sessions the table begins anew: that only writes a little more.
const SESSIONS_MAX: usize = 100_000;

/// When this node last wrote that it saw a session.
#[derive(Debug, Default)]
pub struct Sightings(Mutex<HashMap<[u8; 32], i64>>);

impl Sightings {
    /// Whether the sighting is to be written; then it counts as written.
    fn is_due(&self, digest: [u8; 32], now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= SESSIONS_MAX {
            seen.clear();
        }
        let last = seen.entry(digest).or_insert(now.0 - EVERY_MS);
        let is_due = now.0 - *last >= EVERY_MS;
        if is_due {
            *last = now.0;
        }
        is_due
    }
}

/// Notes that a session asked for something.
pub async fn note_seen(app: &App, token: &str) {
    let (digest, now) = (digest(token), app.clock.now());
    if !app.sightings.is_due(digest, now) {
        return;
    }
    let noted = app.db.write(async move |tx: &Tx<'_>| store::seen(tx, &digest, now).await).await;
    if let Err(error) = noted {
        // Nobody should be turned away because a list of devices is ten minutes behind.
        tracing::warn!(%error, "a sighting was not noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sighting_is_written_every_ten_minutes() {
        let (sightings, start) = (Sightings::default(), Timestamp(1_795_000_000_000));
        assert!(sightings.is_due([1; 32], start));
        assert!(!sightings.is_due([1; 32], start.plus_ms(EVERY_MS - 1)));
        assert!(sightings.is_due([2; 32], start), "another session");
        assert!(sightings.is_due([1; 32], start.plus_ms(EVERY_MS)));
        assert!(!sightings.is_due([1; 32], start.plus_ms(EVERY_MS + 1)));
    }
}
