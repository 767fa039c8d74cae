//! Money in whole fen: 1 yuan = 100 fen. No fraction of a fen exists and no float ever touches it.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};

/// An amount of renminbi in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// What was given is not an amount of yuan with at most two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAmount;

impl Fen {
    pub const ZERO: Self = Self(0);

    /// Reads `40`, `40.5`, `40.50`, `-0.01`: yuan with at most two decimals, exactly.
    pub fn from_yuan(text: &str) -> Result<Self, NotAnAmount> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=13).contains(&whole.len()) && part.len() <= 2 && all_digits(whole) && all_digits(part);
        if !fits || digits.ends_with('.') {
            return Err(NotAnAmount);
        }
        let yuan: i64 = whole.parse().map_err(|_| NotAnAmount)?;
        let cents: i64 = format!("{part:0<2}").parse().map_err(|_| NotAnAmount)?;
        Ok(Self(sign * (yuan * 100 + cents)))
    }

    /// Yuan with two decimals and no grouping, as bills and gateways write it: `1234.50`.
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
}

/// As a person reads it: `¥1,234.50`, minus as a true minus sign.
impl fmt::Display for Fen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = (self.0.abs() / 100).to_string();
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "−" } else { "" };
        write!(out, "{sign}¥{grouped}.{:02}", self.0.abs() % 100)
    }
}

impl Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Fen {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<i64> for Fen {
    type Output = Self;
    fn mul(self, count: i64) -> Self {
        Self(self.0 * count)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl From<Fen> for i64 {
    fn from(amount: Fen) -> i64 {
        amount.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Gateways speak yuan in bills and fen in messages; no value may lose a fen on the way.
        #[test]
        fn yuan_round_trips(fen in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(Fen::from_yuan(&Fen(fen).yuan()), Ok(Fen(fen)));
        }
    }

    #[test]
    fn only_exact_amounts_are_read() {
        assert_eq!(Fen::from_yuan("40"), Ok(Fen(4_000)));
        assert_eq!(Fen::from_yuan("0.5"), Ok(Fen(50)));
        for wrong in ["", ".", "1.", ".5", "1.005", "1e3", "１", "+1", "--1", "1 ", "99999999999999"] {
            assert_eq!(Fen::from_yuan(wrong), Err(NotAnAmount), "{wrong:?}");
        }
    }

    #[test]
    fn people_see_grouped_yuan() {
        assert_eq!(Fen(4_000).to_string(), "¥40.00");
        assert_eq!(Fen(123_456_789).to_string(), "¥1,234,567.89");
        assert_eq!(Fen(-5).to_string(), "−¥0.05");
    }
}
