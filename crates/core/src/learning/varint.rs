//! Whole numbers in as few bytes as they need, seven bits a byte, lowest first.

use super::Unreadable;

/// Appends `value`. Negative numbers never occur in what we store; one would be written as zero.
pub(super) fn put(out: &mut Vec<u8>, value: i64) {
    let mut rest = value.max(0) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// Reads what `put` wrote, and nothing else: an overlong spelling is refused, so equal values have equal bytes.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn byte(&mut self) -> Result<u8, Unreadable> {
        let (first, rest) = self.rest.split_first().ok_or(Unreadable)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (first, rest) = self.rest.split_first_chunk::<N>().ok_or(Unreadable)?;
        self.rest = rest;
        Ok(*first)
    }

    /// A number from 0 to `i64::MAX`.
    pub(super) fn number(&mut self) -> Result<i64, Unreadable> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let overlong = byte == 0 && shift > 0;
                return if overlong { Err(Unreadable) } else { Ok(value as i64) };
            }
        }
        Err(Unreadable)
    }

    /// A number from 0 to `most`.
    pub(super) fn number_to(&mut self, most: i64) -> Result<i64, Unreadable> {
        self.number().and_then(|value| if value <= most { Ok(value) } else { Err(Unreadable) })
    }

    /// Refuses what stands behind the end.
    pub(super) fn end(self) -> Result<(), Unreadable> {
        if self.rest.is_empty() { Ok(()) } else { Err(Unreadable) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_number_comes_back(value in 0..=i64::MAX, small in 0..300_i64) {
            for value in [value, small] {
                let mut bytes = Vec::new();
                put(&mut bytes, value);
                let mut reader = Reader::new(&bytes);
                prop_assert_eq!(reader.number(), Ok(value));
                prop_assert_eq!(reader.end(), Ok(()));
            }
        }
    }

    /// Two spellings of one value would be two digests of one state.
    #[test]
    fn only_the_shortest_spelling_is_read() {
        assert_eq!(Reader::new(&[0x80, 0x00]).number(), Err(Unreadable));
        assert_eq!(Reader::new(&[0x80]).number(), Err(Unreadable));
        assert_eq!(Reader::new(&[0xff; 10]).number(), Err(Unreadable));
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).number(), Ok(i64::MAX));
    }
}
