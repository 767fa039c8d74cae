//! Citizen identity numbers (公民身份号码): six digits of area, eight of birth, three of sequence, one check character.
//! Beside them the numbers of those who have other documents ([`kind`]).
//!
//! Source: GB 11643-1999; check character by ISO 7064 MOD 11-2.

mod kind;

pub use kind::IdentityKind;

use crate::mask;
use crate::pasted;
use crate::refusal::{Kind, Refusal};
use crate::time::BusinessDate;
use std::fmt;

/// An area that GB/T 2260 never assigned, so that nobody real can bear a number of the sample city.
pub const DEMO_AREA: &str = "431099";

/// Nobody who works was born earlier, and the old 15-digit form knows only the 1900s.
const BIRTH_YEAR_MIN: i64 = 1900;

const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";

/// Weights of the first 17 digits: `2^(17 − i) mod 11`.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Which areas a number may begin with.
#[derive(Clone, Copy)]
pub struct AreaPolicy<'a> {
    known: Option<&'a dyn Fn(&str) -> bool>,
    demo: bool,
}

impl<'a> AreaPolicy<'a> {
    /// Any six digits, save the demo area.
    pub const ANY: Self = Self { known: None, demo: false };

    /// Only areas for which `known` says yes. It must know historic codes too: they stay valid on cards.
    pub fn known(known: &'a dyn Fn(&str) -> bool) -> Self {
        Self { known: Some(known), demo: false }
    }

    /// Whether the people of the sample city, area [`DEMO_AREA`], are let in.
    pub fn with_demo(self, demo: bool) -> Self {
        Self { demo, ..self }
    }

    fn allows(&self, area: &str) -> bool {
        match area {
            DEMO_AREA => self.demo,
            _ => self.known.is_none_or(|known| known(area)),
        }
    }
}

/// A checked number of a document of identity; that of a resident is always in the 18-character form, with an upper-case X.
///
/// `Display` and `Debug` show the masked form only, so that no page or log line leaks a number by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber {
    number: String,
    kind: IdentityKind,
}

/// Why a text is not an identity number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityNumberRefusal {
    Missing,
    /// A spreadsheet took it for a number: scientific notation, or only 15 digits kept and the last three turned to 0.
    DamagedBySpreadsheet,
    WrongLength {
        length: usize,
    },
    /// `position` counts from 1.
    WrongCharacter {
        position: usize,
    },
    AreaUnknown {
        area: String,
    },
    BirthDateNotReal,
    BirthDateInFuture,
    CheckDiffers,
    /// Fifteen digits as cards had them before 1999, with a date of birth that does not exist.
    OldFormUnreadable,
    /// The word for the kind of document is not known.
    KindUnknown {
        word: String,
    },
    /// The number is that of another kind of document.
    KindDiffers {
        kind: IdentityKind,
    },
    /// Neither the 15 characters nor the 18 digits of a foreigner's permanent residence card.
    PermanentResidenceUnfit,
    PassportUnfit,
}

impl IdentityNumber {
    /// Reads 18 characters, or the 15 digits of cards before 1999, which are brought to 18.
    ///
    /// Forgives spaces, invisible marks, full-width digits and a lower-case x. `today` bounds the date of birth.
    pub fn parse(text: &str, today: BusinessDate, areas: AreaPolicy<'_>) -> Result<Self, IdentityNumberRefusal> {
        let sent = pasted::number(text);
        let is_old = sent.len() == 15;
        let number = full_form(sent)?;
        if !areas.allows(&number[..6]) {
            let area = number[..6].to_owned();
            return Err(IdentityNumberRefusal::AreaUnknown { area });
        }
        let born = birth_date(&number).ok_or(match is_old {
            true => IdentityNumberRefusal::OldFormUnreadable,
            false => IdentityNumberRefusal::BirthDateNotReal,
        })?;
        if born > today {
            return Err(IdentityNumberRefusal::BirthDateInFuture);
        }
        if check_character(&number) != number.as_bytes()[17] {
            return Err(IdentityNumberRefusal::CheckDiffers);
        }
        Ok(Self { kind: kind::of(&number), number })
    }

    /// The number itself, to be encrypted or matched; never for a page or a log.
    pub fn revealed(&self) -> &str {
        &self.number
    }

    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// The six digits of the area where a resident's number was first given; nothing for a document that has none.
    pub fn area(&self) -> &str {
        if self.number.len() == 18 { &self.number[..6] } else { "" }
    }

    pub fn birth_date(&self) -> BusinessDate {
        // `parse` proved that the date exists, where the number holds one.
        birth_date(&self.number).unwrap_or(BusinessDate(0))
    }
}

/// `431***********0012`.
impl fmt::Display for IdentityNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&match self.number.len() {
            18 => mask::identity_number(&self.number),
            _ => mask::document(&self.number),
        })
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "IdentityNumber({self})")
    }
}

/// The 18-character form, all ASCII, digits in the first 17 places.
fn full_form(number: String) -> Result<String, IdentityNumberRefusal> {
    if number.is_empty() {
        return Err(IdentityNumberRefusal::Missing);
    }
    if pasted::is_scientific(&number) || has_fraction(&number) {
        return Err(IdentityNumberRefusal::DamagedBySpreadsheet);
    }
    let length = number.chars().count();
    if length != 15 && length != 18 {
        return Err(IdentityNumberRefusal::WrongLength { length });
    }
    let fits = |(index, character): (usize, char)| {
        character.is_ascii_digit() || (length == 18 && index == 17 && character == 'X')
    };
    if let Some(index) = number.chars().enumerate().position(|place| !fits(place)) {
        return Err(IdentityNumberRefusal::WrongCharacter { position: index + 1 });
    }
    if length == 15 {
        let mut upgraded = format!("{}19{}", &number[..6], &number[6..]);
        upgraded.push(char::from(check_character(&upgraded)));
        return Ok(upgraded);
    }
    // A cell of type number keeps 15 significant digits. A true number may end so too: then its check holds.
    if number.ends_with("000") && check_character(&number) != b'0' {
        return Err(IdentityNumberRefusal::DamagedBySpreadsheet);
    }
    Ok(number)
}

/// `431099198501010000.0`: a number cell written out with a decimal point.
fn has_fraction(number: &str) -> bool {
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    number.split_once('.').is_some_and(|(whole, part)| whole.len() >= 15 && all_digits(whole) && all_digits(part))
}

/// The check character that the first 17 digits ask for.
fn check_character(number: &str) -> u8 {
    let digits = number.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    CHECK_CHARACTERS[(sum % 11) as usize]
}

fn birth_date(number: &str) -> Option<BusinessDate> {
    let part = |range: std::ops::Range<usize>| number.get(range)?.parse::<i64>().ok();
    let year = part(6..10)?;
    BusinessDate::new(year, part(10..12)?, part(12..14)?).filter(|_| year >= BIRTH_YEAR_MIN)
}

impl Refusal for IdentityNumberRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "identity_number.missing",
            Self::DamagedBySpreadsheet => "identity_number.damaged_by_spreadsheet",
            Self::WrongLength { .. } => "identity_number.wrong_length",
            Self::WrongCharacter { .. } => "identity_number.wrong_character",
            Self::AreaUnknown { .. } => "identity_number.area_unknown",
            Self::BirthDateNotReal => "identity_number.birth_date_not_real",
            Self::BirthDateInFuture => "identity_number.birth_date_in_future",
            Self::CheckDiffers => "identity_number.check_differs",
            Self::OldFormUnreadable => "identity_number.old_form_unreadable",
            Self::KindUnknown { .. } => "identity_number.kind_unknown",
            Self::KindDiffers { .. } => "identity_number.kind_differs",
            Self::PermanentResidenceUnfit => "identity_number.permanent_residence_unfit",
            Self::PassportUnfit => "identity_number.passport_unfit",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongLength { length } => vec![("length", length.to_string())],
            Self::WrongCharacter { position } => vec![("position", position.to_string())],
            Self::AreaUnknown { area } => vec![("area", area.clone())],
            Self::KindUnknown { word } => vec![("word", word.clone())],
            Self::KindDiffers { kind } => vec![("kind", kind.word_zh().to_owned())],
            Self::Missing
            | Self::DamagedBySpreadsheet
            | Self::BirthDateNotReal
            | Self::BirthDateInFuture
            | Self::CheckDiffers
            | Self::OldFormUnreadable
            | Self::PermanentResidenceUnfit
            | Self::PassportUnfit => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
