//! What keyboards, chat windows and spreadsheets put around a value: full-width digits, invisible marks, spaces.

/// A mark that takes no room on paper: zero-width spaces, direction marks (chat windows add U+202D to copied phone
/// numbers), byte order marks, controls.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The ASCII twin of a full-width character (`１` → `1`, `Ｘ` → `X`); any other character as it is.
pub(crate) fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

/// A number as it was meant: half-width, upper case, without spaces, invisible marks and the apostrophe that marks
/// text in a spreadsheet.
pub(crate) fn number(text: &str) -> String {
    let meant = text.chars().filter(|character| !character.is_whitespace() && !is_invisible(*character));
    let meant: String = meant.map(half_width).collect();
    meant.trim_start_matches(['\'', '‘', '’', '`']).to_ascii_uppercase()
}

/// True for `4.31E+17`: a spreadsheet showed a long number in scientific notation, and its last digits are gone.
/// `text` is upper case.
pub(crate) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once('E') else {
        return false;
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    whole.len() == 1 && !exponent.is_empty() && all_digits(whole) && all_digits(part) && all_digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_freed_of_what_a_chat_window_adds() {
        assert_eq!(number("\u{202d}138 0000\u{a0}0001\u{202c}"), "13800000001");
        assert_eq!(number("'４３１０９９x\u{3000}\n"), "431099X");
        assert_eq!(number("\u{feff}\u{200b}"), "");
    }

    #[test]
    fn only_scientific_notation_looks_scientific() {
        for damaged in ["4.31E+17", "4E17", "4.31002190001E+17"] {
            assert!(is_scientific(damaged), "{damaged}");
        }
        for sound in ["431099198501010012", "E", "E+17", "43.1E+17", "4.31E", "4.31E-1X", "43109919850101008X"] {
            assert!(!is_scientific(sound), "{sound}");
        }
    }
}
