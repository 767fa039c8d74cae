//! Certificate numbers such as `CZ-2026-A-00012345-43`: for filing and for reading aloud. They may be counted up, since
//! verification asks for the code, which nobody can count.

use super::CertificateRefusal;
use crate::fact::CertificateKind;
use crate::time::Year;
use std::fmt;
use std::str::FromStr;

/// The largest serial: eight digits.
const SERIAL_MAX: i64 = 99_999_999;

/// Region letters, year, kind (`P` public subject, `A` annual), serial, two check digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct CertificateNumber(String);

impl CertificateNumber {
    /// Puts a number together. `region` is 2 to 6 capital letters, `serial` counts certificates of a year from 1.
    pub fn compose(region: &str, year: Year, kind: CertificateKind, serial: i64) -> Result<Self, CertificateRefusal> {
        let region_fits = (2..=6).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_uppercase());
        if !region_fits || !(1_000..=9_999).contains(&year.0) || !(1..=SERIAL_MAX).contains(&serial) {
            return Err(CertificateRefusal::NumberOutOfRange);
        }
        let letter = match kind {
            CertificateKind::PublicSubject => 'P',
            CertificateKind::Annual => 'A',
        };
        let body = format!("{region}-{year}-{letter}-{serial:08}");
        let check = check_digits(&body);
        Ok(Self(format!("{body}-{check:02}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CertificateNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Reads a number as people type it: lower case and stray spaces do not matter, a mistyped character does.
impl FromStr for CertificateNumber {
    type Err = CertificateRefusal;

    fn from_str(text: &str) -> Result<Self, CertificateRefusal> {
        let text = text.trim().to_ascii_uppercase();
        let parts: Vec<&str> = text.split('-').map(str::trim).collect();
        let [region, year, kind, serial, _check] = parts[..] else {
            return Err(CertificateRefusal::NumberUnreadable);
        };
        let kind = match kind {
            "P" => CertificateKind::PublicSubject,
            "A" => CertificateKind::Annual,
            _ => return Err(CertificateRefusal::NumberUnreadable),
        };
        let digits = |text: &str| text.parse::<i64>().map_err(|_| CertificateRefusal::NumberUnreadable);
        let number = Self::compose(region, Year(digits(year)?), kind, digits(serial)?);
        match number {
            Ok(number) if number.0 == parts.join("-") => Ok(number),
            Ok(_) | Err(_) => Err(CertificateRefusal::NumberUnreadable),
        }
    }
}

/// The two check digits over the letters and digits of `body`; a letter counts as 10 to 35.
///
/// They find every mistyped digit and every swap of two neighbours, which one check character cannot promise.
/// Source: ISO/IEC 7064, system MOD 97-10, as in IBAN.
fn check_digits(body: &str) -> u32 {
    let values = body.chars().filter_map(|character| character.to_digit(36));
    let remainder = values.fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97);
    98 - remainder * 100 % 97
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(serial: i64) -> CertificateNumber {
        CertificateNumber::compose("CZ", Year(2026), CertificateKind::Annual, serial).unwrap()
    }

    /// The first is the standard's own example; the second a well-known sample IBAN, country and digits last.
    #[test]
    fn the_check_digits_follow_the_standard() {
        assert_eq!(check_digits("794"), 44);
        assert_eq!(check_digits("WEST-1234-5698-7654-32-GB"), 82);
    }

    #[test]
    fn a_number_is_put_together_and_read_back() {
        let number = number(12_345);
        assert_eq!(number.as_str(), "CZ-2026-A-00012345-43");
        assert_eq!(number.as_str().to_lowercase().parse(), Ok(number.clone()));
        assert_eq!(format!(" {number} ").parse(), Ok(number));
        for (region, serial) in [("C", 1), ("cz", 1), ("CZCZCZC", 1), ("CZ", 0), ("CZ", 100_000_000)] {
            let refused = CertificateNumber::compose(region, Year(2026), CertificateKind::Annual, serial);
            assert_eq!(refused, Err(CertificateRefusal::NumberOutOfRange));
        }
        for wrong in [
            "",
            "CZ-2026-A-00012345",
            "CZ-2026-X-00012345-43",
            "CZ-2026-A-12345-43",
            "湘-2026-A-00012345-43",
            "CZ-2026-A-00012345-44",
        ] {
            assert_eq!(wrong.parse::<CertificateNumber>(), Err(CertificateRefusal::NumberUnreadable), "{wrong}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A clerk who reads a number over the telephone mistypes one character or swaps two: that must not lead to
        /// another person's certificate.
        #[test]
        fn one_wrong_character_is_noticed(serial in 1..=SERIAL_MAX, place in 0..8_usize, other in 0..10_u8) {
            let right = number(serial).to_string();
            let mut wrong = right.clone().into_bytes();
            wrong[10 + place] = b'0' + other;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_eq!(wrong.parse::<CertificateNumber>().is_ok(), wrong == right);
            let mut swapped = right.clone().into_bytes();
            swapped.swap(10 + place.min(6), 11 + place.min(6));
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(swapped.parse::<CertificateNumber>().is_ok(), swapped == right);
        }
    }
}
