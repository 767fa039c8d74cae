//! Rate limits: a bounded table of token buckets, one per purpose and key.

use crate::error::{Refused, Result};
use jixue_core::refusal::Kind;
use jixue_core::time::Timestamp;
use std::collections::HashMap;
use std::sync::Mutex;

/// How much and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub purpose: &'static str,
    pub burst: i64,
    /// Milliseconds until one more is allowed.
    pub refill_ms: i64,
}

/// Tries to sign in, from one address.
pub const SIGN_IN_ADDRESS: Rate = Rate { purpose: "sign-in address", burst: 60, refill_ms: 2_000 };
/// Tries to sign in, for one phone or login.
pub const SIGN_IN_NAME: Rate = Rate { purpose: "sign-in name", burst: 8, refill_ms: 60_000 };
/// Verifications, from one address: an office behind one address may look at many documents, a robot not at millions.
pub const VERIFICATION: Rate = Rate { purpose: "verification", burst: 120, refill_ms: 1_000 };
/// Beats of one learner: one each 15 s is asked, pauses and seeks add some.
pub const BEATS: Rate = Rate { purpose: "beats", burst: 40, refill_ms: 1_000 };

/// Beyond this many keys the fullest buckets are forgotten first.
const KEYS_MAX: usize = 100_000;

/// Buckets by purpose and key. Held in memory: a node forgets at restart, which only ever lets a little more in.
#[derive(Debug, Default)]
pub struct Limits {
    buckets: Mutex<HashMap<(&'static str, u64), Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// When the bucket will be full again.
    full_at: i64,
}

impl Rate {
    /// The same rate with another burst, as configured.
    pub const fn with_burst(self, burst: i64) -> Self {
        Self { burst, ..self }
    }
}

impl Limits {
    /// Takes one from the bucket of `key`, or refuses with `request.too_often`.
    pub fn take(&self, rate: Rate, key: &impl std::hash::Hash, now: Timestamp) -> Result<()> {
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if buckets.len() >= KEYS_MAX {
            buckets.retain(|_, bucket| bucket.full_at > now.0);
        }
        if buckets.len() >= KEYS_MAX {
            buckets.clear();
        }
        let bucket = buckets.entry((rate.purpose, hash(key))).or_insert(Bucket { full_at: now.0 });
        let full_at = bucket.full_at.max(now.0) + rate.refill_ms;
        if full_at - now.0 > rate.burst * rate.refill_ms {
            return Err(Refused::new("request.too_often", Kind::TooMany).into());
        }
        bucket.full_at = full_at;
        Ok(())
    }
}

fn hash(key: &impl std::hash::Hash) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { purpose: "test", burst: 3, refill_ms: 1_000 };

    #[test]
    fn a_burst_passes_and_then_one_each_refill() {
        let limits = Limits::default();
        let now = Timestamp(1_000_000);
        for _ in 0..3 {
            limits.take(RATE, &"a", now).unwrap();
        }
        assert_eq!(limits.take(RATE, &"a", now).unwrap_err().code(), Some("request.too_often"));
        limits.take(RATE, &"b", now).unwrap();
        limits.take(RATE, &"a", now.plus_ms(1_000)).unwrap();
        assert!(limits.take(RATE, &"a", now.plus_ms(1_000)).is_err());
    }
}
