//! The part of CBOR that authenticators send: whole numbers, bytes, texts, lists and maps of known length.
//!
//! Source: RFC 8949; CTAP2 allows no other form (canonical CBOR, FIDO CTAP 2.1, 8).

/// Lists within maps within lists: an authenticator needs three.
const DEPTH_MAX: u8 = 8;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(i64),
    Bytes(Vec<u8>),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Flag(bool),
    Nothing,
}

impl Value {
    /// What a map holds under a text.
    pub fn at(&self, key: &str) -> Option<&Self> {
        self.find(|known| matches!(known, Self::Text(text) if text == key))
    }

    /// What a map holds under a number.
    pub fn at_number(&self, key: i64) -> Option<&Self> {
        self.find(|known| *known == Self::Number(key))
    }

    fn find(&self, fits: impl Fn(&Self) -> bool) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs.iter().find(|(key, _)| fits(key)).map(|(_, value)| value)
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// Reads one value from the start and gives what follows it. `None`: broken off, too deep, or a form not known here.
pub fn read(bytes: &[u8]) -> Option<(Value, &[u8])> {
    read_at(bytes, 0)
}

fn read_at(bytes: &[u8], depth: u8) -> Option<(Value, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (major, short) = (first >> 5, first & 0x1f);
    if major == 7 {
        return match short {
            20 => Some((Value::Flag(false), rest)),
            21 => Some((Value::Flag(true), rest)),
            22 => Some((Value::Nothing, rest)),
            _ => None,
        };
    }
    let (number, rest) = argument(short, rest)?;
    match major {
        0 => Some((Value::Number(i64::try_from(number).ok()?), rest)),
        1 => Some((Value::Number(-1 - i64::try_from(number).ok()?), rest)),
        2 => {
            let (bytes, rest) = split(rest, number)?;
            Some((Value::Bytes(bytes.to_vec()), rest))
        }
        3 => {
            let (bytes, rest) = split(rest, number)?;
            Some((Value::Text(std::str::from_utf8(bytes).ok()?.to_owned()), rest))
        }
        4 | 5 if depth < DEPTH_MAX => {
            let (mut list, mut map, mut rest) = (Vec::new(), Vec::new(), rest);
            for _ in 0..number {
                let (one, after) = read_at(rest, depth + 1)?;
                rest = after;
                if major == 4 {
                    list.push(one);
                    continue;
                }
                let (value, after) = read_at(rest, depth + 1)?;
                rest = after;
                map.push((one, value));
            }
            Some((if major == 4 { Value::List(list) } else { Value::Map(map) }, rest))
        }
        _ => None,
    }
}

fn argument(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let length = match short {
        0..=23 => return Some((u64::from(short), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (head, rest) = split(rest, length)?;
    Some((head.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), rest))
}

fn split(bytes: &[u8], length: u64) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of RFC 8949, appendix A.
    #[test]
    fn the_examples_of_the_standard() {
        let whole = |bytes: &[u8]| read(bytes).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value);
        assert_eq!(whole(&[0x18, 0x64]), Some(Value::Number(100)));
        assert_eq!(whole(&[0x1b, 0, 0, 0, 0xe8, 0xd4, 0xa5, 0x10, 0]), Some(Value::Number(1_000_000_000_000)));
        assert_eq!(whole(&[0x39, 0x03, 0xe7]), Some(Value::Number(-1_000)));
        assert_eq!(whole(&[0x44, 1, 2, 3, 4]), Some(Value::Bytes(vec![1, 2, 3, 4])));
        assert_eq!(whole(&[0x63, 0xe6, 0xb0, 0xb4]), Some(Value::Text("水".to_owned())));
        let map = whole(&[0xa2, 0x61, 0x61, 0x01, 0x20, 0x82, 0xf5, 0xf6]).expect("a map");
        assert_eq!(map.at("a"), Some(&Value::Number(1)));
        assert_eq!(map.at_number(-1), Some(&Value::List(vec![Value::Flag(true), Value::Nothing])));
    }

    /// A stranger sends these bytes: nothing may loop, overflow the stack or take the memory it claims to need.
    #[test]
    fn what_is_broken_is_refused() {
        let deep = vec![0x81; 10_000];
        let claims_much = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let long = [0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        let endless = [0x9f, 0x01, 0xff];
        for bytes in
            [&[][..], &[0x18], &[0x62, 0x61], &[0x62, 0xff, 0xff], &deep, &claims_much, &long, &endless, &[0xfb]]
        {
            assert_eq!(read(bytes), None, "{:?}", &bytes[..bytes.len().min(12)]);
        }
    }
}
