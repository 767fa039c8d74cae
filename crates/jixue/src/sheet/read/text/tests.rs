use super::*;
use proptest::prelude::*;

const BOUNDS: Bounds = Bounds { rows_max: 5, columns_max: 4, characters_max: 20 };

fn cells(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    let sheets = read(bytes, BOUNDS).unwrap();
    sheets[0].rows.iter().map(|row| (row.number, row.cells.clone())).collect()
}

fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

fn lines(rows: &[[&str; 2]]) -> String {
    rows.iter().map(|row| row.join(",") + "\r\n").collect()
}

/// Excel in China writes GBK, its "CSV UTF-8" a byte order mark, "Unicode text" UTF-16 with tabs, a Mac lone carriage
/// returns; a clerk knows of none of them.
#[test]
fn a_list_is_read_in_every_encoding_and_with_every_separator() {
    let text = lines(&[["姓名", "手机号"], ["欧阳晓岚", "13800000001"]]);
    let wanted = [row(1, &["姓名", "手机号"]), row(2, &["欧阳晓岚", "13800000001"])];
    assert_eq!(cells(text.as_bytes()), wanted);
    assert_eq!(cells(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), wanted);
    assert_eq!(cells(&GB18030.encode(&text).0), wanted);
    assert_eq!(cells(text.replace("\r\n", "\r").as_bytes()), wanted);
    assert_eq!(cells(text.trim_end().as_bytes()), wanted);
    assert_eq!(cells(format!("{text}\u{1a}").as_bytes()), wanted);
    for separator in [";", "\t"] {
        assert_eq!(cells(&GB18030.encode(&text.replace(',', separator)).0), wanted, "{separator:?}");
    }
    let wide: Vec<u8> = text.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(cells(&[b"\xff\xfe", wide.as_slice()].concat()), wanted);
    let said = format!("sep=;\r\n{}", text.replace(',', ";"));
    assert_eq!(cells(said.as_bytes()), [row(2, &["姓名", "手机号"]), row(3, &["欧阳晓岚", "13800000001"])]);
    // A rare character that GBK does not have.
    assert_eq!(cells(&GB18030.encode("姓名,𠮷\n").0), [row(1, &["姓名", "𠮷"])]);
}

/// A refusal names the row by the number in the spreadsheet's margin, also behind empty lines and cells of two lines.
#[test]
fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
    let text = "a,b\n\n\"two\nlines\",c\n,\n\"say \"\"hi\"\"\",d\n";
    assert_eq!(
        cells(text.as_bytes()),
        [row(1, &["a", "b"]), row(3, &["two\nlines", "c"]), row(5, &["say \"hi\"", "d"])]
    );
}

#[test]
fn what_keeps_a_number_a_text_is_not_shown() {
    let text = "=\"431099198501010012\",'=1+1,=1+1\n";
    assert_eq!(cells(text.as_bytes()), [row(1, &["431099198501010012", "=1+1", "=1+1"])]);
}

#[test]
fn bounds_hold() {
    let mut text = String::from("一二三四五六七八九十一二三四五六七八九十一,b,c,d,e,f\n");
    text.push_str(&"a\n".repeat(4));
    let sheet = &read(text.as_bytes(), BOUNDS).unwrap()[0];
    assert_eq!((sheet.rows.len(), sheet.rows_filled, sheet.columns_filled), (5, 5, 6));
    assert_eq!(sheet.rows[0].cells, ["一二三四五六七八九十一二三四五六七八九十…", "b", "c", "d"]);
}

/// A list beyond the bound is refused by the row at which reading stopped; what stands behind it is not looked at, not even
/// a quote that nobody closed. Rows of separators hold nothing, yet a million of them are no list either.
#[test]
fn too_many_rows_are_refused_with_the_row_that_was_reached() {
    let text = format!("a\n\n{}", "b,c\n".repeat(9));
    assert_eq!(read(text.as_bytes(), BOUNDS), Err(SheetRefusal::TooManyRows { row: 7 }));
    let unread = format!("{text}\"{}", "z".repeat(1_000));
    assert_eq!(read(unread.as_bytes(), BOUNDS), Err(SheetRefusal::TooManyRows { row: 7 }));
    let empty = format!("a\n{}", ",,,\n".repeat(600_000));
    assert_eq!(read(empty.as_bytes(), BOUNDS), Err(SheetRefusal::TooManyRows { row: 500_001 }));
}

#[test]
fn what_is_no_text_is_refused() {
    for (what, bytes, refusal) in [
        ("nothing", b"".as_slice(), SheetRefusal::UnknownFormat),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3", SheetRefusal::UnknownFormat),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", SheetRefusal::UnknownFormat),
        ("a page called .xls", b"\xef\xbb\xbf <html><table>", SheetRefusal::UnknownFormat),
        ("nul bytes", b"a,b\n\0\0,c\n", SheetRefusal::UnknownFormat),
        ("bent UTF-8", "姓名,\u{624b}机\n".as_bytes(), SheetRefusal::Damaged),
    ] {
        let mut bytes = bytes.to_vec();
        if refusal == SheetRefusal::Damaged {
            bytes[8] = b'?';
        }
        assert_eq!(read(&bytes, BOUNDS), Err(refusal), "{what}");
    }
    let cut = lines(&[["姓名", "手机号"], ["", "张三"]]).into_bytes();
    assert_eq!(read(&cut[..cut.len() - 3], BOUNDS), Err(SheetRefusal::Damaged));
}

/// A million quotes were a stack overflow or a quadratic search in more than one reader.
#[test]
fn a_million_quotes_are_one_strange_cell() {
    for text in ["\"".repeat(1_000_000), "\",".repeat(500_000), "a\"".repeat(500_000)] {
        let sheet = &read(text.as_bytes(), BOUNDS).unwrap()[0];
        assert!(sheet.rows.len() <= 1, "{}", sheet.rows.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever bytes come, they are refused or read within the bounds; the process goes on.
    #[test]
    fn any_bytes_are_refused_or_read(bytes in proptest::collection::vec(
        prop_oneof![any::<u8>(), Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(0xd5), Just(0xc5), Just(0)], 0..400)
    ) {
        if let Ok(sheets) = read(&bytes, BOUNDS) {
            prop_assert!(sheets[0].rows.len() <= BOUNDS.rows_max);
            for row in &sheets[0].rows {
                prop_assert!(row.cells.len() <= BOUNDS.columns_max);
                prop_assert!(row.cells.iter().all(|cell| cell.chars().count() <= BOUNDS.characters_max + 1));
            }
        }
    }

    /// What was written by the rules of CSV comes back as it was, in both encodings.
    #[test]
    fn what_is_written_is_read(table in proptest::collection::vec(
        proptest::collection::vec("[a-z一-三,;\"\t ]{0,6}[a-z]", 2..4), 1..4)
    ) {
        let field = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |cells: &Vec<String>| cells.iter().map(field).collect::<Vec<_>>().join("\t") + "\r\n";
        // A table in Chinese begins with a header in Chinese; one word of GBK alone may happen to be a word of UTF-8.
        let text = format!("sep=\t\n姓名\n{}", table.iter().map(line).collect::<String>());
        let read_back = |bytes: &[u8]| cells(bytes).into_iter().skip(1).map(|(_, cells)| cells).collect::<Vec<_>>();
        prop_assert_eq!(&read_back(text.as_bytes()), &table);
        prop_assert_eq!(&read_back(&GB18030.encode(&text).0), &table);
    }
}
