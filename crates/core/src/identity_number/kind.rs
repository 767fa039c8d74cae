//! Kinds of documents of identity, and the numbers of those that are no resident's card.

use super::{AreaPolicy, IdentityNumber, IdentityNumberRefusal};
use crate::pasted;
use crate::time::BusinessDate;

/// A kind of document of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// 居民身份证.
    ResidentCard,
    /// 港澳台居民居住证: area 810000, 820000 or 830000, otherwise as a resident's number.
    ///
    /// Source: 《港澳台居民居住证申领发放办法》, State Council, 2018, art. 6.
    ResidencePermit,
    /// 外国人永久居留身份证: 15 characters on cards of 2017, 18 digits beginning with 9 on those since 2023.
    PermanentResidence,
    Passport,
}

const RESIDENCE_PERMIT_AREAS: [&str; 3] = ["810000", "820000", "830000"];
/// Letters and digits of a passport's number. ICAO Doc 9303 has nine; some states write more on the page.
const PASSPORT_LENGTH: std::ops::RangeInclusive<usize> = 6..=12;

/// The kind whose numbers look so; `number` has 18 characters.
pub(super) fn of(number: &str) -> IdentityKind {
    match &number[..6] {
        area if RESIDENCE_PERMIT_AREAS.contains(&area) => IdentityKind::ResidencePermit,
        area if area.starts_with('9') => IdentityKind::PermanentResidence,
        _ => IdentityKind::ResidentCard,
    }
}

impl IdentityKind {
    pub const ALL: [Self; 4] = [Self::ResidentCard, Self::ResidencePermit, Self::PermanentResidence, Self::Passport];

    pub const fn code(self) -> &'static str {
        match self {
            Self::ResidentCard => "resident_card",
            Self::ResidencePermit => "residence_permit",
            Self::PermanentResidence => "permanent_residence",
            Self::Passport => "passport",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The document's own name.
    pub const fn word_zh(self) -> &'static str {
        match self {
            Self::ResidentCard => "居民身份证",
            Self::ResidencePermit => "港澳台居民居住证",
            Self::PermanentResidence => "外国人永久居留身份证",
            Self::Passport => "护照",
        }
    }

    /// Reads the word of a roster, in either language, or a code.
    pub fn from_word(word: &str) -> Option<Self> {
        let word: String = word.chars().filter(|mark| mark.is_alphanumeric() || *mark == '_').collect();
        match word.to_lowercase().as_str() {
            "居民身份证" | "身份证" | "二代身份证" | "中国居民身份证" | "residentidentitycard" | "identitycard" => {
                Some(Self::ResidentCard)
            }
            "港澳台居民居住证" | "港澳居民居住证" | "台湾居民居住证" | "居住证" | "residencepermit" => {
                Some(Self::ResidencePermit)
            }
            "外国人永久居留身份证" | "外国人永久居留证" | "永久居留身份证" | "永居证" | "permanentresidencecard" => {
                Some(Self::PermanentResidence)
            }
            "护照" | "外国护照" | "普通护照" | "passport" => Some(Self::Passport),
            code => Self::from_code(code),
        }
    }
}

impl IdentityNumber {
    /// Reads the number of a document of a kind; where no kind is said, that of a resident's card, or of one whose numbers
    /// are made alike.
    ///
    /// # Errors
    /// What is wrong with the number; `identity_number.kind_differs` for a good number of another kind.
    pub fn parse_as(
        kind: Option<IdentityKind>,
        text: &str,
        today: BusinessDate,
        areas: AreaPolicy<'_>,
    ) -> Result<Self, IdentityNumberRefusal> {
        let sent = pasted::number(text);
        match kind {
            None => Self::parse(text, today, areas),
            Some(IdentityKind::Passport) if sent.is_empty() => Err(IdentityNumberRefusal::Missing),
            Some(IdentityKind::Passport) => passport(sent),
            Some(IdentityKind::PermanentResidence) if sent.len() == 15 => permanent_residence(sent),
            Some(kind) => {
                let number = Self::parse(text, today, areas).map_err(|refusal| match (kind, refusal) {
                    (IdentityKind::PermanentResidence, IdentityNumberRefusal::WrongLength { .. }) => {
                        IdentityNumberRefusal::PermanentResidenceUnfit
                    }
                    (_, refusal) => refusal,
                })?;
                let is = number.kind;
                if is == kind { Ok(number) } else { Err(IdentityNumberRefusal::KindDiffers { kind: is }) }
            }
        }
    }

    /// Reads whatever number somebody types to find a person.
    pub fn parse_any(text: &str, today: BusinessDate, areas: AreaPolicy<'_>) -> Result<Self, IdentityNumberRefusal> {
        Self::parse(text, today, areas).or_else(|refusal| {
            let sent = pasted::number(text);
            let other = permanent_residence(sent.clone()).or_else(|_| passport(sent));
            other.map_err(|_| refusal)
        })
    }

    /// What a keyed index is made of: no two documents of different kinds have it in common.
    pub fn index_text(&self) -> String {
        match self.kind {
            IdentityKind::Passport => format!("passport:{}", self.number),
            _ => self.number.clone(),
        }
    }
}

/// The 15 characters of 2017: three letters of nationality, four digits of place, six of birth, two more.
fn permanent_residence(number: String) -> Result<IdentityNumber, IdentityNumberRefusal> {
    let bytes = number.as_bytes();
    let fits = bytes.len() == 15
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3..].iter().all(u8::is_ascii_digit)
        // The century does not stand there: a leap day of 1900 is let in rather than one of 2000 refused.
        && BusinessDate::new(2_000 + two(&bytes[7..]), two(&bytes[9..]), two(&bytes[11..])).is_some();
    match fits {
        true => Ok(IdentityNumber { number, kind: IdentityKind::PermanentResidence }),
        false => Err(IdentityNumberRefusal::PermanentResidenceUnfit),
    }
}

fn two(digits: &[u8]) -> i64 {
    i64::from(digits[0] - b'0') * 10 + i64::from(digits[1] - b'0')
}

fn passport(number: String) -> Result<IdentityNumber, IdentityNumberRefusal> {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let fits = number.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && PASSPORT_LENGTH.contains(&number.len())
        && digits >= 4
        // Eleven digits are a phone number in the wrong cell.
        && !(digits == number.len() && number.len() == 11);
    match fits {
        true => Ok(IdentityNumber { number, kind: IdentityKind::Passport }),
        false => Err(IdentityNumberRefusal::PassportUnfit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: BusinessDate = BusinessDate(20_261_123);

    fn read(kind: Option<IdentityKind>, text: &str) -> Result<IdentityNumber, IdentityNumberRefusal> {
        IdentityNumber::parse_as(kind, text, TODAY, AreaPolicy::ANY)
    }

    /// A number with its check, computed here by doubling as ISO 7064 words it.
    fn made(body: &str) -> String {
        let sum = body.bytes().fold(0, |sum, byte| (sum + u32::from(byte - b'0')) * 2 % 11);
        let check = (12 - sum) % 11;
        format!("{body}{}", if check == 10 { "X".to_owned() } else { check.to_string() })
    }

    #[test]
    fn each_document_is_read_as_what_it_is() {
        for (area, kind) in [
            ("810000", IdentityKind::ResidencePermit),
            ("820000", IdentityKind::ResidencePermit),
            ("830000", IdentityKind::ResidencePermit),
            ("911156", IdentityKind::PermanentResidence),
            ("431002", IdentityKind::ResidentCard),
        ] {
            let number = made(&format!("{area}19850101001"));
            assert_eq!(read(None, &number).map(|read| read.kind()), Ok(kind), "{number}");
            assert_eq!(read(Some(kind), &number).map(|read| read.kind()), Ok(kind));
            let other = if kind == IdentityKind::ResidentCard {
                IdentityKind::ResidencePermit
            } else {
                IdentityKind::ResidentCard
            };
            assert_eq!(read(Some(other), &number), Err(IdentityNumberRefusal::KindDiffers { kind }));
        }
        let old = read(Some(IdentityKind::PermanentResidence), "fra430085010112").unwrap();
        assert_eq!((old.kind(), old.revealed()), (IdentityKind::PermanentResidence, "FRA430085010112"));
        assert_eq!(format!("{old}"), "FR***********12");
        let passport = read(Some(IdentityKind::Passport), " e1234 5678 ").unwrap();
        assert_eq!((passport.revealed(), passport.index_text().as_str()), ("E12345678", "passport:E12345678"));
        assert_eq!(format!("{passport:?}"), "IdentityNumber(E1*****78)");
    }

    #[test]
    fn what_fits_no_document_is_refused_by_its_kind() {
        use IdentityNumberRefusal::{CheckDiffers, Missing, PassportUnfit, PermanentResidenceUnfit};
        let permanent = Some(IdentityKind::PermanentResidence);
        let passport = Some(IdentityKind::Passport);
        for (kind, text, refusal) in [
            (permanent, "FRA430085133112", PermanentResidenceUnfit),
            (permanent, "FR1430085010112", PermanentResidenceUnfit),
            (permanent, "FRA4300850101", PermanentResidenceUnfit),
            (permanent, "911156198501010010", CheckDiffers),
            (passport, "", Missing),
            (passport, "ABCDEF", PassportUnfit),
            (passport, "E1234", PassportUnfit),
            (passport, "E123456789012", PassportUnfit),
            (passport, "E12345-78", PassportUnfit),
            (passport, "13800000001", PassportUnfit),
        ] {
            assert_eq!(read(kind, text), Err(refusal), "{text}");
        }
    }

    #[test]
    fn a_kind_is_read_by_word_and_code() {
        for kind in IdentityKind::ALL {
            assert_eq!(IdentityKind::from_word(kind.word_zh()), Some(kind));
            assert_eq!(IdentityKind::from_word(kind.code()), Some(kind));
        }
        assert_eq!(IdentityKind::from_word(" 身份证 "), Some(IdentityKind::ResidentCard));
        assert_eq!(IdentityKind::from_word("军官证"), None);
    }

    #[test]
    fn whoever_is_looked_for_is_found_by_any_number() {
        let any = |text: &str| IdentityNumber::parse_any(text, TODAY, AreaPolicy::ANY).map(|read| read.kind());
        assert_eq!(any("E12345678"), Ok(IdentityKind::Passport));
        assert_eq!(any("FRA430085010112"), Ok(IdentityKind::PermanentResidence));
        assert_eq!(any("431002190001010010"), Ok(IdentityKind::ResidentCard));
        assert_eq!(any("李晓岚"), Err(IdentityNumberRefusal::WrongLength { length: 3 }));
    }

    /// An old number has no check: at least its date must exist, and the refusal says what it is.
    #[test]
    fn an_old_number_is_named_as_such() {
        assert_eq!(read(None, "431002851301001"), Err(IdentityNumberRefusal::OldFormUnreadable));
        assert_eq!(read(None, "431002850101001").map(|read| read.revealed().len()), Ok(18));
    }
}
