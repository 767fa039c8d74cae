//! Which people a clerk looks for: by words, department and stage.

use super::Stage;
use crate::keys::Keys;
use crate::org;
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::Phone;
use jixue_core::time::BusinessDate;

/// A stage, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StageChoice {
    #[default]
    Any,
    Only(Stage),
    /// Everybody who has not finished and is not exempt.
    Unfinished,
}

impl StageChoice {
    /// Reads the value of a form; what is not known means any.
    pub fn from_code(code: &str) -> Self {
        match code {
            "unfinished" => Self::Unfinished,
            code => Stage::from_code(code).map_or(Self::Any, Self::Only),
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Only(stage) => stage.code(),
            Self::Unfinished => "unfinished",
        }
    }
}

/// What to look for; everything empty finds everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleFilter {
    /// Part of a name, the last digits of a phone number, a whole phone or identity number.
    pub text: String,
    /// A whole department.
    pub department: String,
    pub stage: StageChoice,
}

impl PeopleFilter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Digits of a phone number that stay visible at its end.
const PHONE_TAIL: usize = 4;

/// The words of a filter as a query takes them. Numbers are sealed, so that a whole one is found by its keyed index
/// and a part of a phone number only by the digits that stay visible.
pub(crate) struct Patterns {
    /// For LIKE, with `!` as the escape; empty when nothing is asked.
    pub name: String,
    /// For LIKE; empty when the words are no end of a phone number.
    pub phone_tail: String,
    pub phone_index: Vec<u8>,
    pub identity_index: Vec<u8>,
}

impl Patterns {
    pub(crate) fn of(text: &str, keys: &Keys, today: BusinessDate) -> Self {
        let text: String = text.trim().chars().take(60).collect();
        if text.is_empty() {
            let (name, phone_tail) = (String::new(), String::new());
            return Self { name, phone_tail, phone_index: Vec::new(), identity_index: Vec::new() };
        }
        let is_tail = (2..=PHONE_TAIL).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let phone = Phone::parse(&text).map(|phone| org::phone_index(keys, &phone));
        let identity = IdentityNumber::parse_any(&text, today, AreaPolicy::ANY.with_demo(true));
        Self {
            name: format!("%{}%", escaped(&text.to_lowercase())),
            phone_tail: if is_tail { format!("%{text}") } else { String::new() },
            phone_index: phone.unwrap_or_default(),
            identity_index: identity.map(|number| org::identity_index(keys, &number)).unwrap_or_default(),
        }
    }
}

/// Words in which LIKE sees no sign of its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for mark in text.chars() {
        if matches!(mark, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(mark);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> Patterns {
        Patterns::of(text, &Keys::from_root(&[7; 32]), BusinessDate(20_261_123))
    }

    /// A clerk who types `%` must not be shown everybody, and one who types four digits must find the phone.
    #[test]
    fn words_become_patterns() {
        assert_eq!(patterns("  ").name, "");
        assert_eq!(patterns(" 李_% ").name, "%李!_!%%");
        assert_eq!(patterns("0001").phone_tail, "%0001");
        assert_eq!(patterns("00011").phone_tail, "");
        assert_eq!(patterns("1").phone_tail, "");
        let phone = Phone::parse("13800000001").unwrap();
        let keys = Keys::from_root(&[7; 32]);
        assert_eq!(patterns("138 0000 0001").phone_index, org::phone_index(&keys, &phone));
        assert!(patterns("13800000001").identity_index.is_empty());
        assert!(!patterns("431099198501010012").identity_index.is_empty());
    }

    #[test]
    fn a_stage_is_read_from_a_form() {
        for code in ["", "unfinished", "required", "paid", "learning", "finished", "exempt"] {
            assert_eq!(StageChoice::from_code(code).code(), code);
        }
        assert_eq!(StageChoice::from_code("everything"), StageChoice::Any);
    }
}
