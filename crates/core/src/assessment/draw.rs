//! Chance that can be repeated: the same seed draws the same lots on every machine and in every year.

use crate::id::ExamAttemptId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The server's secret behind every paper. Without it nobody can tell which paper an attempt will get.
#[derive(Clone)]
pub struct ExamKey(Hmac<Sha256>);

impl ExamKey {
    /// `secret` should be 32 random bytes.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    /// The seed of an attempt's paper: `HMAC-SHA256(key, attempt id as eight bytes, highest first)`.
    pub fn seed(&self, attempt: ExamAttemptId) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(&attempt.raw().to_be_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for ExamKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ExamKey(…)")
    }
}

/// A stream of numbers: block n is `SHA-256(seed ‖ n)`, read four bytes at a time, highest first.
pub(super) struct Draw {
    seed: [u8; 32],
    block: [u8; 32],
    blocks: u64,
    used: usize,
}

impl Draw {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        Self { seed, block: [0; 32], blocks: 0, used: 32 }
    }

    fn number(&mut self) -> u32 {
        if self.used == 32 {
            let mut hash = Sha256::new();
            hash.update(self.seed);
            hash.update(self.blocks.to_be_bytes());
            self.block = hash.finalize().into();
            self.blocks += 1;
            self.used = 0;
        }
        let bytes = &self.block[self.used..self.used + 4];
        self.used += 4;
        bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    /// A number below `bound`, each equally likely: what would favour the small ones is thrown away. `bound` ≥ 1.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let fair = u32::MAX - u32::MAX % bound;
        loop {
            let number = self.number();
            if number < fair {
                return number % bound;
            }
        }
    }

    /// Moves `count` items, drawn fairly, to the front in the order drawn (Fisher and Yates, stopped early).
    pub(super) fn draw_to_front<T>(&mut self, items: &mut [T], count: usize) {
        for place in 0..count.min(items.len()) {
            let rest = (items.len() - place) as u32;
            items.swap(place, place + self.below(rest) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A learner who appeals years later must be shown the very paper they had. The expected values were computed
    /// apart, with Python's `hashlib` and `hmac`.
    #[test]
    fn the_stream_is_pinned() {
        let seed = ExamKey::new(b"an exam key").seed(ExamAttemptId::from_raw(42));
        let mut draw = Draw::new(seed);
        let numbers: Vec<u32> = (0..9).map(|_| draw.below(1_000)).collect();
        assert_eq!(numbers, [831, 411, 727, 979, 95, 443, 447, 229, 543]);
    }

    /// Of three equal lots each must come up a third of the time; 3,000 draws stay within five standard deviations.
    #[test]
    fn lots_are_fair() {
        let mut draw = Draw::new([5; 32]);
        let mut counts = [0_i32; 3];
        for _ in 0..3_000 {
            counts[draw.below(3) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (count - 1_000).abs() < 130), "{counts:?}");
    }
}
