//! Names of people as their identity cards write them.

use crate::mask;
use crate::pasted;
use crate::refusal::{Kind, Refusal};
use std::fmt;

/// Fewest and most characters of a name; the longest on Chinese cards stay below.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=50;

/// A name in one spelling: no spaces between Han characters, one kind of middle dot, single spaces between words.
///
/// `Debug` shows the masked form; a page that may show the whole name asks for [`PersonName::as_str`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// Why a text is not a name. Positions count from 1, in the cleaned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonNameRefusal {
    Missing,
    TooShort,
    TooLong {
        length: usize,
    },
    /// A character was lost on the way: U+FFFD, a question mark in its place, or a private one that only the
    /// sender's computer can draw.
    Damaged {
        position: usize,
    },
    WrongCharacter {
        position: usize,
        character: char,
    },
}

impl PersonName {
    /// Reads Han characters (all extensions), the middle dot, Latin letters, and between those hyphens, apostrophes
    /// and spaces.
    ///
    /// Source: the middle dot is that of GB 18030, A1A4, which is U+00B7.
    pub fn parse(text: &str) -> Result<Self, PersonNameRefusal> {
        let name = one_spelling(text);
        if name.is_empty() {
            return Err(PersonNameRefusal::Missing);
        }
        for (index, character) in name.iter().enumerate() {
            let position = index + 1;
            let character = *character;
            if matches!(character, '\u{fffd}' | '?') || is_private(character) {
                return Err(PersonNameRefusal::Damaged { position });
            }
            let at_end = index == 0 || position == name.len();
            let joins = matches!(character, '·' | '-' | '\'' | ' ');
            let after_dot = index > 0 && name[index - 1] == '·';
            let fits = if joins { !at_end && !after_dot } else { is_han(character) || is_latin(character) };
            if !fits {
                return Err(PersonNameRefusal::WrongCharacter { position, character });
            }
        }
        let length = name.len();
        if length < *LENGTH.start() {
            return Err(PersonNameRefusal::TooShort);
        }
        if length > *LENGTH.end() {
            return Err(PersonNameRefusal::TooLong { length });
        }
        Ok(Self(name.into_iter().collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form for people who need not know: `张*三`.
    pub fn masked(&self) -> String {
        mask::name(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PersonName({})", self.masked())
    }
}

/// Clerks align two-character names with spaces (`张　三`) and keyboards know six middle dots; a person must not
/// become two people by that.
fn one_spelling(text: &str) -> Vec<char> {
    let meant = text.chars().filter(|mark| mark.is_whitespace() || !pasted::is_invisible(*mark));
    let mut name: Vec<char> = Vec::new();
    for character in meant {
        let character = match character {
            '•' | '・' | '‧' | '･' | '⋅' | '∙' | '●' => '·',
            '’' | '‘' | '＇' => '\'',
            '‐' | '‑' | '–' | '—' => '-',
            space if space.is_whitespace() => ' ',
            other => pasted::half_width(other),
        };
        match (name.last().copied(), character) {
            (None | Some(' ' | '·'), ' ') => {}
            (Some(' '), next) if is_han(next) || next == '·' => {
                name.pop();
                // `阿 ·买买提` and `张 三` lose the space, `John 三` keeps it.
                if next != '·' && name.last().is_some_and(|before| is_latin(*before)) {
                    name.push(' ');
                }
                name.push(next);
            }
            (Some(before), '.') if is_han(before) => name.push('·'),
            _ => name.push(character),
        }
    }
    if name.last() == Some(&' ') {
        name.pop();
    }
    name
}

/// Unified ideographs, their extensions A to J, the compatibility forms, and the round zero of `〇`.
///
/// Source: the block list of Unicode 17.
fn is_han(character: char) -> bool {
    matches!(
        character,
        '〇' | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{2fa1f}'
            | '\u{30000}'..='\u{3347f}'
    )
}

fn is_latin(character: char) -> bool {
    character.is_ascii_alphabetic() || matches!(character, '\u{c0}'..='\u{24f}' if !matches!(character, '×' | '÷'))
}

fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

impl Refusal for PersonNameRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "person_name.missing",
            Self::TooShort => "person_name.too_short",
            Self::TooLong { .. } => "person_name.too_long",
            Self::Damaged { .. } => "person_name.damaged",
            Self::WrongCharacter { .. } => "person_name.wrong_character",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { length } => {
                vec![("length", length.to_string()), ("length_max", LENGTH.end().to_string())]
            }
            Self::Damaged { position } => vec![("position", position.to_string())],
            Self::WrongCharacter { position, character } => {
                vec![("position", position.to_string()), ("character", character.to_string())]
            }
            Self::Missing | Self::TooShort => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, PersonNameRefusal> {
        PersonName::parse(text).map(|name| name.as_str().to_owned())
    }

    /// One person written in two ways must not be imported as two.
    #[test]
    fn one_name_has_one_spelling() {
        for (text, name) in [
            (" 张三 ", "张三"),
            ("张\u{3000}三", "张三"),
            ("张\u{200b}三", "张三"),
            ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉 ・ 买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
            ("John  Smith", "John Smith"),
            ("Ｊｏｈｎ Smith", "John Smith"),
            ("Sean O’Neill", "Sean O'Neill"),
            ("Jean‐Luc Élodie", "Jean-Luc Élodie"),
            ("John 三", "John 三"),
            ("𠮷〇", "𠮷〇"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(name), "{text}");
        }
    }

    #[test]
    fn each_fault_is_called_by_its_name() {
        let wrong = |position, character| PersonNameRefusal::WrongCharacter { position, character };
        for (text, refusal) in [
            ("", PersonNameRefusal::Missing),
            ("\u{3000}", PersonNameRefusal::Missing),
            ("张", PersonNameRefusal::TooShort),
            ("张\u{fffd}", PersonNameRefusal::Damaged { position: 2 }),
            ("张?", PersonNameRefusal::Damaged { position: 2 }),
            ("张\u{e816}", PersonNameRefusal::Damaged { position: 2 }),
            ("张三1", wrong(3, '1')),
            ("=张三", wrong(1, '=')),
            ("·张三", wrong(1, '·')),
            ("张三·", wrong(3, '·')),
            ("张··三", wrong(3, '·')),
            ("J. Smith", wrong(2, '.')),
            ("张三（退休）", wrong(3, '(')),
        ] {
            assert_eq!(read(text), Err(refusal), "{text:?}");
        }
        assert_eq!(read(&"张".repeat(51)), Err(PersonNameRefusal::TooLong { length: 51 }));
        assert!(read(&"张".repeat(50)).is_ok());
    }

    #[test]
    fn debug_shows_the_masked_name() {
        let name = PersonName::parse("张小三").unwrap();
        assert_eq!(format!("{name:?}"), "PersonName(张*三)");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Reading what was read must change nothing, or every import would rename people.
        #[test]
        fn reading_twice_is_reading_once(text in "[张三欧阳 ·•.A-Za-zé'\\-]{1,12}") {
            if let Ok(name) = read(&text) {
                prop_assert_eq!(read(&name), Ok(name));
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,60}") {
            let _ = PersonName::parse(&text);
        }
    }
}
