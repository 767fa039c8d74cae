//! Names of employer units: in one spelling for pages, and in another in which they are compared.

use crate::pasted;
use crate::refusal::{Kind, Refusal};

/// The longest name of a unit; the longest registered ones stay below.
const LENGTH_MAX: usize = 100;
const LENGTH_MIN: usize = 2;

/// Why a text is no name of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitNameRefusal {
    Missing,
    TooShort,
    TooLong {
        length: usize,
    },
    /// Only digits and signs: a cell of another column.
    NotAName,
}

impl Refusal for UnitNameRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "unit.name_missing",
            Self::TooShort => "unit.name_too_short",
            Self::TooLong { .. } => "unit.name_too_long",
            Self::NotAName => "unit.name_not_a_name",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { length } => vec![("length", length.to_string())],
            Self::Missing | Self::TooShort | Self::NotAName => Vec::new(),
        }
    }
}

/// A name as pages show it: no invisible marks, no line ends, single spaces inside, none around.
pub fn unit_name(text: &str) -> Result<String, UnitNameRefusal> {
    let visible: String = text
        .chars()
        .map(|mark| if mark.is_whitespace() { ' ' } else { mark })
        .filter(|mark| !pasted::is_invisible(*mark))
        .collect();
    let name = visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    match length {
        0 => Err(UnitNameRefusal::Missing),
        length if length > LENGTH_MAX => Err(UnitNameRefusal::TooLong { length }),
        _ if !name.chars().any(char::is_alphabetic) => Err(UnitNameRefusal::NotAName),
        length if length < LENGTH_MIN => Err(UnitNameRefusal::TooShort),
        _ => Ok(name),
    }
}

/// A name as it is compared: half-width, lower case, without spaces and without any bracket itself; what stands in
/// brackets stays, since `（集团）` and `（北湖区）` tell units apart.
pub fn unit_name_key(name: &str) -> String {
    name.chars()
        .filter(|mark| !mark.is_whitespace() && !pasted::is_invisible(*mark))
        .map(pasted::half_width)
        .filter(|mark| !matches!(mark, '(' | ')' | '[' | ']' | '【' | '】' | '〔' | '〕'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_has_one_spelling_and_one_key() {
        assert_eq!(unit_name(" 云溪\u{3000}医院\u{200b}\n").as_deref(), Ok("云溪 医院"));
        for spelling in ["云溪医院（总院）", "云溪医院(总院)", "云溪 医院 （总院）", "【云溪医院】总院"]
        {
            assert_eq!(unit_name_key(spelling), "云溪医院总院", "{spelling}");
        }
        assert_eq!(unit_name_key("ＡＢＣ有限公司"), unit_name_key("abc 有限公司"));
        assert_ne!(unit_name_key("云溪医院"), unit_name_key("云溪医院（北湖区）"));
    }

    #[test]
    fn what_is_no_name_is_refused_by_its_reason() {
        assert_eq!(unit_name(" \u{200b} "), Err(UnitNameRefusal::Missing));
        assert_eq!(unit_name("院"), Err(UnitNameRefusal::TooShort));
        assert_eq!(unit_name("12431021"), Err(UnitNameRefusal::NotAName));
        assert_eq!(unit_name(&"院".repeat(101)), Err(UnitNameRefusal::TooLong { length: 101 }));
        assert!(unit_name(&"院".repeat(100)).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A key that changes when it is made again would find nothing.
        #[test]
        fn a_key_is_its_own_key(name in "[云溪医院（）()ＡbC 　【】]{0,20}") {
            let key = unit_name_key(&name);
            prop_assert_eq!(unit_name_key(&key), key.clone());
            prop_assert_eq!(unit_name_key(&name.replace('（', "(").replace('）', ")")), key);
        }
    }
}
