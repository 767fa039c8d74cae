//! Which units an officer looks for.

use jixue_core::org::{Industry, unit_name_key};

/// What to look for; everything empty finds every unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitFilter {
    /// Part of a present or former name, or of a unified social credit code.
    pub text: String,
    /// A county's code.
    pub region_code: String,
    /// A system's code.
    pub industry: String,
    /// `no_clerk`, `no_code`, `no_people` or `no_confirmation` of this year; anything else means any.
    pub lacking: String,
}

/// What a unit may lack.
pub(super) const LACKING: [&str; 4] = ["no_clerk", "no_code", "no_people", "no_confirmation"];

impl UnitFilter {
    /// The filter with what is not known taken out.
    pub fn checked(self) -> Self {
        let text: String = self.text.trim().chars().take(60).collect();
        let is_code = self.region_code.len() == 6 && self.region_code.bytes().all(|byte| byte.is_ascii_digit());
        Self {
            text,
            region_code: if is_code { self.region_code } else { String::new() },
            industry: Industry::from_code(&self.industry).map_or("", Industry::code).to_owned(),
            lacking: if LACKING.contains(&self.lacking.as_str()) { self.lacking } else { String::new() },
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// For LIKE on names as they are compared, with `!` as the escape; empty when nothing is asked.
    pub(super) fn name_pattern(&self) -> String {
        pattern(&unit_name_key(&self.text))
    }

    /// For LIKE on codes: from the beginning, so that an index helps; empty for words that are no part of a code.
    pub(super) fn code_pattern(&self) -> String {
        let fits = self.text.len() >= 4 && self.text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits { format!("{}%", self.text.to_ascii_uppercase()) } else { String::new() }
    }
}

fn pattern(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut out = String::from("%");
    for mark in text.chars() {
        if matches!(mark, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(mark);
    }
    out.push('%');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> UnitFilter {
        UnitFilter { text: text.to_owned(), ..UnitFilter::default() }.checked()
    }

    /// An officer who types `%` must find nothing rather than everything.
    #[test]
    fn words_become_patterns() {
        assert_eq!(filter(" 云溪（总院） ").name_pattern(), "%云溪总院%");
        assert_eq!(filter("%_").name_pattern(), "%!%!_%");
        assert_eq!(filter("").name_pattern(), "");
        assert_eq!(filter("1243ma").code_pattern(), "1243MA%");
        assert_eq!(filter("123").code_pattern(), "");
        assert_eq!(filter("云溪").code_pattern(), "");
    }

    #[test]
    fn what_is_not_known_is_not_asked() {
        let odd = UnitFilter {
            region_code: "4310'".to_owned(),
            industry: "magic".to_owned(),
            lacking: "everything".to_owned(),
            ..UnitFilter::default()
        };
        assert!(odd.checked().is_empty());
        let known = UnitFilter {
            region_code: "431002".to_owned(),
            industry: "health".to_owned(),
            lacking: "no_clerk".to_owned(),
            ..UnitFilter::default()
        };
        assert_eq!(known.clone().checked(), known);
    }
}
