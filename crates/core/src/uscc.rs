//! Unified social credit codes (统一社会信用代码) of employer units and training bases.
//!
//! Source: GB 32100-2015 (18 characters, MOD 31); the organisation code within: GB 11714-1997 (MOD 11).

use crate::pasted;
use crate::refusal::{Kind, Refusal};
use std::fmt;

/// The 31 characters of GB 32100: no I, O, S, V or Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of the first 17 characters: `3^(i − 1) mod 31`.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A checked code: one character of registering authority, one of kind, six digits of region, nine of organisation,
/// one check character. Public, so it is shown in full.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

/// Why a text is not a unified social credit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsccRefusal {
    Missing,
    DamagedBySpreadsheet,
    WrongLength {
        length: usize,
    },
    /// `position` counts from 1; `character` is what stands there.
    WrongCharacter {
        position: usize,
        character: char,
    },
    CheckDiffers,
}

impl Uscc {
    /// Reads 18 characters; forgives spaces, lower case and full-width characters.
    pub fn parse(text: &str) -> Result<Self, UsccRefusal> {
        let code = pasted::number(text);
        if code.is_empty() {
            return Err(UsccRefusal::Missing);
        }
        if pasted::is_scientific(&code) {
            return Err(UsccRefusal::DamagedBySpreadsheet);
        }
        let length = code.chars().count();
        if length != 18 {
            return Err(UsccRefusal::WrongLength { length });
        }
        for (index, character) in code.chars().enumerate() {
            let fits = match index {
                2..=7 => character.is_ascii_digit(),
                _ => value(character).is_some(),
            };
            if !fits {
                let position = index + 1;
                return Err(UsccRefusal::WrongCharacter { position, character });
            }
        }
        match check_character(&code) == code.as_bytes()[17] {
            true => Ok(Self(code)),
            false => Err(UsccRefusal::CheckDiffers),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region of registration, six digits of GB/T 2260.
    pub fn region_code(&self) -> &str {
        &self.0[2..8]
    }

    /// The nine characters that were the unit's organisation code before 2015.
    pub fn organisation_code(&self) -> &str {
        &self.0[8..17]
    }

    /// Whether the organisation code's own check holds. A warning, not a refusal: only the outer check vouches for
    /// the whole code, and a unit must not be kept out by a standard that GB 32100 has replaced.
    pub fn organisation_code_holds(&self) -> bool {
        let code = self.organisation_code();
        let values = code.bytes().map(|byte| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            _ => u32::from(byte - b'A') + 10,
        });
        let sum: u32 = values.zip(ORGANISATION_WEIGHTS).map(|(value, weight)| value * weight).sum();
        let check = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            digit => char::from_digit(digit, 10).unwrap_or('0'),
        };
        code.ends_with(check)
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn value(character: char) -> Option<usize> {
    ALPHABET.iter().position(|letter| char::from(*letter) == character)
}

/// The check character that the first 17 ask for. The outer `mod 31` turns a remainder of 0 into `0`.
fn check_character(code: &str) -> u8 {
    let values = code.chars().filter_map(value);
    let sum: usize = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    ALPHABET[(31 - sum % 31) % 31]
}

impl Refusal for UsccRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "uscc.missing",
            Self::DamagedBySpreadsheet => "uscc.damaged_by_spreadsheet",
            Self::WrongLength { .. } => "uscc.wrong_length",
            Self::WrongCharacter { .. } => "uscc.wrong_character",
            Self::CheckDiffers => "uscc.check_differs",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongLength { length } => vec![("length", length.to_string())],
            Self::WrongCharacter { position, character } => {
                vec![("position", position.to_string()), ("character", character.to_string())]
            }
            Self::Missing | Self::DamagedBySpreadsheet | Self::CheckDiffers => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The worked example of the standard, and fictitious units; two of them with remainder 0.
    const VECTORS: [&str; 8] = [
        "91350100M000100Y43",
        "12431000MJX000018D",
        "91431002MJX0000260",
        "12431021MJX000034G",
        "91431081MJX0000423",
        "52431003MJX0000500",
        "11431000MJX000069Q",
        "92431022MJX0000774",
    ];

    /// Remainder 0 gives the check `0`; arithmetic without the outer `mod 31` would refuse one unit in thirty-one.
    #[test]
    fn the_published_vectors_are_read() {
        for text in VECTORS {
            let code = Uscc::parse(text).unwrap();
            assert_eq!(code.as_str(), text);
            assert!(code.organisation_code_holds(), "{text}");
        }
        let code = Uscc::parse(VECTORS[1]).unwrap();
        assert_eq!((code.region_code(), code.organisation_code()), ("431000", "MJX000018"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A slip of one key would pay for another unit's people.
        #[test]
        fn one_wrong_character_never_passes(vector in 0..VECTORS.len(), place in 0_usize..18, letter in 0_usize..31) {
            let mut changed = VECTORS[vector].as_bytes().to_vec();
            prop_assume!(changed[place] != ALPHABET[letter]);
            changed[place] = ALPHABET[letter];
            prop_assert!(Uscc::parse(std::str::from_utf8(&changed).unwrap()).is_err());
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,24}", code in "[0-9A-Z]{18}") {
            let _ = Uscc::parse(&text);
            let _ = Uscc::parse(&code).map(|code| code.organisation_code_holds());
        }
    }

    /// An outer check that holds over an inner one that does not: warned of, not refused.
    #[test]
    fn a_wrong_organisation_code_is_only_a_warning() {
        let mut text = "12431000MJX000017".to_owned();
        text.push(char::from(check_character(&text)));
        assert!(!Uscc::parse(&text).unwrap().organisation_code_holds());
    }

    #[test]
    fn each_fault_is_called_by_its_name() {
        let wrong = |position, character| UsccRefusal::WrongCharacter { position, character };
        for (text, refusal) in [
            (" ", UsccRefusal::Missing),
            ("1.2431E+17", UsccRefusal::DamagedBySpreadsheet),
            ("12431000MJX000018", UsccRefusal::WrongLength { length: 17 }),
            ("12431OOOMJX000018D", wrong(6, 'O')),
            ("12431000MJI000018D", wrong(11, 'I')),
            ("1243100AMJX000018D", wrong(8, 'A')),
            ("12431000MJX000018E", UsccRefusal::CheckDiffers),
        ] {
            assert_eq!(Uscc::parse(text), Err(refusal), "{text:?}");
        }
        assert!(Uscc::parse(" 12431000mjx000018d ").is_ok());
    }
}
