//! The appended revision: signature dictionary, invisible field, changed catalog and page, cross-references.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::Offset;
use ring::digest::{Context, SHA256, digest};

use super::original::{Object, Original, find};
use super::{SignError, SignatureMetadata};

/// Width of each number of /ByteRange, so that it can be written once the file's length is known.
const OFFSET_DIGITS: usize = 10;
const OFFSET_MAX: usize = 9_999_999_999;

/// A file with an empty place for its signature.
pub(super) struct Revision {
    bytes: Vec<u8>,
    /// Where the `<` of /Contents stands, and just after its `>`.
    gap: (usize, usize),
}

impl Revision {
    /// Append a revision to `original` with `room` bytes for a signature.
    pub fn append(
        original: &Original<'_>,
        at: Timestamp,
        metadata: &SignatureMetadata,
        room: usize,
    ) -> Result<Self, SignError> {
        let (signature, field) = (original.object_count, original.object_count + 1);
        let mut writer = Writer::new(original.bytes, 2 * room);

        writer.object(signature, "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 ");
        let range_at = writer.push(&" ".repeat(3 * OFFSET_DIGITS + 2));
        writer.push("]/Contents");
        let gap_start = writer.push(&format!("<{}>", "0".repeat(2 * room)));
        let gap_end = writer.bytes.len();
        writer.push(&format!("/M({})", pdf_date(at)));
        for (key, text) in [("Name", &metadata.name), ("Reason", &metadata.reason), ("Location", &metadata.location)] {
            if !text.is_empty() {
                writer.push(&format!("/{key}{}", text_string(text)));
            }
        }
        writer.push(">>");
        writer.end_object();

        writer.object(field, &invisible_field(original.page.number, signature));
        writer.end_object();
        writer.object(original.catalog.number, "");
        writer.push_bytes(&with_form(&original.catalog, field));
        writer.end_object();
        writer.object(original.page.number, "");
        writer.push_bytes(&with_annotation(&original.page, field)?);
        writer.end_object();
        writer.trailer(original, field + 1, at);

        let mut bytes = writer.bytes;
        if bytes.len() > OFFSET_MAX {
            return Err(SignError::TooLong);
        }
        let numbers = format!("{gap_start:010} {gap_end:010} {:010}", bytes.len() - gap_end);
        bytes[range_at..range_at + numbers.len()].copy_from_slice(numbers.as_bytes());
        Ok(Self { bytes, gap: (gap_start, gap_end) })
    }

    /// SHA-256 of everything but the place of the signature.
    pub fn covered_digest(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        context.update(&self.bytes[..self.gap.0]);
        context.update(&self.bytes[self.gap.1..]);
        let mut covered = [0; 32];
        covered.copy_from_slice(context.finish().as_ref());
        covered
    }

    /// Write the signature into its place; the rest of the place stays zero.
    pub fn fill(&mut self, signature: &[u8]) -> Result<(), SignError> {
        let room = (self.gap.1 - self.gap.0 - 2) / 2;
        if signature.len() > room {
            return Err(SignError::SignatureTooLarge { bytes: signature.len(), room });
        }
        let hexadecimal = hexadecimal(signature);
        let start = self.gap.0 + 1;
        self.bytes[start..start + hexadecimal.len()].copy_from_slice(hexadecimal.as_bytes());
        Ok(())
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Appends objects and remembers where each begins.
struct Writer {
    bytes: Vec<u8>,
    offsets: Vec<(u32, usize)>,
}

impl Writer {
    fn new(original: &[u8], reserved: usize) -> Self {
        let mut bytes = Vec::with_capacity(original.len() + reserved + 4_096);
        bytes.extend_from_slice(original);
        bytes.push(b'\n');
        Self { bytes, offsets: Vec::new() }
    }

    /// Append text and return where it begins.
    fn push(&mut self, text: &str) -> usize {
        self.push_bytes(text.as_bytes())
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> usize {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        at
    }

    /// Begin object `number` with `head`.
    fn object(&mut self, number: u32, head: &str) {
        self.offsets.push((number, self.bytes.len()));
        self.push(&format!("{number} 0 obj\n{head}"));
    }

    fn end_object(&mut self) {
        self.push("\nendobj\n");
    }

    /// Cross-references of the appended objects and the trailer that points back to the first revision's.
    fn trailer(&mut self, original: &Original<'_>, object_count: u32, at: Timestamp) {
        self.offsets.sort_unstable();
        let mut table = String::from("xref\n");
        // Writing to a String cannot fail.
        for section in self.offsets.chunk_by(|one, next| one.0 + 1 == next.0) {
            let _ = writeln!(table, "{} {}", section[0].0, section.len());
            for (_, offset) in section {
                let _ = write!(table, "{offset:010} 00000 n\r\n");
            }
        }
        let mut seed = digest(&SHA256, original.bytes).as_ref().to_vec();
        seed.extend_from_slice(&at.as_millisecond().to_be_bytes());
        let changed_id = hexadecimal(&digest(&SHA256, &seed).as_ref()[..16]);
        let info = original.info.map(|number| format!("/Info {number} 0 R")).unwrap_or_default();
        let table_at = self.push(&table);
        let root = original.catalog.number;
        self.push(&format!("trailer\n<</Size {object_count}/Root {root} 0 R{info}/ID["));
        self.push_bytes(original.permanent_id);
        let previous = original.cross_references_at;
        self.push(&format!("<{changed_id}>]/Prev {previous}>>\nstartxref\n{table_at}\n%%EOF\n"));
    }
}

/// A signature field without size, outside the page: PDF/A-3 (ISO 19005-3, 6.3.3) asks no appearance of an annotation
/// without size, PDF/UA-1 (ISO 14289-1, 7.18.1) no tag of one outside the page. 132 = printed and locked.
fn invisible_field(page: u32, signature: u32) -> String {
    format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/F 132/Rect[-9 -9 -9 -9]/P {page} 0 R/V {signature} 0 R>>"
    )
}

/// The catalog with a form of the one field; 3 = signatures exist, and the file may only be appended to.
fn with_form(catalog: &Object<'_>, field: u32) -> Vec<u8> {
    with_entry(catalog.dictionary, &format!("/AcroForm<</Fields[{field} 0 R]/SigFlags 3>>"))
}

/// The page with the field among its annotations.
fn with_annotation(page: &Object<'_>, field: u32) -> Result<Vec<u8>, SignError> {
    let Some(key) = find(page.dictionary, b"/Annots") else {
        return Ok(with_entry(page.dictionary, &format!("/Tabs/S/Annots[{field} 0 R]")));
    };
    let after = &page.dictionary[key + "/Annots".len()..];
    let spaces = after.len() - after.trim_ascii_start().len();
    if after.get(spaces) != Some(&b'[') {
        return Err(SignError::UnsupportedPdf("annotations inside the page"));
    }
    let split = key + "/Annots".len() + spaces + 1;
    let mut changed = page.dictionary[..split].to_vec();
    changed.extend_from_slice(format!("{field} 0 R ").as_bytes());
    changed.extend_from_slice(&page.dictionary[split..]);
    Ok(changed)
}

/// A dictionary with one more entry at its end.
fn with_entry(dictionary: &[u8], entry: &str) -> Vec<u8> {
    let mut changed = dictionary[..dictionary.len() - 2].to_vec();
    changed.extend_from_slice(entry.as_bytes());
    changed.extend_from_slice(b">>");
    changed
}

/// A date in China's time (ISO 32000-1, 7.9.4).
fn pdf_date(at: Timestamp) -> String {
    let china = Offset::constant(8).to_datetime(at);
    china.strftime("D:%Y%m%d%H%M%S+08'00'").to_string()
}

/// A text string in UTF-16 with byte order mark, written in hexadecimal.
fn text_string(text: &str) -> String {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    format!("<FEFF{}>", hexadecimal(&bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_in_chinas_time() {
        let at = "2026-12-31T16:00:01Z".parse().unwrap();
        assert_eq!(pdf_date(at), "D:20270101000001+08'00'");
    }

    #[test]
    fn texts_are_utf_16_with_a_mark() {
        assert_eq!(text_string("人A𠮷"), "<FEFF4EBA0041D842DFB7>");
    }

    /// A page that has a link keeps it; a page without any gets the tab order that PDF/UA asks for.
    #[test]
    fn the_field_joins_what_the_page_has() {
        let page = |dictionary| Object { number: 3, dictionary };
        let with = with_annotation(&page(b"<</Type/Page/Annots [7 0 R]/Tabs/S>>"), 9).unwrap();
        assert_eq!(with, b"<</Type/Page/Annots [9 0 R 7 0 R]/Tabs/S>>");
        let without = with_annotation(&page(b"<</Type/Page>>"), 9).unwrap();
        assert_eq!(without, b"<</Type/Page/Tabs/S/Annots[9 0 R]>>");
        assert!(with_annotation(&page(b"<</Annots 5 0 R>>"), 9).is_err());
    }
}
