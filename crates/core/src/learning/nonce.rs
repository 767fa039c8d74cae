//! The chain that makes beats come one after another: each answer carries the only key to the next question.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

use super::Unreadable;
use crate::id::PlaySessionId;
use crate::time::Timestamp;

/// What the next beat must show: 16 bytes, 32 lower-case hexadecimal digits on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 16]);

impl Nonce {
    /// Compares without telling by time how far the two agree.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |difference, (left, right)| difference | (left ^ right)) == 0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// A nonce opens the next beat, so logs do not show it.
impl fmt::Debug for Nonce {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Nonce(…)")
    }
}

impl FromStr for Nonce {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(Unreadable),
        };
        let digits: &[u8; 32] = text.as_bytes().try_into().map_err(|_| Unreadable)?;
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl serde::Serialize for Nonce {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The server's secret for the chain. Every node holds the same one; no client ever holds it.
#[derive(Clone)]
pub struct BeatKey(Hmac<Sha256>);

impl BeatKey {
    /// `secret` should be 32 random bytes.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    /// The nonce after `previous`: `HMAC-SHA256(key, session ‖ sequence ‖ previous ‖ server time)`, the first 16 bytes;
    /// numbers as eight bytes, highest first. One round trip per beat follows: nobody can compute ahead.
    pub fn next(&self, session: PlaySessionId, sequence: i64, previous: &Nonce, now: Timestamp) -> Nonce {
        let mut mac = self.0.clone();
        mac.update(&session.raw().to_be_bytes());
        mac.update(&sequence.to_be_bytes());
        mac.update(&previous.0);
        mac.update(&now.0.to_be_bytes());
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        Nonce(*full.first_chunk().expect("32 bytes hold 16"))
    }
}

impl fmt::Debug for BeatKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("BeatKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_reads_only_its_own_spelling() {
        let nonce = Nonce([0x0f; 16]);
        assert_eq!(nonce.to_string(), "0f".repeat(16));
        assert_eq!(nonce.to_string().parse(), Ok(nonce));
        for wrong in ["", "0f", &"0F".repeat(16), &"0g".repeat(16), &"0f".repeat(17), "０f"] {
            assert_eq!(wrong.parse::<Nonce>(), Err(Unreadable), "{wrong:?}");
        }
    }

    /// Two nodes of one deployment must agree, so the bytes that go into the chain are fixed. The expected value was
    /// computed apart, with Python's `hmac` module.
    #[test]
    fn the_chain_is_pinned() {
        let key = BeatKey::new(b"a key of thirty-two bytes, random");
        let next = key.next(PlaySessionId::from_raw(7), 1, &Nonce([1; 16]), Timestamp(1_795_000_000_000));
        assert_eq!(next.to_string(), "029a8eace9a21df9897db69b2e5ccc0d");
    }

    /// Each part of the chain matters: the same step in another session, at another time or after another nonce
    /// must not give the same key to the next beat.
    #[test]
    fn every_input_changes_the_nonce() {
        let key = BeatKey::new(&[9; 32]);
        let (session, nonce, now) = (PlaySessionId::from_raw(7), Nonce([1; 16]), Timestamp(5));
        let next = key.next(session, 1, &nonce, now);
        assert_ne!(next, key.next(PlaySessionId::from_raw(8), 1, &nonce, now));
        assert_ne!(next, key.next(session, 2, &nonce, now));
        assert_ne!(next, key.next(session, 1, &Nonce([2; 16]), now));
        assert_ne!(next, key.next(session, 1, &nonce, Timestamp(6)));
        assert_ne!(next, BeatKey::new(&[8; 32]).next(session, 1, &nonce, now));
        assert!(nonce.is(&Nonce([1; 16])) && !nonce.is(&next));
    }

    /// A secret in a log is a secret lost.
    #[test]
    fn logs_show_neither_key_nor_nonce() {
        assert_eq!(format!("{:?} {:?}", BeatKey::new(&[9; 32]), Nonce([1; 16])), "BeatKey(…) Nonce(…)");
    }
}
