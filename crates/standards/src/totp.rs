//! Time-based one-time passwords of an authenticator app: six digits, a new one every thirty seconds.
//!
//! Source: RFC 6238 (TOTP) over RFC 4226 (HOTP) with HMAC-SHA-1, the one algorithm that every app knows; the address in
//! the QR code follows the Key URI format that the apps share.

use ring::hmac;
use std::fmt::Write as _;

/// How long one code is shown, in seconds.
pub const STEP_SECONDS: i64 = 30;
/// Bytes of a secret: as many as HMAC-SHA-1 gives out (RFC 4226, 4, R6).
pub const SECRET_BYTES: usize = 20;
const DIGITS: usize = 6;
const MODULUS: u32 = 1_000_000;

/// The code of a step, the number of whole thirty seconds since 1970.
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    // RFC 4226, 5.3: the last four bits say where the number is taken from.
    let from = usize::from(bytes[19] & 0x0f);
    let four = [bytes[from] & 0x7f, bytes[from + 1], bytes[from + 2], bytes[from + 3]];
    format!("{:0width$}", u32::from_be_bytes(four) % MODULUS, width = DIGITS)
}

/// The step that a typed code belongs to: the present one, or one before or after it for clocks that differ a little.
/// A step up to `used` is refused, so that a code overheard is worth nothing (RFC 6238, 5.2).
pub fn step_of(secret: &[u8], typed: &str, now_seconds: i64, used: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|mark| !mark.is_whitespace()).collect();
    let present = now_seconds.div_euclid(STEP_SECONDS);
    let mut found = None;
    // All three are always computed: how long it takes says nothing.
    for step in [present - 1, present, present + 1] {
        if same(&code(secret, step), &typed) && step > used {
            found = found.or(Some(step));
        }
    }
    found
}

fn same(one: &str, other: &str) -> bool {
    let differs = one.bytes().zip(other.bytes()).fold(0, |sum, (left, right)| sum | (left ^ right));
    one.len() == other.len() && differs == 0
}

/// Base32 without padding, in groups of four for people who must type it (RFC 4648, 6).
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut five = [0_u8; 8];
        five[3..3 + chunk.len()].copy_from_slice(chunk);
        let number = u64::from_be_bytes(five);
        let letters = (chunk.len() * 8).div_ceil(5);
        (0..letters).for_each(|index| text.push(char::from(LETTERS[(number >> (35 - 5 * index) & 31) as usize])));
    }
    text
}

/// The address that the QR code carries to the app.
pub fn address(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (percent(issuer), percent(account));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&digits=6&period=30", base32(secret))
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte => drop(write!(out, "%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// The vectors of RFC 6238, appendix B, for SHA-1; their last six digits.
    #[test]
    fn the_vectors_of_the_standard() {
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, expected) in vectors {
            assert_eq!(code(SECRET, seconds / STEP_SECONDS), expected, "{seconds}");
        }
    }

    /// A code read over a shoulder must not open the door a second time.
    #[test]
    fn a_used_step_is_refused() {
        let typed = code(SECRET, 100);
        assert_eq!(step_of(SECRET, &typed, 3_010, 0), Some(100));
        assert_eq!(step_of(SECRET, &typed, 3_010, 100), None);
        assert_eq!(step_of(SECRET, &typed, 3_010, 101), None);
    }

    #[test]
    fn a_clock_may_differ_by_one_step_and_no_more() {
        let typed = code(SECRET, 100);
        for (now_seconds, fits) in [(2_969, false), (2_970, true), (3_059, true), (3_060, false)] {
            assert_eq!(step_of(SECRET, &typed, now_seconds, 0).is_some(), fits, "{now_seconds}");
        }
        let spaced = format!("{} {}", &typed[..3], &typed[3..]);
        assert_eq!(step_of(SECRET, &spaced, 3_000, 0), Some(100));
        for wrong in ["", "1", "abcdef", "0000000"] {
            assert_eq!(step_of(SECRET, wrong, 3_000, 0), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_as_the_standard_has_it() {
        let vectors =
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")];
        for (plain, expected) in vectors {
            assert_eq!(base32(plain.as_bytes()), expected);
        }
        let address = address("继学", "何静", SECRET);
        assert!(address.starts_with("otpauth://totp/%E7%BB%A7%E5%AD%A6:%E4%BD%95"), "{address}");
        assert!(address.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"), "{address}");
    }
}
