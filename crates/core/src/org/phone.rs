//! Mainland mobile numbers: where sign-in codes and notices go.

use crate::mask;
use crate::pasted;
use crate::refusal::{Kind, Refusal};
use std::fmt;

/// A mainland mobile number of eleven digits, `1[3-9]` first.
///
/// `Display` and `Debug` show `138****0001`, so that no page or log line leaks a number by accident.
///
/// Source: the numbering plan of the Ministry of Industry and Information Technology (电信网编号计划, 2017).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Why a text is not a mobile number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneRefusal {
    Missing,
    DamagedBySpreadsheet,
    /// It has `length` characters after spaces and the country code are gone.
    WrongLength {
        length: usize,
    },
    /// Not a mobile number: a fixed line, a letter, a prefix nobody gives out.
    NotMobile,
}

impl Phone {
    /// Forgives spaces, hyphens, full-width digits, `+86`, `0086` or `86` before it, and `.0` of a number cell.
    pub fn parse(text: &str) -> Result<Self, PhoneRefusal> {
        let number = pasted::number(text);
        if number.is_empty() {
            return Err(PhoneRefusal::Missing);
        }
        if pasted::is_scientific(&number) {
            return Err(PhoneRefusal::DamagedBySpreadsheet);
        }
        let number: String = number.chars().filter(|mark| !matches!(mark, '-' | '(' | ')' | '—' | '–')).collect();
        let number = number.strip_suffix(".0").unwrap_or(&number);
        let number = without_country(number);
        let length = number.chars().count();
        if length != 11 {
            return Err(PhoneRefusal::WrongLength { length });
        }
        let mobile = number.bytes().all(|byte| byte.is_ascii_digit())
            && number.starts_with('1')
            && matches!(number.as_bytes()[1], b'3'..=b'9');
        match mobile {
            true => Ok(Self(number.to_owned())),
            false => Err(PhoneRefusal::NotMobile),
        }
    }

    /// The number itself, to be dialled, encrypted or matched; never for a page or a log.
    pub fn revealed(&self) -> &str {
        &self.0
    }
}

/// A country code is only one if eleven characters stay behind it: no mobile number begins with 86.
fn without_country(number: &str) -> &str {
    let rest = ["+86", "0086", "86"].iter().find_map(|code| number.strip_prefix(code));
    rest.filter(|rest| rest.chars().count() == 11).unwrap_or(number)
}

/// `138****0001`.
impl fmt::Display for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&mask::phone(&self.0))
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Phone({self})")
    }
}

impl Refusal for PhoneRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "phone.missing",
            Self::DamagedBySpreadsheet => "phone.damaged_by_spreadsheet",
            Self::WrongLength { .. } => "phone.wrong_length",
            Self::NotMobile => "phone.not_mobile",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongLength { length } => vec![("length", length.to_string())],
            Self::Missing | Self::DamagedBySpreadsheet | Self::NotMobile => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_however_it_was_written() {
        for text in [
            "13800000001",
            "138 0000 0001",
            "138-0000-0001",
            "+86 138 0000 0001",
            "(+86)13800000001",
            "008613800000001",
            "8613800000001",
            "\u{202d}13800000001\u{202c}",
            "１３８０００００００１",
            "'13800000001",
            "13800000001.0",
        ] {
            assert_eq!(Phone::parse(text).unwrap().revealed(), "13800000001", "{text}");
        }
    }

    #[test]
    fn each_fault_is_called_by_its_name() {
        for (text, refusal) in [
            ("", PhoneRefusal::Missing),
            ("1.38E+10", PhoneRefusal::DamagedBySpreadsheet),
            ("1380000000", PhoneRefusal::WrongLength { length: 10 }),
            ("8612345", PhoneRefusal::WrongLength { length: 7 }),
            ("12800000001", PhoneRefusal::NotMobile),
            ("07352888888", PhoneRefusal::NotMobile),
            ("1380000000O", PhoneRefusal::NotMobile),
            ("手机一三八零零零零零零", PhoneRefusal::NotMobile),
        ] {
            assert_eq!(Phone::parse(text), Err(refusal), "{text:?}");
        }
    }

    /// A country code cut off a number that has none would send a stranger the sign-in code.
    #[test]
    fn the_country_code_is_only_cut_from_a_whole_number() {
        assert_eq!(Phone::parse("86138000000"), Err(PhoneRefusal::NotMobile));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_page_or_log_shows_a_whole_number(number in "1[3-9][0-9]{9}") {
            let phone = Phone::parse(&number).unwrap();
            prop_assert_eq!(phone.revealed(), &number);
            let (shown, logged) = (phone.to_string(), format!("{phone:?}"));
            prop_assert!(!shown.contains(&number));
            prop_assert!(!logged.contains(&number));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,20}") {
            let _ = Phone::parse(&text);
        }
    }
}
