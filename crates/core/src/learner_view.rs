//! Seeing what a learner sees: support looks at a learner's pages, for a purpose and a short time, and changes nothing.

use crate::refusal::{Kind, Refusal};
use crate::time::Timestamp;

/// How long support may look before it has to say again why.
pub const MINUTES: i64 = 15;
/// Letters of the shortest purpose; less than that says nothing.
pub const PURPOSE_MIN: usize = 4;
/// Letters of the longest purpose.
pub const PURPOSE_MAX: usize = 200;

/// Why somebody looks at a learner's pages, as it is kept in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose(String);

impl Purpose {
    /// Takes what was typed, without blanks around it or line ends in it.
    ///
    /// # Errors
    /// Fewer than four letters, more than two hundred, or one letter again and again.
    pub fn parse(typed: &str) -> Result<Self, LearnerViewRefusal> {
        let words: Vec<&str> = typed.split(|mark: char| mark.is_whitespace() || mark.is_control()).collect();
        let text = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let letters: Vec<char> = text.chars().collect();
        let says_nothing = letters.iter().all(|letter| *letter == letters[0] || !letter.is_alphanumeric());
        match letters.len() {
            PURPOSE_MIN..=PURPOSE_MAX if !says_nothing => Ok(Self(text)),
            _ => Err(LearnerViewRefusal::PurposeMissing),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// When looking ends by itself.
pub fn ends_at(began: Timestamp) -> Timestamp {
    began.plus_seconds(MINUTES * 60)
}

/// Why nobody may look, or why looking changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LearnerViewRefusal {
    /// No purpose, or none that says anything.
    PurposeMissing,
    /// Something was to be changed while looking.
    ReadOnly,
    /// Nobody can look at their own pages as support: they have their own hat for it.
    Oneself,
}

impl Refusal for LearnerViewRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::PurposeMissing => "learner_view.purpose_missing",
            Self::ReadOnly => "learner_view.read_only",
            Self::Oneself => "learner_view.oneself",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::PurposeMissing => Kind::Invalid,
            Self::ReadOnly => Kind::Forbidden,
            Self::Oneself => Kind::Conflict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of dots tells nobody why a person's pages were opened.
    #[test]
    fn a_purpose_says_something() {
        let of = |typed: &str| Purpose::parse(typed).map(|purpose| purpose.as_str().to_owned());
        assert_eq!(of("  学员来电：\n 视频 不计时 "), Ok("学员来电： 视频 不计时".to_owned()));
        assert_eq!(of("学时不对"), Ok("学时不对".to_owned()));
        for typed in ["", "   ", "查看", "....", "1111", "aaaa aaaa", "\u{0}\u{7}"] {
            assert_eq!(of(typed), Err(LearnerViewRefusal::PurposeMissing), "{typed:?}");
        }
        assert!(of(&"查询".repeat(100)).is_ok());
        assert!(of(&"查询".repeat(101)).is_err());
    }

    #[test]
    fn a_quarter_of_an_hour_is_a_quarter_of_an_hour() {
        let began = Timestamp(1_790_000_000_000);
        assert_eq!(ends_at(began).since_ms(began), 900_000);
    }
}
