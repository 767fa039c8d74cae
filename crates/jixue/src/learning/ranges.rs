//! Which bytes of a file a player asks for.
//!
//! Source: RFC 9110, section 14. One range is served; several at once are answered with the whole, which is allowed.

use std::ops::Range;

/// What to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Whole,
    Part(Range<u64>),
    /// The range begins beyond the end: 416.
    Beyond,
}

/// Reads a `Range` header for a file of `length` bytes. What is not understood is not there.
pub(super) fn wanted(header: &str, length: u64) -> Wanted {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::Whole;
    };
    match (number(first), number(last)) {
        (Number::Given(first), Number::Absent) => part(first, length, length),
        (Number::Given(first), Number::Given(last)) if first <= last => part(first, last.saturating_add(1), length),
        (Number::Absent, Number::Given(suffix)) if suffix > 0 => part(length.saturating_sub(suffix), length, length),
        (Number::Absent, Number::Given(_)) => Wanted::Beyond,
        _ => Wanted::Whole,
    }
}

fn part(first: u64, end: u64, length: u64) -> Wanted {
    match first < length {
        true => Wanted::Part(first..end.min(length)),
        false => Wanted::Beyond,
    }
}

enum Number {
    Absent,
    Given(u64),
    Wrong,
}

fn number(text: &str) -> Number {
    match text.trim() {
        "" => Number::Absent,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_or(Number::Wrong, Number::Given)
        }
        _ => Number::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without ranges a phone cannot seek: it would load the film from the start each time.
    #[test]
    fn first_middle_and_last_bytes_are_found() {
        assert_eq!(wanted("bytes=0-1", 1_000), Wanted::Part(0..2));
        assert_eq!(wanted("bytes=500-599", 1_000), Wanted::Part(500..600));
        assert_eq!(wanted("bytes=500-", 1_000), Wanted::Part(500..1_000));
        assert_eq!(wanted("bytes=-100", 1_000), Wanted::Part(900..1_000));
        assert_eq!(wanted("bytes=0-99999", 1_000), Wanted::Part(0..1_000));
        assert_eq!(wanted("bytes=-99999", 1_000), Wanted::Part(0..1_000));
        assert_eq!(wanted("bytes=999-18446744073709551615", 1_000), Wanted::Part(999..1_000));
    }

    #[test]
    fn beyond_the_end_is_said_to_be_beyond() {
        for header in ["bytes=1000-", "bytes=1000-1001", "bytes=-0"] {
            assert_eq!(wanted(header, 1_000), Wanted::Beyond, "{header}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Beyond);
    }

    #[test]
    fn what_is_not_a_single_range_is_not_there() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-4",
            "bytes=a-b",
            "bytes=0-1,5-6",
            "lines=1-2",
            "bytes=99999999999999999999-",
        ] {
            assert_eq!(wanted(header, 1_000), Wanted::Whole, "{header:?}");
        }
    }
}
