//! The records of an `.xls` workbook: a kind, a length, so many bytes.
//!
//! Source: [MS-XLS] 2.1.4 and 2.4.

/// Kinds of records that are looked at.
pub(super) mod kind {
    pub const FORMULA: u16 = 0x0006;
    pub const END: u16 = 0x000a;
    pub const DATE_MODE: u16 = 0x0022;
    pub const FILE_PASS: u16 = 0x002f;
    pub const CONTINUE: u16 = 0x003c;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const MANY_SMALL_NUMBERS: u16 = 0x00bd;
    pub const RICH_LABEL: u16 = 0x00d6;
    pub const CELL_FORMAT: u16 = 0x00e0;
    pub const MERGED_CELLS: u16 = 0x00e5;
    pub const SHARED_STRINGS: u16 = 0x00fc;
    pub const SHARED_LABEL: u16 = 0x00fd;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOLEAN_OR_ERROR: u16 = 0x0205;
    pub const FORMULA_TEXT: u16 = 0x0207;
    pub const SMALL_NUMBER: u16 = 0x027e;
    pub const NUMBER_FORMAT: u16 = 0x041e;
    pub const BEGIN: u16 = 0x0809;
}

/// A record; reading past its end gives zeros, which no place in a workbook takes amiss.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub kind: u16,
    pub data: &'a [u8],
}

impl Record<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        self.data.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
    }

    pub fn byte(&self, at: usize) -> u8 {
        self.bytes::<1>(at)[0]
    }

    pub fn short(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.bytes(at))
    }

    pub fn long(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes(at))
    }

    pub fn number(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.bytes(at))
    }

    /// A number in four bytes: an integer of 30 bits or the upper half of a float, perhaps in hundredths.
    ///
    /// Source: [MS-XLS] 2.5.217.
    pub fn small_number(&self, at: usize) -> f64 {
        let bits = self.long(at);
        let value = match bits & 2 {
            0 => f64::from_bits(u64::from(bits & 0xffff_fffc) << 32),
            _ => f64::from(bits.cast_signed() >> 2),
        };
        if bits & 1 == 1 { value / 100.0 } else { value }
    }
}

/// The records from a place in the workbook on; ends where one is cut short.
pub(super) fn records(stream: &[u8], from: usize) -> impl Iterator<Item = Record<'_>> {
    let mut rest = stream.get(from..).unwrap_or_default();
    std::iter::from_fn(move || {
        let kind = u16::from_le_bytes(rest.get(..2)?.try_into().ok()?);
        let length = usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?));
        let data = rest.get(4..4 + length)?;
        rest = &rest[4 + length..];
        Some(Record { kind, data })
    })
}

/// Number formats that show a date, of those every program knows. 27 to 36 and 50 to 58 are dates in Chinese.
///
/// Source: ECMA-376 part 1, 18.8.30.
pub(super) const fn is_known_date_format(number: u16) -> bool {
    matches!(number, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=58)
}

/// Whether a number format that somebody wrote shows a date: it names years or days outside quotes and brackets.
pub(super) fn is_date_format(format: &str) -> bool {
    let mut marks = format.chars();
    let mut names_a_day = false;
    while let Some(mark) = marks.next() {
        match mark {
            '"' => {
                marks.by_ref().find(|mark| *mark == '"');
            }
            '[' => {
                marks.by_ref().find(|mark| *mark == ']');
            }
            '\\' | '_' | '*' => {
                marks.next();
            }
            // The second part of a format is for negative numbers.
            ';' => break,
            'y' | 'Y' | 'd' | 'D' => names_a_day = true,
            _ => {}
        }
    }
    names_a_day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_read_in_all_four_forms() {
        let small = |bits: u32| Record { kind: 0, data: &bits.to_le_bytes() }.small_number(0);
        assert_eq!(small((7 << 2) | 2), 7.0);
        assert_eq!(small(((-7_i32).cast_unsigned() << 2) | 2), -7.0);
        assert_eq!(small((1_234 << 2) | 3), 12.34);
        let half = (1.5_f64.to_bits() >> 32) as u32;
        assert_eq!((small(half), small(half | 1)), (1.5, 0.015));
    }

    #[test]
    fn dates_are_told_from_numbers_by_their_format() {
        for format in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"", "[$-804]d", "m/d/yy;@"] {
            assert!(is_date_format(format), "{format}");
        }
        for format in ["General", "0.00", "@", "\"day\"0", "[Red]0", "0_d", "0;\\d"] {
            assert!(!is_date_format(format), "{format}");
        }
    }

    #[test]
    fn a_record_that_is_cut_short_ends_the_workbook() {
        let stream = [0x0a, 0, 0, 0, 0x22, 0, 2, 0, 1, 0, 0x22, 0, 9, 0, 1];
        let kinds: Vec<(u16, usize)> = records(&stream, 0).map(|record| (record.kind, record.data.len())).collect();
        assert_eq!(kinds, [(kind::END, 0), (kind::DATE_MODE, 2)]);
        assert_eq!(records(&stream, 99).count(), 0);
    }
}
