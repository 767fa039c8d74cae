//! Reading of a finished PDF what a further revision must know: where its catalog and first page stand.
//!
//! It reads files with a classic cross-reference table and one revision, which is what krilla writes. Anything else is
//! refused by name rather than guessed at.

use super::SignError;

/// What a revision needs of the file before it.
pub(super) struct Original<'pdf> {
    /// The file itself.
    pub bytes: &'pdf [u8],
    /// Offset of the cross-reference table.
    pub cross_references_at: usize,
    /// One more than the highest object number.
    pub object_count: u32,
    /// The catalog.
    pub catalog: Object<'pdf>,
    /// The first page.
    pub page: Object<'pdf>,
    /// `/Info n 0 R` of the trailer, when there is one.
    pub info: Option<u32>,
    /// First string of the trailer's /ID, as written.
    pub permanent_id: &'pdf [u8],
}

/// An indirect object whose value is a dictionary.
pub(super) struct Object<'pdf> {
    /// Its number; the generation is 0.
    pub number: u32,
    /// From `<<` to `>>`.
    pub dictionary: &'pdf [u8],
}

impl<'pdf> Original<'pdf> {
    /// Find the parts of `pdf`.
    pub fn read(pdf: &'pdf [u8]) -> Result<Self, SignError> {
        let end = rfind(pdf, b"startxref").ok_or(SignError::UnsupportedPdf("startxref"))?;
        let cross_references_at = number_at(&pdf[end + 9..]).ok_or(SignError::UnsupportedPdf("startxref"))? as usize;
        let table = pdf.get(cross_references_at..end).ok_or(SignError::UnsupportedPdf("startxref"))?;
        let table = table.strip_prefix(b"xref").ok_or(SignError::UnsupportedPdf("cross-reference table"))?;
        let split = find(table, b"trailer").ok_or(SignError::UnsupportedPdf("trailer"))?;
        let (entries, trailer) = table.split_at(split);
        if find(trailer, b"/Prev").is_some() {
            return Err(SignError::UnsupportedPdf("one revision"));
        }
        let offsets = offsets(entries).ok_or(SignError::UnsupportedPdf("cross-reference entries"))?;
        let object = |number: Option<u32>, what| {
            let number = number.ok_or(SignError::UnsupportedPdf(what))?;
            let dictionary = dictionary(pdf, &offsets, number).ok_or(SignError::UnsupportedPdf(what))?;
            Ok(Object { number, dictionary })
        };

        let catalog = object(reference(trailer, b"/Root"), "catalog")?;
        if find(catalog.dictionary, b"/AcroForm").is_some() {
            return Err(SignError::UnsupportedPdf("no form"));
        }
        let pages = object(reference(catalog.dictionary, b"/Pages"), "pages")?;
        Ok(Self {
            bytes: pdf,
            cross_references_at,
            object_count: u32::try_from(offsets.len()).map_err(|_| SignError::TooLong)?,
            page: object(reference(pages.dictionary, b"/Kids"), "first page")?,
            catalog,
            info: reference(trailer, b"/Info"),
            permanent_id: permanent_id(trailer).ok_or(SignError::UnsupportedPdf("file identifier"))?,
        })
    }
}

/// Offset of `needle` in `haystack`.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|window| window == needle)
}

/// The number that `bytes` begin with, after white space and an opening bracket.
fn number_at(bytes: &[u8]) -> Option<u64> {
    let text = bytes.trim_ascii_start();
    let text = text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&text[..digits]).ok()?.parse().ok()
}

/// The object number that `key` refers to, be it `/Key 7 0 R` or `/Key [7 0 R …]`.
fn reference(dictionary: &[u8], key: &[u8]) -> Option<u32> {
    let after = find(dictionary, key)? + key.len();
    u32::try_from(number_at(&dictionary[after..])?).ok()
}

/// Offsets by object number, of a table with the single section `0 n`.
fn offsets(entries: &[u8]) -> Option<Vec<usize>> {
    let text = std::str::from_utf8(entries).ok()?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (first, count) = lines.next()?.split_once(' ')?;
    let count: usize = count.trim().parse().ok()?;
    let offsets: Option<Vec<usize>> = lines.map(|line| line.get(..10)?.parse().ok()).collect();
    offsets.filter(|offsets| first == "0" && offsets.len() == count)
}

/// The dictionary of object `number`.
fn dictionary<'pdf>(pdf: &'pdf [u8], offsets: &[usize], number: u32) -> Option<&'pdf [u8]> {
    let body = pdf.get(*offsets.get(number as usize)?..)?;
    let body = body.strip_prefix(format!("{number} 0 obj").as_bytes())?;
    let body = body[..find(body, b"endobj")?].trim_ascii();
    (body.starts_with(b"<<") && body.ends_with(b">>")).then_some(body)
}

/// The first of the two strings of /ID with its delimiters. Hexadecimal or literal, where a backslash protects.
fn permanent_id(trailer: &[u8]) -> Option<&[u8]> {
    let after = &trailer[find(trailer, b"/ID")? + 3..];
    let array = after.trim_ascii_start().strip_prefix(b"[")?.trim_ascii_start();
    let (mut depth, mut at) = (0_usize, 0);
    while at < array.len() {
        match array[at] {
            b'\\' => at += 1,
            b'(' | b'<' => depth += 1,
            b')' | b'>' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return array.get(..=at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut pdf = b"%PDF-1.7\n".to_vec();
        let mut entries = String::from("0000000000 65535 f\r\n");
        for body in ["<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R>>"] {
            entries.push_str(&format!("{:010} 00000 n\r\n", pdf.len()));
            let number = entries.lines().count() - 1;
            pdf.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n\n").as_bytes());
        }
        let at = pdf.len();
        let tail =
            format!("xref\n0 4\n{entries}trailer\n<</Size 4/Root 1 0 R/ID[(a\\)(b) <00>]>>\nstartxref\n{at}\n%%EOF");
        pdf.extend_from_slice(tail.as_bytes());
        pdf
    }

    #[test]
    fn the_parts_of_a_plain_file_are_found() {
        let pdf = sample();
        let original = Original::read(&pdf).unwrap();
        assert_eq!((original.catalog.number, original.page.number, original.object_count), (1, 3, 4));
        assert_eq!(original.page.dictionary, b"<</Type/Page/Parent 2 0 R>>");
        assert_eq!(original.info, None);
        assert!(original.permanent_id.starts_with(b"(a\\)"));
    }

    /// A cut upload must be refused with a reason, not signed and not panicked over.
    #[test]
    fn every_truncation_is_refused() {
        let pdf = sample();
        let whole = Original::read(&pdf).is_ok();
        let last_digit = pdf.len() - "\n%%EOF".len();
        let accepted = (0..last_digit).filter(|&length| Original::read(&pdf[..length]).is_ok()).count();
        assert!(whole && accepted == 0, "{accepted} truncations were accepted");
    }

    #[test]
    fn a_file_that_was_extended_before_is_refused() {
        let text = String::from_utf8(sample()).unwrap().replace("/Size 4", "/Prev 9/Size 4");
        assert_eq!(Original::read(text.as_bytes()).err(), Some(SignError::UnsupportedPdf("one revision")));
    }
}
