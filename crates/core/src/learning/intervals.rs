//! Which parts of a lesson are recorded: a sorted list of disjoint half-open spans.

use super::{Unreadable, varint};

/// The most spans one lesson's record holds. An honest record holds a handful; more is an attack on our storage.
pub const INTERVALS_MAX: usize = 4_096;

/// The longest position within a lesson that is ever stored: some 35 years, far above any lesson, far below overflow.
pub const LESSON_MS_MAX: i64 = 1 << 40;

/// A part of a lesson: `from_ms` is in it, `to_ms` is not. In JSON `[from, to]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "(i64, i64)", into = "(i64, i64)")]
pub struct Span {
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Span {
    pub const fn new(from_ms: i64, to_ms: i64) -> Self {
        Self { from_ms, to_ms }
    }

    /// Milliseconds in it; zero when it is empty or reversed.
    pub fn length_ms(self) -> i64 {
        self.to_ms.saturating_sub(self.from_ms).max(0)
    }
}

impl From<(i64, i64)> for Span {
    fn from((from_ms, to_ms): (i64, i64)) -> Self {
        Self { from_ms, to_ms }
    }
}

impl From<Span> for (i64, i64) {
    fn from(span: Span) -> Self {
        (span.from_ms, span.to_ms)
    }
}

/// What `add_up_to` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Milliseconds that are new.
    pub added_ms: i64,
    /// Everything of the span before this position is recorded now; the span's end when nothing is left over.
    pub reached_ms: i64,
    /// The record is too scattered to take another separate piece (`INTERVALS_MAX`); nothing was added.
    pub full: bool,
}

/// The recorded parts of one lesson. Touching spans are one span, so equal sets have equal lists and equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intervals {
    spans: Vec<Span>,
}

impl Intervals {
    pub const fn new() -> Self {
        Self { spans: Vec::new() }
    }

    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Milliseconds recorded.
    pub fn total_ms(&self) -> i64 {
        self.spans.iter().map(|span| span.length_ms()).sum()
    }

    /// Adds `[from_ms, to_ms)` and says how many milliseconds of it are new. Empty and reversed spans add nothing.
    pub fn add(&mut self, from_ms: i64, to_ms: i64) -> i64 {
        self.add_up_to(Span::new(from_ms, to_ms), i64::MAX).added_ms
    }

    /// Adds the first part of `span`, at most `limit_ms` of it new. Parts that stand already cost nothing.
    pub fn add_up_to(&mut self, span: Span, limit_ms: i64) -> Added {
        let Span { from_ms, to_ms } = span;
        let first = self.spans.partition_point(|known| known.to_ms < from_ms);
        let (mut next, mut reached, mut added) = (first, from_ms, 0);
        let mut begin = from_ms;
        while reached < to_ms {
            if let Some(known) = self.spans.get(next).filter(|known| known.from_ms <= reached) {
                begin = begin.min(known.from_ms);
                reached = reached.max(known.to_ms);
                next += 1;
                continue;
            }
            let stop = self.spans.get(next).map_or(to_ms, |known| known.from_ms.min(to_ms));
            let taken = (stop - reached).min(limit_ms - added).max(0);
            added += taken;
            reached += taken;
            if reached < stop {
                break;
            }
        }
        if let Some(known) = self.spans.get(next).filter(|known| added > 0 && known.from_ms == reached) {
            reached = known.to_ms;
            next += 1;
        }
        let full = added > 0 && first == next && self.spans.len() >= INTERVALS_MAX;
        if full {
            return Added { added_ms: 0, reached_ms: from_ms, full };
        }
        if added > 0 {
            self.replace(first, next, Span::new(begin, reached));
        }
        Added { added_ms: added, reached_ms: reached.min(to_ms.max(from_ms)), full }
    }

    fn replace(&mut self, first: usize, next: usize, merged: Span) {
        if first == next {
            self.spans.insert(first, merged);
        } else {
            self.spans[first] = merged;
            self.spans.drain(first + 1..next);
        }
    }

    /// Forgets what lies beyond the lesson's length.
    pub fn clip(&mut self, length_ms: i64) {
        self.spans.retain(|span| span.from_ms < length_ms);
        if let Some(last) = self.spans.last_mut() {
            last.to_ms = last.to_ms.min(length_ms);
        }
    }

    /// The parts of `[0, length_ms)` that are not recorded.
    pub fn gaps(&self, length_ms: i64) -> Vec<Span> {
        self.missing_in(Span::new(0, length_ms)).collect()
    }

    /// The parts of `span` that are not recorded, in order.
    pub fn missing_in(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.spans.partition_point(|known| known.to_ms <= span.from_ms);
        let ends = self.spans[first..].iter().map(|known| (known.from_ms, known.to_ms));
        let mut from_ms = span.from_ms;
        ends.chain([(i64::MAX, i64::MAX)])
            .map(move |(known_from, known_to)| {
                let missing = Span::new(from_ms, known_from.min(span.to_ms));
                from_ms = from_ms.max(known_to);
                missing
            })
            .take_while(move |missing| missing.from_ms < span.to_ms)
            .filter(|missing| missing.length_ms() > 0)
    }

    /// The stored form: a count, then for each span the distance from the end of the one before, and its length.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(2 + self.spans.len() * 6);
        self.put(&mut out);
        out
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        varint::put(out, self.spans.len() as i64);
        let mut end = 0;
        for span in &self.spans {
            varint::put(out, span.from_ms - end);
            varint::put(out, span.length_ms());
            end = span.to_ms;
        }
    }

    /// Reads the stored form. Refuses more than `INTERVALS_MAX` spans, positions beyond `LESSON_MS_MAX`, empty or
    /// touching spans and anything behind the end: only what `to_bytes` writes is read.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = varint::Reader::new(bytes);
        let intervals = Self::take(&mut reader)?;
        reader.end()?;
        Ok(intervals)
    }

    pub(super) fn take(reader: &mut varint::Reader<'_>) -> Result<Self, Unreadable> {
        let count = reader.number_to(INTERVALS_MAX as i64)?;
        let mut spans = Vec::with_capacity(count as usize);
        let mut end = 0;
        for index in 0..count {
            let distance = reader.number_to(LESSON_MS_MAX)?;
            let length = reader.number_to(LESSON_MS_MAX)?;
            let from_ms = end + distance;
            end = from_ms + length;
            if length == 0 || (distance == 0 && index > 0) || end > LESSON_MS_MAX {
                return Err(Unreadable);
            }
            spans.push(Span::new(from_ms, end));
        }
        Ok(Self { spans })
    }
}

#[cfg(test)]
mod tests;
