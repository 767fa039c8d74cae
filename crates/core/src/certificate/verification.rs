//! The code that opens a certificate's public page, and what that page says in one word.

use super::{Certificate, CertificateRefusal, CertificateState};
use std::fmt;
use std::str::FromStr;

/// 32 symbols without I, L, O and U, so that nothing looks like a one or a zero and no word is spelt.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How the 26 symbols are grouped in print.
const GROUPS: [usize; 6] = [4, 4, 5, 4, 4, 5];

/// A verification code (核验码): 128 random bits, so that nobody finds a certificate by trying.
///
/// Printed as `XXXX-XXXX-XXXXX-XXXX-XXXX-XXXXX`, 26 symbols of five bits, the last of which carries three.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VerificationCode([u8; 16]);

impl VerificationCode {
    /// `random` must come from a cryptographic source.
    pub const fn from_random(random: [u8; 16]) -> Self {
        Self(random)
    }

    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Without groups, as it stands in an address.
    pub fn plain(&self) -> String {
        let bits = u128::from_be_bytes(self.0);
        let symbol = |place: u32| {
            let value = if place < 25 { bits >> (123 - 5 * place) } else { bits << 2 };
            char::from(ALPHABET[(value & 31) as usize])
        };
        (0..26).map(symbol).collect()
    }
}

impl fmt::Display for VerificationCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let mut rest = plain.as_str();
        for (index, length) in GROUPS.into_iter().enumerate() {
            let (group, after) = rest.split_at(length);
            write!(out, "{}{group}", if index == 0 { "" } else { "-" })?;
            rest = after;
        }
        Ok(())
    }
}

/// The code opens a person's page, so logs show its first group only.
impl fmt::Debug for VerificationCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "VerificationCode({}…)", &self.plain()[..4])
    }
}

/// Reads a code as people type it from paper: small letters, spaces, any dashes, full-width characters of a Chinese
/// keyboard, O for 0, I and L for 1.
impl FromStr for VerificationCode {
    type Err = CertificateRefusal;

    fn from_str(text: &str) -> Result<Self, CertificateRefusal> {
        let (mut bits, mut last, mut count) = (0_u128, 0, 0_u32);
        for typed in text.chars().take(100) {
            let typed = match typed {
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(typed as u32 - 0xfee0).unwrap_or(typed),
                _ => typed,
            };
            let symbol = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                '-' | '_' | '‐' | '–' | '—' | '－' | '·' => continue,
                space if space.is_whitespace() => continue,
                other => other,
            };
            let value = ALPHABET.iter().position(|known| char::from(*known) == symbol);
            last = value.ok_or(CertificateRefusal::CodeUnreadable)? as u128;
            count += 1;
            bits = match count {
                0..=25 => bits << 5 | last,
                _ => bits << 3 | last >> 2,
            };
        }
        if count != 26 || last & 3 != 0 {
            return Err(CertificateRefusal::CodeUnreadable);
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

/// What the public page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verification {
    Valid,
    /// A newer version stands in its place.
    Superseded,
    Revoked,
    /// No certificate has this code, or it has not been issued.
    Unknown,
}

impl Verification {
    pub const ALL: [Self; 4] = [Self::Valid, Self::Superseded, Self::Revoked, Self::Unknown];

    /// What is known of a certificate, `None` when no such code exists.
    pub fn of(certificate: Option<&Certificate>) -> Self {
        match certificate.map(|certificate| &certificate.state) {
            Some(CertificateState::Issued { .. }) => Self::Valid,
            Some(CertificateState::Superseded { .. }) => Self::Superseded,
            Some(CertificateState::Revoked { .. }) => Self::Revoked,
            Some(CertificateState::Intended) | None => Self::Unknown,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The expected text was computed apart, with Python's whole numbers.
    #[test]
    fn a_code_is_printed_in_groups() {
        let code = VerificationCode::from_random(std::array::from_fn(|at| at as u8 * 17));
        assert_eq!(code.to_string(), "008J-4CT4-ANK7F-24SN-AXWS-QFEZW");
        assert_eq!(format!("{code:?}"), "VerificationCode(008J…)", "a log must not hold the whole code");
    }

    /// People copy codes from paper, by eye and by Chinese keyboard.
    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = VerificationCode::from_random([0; 16]);
        for typed in [
            "0000-0000-00000-0000-0000-00000",
            "oooo OOOO ooooo 0000 0000 00000",
            "００００－００００－０００００－0000－0000—00000",
        ] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        let ones: VerificationCode = "iiii-llll-1IL1i-1111-1111-11110".parse().unwrap();
        assert_eq!(ones.plain(), "11111111111111111111111110");
    }

    /// Two texts for one certificate would be two addresses to watch; more symbols than fit must not wrap round.
    #[test]
    fn only_26_symbols_with_empty_end_are_a_code() {
        for wrong in [
            "",
            "0000",
            &"0".repeat(25),
            &"0".repeat(27),
            &format!("{}1", "0".repeat(25)),
            &"U".repeat(26),
            &"0".repeat(500),
        ] {
            assert_eq!(wrong.parse::<VerificationCode>(), Err(CertificateRefusal::CodeUnreadable), "{wrong}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_code_comes_back_from_print(random: [u8; 16]) {
            let code = VerificationCode::from_random(random);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            prop_assert_eq!(code.plain().to_lowercase().parse(), Ok(code));
            prop_assert_eq!(code.to_string().len(), 31);
        }
    }
}
