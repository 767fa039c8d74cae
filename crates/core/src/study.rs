//! Study time in seconds, and the hours (学时) it becomes.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// Recognised study time in whole seconds. Rounding to hours happens only on the yearly sum, by the rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct StudySeconds(pub i64);

impl StudySeconds {
    pub const ZERO: Self = Self(0);

    pub const fn from_hours(hours: i64, minutes_per_hour: i64) -> Self {
        Self(hours * minutes_per_hour * 60)
    }

    /// Never below zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }

    /// `m:ss`, or `h:mm:ss` from one clock hour on: how a player shows a length.
    pub fn clock(self) -> String {
        let (hours, minutes, seconds) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    }
}

impl Add for StudySeconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for StudySeconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for StudySeconds {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

impl From<StudySeconds> for i64 {
    fn from(seconds: StudySeconds) -> i64 {
        seconds.0
    }
}

/// Which part of the yearly requirement a study counts towards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// 公需科目: law, policy, ethics, technique common to all.
    Public,
    /// 专业科目: the profession's own new knowledge.
    Professional,
}

impl Subject {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Professional => "professional",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "public" => Some(Self::Public),
            "professional" => Some(Self::Professional),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}
