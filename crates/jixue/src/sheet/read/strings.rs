//! Texts of an `.xls` workbook: one or two bytes a character, and the shared ones spread over several records.
//!
//! Source: [MS-XLS] 2.5.293 and 2.5.294.

const WIDE: u8 = 1;
const WITH_EXTENSION: u8 = 4;
const WITH_RUNS: u8 = 8;

/// Bytes of a record and of those that continue it.
pub(super) struct Parts<'a> {
    current: &'a [u8],
    following: std::vec::IntoIter<&'a [u8]>,
}

impl<'a> Parts<'a> {
    pub fn new(first: &'a [u8], following: Vec<&'a [u8]>) -> Self {
        Self { current: first, following: following.into_iter() }
    }

    /// Goes on to the next record when this one is used up; false at the end.
    fn go_on(&mut self) -> bool {
        while self.current.is_empty() {
            match self.following.next() {
                Some(next) => self.current = next,
                None => return false,
            }
        }
        true
    }

    fn byte(&mut self) -> Option<u8> {
        self.go_on().then_some(())?;
        let (first, rest) = self.current.split_first()?;
        self.current = rest;
        Some(*first)
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from(self.short()?) | u32::from(self.short()?) << 16)
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 && self.go_on() {
            let here = count.min(self.current.len());
            self.current = &self.current[here..];
            count -= here;
        }
    }

    /// `count` characters, of which `characters_max` are kept. A record that continues them begins with a byte that says
    /// how wide its own are.
    fn characters(&mut self, count: usize, flags: u8, characters_max: usize) -> Option<String> {
        let (mut left, mut is_wide) = (count, flags & WIDE != 0);
        let mut units = Vec::new();
        while left > 0 {
            if self.current.is_empty() {
                is_wide = self.byte()? & WIDE != 0;
                continue;
            }
            let width = if is_wide { 2 } else { 1 };
            let here = left.min(self.current.len() / width);
            if here == 0 {
                return None;
            }
            let (text, rest) = self.current.split_at(here * width);
            let kept = here.min(characters_max.saturating_sub(units.len()));
            units.extend(text.chunks_exact(width).take(kept).map(|unit| match unit {
                [low, high] => u16::from_le_bytes([*low, *high]),
                _ => u16::from(unit[0]),
            }));
            self.current = rest;
            left -= here;
        }
        Some(char::decode_utf16(units).map(|mark| mark.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    fn shared_string(&mut self, characters_max: usize) -> Option<String> {
        let count = usize::from(self.short()?);
        let flags = self.byte()?;
        let runs = if flags & WITH_RUNS != 0 { usize::from(self.short()?) } else { 0 };
        let extension = if flags & WITH_EXTENSION != 0 { self.long()? as usize } else { 0 };
        let text = self.characters(count, flags, characters_max)?;
        self.skip(runs * 4);
        self.skip(extension);
        Some(text)
    }
}

/// The shared strings, as many as can be read; the counts that the record claims are not believed.
pub(super) fn shared_strings(mut parts: Parts<'_>, characters_max: usize) -> Vec<String> {
    parts.skip(8);
    std::iter::from_fn(|| parts.shared_string(characters_max)).collect()
}

/// A text of its own: length, width, characters.
pub(super) fn text(data: &[u8], characters_max: usize) -> String {
    let mut parts = Parts::new(data, Vec::new());
    let read = |parts: &mut Parts<'_>| {
        let count = usize::from(parts.short()?);
        let flags = parts.byte()?;
        parts.characters(count, flags, characters_max)
    };
    read(&mut parts).unwrap_or_default()
}

/// A short text, such as the name of a sheet: the length is one byte.
pub(super) fn short_text(data: &[u8]) -> String {
    let mut parts = Parts::new(data, Vec::new());
    let read = |parts: &mut Parts<'_>| {
        let count = usize::from(parts.byte()?);
        let flags = parts.byte()?;
        parts.characters(count, flags, usize::MAX)
    };
    read(&mut parts).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(first: &[u8], following: &[&[u8]]) -> Vec<String> {
        let head = [&[0; 8], first].concat();
        shared_strings(Parts::new(&head, following.to_vec()), 6)
    }

    #[test]
    fn strings_are_read_whatever_their_width_and_ornament() {
        let first = [3, 0, 0, b'a', b'b', b'c', 1, 0, 1, 0x20, 0x5f, 1, 0, 9, 1, 0, 0xd3, 0x59, 0, 0, 0, 0];
        assert_eq!(strings(&first, &[]), ["abc", "张", "姓"]);
        let extended = [1, 0, 4, 2, 0, 0, 0, b'x', 7, 7, 1, 0, 0, b'y'];
        assert_eq!(strings(&extended, &[]), ["x", "y"]);
    }

    /// A string may begin narrow in one record and go on wide in the next.
    #[test]
    fn a_string_goes_on_in_the_next_record() {
        assert_eq!(strings(&[3, 0, 0, b'a'], &[&[1, 0x20, 0x5f, 0xd3, 0x59]]), ["a张姓"]);
        assert_eq!(strings(&[2, 0, 1, 0x20, 0x5f], &[&[0, b'b', 1, 0, 0, b'c']]), ["张b", "c"]);
    }

    /// A claim of 65,535 characters in an empty record must not be believed, nor a long string kept whole.
    #[test]
    fn strings_are_cut_and_claims_are_not_believed() {
        assert_eq!(strings(&[9, 0, 0, b'1', b'2', b'3', b'4', b'5', b'6', b'7', b'8', b'9'], &[]), ["123456"]);
        assert!(strings(&[255, 255, 1, 0x20, 0x5f], &[]).is_empty());
        assert!(strings(&[1, 0, 1, 0x20], &[]).is_empty(), "half a character");
        assert_eq!(text(&[255, 255, 0, b'a'], 6), "");
        assert_eq!(short_text(&[1, 1, 0x20, 0x5f]), "张");
    }
}
