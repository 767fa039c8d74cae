//! Numbers that nobody bears: of the demo area, of prefixes no operator gives out, of codes no registry issued. Their
//! check characters hold, so that everything that reads numbers reads these too.

use jixue_core::identity_number::{AreaPolicy, DEMO_AREA, IdentityNumber};
use jixue_core::org::Phone;
use jixue_core::time::BusinessDate;
use jixue_core::uscc::Uscc;

/// A series that no mobile operator of the mainland has been given: a message to it would reach nobody.
const PHONE_SERIES: &str = "160";

/// The mobile number of a place in the sample: `16000000001` for 1.
pub(super) fn phone(place: u32) -> anyhow::Result<Phone> {
    let text = format!("{PHONE_SERIES}{place:08}");
    Phone::parse(&text).map_err(|refusal| anyhow::anyhow!("phone {place}: {refusal:?}"))
}

/// The identity number of the demo area for a day of birth and a sequence number of three digits; odd for men.
///
/// Source: GB 11643-1999.
pub(super) fn identity_number(born: BusinessDate, sequence: u32) -> anyhow::Result<IdentityNumber> {
    let body = format!("{DEMO_AREA}{:08}{sequence:03}", born.0);
    let digits = body.bytes().map(|byte| u32::from(byte - b'0'));
    let weighted = digits.enumerate().map(|(index, digit)| digit * (1 << (17 - index)));
    let check = char::from(b"10X98765432"[(weighted.sum::<u32>() % 11) as usize]);
    // Far enough in the future to be no bound: the sample's people are as old as it makes them.
    let last_day = BusinessDate(99_991_231);
    IdentityNumber::parse(&format!("{body}{check}"), last_day, AreaPolicy::ANY.with_demo(true))
        .map_err(|refusal| anyhow::anyhow!("identity number {body}: {refusal:?}"))
}

/// The characters of unified social credit codes, in the order of their values.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The code of a unit: its two characters of authority and kind, its region, and its number among the sample's.
///
/// Source: GB 32100-2015, and GB 11714-1997 for the nine characters of the organisation.
pub(super) fn uscc(prefix: &str, region_code: &str, number: u32) -> anyhow::Result<Uscc> {
    let organisation = format!("MJX{number:05}");
    let value = |byte: u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let inner: u32 =
        organisation.bytes().map(value).zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(value, weight)| value * weight).sum();
    let inner = match 11 - inner % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    let body = format!("{prefix}{region_code}{organisation}{inner}");
    let place = |byte: u8| ALPHABET.iter().position(|letter| *letter == byte).unwrap_or_default();
    let weights = std::iter::successors(Some(1_usize), |weight| Some(weight * 3 % 31));
    let sum: usize = body.bytes().map(place).zip(weights).map(|(value, weight)| value * weight).sum();
    let check = char::from(ALPHABET[(31 - sum % 31) % 31]);
    Uscc::parse(&format!("{body}{check}")).map_err(|refusal| anyhow::anyhow!("unit {number}: {refusal:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules' own readers judge what is made here; a wrong weight would show on the first number.
    #[test]
    fn every_number_made_is_one_that_the_rules_read() {
        for sequence in 0..1_000 {
            let number = identity_number(BusinessDate(19_850_217), sequence).unwrap();
            assert_eq!(number.birth_date(), BusinessDate(19_850_217));
        }
        for number in [1, 2, 99, 100, 1_599, 99_999] {
            let code = uscc("12", "431021", number).unwrap();
            assert_eq!(code.region_code(), "431021");
            assert!(code.organisation_code_holds(), "{code}");
        }
        assert_eq!(phone(1).unwrap().revealed(), "16000000001");
    }

    /// The two bases of the sample were coded by hand from the standard.
    #[test]
    fn codes_are_those_of_the_standard() {
        assert_eq!(uscc("12", "431000", 1).unwrap().as_str(), "12431000MJX000018D");
        assert_eq!(uscc("91", "431002", 2).unwrap().as_str(), "91431002MJX0000260");
    }
}
