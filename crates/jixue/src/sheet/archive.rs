//! The ZIP around a spreadsheet, unpacked once to measure it before a parser is let near it.

use super::SheetRefusal;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Files in the archive; ordinary workbooks have ten to thirty.
const PARTS_MAX: usize = 300;
/// All files together, unpacked. 5,000 people take 2 MiB; a workbook of this size is something else, or a bomb.
const UNPACKED_BYTES_MAX: u64 = 48 << 20;
/// How far behind its name the value of an attribute is looked for.
const CLAIM_CHARACTERS_MAX: usize = 48;
/// A compound file: what Excel wrote before 2007, and what it wraps around an encrypted workbook.
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Says what is wrong with a file before it is parsed.
///
/// Sizes are those that unpacking gives, not those the archive claims.
pub(super) fn measure(bytes: &[u8]) -> Result<(), SheetRefusal> {
    if bytes.starts_with(&COMPOUND_FILE) {
        return Err(compound_file(bytes));
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(SheetRefusal::NotXlsx);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetRefusal::Damaged)?;
    if archive.len() > PARTS_MAX {
        return Err(SheetRefusal::TooMuchInside);
    }
    let mut is_workbook = false;
    let mut left = UNPACKED_BYTES_MAX;
    let mut text = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| SheetRefusal::Damaged)?;
        let name = part.name().map_err(|_| SheetRefusal::Damaged)?.to_ascii_lowercase();
        let is_xml = [".xml", ".rels"].iter().any(|ending| name.ends_with(ending));
        is_workbook |= is_xml && name.starts_with("xl/");
        text.clear();
        part.take(left + 1).read_to_end(&mut text).map_err(|_| SheetRefusal::Damaged)?;
        left = left.checked_sub(text.len() as u64).ok_or(SheetRefusal::TooMuchInside)?;
        if is_xml && !is_plausible(&text) {
            return Err(SheetRefusal::Damaged);
        }
    }
    if is_workbook { Ok(()) } else { Err(SheetRefusal::NotXlsx) }
}

/// The name of the encrypted stream stands in the file's directory, in UTF-16.
fn compound_file(bytes: &[u8]) -> SheetRefusal {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    match bytes.windows(name.len()).any(|window| window == name) {
        true => SheetRefusal::Protected,
        false => SheetRefusal::OldXls,
    }
}

/// UTF-8, and no count of shared strings that the text cannot hold: the parser reserves memory for what is claimed.
fn is_plausible(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    // The shortest string is `<si/>`.
    let strings_max = text.len() / 5;
    !text.contains('\0')
        && text.match_indices("uniqueCount").all(|(at, name)| {
            // An attribute's quote stands at once; looking on to the end each time would take a day for a crafted part.
            let digits: String = text[at + name.len()..]
                .chars()
                .take(CLAIM_CHARACTERS_MAX)
                .skip_while(|mark| !mark.is_ascii_digit() && *mark != '>')
                .take_while(char::is_ascii_digit)
                .collect();
            digits.is_empty() || digits.parse::<usize>().is_ok_and(|claimed| claimed <= strings_max)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// 8 MB may unpack to 8 GB; reading it all would end the process for everybody.
    #[test]
    fn a_bomb_is_measured_and_not_unpacked() {
        let bomb = archive(&[("xl/workbook.xml", &vec![b' '; (UNPACKED_BYTES_MAX + 1) as usize])]);
        assert!(bomb.len() < 100_000, "the bomb is small: {}", bomb.len());
        assert_eq!(measure(&bomb), Err(SheetRefusal::TooMuchInside));
        let many: Vec<String> = (0..=PARTS_MAX).map(|number| format!("xl/{number}.xml")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"<a/>".as_slice())).collect();
        assert_eq!(measure(&archive(&many)), Err(SheetRefusal::TooMuchInside));
    }

    /// The parser sets aside memory for as many strings as the file claims: a claim of 10¹² would abort the process.
    #[test]
    fn a_claim_of_too_many_strings_is_refused() {
        let claim = |count: &str| {
            let text = format!("<sst count=\"1\" uniqueCount=\"{count}\"><si><t>a</t></si></sst>");
            measure(&archive(&[("xl/workbook.xml", b"<a/>"), ("xl/sharedStrings.xml", text.as_bytes())]))
        };
        assert_eq!(claim("1"), Ok(()));
        assert_eq!(claim("1000000000000"), Err(SheetRefusal::Damaged));
        assert_eq!(claim("99999999999999999999999"), Err(SheetRefusal::Damaged));
    }

    /// Millions of claims without a number were searched to the end of the part, each anew: a core for a day.
    #[test]
    fn claims_without_a_number_are_looked_at_once() {
        let part = "uniqueCount".repeat(1 << 20);
        assert_eq!(measure(&archive(&[("xl/workbook.xml", part.as_bytes())])), Ok(()));
    }

    #[test]
    fn each_sort_of_file_is_called_by_its_name() {
        let mut old = COMPOUND_FILE.to_vec();
        old.extend([0; 600]);
        assert_eq!(measure(&old), Err(SheetRefusal::OldXls));
        old.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(measure(&old), Err(SheetRefusal::Protected));
        assert_eq!(measure(b"%PDF-1.7"), Err(SheetRefusal::NotXlsx));
        assert_eq!(measure(b""), Err(SheetRefusal::NotXlsx));
        assert_eq!(measure(b"PK\x03\x04 and then nothing"), Err(SheetRefusal::Damaged));
        assert_eq!(measure(&archive(&[("word/document.xml", b"<a/>")])), Err(SheetRefusal::NotXlsx));
        assert_eq!(measure(&archive(&[("xl/workbook.xml", b"<a>\xff\xfe</a>")])), Err(SheetRefusal::Damaged));
    }
}
