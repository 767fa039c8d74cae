//! The ZIP around a spreadsheet, unpacked once to measure it before a parser is let near it.

use super::SheetRefusal;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Files in the archive; ordinary workbooks have ten to thirty.
const PARTS_MAX: usize = 300;
/// All files together, unpacked. 5,000 people take 2 MiB; a workbook of this size is something else, or a bomb.
const UNPACKED_BYTES_MAX: u64 = 48 << 20;
/// How far behind its name the value of an attribute is looked for.
const CLAIM_CHARACTERS_MAX: usize = 48;
/// The first bytes of a ZIP archive.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";

/// What was seen on the way through an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Measured {
    /// Whether some sheet has merged cells, which are worth a second look.
    pub has_merged_cells: bool,
}

/// Says what is wrong with a ZIP archive before it is parsed.
///
/// Sizes are those that unpacking gives, not those the archive claims.
pub(super) fn measure(bytes: &[u8]) -> Result<Measured, SheetRefusal> {
    let mut measured = Measured::default();
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
        left = left.checked_sub(text.len() as u64).ok_or_else(|| too_much(&name, &text))?;
        if is_xml {
            let text = std::str::from_utf8(&text).map_err(|_| SheetRefusal::Damaged)?;
            if !is_plausible(text) {
                return Err(SheetRefusal::Damaged);
            }
            measured.has_merged_cells |= name.starts_with("xl/worksheets/") && text.contains("<mergeCell");
        }
    }
    if is_workbook { Ok(measured) } else { Err(SheetRefusal::UnknownFormat) }
}

/// The files of these names at the top of an archive, unpacked within the same bounds as a workbook.
///
/// # Errors
/// As [`measure`]; [`SheetRefusal::UnknownFormat`] for what is no archive.
pub fn archive_files(bytes: &[u8], wanted: &[&str]) -> Result<HashMap<String, Vec<u8>>, SheetRefusal> {
    if !bytes.starts_with(SIGNATURE) {
        return Err(SheetRefusal::UnknownFormat);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetRefusal::Damaged)?;
    if archive.len() > PARTS_MAX {
        return Err(SheetRefusal::TooMuchInside);
    }
    let mut left = UNPACKED_BYTES_MAX;
    let mut files = HashMap::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| SheetRefusal::Damaged)?;
        let name = part.name().map_err(|_| SheetRefusal::Damaged)?.into_owned();
        let mut bytes = Vec::new();
        // Files that nobody asked for are unpacked too: together they must not be a bomb.
        part.take(left + 1).read_to_end(&mut bytes).map_err(|_| SheetRefusal::Damaged)?;
        left = left.checked_sub(bytes.len() as u64).ok_or(SheetRefusal::TooMuchInside)?;
        if wanted.contains(&name.as_str()) && files.insert(name, bytes).is_some() {
            return Err(SheetRefusal::Damaged);
        }
    }
    Ok(files)
}

/// What is said of a part that unpacks to more than is read: of a sheet, the row that was reached.
fn too_much(name: &str, text: &[u8]) -> SheetRefusal {
    const ROW: &[u8] = b"<row r=\"";
    let begins = |at: &usize| name.starts_with("xl/worksheets/") && text[*at..].starts_with(ROW);
    let digits = |at: usize| text[at + ROW.len()..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    // The text may end within a number: the last one that is whole says more than its beginning.
    let is_whole = |at: &usize| text.get(at + ROW.len() + digits(*at)) == Some(&b'"');
    let last = || (0..text.len()).rev().filter(begins);
    let row = last().find(is_whole).or_else(|| last().next()).and_then(|at| {
        let number = &text[at + ROW.len()..at + ROW.len() + digits(at)];
        std::str::from_utf8(number).ok()?.parse().ok()
    });
    row.map_or(SheetRefusal::TooMuchInside, |row| SheetRefusal::TooManyRows { row })
}

/// No count of shared strings that the text cannot hold: the parser reserves memory for what is claimed.
fn is_plausible(text: &str) -> bool {
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

    /// A million rows are refused at the row that was reached, and never held as a table.
    #[test]
    fn too_many_rows_are_refused_with_the_row_that_was_reached() {
        let mut sheet = String::from("<worksheet><sheetData>");
        for row in 1..=1_000_000 {
            sheet.push_str(&format!("<row r=\"{row}\"><c r=\"A{row}\"><v>431099198501010012</v></c></row>"));
        }
        let bytes = archive(&[("xl/workbook.xml", b"<a/>"), ("xl/worksheets/sheet1.xml", sheet.as_bytes())]);
        match measure(&bytes) {
            Err(SheetRefusal::TooManyRows { row }) => assert!((500_000..1_000_000).contains(&row), "row {row}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(too_much("xl/worksheets/sheet1.xml", b"<row r=\"7"), SheetRefusal::TooManyRows { row: 7 });
        assert_eq!(too_much("xl/worksheets/sheet1.xml", b"<row r=\""), SheetRefusal::TooMuchInside);
        assert_eq!(too_much("xl/styles.xml", b"<row r=\"7\">"), SheetRefusal::TooMuchInside);
    }

    /// The parser sets aside memory for as many strings as the file claims: a claim of 10¹² would abort the process.
    #[test]
    fn a_claim_of_too_many_strings_is_refused() {
        let claim = |count: &str| {
            let text = format!("<sst count=\"1\" uniqueCount=\"{count}\"><si><t>a</t></si></sst>");
            measure(&archive(&[("xl/workbook.xml", b"<a/>"), ("xl/sharedStrings.xml", text.as_bytes())]))
        };
        assert_eq!(claim("1"), Ok(Measured::default()));
        assert_eq!(claim("1000000000000"), Err(SheetRefusal::Damaged));
        assert_eq!(claim("99999999999999999999999"), Err(SheetRefusal::Damaged));
    }

    /// Millions of claims without a number were searched to the end of the part, each anew: a core for a day.
    #[test]
    fn claims_without_a_number_are_looked_at_once() {
        let part = "uniqueCount".repeat(1 << 20);
        assert_eq!(measure(&archive(&[("xl/workbook.xml", part.as_bytes())])), Ok(Measured::default()));
    }

    #[test]
    fn what_is_no_workbook_is_told_from_a_broken_one() {
        assert_eq!(measure(b"PK\x03\x04 and then nothing"), Err(SheetRefusal::Damaged));
        assert_eq!(measure(&archive(&[("word/document.xml", b"<a/>")])), Err(SheetRefusal::UnknownFormat));
        assert_eq!(measure(&archive(&[("xl/workbook.xml", b"<a>\xff\xfe</a>")])), Err(SheetRefusal::Damaged));
        let merged = b"<worksheet><mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells></worksheet>".as_slice();
        let parts = [("xl/workbook.xml", b"<a/>".as_slice()), ("xl/worksheets/sheet1.xml", merged)];
        assert_eq!(measure(&archive(&parts)), Ok(Measured { has_merged_cells: true }));
    }
}
