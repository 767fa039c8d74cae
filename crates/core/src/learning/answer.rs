//! What the server answers to a beat, and how the last answer is kept so that a repeated beat hears it again.

use super::{Decision, Decisions, Nonce, SPANS_MAX, Span, Unreadable, varint};

/// The answer to a beat, as the player shows it: "recorded to 12:30".
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BeatAnswer {
    /// The beat answered; the next one carries one more.
    pub sequence: i64,
    /// What the next beat must show.
    pub nonce: Nonce,
    /// Milliseconds of this lesson recorded altogether.
    pub recorded_ms: i64,
    /// Where to resume.
    pub position_ms: i64,
    /// Milliseconds this beat added.
    pub credited_ms: i64,
    /// Milliseconds of this beat that were neither recorded before nor now.
    pub lost_ms: i64,
    /// The reason to show, when there is one.
    pub reason: Option<Decision>,
    /// What was played but ran ahead of the clock: the player sends it again with its next beat.
    pub send_again: Vec<Span>,
    /// The lesson is complete.
    pub completed: bool,
}

/// The last beat a session took, kept beside the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastBeat {
    /// `Beat::digest` of it.
    pub digest: [u8; 16],
    pub decisions: Decisions,
    pub recorded_ms: i64,
    pub position_ms: i64,
    pub credited_ms: i64,
    pub lost_ms: i64,
    pub send_again: Vec<Span>,
    pub completed: bool,
}

impl LastBeat {
    /// The answer it got, or gets again.
    pub(super) fn answer(&self, sequence: i64, nonce: Nonce) -> BeatAnswer {
        BeatAnswer {
            sequence,
            nonce,
            recorded_ms: self.recorded_ms,
            position_ms: self.position_ms,
            credited_ms: self.credited_ms,
            lost_ms: self.lost_ms,
            reason: self.decisions.main(),
            send_again: self.send_again.clone(),
            completed: self.completed,
        }
    }

    /// The stored form: digest, decisions, then numbers; some 30 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(36);
        out.extend(self.digest);
        out.extend([self.decisions.0, u8::from(self.completed)]);
        for number in [self.recorded_ms, self.position_ms, self.credited_ms, self.lost_ms] {
            varint::put(&mut out, number);
        }
        put_spans(&mut out, &self.send_again);
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = varint::Reader::new(bytes);
        let last = Self {
            digest: reader.bytes()?,
            decisions: Decisions(reader.byte()?),
            completed: reader.number_to(1)? == 1,
            recorded_ms: reader.number()?,
            position_ms: reader.number()?,
            credited_ms: reader.number()?,
            lost_ms: reader.number()?,
            send_again: take_spans(&mut reader)?,
        };
        reader.end().map(|()| last)
    }
}

/// A count, then start and length of each span, in the order given.
pub(super) fn put_spans(out: &mut Vec<u8>, spans: &[Span]) {
    varint::put(out, spans.len() as i64);
    for span in spans {
        varint::put(out, span.from_ms);
        varint::put(out, span.length_ms());
    }
}

pub(super) fn take_spans(reader: &mut varint::Reader<'_>) -> Result<Vec<Span>, Unreadable> {
    let count = reader.number_to(SPANS_MAX as i64)?;
    let span = |_| {
        let from_ms = reader.number_to(super::LESSON_MS_MAX)?;
        Ok(Span::new(from_ms, from_ms + reader.number_to(super::LESSON_MS_MAX)?))
    };
    (0..count).map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last() -> LastBeat {
        let mut decisions = Decisions::default();
        decisions.put(Decision::OverBudget);
        LastBeat {
            digest: [7; 16],
            decisions,
            recorded_ms: 750_000,
            position_ms: 765_000,
            credited_ms: 15_000,
            lost_ms: 2_000,
            send_again: vec![Span::new(763_000, 765_000)],
            completed: false,
        }
    }

    /// A player that did not hear its answer asks again; after a restart it must hear the very same.
    #[test]
    fn the_last_beat_comes_back_from_its_bytes() {
        let bytes = last().to_bytes();
        assert!(bytes.len() <= 36, "{}", bytes.len());
        assert_eq!(LastBeat::from_bytes(&bytes), Ok(last()));
        for cut in 0..bytes.len() {
            assert_eq!(LastBeat::from_bytes(&bytes[..cut]), Err(Unreadable));
        }
        assert_eq!(LastBeat::from_bytes(&[&bytes[..], &[0]].concat()), Err(Unreadable));
    }

    /// The player's script reads these names.
    #[test]
    fn the_answer_is_plain_json() {
        let json = serde_json::to_string(&last().answer(50, Nonce([0xab; 16]))).unwrap();
        let nonce = "ab".repeat(16);
        let expected = format!(
            r#"{{"sequence":50,"nonce":"{nonce}","recorded_ms":750000,"position_ms":765000,"credited_ms":15000,"lost_ms":2000,"reason":"beat.over_budget","send_again":[[763000,765000]],"completed":false}}"#
        );
        assert_eq!(json, expected);
    }
}
