//! An `.xlsx` file written row by row, straight into its archive: no cell is kept, so a county costs what a page does.
//!
//! Text stands in the cell itself (`inlineStr`). A table of shared strings would make the file a little smaller and cost
//! more than half of the whole work, because every cell has to be looked up.
//!
//! Source: ECMA-376, part 1 (SpreadsheetML), 18.2–18.8 and 22.9.2.19; part 2 (packages).

use super::{Cell, Table, quoted_text};
use std::fmt::Write as _;
use std::io::{Cursor, Result, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// How hard the archive is packed, from 1 to 9: three times the work would save a tenth of the bytes.
const PACKING: i64 = 1;
/// Text that is collected before it is handed to the archive, in bytes.
const PIECE: usize = 64 << 10;
/// Characters of a sheet's name that spreadsheet programs take.
const NAME_MAX: usize = 31;

/// Styles by their place in `STYLES`.
const TEXT: u8 = 1;
const HEAD: u8 = 2;

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const PACKAGE: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const PARTS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// Plain; text (number format 49, so that no digit of an identity number is lost); heads of columns.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><color rgb="FF0A4654"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE7F1F2"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;
const SHEET_BEGIN: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>"#;
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

/// Writes the table as a workbook of one sheet, its two first rows frozen.
pub(super) fn write(table: &Table) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(PIECE)));
    let parts = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", PACKAGE),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/styles.xml", STYLES),
        ("xl/workbook.xml", &workbook(&table.name)),
    ];
    for (name, text) in parts {
        archive.start_file(name, packed())?;
        archive.write_all(DECLARATION.as_bytes())?;
        archive.write_all(text.as_bytes())?;
    }
    archive.start_file("xl/worksheets/sheet1.xml", packed())?;
    write_sheet(&mut archive, table)?;
    Ok(archive.finish()?.into_inner())
}

fn packed() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(PACKING))
}

fn workbook(name: &str) -> String {
    let mut kept = String::new();
    for mark in name.chars().filter(|mark| !"[]:*?/\\'".contains(*mark)).take(NAME_MAX) {
        escape(&mut kept, mark.encode_utf8(&mut [0; 4]));
    }
    format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView/></bookViews><sheets><sheet name="{kept}" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    )
}

fn write_sheet(archive: &mut ZipWriter<Cursor<Vec<u8>>>, table: &Table) -> Result<()> {
    let mut out = String::with_capacity(PIECE + (4 << 10));
    out.push_str(DECLARATION);
    out.push_str(SHEET_BEGIN);
    for (column, at) in table.columns.iter().zip(1..) {
        let width = column.width;
        let _ = write!(out, r#"<col min="{at}" max="{at}" width="{width}" customWidth="1"/>"#);
    }
    out.push_str("</cols><sheetData>");
    let names: Vec<String> = (0..table.columns.len().max(1)).map(column_name).collect();
    row(&mut out, 1, &names, [Shown::Text(&table.intro, None)]);
    row(&mut out, 2, &names, table.columns.iter().map(|column| Shown::Text(&column.title, Some(HEAD))));
    for (cells, number) in table.rows.iter().zip(3_u32..) {
        row(&mut out, number, &names, cells.iter().map(shown));
        if out.len() >= PIECE {
            archive.write_all(out.as_bytes())?;
            out.clear();
        }
    }
    out.push_str("</sheetData></worksheet>");
    archive.write_all(out.as_bytes())
}

/// A cell as it is written, with the place of its style.
enum Shown<'a> {
    Text(&'a str, Option<u8>),
    Number(f64),
}

fn shown(cell: &Cell) -> Shown<'_> {
    match cell {
        Cell::Text(text) => Shown::Text(text, Some(TEXT)),
        Cell::Number(number) => Shown::Number(*number),
    }
}

/// The letters of a column, counted from 0.
fn column_name(index: usize) -> String {
    let mut left = index + 1;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

fn row<'a>(out: &mut String, number: u32, names: &[String], cells: impl IntoIterator<Item = Shown<'a>>) {
    let mut digits = String::with_capacity(10);
    let _ = write!(digits, "{number}");
    for part in ["<row r=\"", &digits, "\">"] {
        out.push_str(part);
    }
    for (cell, name) in cells.into_iter().zip(names) {
        for part in ["<c r=\"", name, &digits] {
            out.push_str(part);
        }
        match cell {
            Shown::Text(text, style) => {
                out.push_str(match style {
                    Some(HEAD) => "\" s=\"2\"",
                    Some(_) => "\" s=\"1\"",
                    None => "\"",
                });
                if text.is_empty() {
                    out.push_str("/>");
                    continue;
                }
                out.push_str(" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
                escape(out, &quoted_text(text));
                out.push_str("</t></is></c>");
            }
            // Neither a word nor an infinity is a number to a spreadsheet.
            Shown::Number(number) if number.is_finite() => {
                let _ = write!(out, "\"><v>{number}</v></c>");
            }
            Shown::Number(_) => out.push_str("\"/>"),
        }
    }
    out.push_str("</row>");
}

/// Appends text as XML; a control character, which XML cannot hold, becomes `_xHHHH_` as the format says.
fn escape(out: &mut String, text: &str) {
    let is_plain = |byte: u8| byte >= b' ' && !matches!(byte, b'<' | b'>' | b'&' | b'"' | b'_') && byte != 0xEF;
    if text.bytes().all(is_plain) {
        return out.push_str(text);
    }
    for (at, mark) in text.char_indices() {
        match mark {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(mark),
            '_' if is_escape(&text[at..]) => out.push_str("_x005F_"),
            '\0'..'\u{20}' | '\u{FFFE}' | '\u{FFFF}' => {
                let _ = write!(out, "_x{:04X}_", u32::from(mark));
            }
            _ => out.push(mark),
        }
    }
}

/// Whether text begins as an escape would: `_x`, four hexadecimal digits, `_`.
fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes.starts_with(b"_x") && bytes[2..6].iter().all(u8::is_ascii_hexdigit) && bytes[6] == b'_'
}

#[cfg(test)]
mod tests {
    use super::super::super::{Bounds, read};
    use super::super::{Column, table};
    use super::*;
    use proptest::prelude::*;

    fn written(texts: Vec<Vec<Cell>>) -> Vec<u8> {
        let columns = vec![Column { title: "姓名".to_owned(), width: 14.0 }; texts.first().map_or(1, Vec::len)];
        table(&Table { name: "名单：[甲]/乙".to_owned(), intro: "共 2 人".to_owned(), columns, rows: texts }).unwrap()
    }

    fn back(bytes: &[u8]) -> Vec<Vec<String>> {
        let sheets = read(bytes, Bounds { rows_max: 9_000, columns_max: 60, characters_max: 500 }).unwrap();
        sheets[0].rows.iter().skip(2).map(|row| row.cells.clone()).collect()
    }

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(column_name).to_vec();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn text_stays_text_and_numbers_stay_numbers() {
        let cells = |texts: [&str; 3]| texts.map(|text| Cell::Text(text.to_owned())).to_vec();
        let mut row = cells(["431002190001010012", "甲 & <乙> \"丙\"", " 前后有空格 "]);
        row.push(Cell::Number(58.25));
        row.push(Cell::Number(f64::NAN));
        row.push(Cell::Text("末".to_owned()));
        let read = back(&written(vec![row]));
        assert_eq!(read[0], ["431002190001010012", "甲 & <乙> \"丙\"", " 前后有空格 ", "58.25", "", "末"]);
    }

    /// More than one piece: no row is lost where the writer hands over to the archive.
    #[test]
    fn many_rows_come_back_in_their_order() {
        let rows: Vec<Vec<Cell>> = (0..5_000).map(|row| vec![Cell::Text(format!("第{row}人"))]).collect();
        let read = back(&written(rows));
        assert_eq!(read.len(), 5_000);
        assert!(read.iter().zip(0..).all(|(row, at)| row[0] == format!("第{at}人")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever somebody is called: the file opens, and what XML can hold is read back as it was.
        #[test]
        fn any_text_is_read_back(text in "[ -~一-龥\u{FFFD}_x0-9A-F]{1,40}") {
            prop_assume!(!text.trim().is_empty());
            let read = back(&written(vec![vec![Cell::Text(text.clone())]]));
            let undone = text.strip_prefix('\'').filter(|_| super::super::looks_like_formula(&text)).unwrap_or(&text);
            prop_assert!(read[0][0] == text || read[0][0] == undone, "{text:?} came back as {:?}", read[0][0]);
        }

        #[test]
        fn any_bytes_of_text_make_a_file_that_opens(text in any::<String>()) {
            let bytes = written(vec![vec![Cell::Text(text), Cell::Text("末".to_owned())]]);
            let read = back(&bytes);
            prop_assert_eq!(read[0][1].as_str(), "末");
        }
    }
}
