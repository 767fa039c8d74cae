//! What a player says every few seconds, checked before anybody believes a word of it.

use super::{BeatRefusal, LESSON_MS_MAX, Nonce, Span};
use crate::id::{LessonId, PlaySessionId};

/// The most spans one beat may hold: an honest player needs one, and a few more after seeking or a tunnel.
pub const SPANS_MAX: usize = 16;

/// The fastest playing a player may report, in percent. Reporting it earns nothing; above it the report is nonsense.
const RATE_PERCENT_MAX: i64 = 1_600;

/// A beat (心跳) as it stands in the request's JSON: integers only, so no NaN or infinity can occur.
///
/// A client that hears no answer sends the very same beat again, and nothing else, until it hears one.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct BeatBody {
    pub session: PlaySessionId,
    pub lesson: LessonId,
    /// 1 for the first beat of a session, then one more each.
    pub sequence: i64,
    /// What the last answer gave: 32 hexadecimal digits.
    pub nonce: String,
    /// What was played since the last recorded beat, in playing order, `[from_ms, to_ms)` each.
    pub spans: Vec<Span>,
    pub rate_percent: i64,
    /// How long the beat before was on its way until its answer came, as the player measured; 0 when unknown.
    #[serde(default)]
    pub late_ms: i64,
    #[serde(default)]
    pub hidden: bool,
    #[serde(default)]
    pub paused: bool,
    /// Where the player stands now, for resuming.
    pub position_ms: i64,
}

impl BeatBody {
    /// Checks the form. Empty spans are dropped; reversed and negative ones are refused; what lies beyond the lesson
    /// is cut off later, with a reason.
    pub fn parse(self) -> Result<Beat, BeatRefusal> {
        let unreadable = |field| Err(BeatRefusal::Unreadable { field });
        let Ok(nonce) = self.nonce.parse() else {
            return unreadable("nonce");
        };
        if self.spans.len() > SPANS_MAX {
            return Err(BeatRefusal::TooManySpans { most: SPANS_MAX });
        }
        if self.spans.iter().any(|span| span.from_ms < 0 || span.to_ms < span.from_ms) {
            return unreadable("spans");
        }
        if self.sequence < 1 {
            return unreadable("sequence");
        }
        if !(0..=RATE_PERCENT_MAX).contains(&self.rate_percent) {
            return unreadable("rate_percent");
        }
        if self.late_ms < 0 {
            return unreadable("late_ms");
        }
        if self.position_ms < 0 {
            return unreadable("position_ms");
        }
        let mut spans = self.spans;
        spans.retain(|span| span.length_ms() > 0);
        for span in &mut spans {
            *span = Span::new(span.from_ms.min(LESSON_MS_MAX), span.to_ms.min(LESSON_MS_MAX));
        }
        Ok(Beat {
            session: self.session,
            lesson: self.lesson,
            sequence: self.sequence,
            nonce,
            spans,
            rate_percent: self.rate_percent,
            late_ms: self.late_ms.min(LESSON_MS_MAX),
            hidden: self.hidden,
            paused: self.paused,
            position_ms: self.position_ms.min(LESSON_MS_MAX),
        })
    }
}

/// A beat whose form is sound. Only `BeatBody::parse` makes one; whether it is true is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    pub(super) session: PlaySessionId,
    pub(super) lesson: LessonId,
    pub(super) sequence: i64,
    pub(super) nonce: Nonce,
    pub(super) spans: Vec<Span>,
    pub(super) rate_percent: i64,
    pub(super) late_ms: i64,
    pub(super) hidden: bool,
    pub(super) paused: bool,
    pub(super) position_ms: i64,
}

impl Beat {
    pub fn session(&self) -> PlaySessionId {
        self.session
    }

    pub fn lesson(&self) -> LessonId {
        self.lesson
    }

    pub fn sequence(&self) -> i64 {
        self.sequence
    }

    /// What tells a repeated beat from a forked one: half of a SHA-256 over every field.
    pub fn digest(&self) -> [u8; 16] {
        use sha2::Digest;
        let mut hash = sha2::Sha256::new();
        let numbers =
            [self.session.raw(), self.lesson.raw(), self.sequence, self.rate_percent, self.late_ms, self.position_ms];
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
        hash.update(self.nonce.0);
        hash.update([u8::from(self.hidden), u8::from(self.paused)]);
        for span in &self.spans {
            hash.update(span.from_ms.to_be_bytes());
            hash.update(span.to_ms.to_be_bytes());
        }
        let full: [u8; 32] = hash.finalize().into();
        *full.first_chunk().expect("32 bytes hold 16")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> BeatBody {
        let json = r#"{"session":"7","lesson":"3","sequence":1,"nonce":"01010101010101010101010101010101",
            "spans":[[0,15000]],"rate_percent":100,"position_ms":15000}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_beat_is_read_from_json() {
        let beat = body().parse().unwrap();
        assert_eq!(beat.spans, [Span::new(0, 15_000)]);
        assert_eq!((beat.sequence(), beat.session().raw(), beat.lesson().raw()), (1, 7, 3));
        assert!(!beat.hidden && !beat.paused);
    }

    /// Adversarial 11: overlapping, negative, reversed, huge and not-a-number claims. Fractions do not parse at all.
    #[test]
    fn nonsense_is_refused_by_the_name_of_its_field() {
        let with = |change: fn(&mut BeatBody)| {
            let mut body = body();
            change(&mut body);
            body.parse()
        };
        let unreadable = |field| Err(BeatRefusal::Unreadable { field });
        assert_eq!(with(|body| body.spans = vec![Span::new(-1, 5)]), unreadable("spans"));
        assert_eq!(with(|body| body.spans = vec![Span::new(5, 4)]), unreadable("spans"));
        assert_eq!(with(|body| body.spans = vec![Span::new(i64::MAX, i64::MIN)]), unreadable("spans"));
        assert_eq!(with(|body| body.sequence = 0), unreadable("sequence"));
        assert_eq!(with(|body| body.rate_percent = -1), unreadable("rate_percent"));
        assert_eq!(with(|body| body.rate_percent = i64::MAX), unreadable("rate_percent"));
        assert_eq!(with(|body| body.late_ms = -1), unreadable("late_ms"));
        assert_eq!(with(|body| body.position_ms = -1), unreadable("position_ms"));
        assert_eq!(with(|body| body.nonce = "x".to_owned()), unreadable("nonce"));
        assert_eq!(with(|body| body.spans = vec![Span::new(0, 1); 17]), Err(BeatRefusal::TooManySpans { most: 16 }));
        assert!(serde_json::from_str::<Vec<Span>>("[[0,NaN]]").is_err());
        assert!(serde_json::from_str::<Vec<Span>>("[[0,1.5]]").is_err());
        let huge = with(|body| body.spans = vec![Span::new(0, i64::MAX), Span::new(9, 9)]).unwrap();
        assert_eq!(huge.spans, [Span::new(0, LESSON_MS_MAX)]);
    }

    /// If a changed beat had the same digest, a fork would pass for a repetition.
    #[test]
    fn every_field_is_in_the_digest() {
        let digest = body().parse().unwrap().digest();
        assert_eq!(digest, body().parse().unwrap().digest());
        let changes: [fn(&mut BeatBody); 9] = [
            |body| body.session = PlaySessionId::from_raw(8),
            |body| body.lesson = LessonId::from_raw(8),
            |body| body.nonce = "02".repeat(16),
            |body| body.spans[0].to_ms += 1,
            |body| body.rate_percent = 99,
            |body| body.late_ms = 1,
            |body| body.hidden = true,
            |body| body.paused = true,
            |body| body.position_ms = 1,
        ];
        for change in changes {
            let mut changed = body();
            change(&mut changed);
            assert_ne!(digest, changed.parse().unwrap().digest());
        }
    }
}
