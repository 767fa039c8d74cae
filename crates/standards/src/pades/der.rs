//! Writing DER (ITU-T X.690): as much as a CMS signature needs.

pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of a constructed context-specific element, such as `[0]`.
pub(super) const fn context(number: u8) -> u8 {
    0xA0 | number
}

/// Tag, definite length, content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    if content.len() < 0x80 {
        bytes.push(content.len() as u8);
    } else {
        let length = content.len().to_be_bytes();
        let significant = &length[length.iter().take_while(|&&byte| byte == 0).count()..];
        bytes.push(0x80 | significant.len() as u8);
        bytes.extend_from_slice(significant);
    }
    bytes.extend_from_slice(content);
    bytes
}

/// A constructed element of parts that are DER already.
pub(super) fn constructed<Part: AsRef<[u8]>>(tag: u8, parts: &[Part]) -> Vec<u8> {
    let content: Vec<u8> = parts.iter().flat_map(|part| part.as_ref()).copied().collect();
    element(tag, &content)
}

/// A SEQUENCE of parts in the order given.
pub(super) fn sequence<Part: AsRef<[u8]>>(parts: &[Part]) -> Vec<u8> {
    constructed(SEQUENCE, parts)
}

/// The content of a SET OF: its parts in the ascending order of their encodings, as DER asks (X.690, 11.6).
pub(super) fn sorted(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    parts.concat()
}

/// An INTEGER from 0 to 127.
pub(super) fn small_integer(value: u8) -> Vec<u8> {
    debug_assert!(value < 0x80);
    vec![0x02, 1, value]
}

/// An OBJECT IDENTIFIER from its arcs.
pub(super) fn object_identifier(arcs: &[u32]) -> Vec<u8> {
    let mut content = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for &arc in &arcs[2..] {
        let groups = (1..5).take_while(|group| arc >> (7 * group) > 0).count();
        for group in (0..=groups).rev() {
            let more = if group > 0 { 0x80 } else { 0 };
            content.push(((arc >> (7 * group)) & 0x7F) as u8 | more);
        }
    }
    element(OBJECT_IDENTIFIER, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths change form at 128 and 256 bytes; a reader rejects any but the shortest.
    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(element(OCTET_STRING, &[7; 127])[..2], [4, 127]);
        assert_eq!(element(OCTET_STRING, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(element(OCTET_STRING, &[7; 255])[..3], [4, 0x81, 255]);
        assert_eq!(element(OCTET_STRING, &[7; 256])[..4], [4, 0x82, 1, 0]);
    }

    /// The vector is the encoding of sha256WithRSAEncryption's parent arc that RFC 8017 prints.
    #[test]
    fn arcs_are_written_in_base_128() {
        assert_eq!(object_identifier(&[1, 2, 840, 113_549]), [6, 6, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D]);
        assert_eq!(object_identifier(&[2, 5, 4, 3]), [6, 3, 0x55, 4, 3]);
    }

    #[test]
    fn set_members_are_sorted_by_their_encoding() {
        assert_eq!(sorted(vec![vec![4, 1, 9], vec![2, 1, 9], vec![4, 1, 3]]), [2, 1, 9, 4, 1, 3, 4, 1, 9]);
    }
}
