//! Rate limits: a bounded table of token buckets, one per purpose and key.

use crate::error::{Refused, Result};
use jixue_core::refusal::Kind;
use jixue_core::time::Timestamp;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

/// How much and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub purpose: &'static str,
    pub burst: i64,
    /// Milliseconds until one more is allowed.
    pub refill_ms: i64,
}

/// Tries to sign in, from one address, by browsers that are strangers to the name they type.
pub const SIGN_IN_ADDRESS: Rate = Rate { purpose: "sign-in address", burst: 60, refill_ms: 2_000 };
/// Tries to make the first account, from one address.
pub const SETUP_ADDRESS: Rate = Rate { purpose: "setup address", burst: 20, refill_ms: 5_000 };
/// Codes asked for, from one address: a hospital's morning passes, a robot soon waits.
pub const CODE_ADDRESS: Rate = Rate { purpose: "code address", burst: 60, refill_ms: 20_000 };
/// Tries to sign in with one phone or login, from one network, or from one browser that has signed in with it before.
pub const SIGN_IN_NAME: Rate = Rate { purpose: "sign-in name", burst: 8, refill_ms: 60_000 };
/// Tries to sign in with one phone or login from all networks together, but for browsers that have signed in with it
/// before: whoever guesses from many addresses is slowed down, and the owner is not.
pub const SIGN_IN_NAME_ANYWHERE: Rate = Rate { purpose: "sign-in name anywhere", burst: 40, refill_ms: 60_000 };
/// Tries at the second factor of one account, from one browser that is known or from all others together.
pub const FACTOR: Rate = Rate { purpose: "second factor", burst: 10, refill_ms: 120_000 };
/// Requests for activation and tries at a unit's code, from one network: a ward that shares an address passes.
pub const ACTIVATION_ADDRESS: Rate = Rate { purpose: "activation address", burst: 30, refill_ms: 20_000 };
/// Ways begun to another side that vouches for people, from one address.
pub const TRIP_ADDRESS: Rate = Rate { purpose: "trip address", burst: 60, refill_ms: 5_000 };
/// The same, and ways back, of one browser that has signed in here before.
pub const TRIP_BROWSER: Rate = Rate { purpose: "trip browser", burst: 20, refill_ms: 10_000 };
/// Ways back that nobody began, from one address: they take nothing from those who did begin one.
pub const STRAY_ADDRESS: Rate = Rate { purpose: "stray address", burst: 60, refill_ms: 5_000 };
/// Tries to confirm oneself in one session.
/// Looking for learners by name, per account.
pub const LEARNER_SEARCH: Rate = Rate { purpose: "learner_search", burst: 30, refill_ms: 10_000 };
pub const CONFIRMATION: Rate = Rate { purpose: "confirmation", burst: 8, refill_ms: 60_000 };
/// Verifications, from one address: an office behind one address may look at many documents, a robot not at millions.
pub const VERIFICATION: Rate = Rate { purpose: "verification", burst: 120, refill_ms: 1_000 };
/// Beats of one learner: one each 15 s is asked, pauses and seeks add some.
pub const BEATS: Rate = Rate { purpose: "beats", burst: 40, refill_ms: 1_000 };

/// Beyond this many keys of one purpose the half that is nearest to full is forgotten.
const KEYS_MAX: usize = 50_000;

/// When each key's bucket will be full again.
type Buckets = HashMap<u64, i64>;

/// Buckets by purpose and key: a flood of one purpose forgets nothing of another. Held in memory: a node forgets at
/// restart, which only ever lets a little more in.
#[derive(Debug, Default)]
pub struct Limits {
    purposes: Mutex<HashMap<&'static str, Buckets>>,
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
        let mut purposes = self.purposes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let buckets = purposes.entry(rate.purpose).or_default();
        if buckets.len() >= KEYS_MAX {
            forget_half(buckets);
        }
        let bucket = buckets.entry(hash(key)).or_insert(now.0);
        let full_at = (*bucket).max(now.0) + rate.refill_ms;
        if full_at - now.0 > rate.burst * rate.refill_ms {
            return Err(Refused::new("request.too_often", Kind::TooMany).into());
        }
        *bucket = full_at;
        Ok(())
    }
}

impl Limits {
    /// How many of a bucket are taken at present; takes none.
    pub fn taken(&self, rate: Rate, key: &impl std::hash::Hash, now: Timestamp) -> i64 {
        let purposes = self.purposes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let full_at = purposes.get(rate.purpose).and_then(|buckets| buckets.get(&hash(key))).copied();
        full_at.map_or(0, |full_at| ((full_at - now.0).max(0) + rate.refill_ms - 1) / rate.refill_ms)
    }
}

fn forget_half(buckets: &mut Buckets) {
    let mut times: Vec<i64> = buckets.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    let mut left = middle;
    buckets.retain(|_, full_at| {
        let goes = left > 0 && *full_at <= median;
        left -= usize::from(goes);
        !goes
    });
}

/// The network that counts as one address: an IPv6 customer has 2^64 addresses of a /64 to choose from.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
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
        assert_eq!([limits.taken(RATE, &"a", now), limits.taken(RATE, &"b", now)], [3, 0]);
        assert_eq!(limits.taken(RATE, &"a", now.plus_ms(1_500)), 2);
        limits.take(RATE, &"b", now).unwrap();
        limits.take(RATE, &"a", now.plus_ms(1_000)).unwrap();
        assert!(limits.take(RATE, &"a", now.plus_ms(1_000)).is_err());
    }

    /// Somebody with many addresses must neither pass nor wipe what is known of the others.
    #[test]
    fn a_flood_of_one_purpose_spares_the_busiest_and_the_other_purposes() {
        let (limits, now) = (Limits::default(), Timestamp(1_000_000));
        let other = Rate { purpose: "other", ..RATE };
        for rate in [RATE, other] {
            for _ in 0..3 {
                limits.take(rate, &"busy", now).unwrap();
            }
        }
        for key in 0..2 * KEYS_MAX {
            limits.take(RATE, &key, now).unwrap();
        }
        assert!(limits.take(RATE, &"busy", now).is_err());
        assert!(limits.take(other, &"busy", now).is_err());
    }

    #[test]
    fn a_network_counts_as_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
