//! Catalogue: what there is to study. Here the small types that learning and credit share with it.

use crate::study::StudySeconds;

/// What a lesson (讲) is made of, as far as recording it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LessonKind {
    /// Micro-lecture, micro-animation or micro-documentary: played.
    Video,
    /// Picture and text: read, for the reading time it is recognised for.
    Article,
    /// Questions at the end of a chapter: answered; no beat completes it.
    Quiz,
}

impl LessonKind {
    pub const ALL: [Self; 3] = [Self::Video, Self::Article, Self::Quiz];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Article => "article",
            Self::Quiz => "quiz",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How a lesson is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LessonMeasure {
    pub kind: LessonKind,
    /// The medium's own length; 0 for what has none.
    pub media_ms: i64,
    /// What the lesson is recognised for when it is complete. Entered once, whole: an exact number of seconds.
    pub credit: StudySeconds,
}

impl LessonMeasure {
    /// The length that beats are counted against, in milliseconds: a video's own; for an article its recognised
    /// reading time, in which spans are positions; 0 for a quiz, which no beat completes.
    pub fn beat_length_ms(self) -> i64 {
        match self.kind {
            LessonKind::Video => self.media_ms.max(0),
            LessonKind::Article => self.credit.0.max(0) * 1_000,
            LessonKind::Quiz => 0,
        }
    }

    /// What completing it is worth: its recognised length, but never more than the medium really runs (a video
    /// entered with too generous a length earns only what can be watched), rounded up to the second it ends in.
    pub fn completion_credit(self) -> StudySeconds {
        match self.kind {
            LessonKind::Video => StudySeconds(self.credit.0.clamp(0, (self.media_ms.max(0) + 999) / 1_000)),
            LessonKind::Article | LessonKind::Quiz => StudySeconds(self.credit.0.max(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(kind: LessonKind, media_ms: i64, credit: i64) -> LessonMeasure {
        LessonMeasure { kind, media_ms, credit: StudySeconds(credit) }
    }

    #[test]
    fn a_lesson_is_measured_by_what_it_is() {
        assert_eq!(measure(LessonKind::Video, 61_500, 60).beat_length_ms(), 61_500);
        assert_eq!(measure(LessonKind::Article, 0, 300).beat_length_ms(), 300_000);
        assert_eq!(measure(LessonKind::Quiz, 0, 300).beat_length_ms(), 0);
        assert!(LessonKind::ALL.iter().all(|kind| LessonKind::from_code(kind.code()) == Some(*kind)));
    }

    /// A typing mistake in the catalogue must not hand out hours nobody can watch.
    #[test]
    fn a_video_is_worth_no_more_than_it_runs() {
        assert_eq!(measure(LessonKind::Video, 61_500, 2_700).completion_credit(), StudySeconds(62));
        assert_eq!(measure(LessonKind::Video, 61_500, 45).completion_credit(), StudySeconds(45));
        assert_eq!(measure(LessonKind::Article, 0, 300).completion_credit(), StudySeconds(300));
        assert_eq!(measure(LessonKind::Article, 0, -1).completion_credit(), StudySeconds::ZERO);
    }
}
