//! What is kept of every beat taken: enough to count a lesson again, and to answer an appeal.

use super::answer::{put_spans, take_spans};
use super::{Decisions, Span, Unreadable, varint};
use crate::time::Timestamp;

/// The version written today. Readers accept every earlier one.
const VERSION: u8 = 1;
const HIDDEN: u8 = 1;
const PAUSED: u8 = 2;

/// One beat as it was judged (学习证据). Appended, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeatEvidence {
    pub sequence: i64,
    /// By the server's clock.
    pub at: Timestamp,
    /// What the player claimed, in its order.
    pub spans: Vec<Span>,
    /// The playing rate the player reported.
    pub rate_percent: i64,
    /// How late the player said its beat before was.
    pub late_ms: i64,
    pub hidden: bool,
    pub paused: bool,
    pub decisions: Decisions,
    pub credited_ms: i64,
}

impl BeatEvidence {
    /// The stored form, some 20 bytes: version, flags, decisions, then numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(24);
        let flags = if self.hidden { HIDDEN } else { 0 } | if self.paused { PAUSED } else { 0 };
        out.extend([VERSION, flags, self.decisions.0]);
        for number in [self.sequence, self.at.0, self.rate_percent, self.late_ms, self.credited_ms] {
            varint::put(&mut out, number);
        }
        put_spans(&mut out, &self.spans);
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = varint::Reader::new(bytes);
        let [version, flags, decisions] = reader.bytes()?;
        if version != VERSION || flags > HIDDEN | PAUSED {
            return Err(Unreadable);
        }
        let evidence = Self {
            sequence: reader.number()?,
            at: Timestamp(reader.number()?),
            rate_percent: reader.number()?,
            late_ms: reader.number()?,
            credited_ms: reader.number()?,
            spans: take_spans(&mut reader)?,
            hidden: flags & HIDDEN != 0,
            paused: flags & PAUSED != 0,
            decisions: Decisions(decisions),
        };
        reader.end().map(|()| evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typical() -> BeatEvidence {
        BeatEvidence {
            sequence: 180,
            at: Timestamp(1_795_000_000_000),
            spans: vec![Span::new(2_685_000, 2_700_000)],
            rate_percent: 100,
            late_ms: 180,
            hidden: false,
            paused: false,
            decisions: Decisions(1),
            credited_ms: 15_000,
        }
    }

    /// 50,000 learners with 30 hours of 45 minutes each, at a beat every 15 seconds, are 270 million beats a year; each
    /// byte here is 270 megabytes there.
    #[test]
    fn a_typical_beat_takes_at_most_24_bytes() {
        let bytes = typical().to_bytes();
        assert!(bytes.len() <= 24, "{} bytes", bytes.len());
    }

    #[test]
    fn a_version_from_the_future_is_not_guessed_at() {
        let mut bytes = typical().to_bytes();
        bytes[0] = 2;
        assert_eq!(BeatEvidence::from_bytes(&bytes), Err(Unreadable));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// An appeal is judged on what stands here, years later.
        #[test]
        fn evidence_comes_back_from_its_bytes(
            sequence in 1..100_000_i64, at in 0..1_i64 << 45, rate in 0..1_600_i64, late in 0..200_000_i64, flags in 0..4_u8, decisions: u8,
            credited in 0..200_000_i64, spans in proptest::collection::vec((0..1_i64 << 39, 1..1_i64 << 39), 0..16),
        ) {
            let evidence = BeatEvidence {
                sequence,
                at: Timestamp(at),
                spans: spans.into_iter().map(|(from, long)| Span::new(from, from + long)).collect(),
                rate_percent: rate,
                late_ms: late,
                hidden: flags & 1 != 0,
                paused: flags & 2 != 0,
                decisions: Decisions(decisions),
                credited_ms: credited,
            };
            let bytes = evidence.to_bytes();
            prop_assert_eq!(BeatEvidence::from_bytes(&bytes), Ok(evidence));
            prop_assert_eq!(BeatEvidence::from_bytes(&bytes[..bytes.len() - 1]), Err(Unreadable));
        }
    }
}
