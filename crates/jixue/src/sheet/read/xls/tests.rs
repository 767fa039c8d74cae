use super::*;
use proptest::prelude::*;

const BOUNDS: Bounds = Bounds { rows_max: 3, columns_max: 4, characters_max: 20 };
/// Written by another program: three people below a header.
const ROSTER: &[u8] = include_bytes!("../../../../tests/it/org/samples/roster.xls");

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

fn begin() -> Vec<u8> {
    record(kind::BEGIN, &[0, 6, 0x10, 0, 0, 0, 0, 0])
}

/// A workbook's stream: globals with `extra` records, and one sheet of `cells`.
fn stream(extra: &[Vec<u8>], sheets: usize, cells: &[Vec<u8>]) -> Vec<u8> {
    let globals = [begin(), extra.concat()].concat();
    let at = globals.len() + sheets * 14 + 4;
    let mut bound = u32::try_from(at).unwrap().to_le_bytes().to_vec();
    bound.extend([0, 0, 2, 0, b'a', b'b']);
    let bounds = record(kind::BOUND_SHEET, &bound).repeat(sheets);
    [globals, bounds, record(kind::END, &[]), begin(), cells.concat(), record(kind::END, &[])].concat()
}

fn cell(kind: u16, row: u16, column: u16, rest: &[u8]) -> Vec<u8> {
    record(kind, &[&row.to_le_bytes(), &column.to_le_bytes(), [0, 0].as_slice(), rest].concat())
}

fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    cell(kind::NUMBER, row, column, &value.to_le_bytes())
}

fn rows(stream: &[u8]) -> Vec<(u32, Vec<String>)> {
    let sheets = workbook(stream, BOUNDS).unwrap();
    sheets[0].rows.iter().map(|row| (row.number, row.cells.clone())).collect()
}

fn texts(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

/// The reader of a library, which lays every sheet out, must see the same in a file that does no harm.
#[test]
fn an_ordinary_workbook_is_read_as_a_library_reads_it() {
    use calamine::Reader;
    let wide = Bounds { rows_max: 99, columns_max: 30, characters_max: 99 };
    let sheets = read(ROSTER, wide).unwrap();
    assert_eq!(sheets.len(), 1, "the hidden sheet is not read");
    let mut library: calamine::Xls<_> = calamine::Xls::new(std::io::Cursor::new(ROSTER)).unwrap();
    let range = library.worksheet_range(&sheets[0].name).unwrap();
    for (row, cells) in (1..).zip(range.rows()) {
        let ours = sheets[0].rows.iter().find(|ours| ours.number == row);
        for (column, cell) in cells.iter().enumerate() {
            let ours = ours.and_then(|ours| ours.cells.get(column)).map_or("", String::as_str);
            if !matches!(cell, calamine::Data::DateTime(_)) {
                assert_eq!(ours, cell.to_string().trim(), "row {row}, column {column}");
            }
        }
    }
    assert_eq!(sheets[0].rows[1].cells[6], "2019-08-31", "a date");
    assert_eq!(sheets[0].merged_above.get(&(4, 3)), Some(&3), "the department of two");
}

#[test]
fn every_sort_of_cell_is_read() {
    let strings = [[0; 8].as_slice(), &[2, 0, 1, 0x20, 0x5f, 0x09, 0x4e]].concat();
    let date = [record(kind::CELL_FORMAT, &[0, 0, 0, 0]), record(kind::CELL_FORMAT, &[0, 0, 14, 0])].concat();
    let extra = [record(kind::SHARED_STRINGS, &strings), date];
    let many = [[1, 0, 0, 0].as_slice(), &[0, 0, 30, 0, 0, 0], &[0, 0, 34, 0, 0, 0], &[1, 0]].concat();
    let formula = |result: [u8; 8]| cell(kind::FORMULA, 0, 3, &[result.as_slice(), &[0; 8]].concat());
    let cells = [
        record(kind::MANY_SMALL_NUMBERS, &many),
        record(kind::NUMBER, &[&[1, 0, 2, 0, 1, 0], 45_000.0_f64.to_le_bytes().as_slice()].concat()),
        cell(kind::SHARED_LABEL, 0, 0, &[0, 0, 0, 0]),
        cell(kind::LABEL, 0, 1, &[2, 0, 0, b'o', b'k']),
        number(0, 2, 431_099_198_501_010_000.0),
        formula([0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        record(kind::FORMULA_TEXT, &[1, 0, 1, 0xb9, 0x70]),
    ];
    assert_eq!(
        rows(&stream(&extra, 1, &cells)),
        [texts(1, &["张三", "ok", "431099198501010000", "点"]), texts(2, &["7", "8", "2023-03-15"])]
    );
}

/// Two cells in two corners are small to send; laid out they are four thousand million.
#[test]
fn a_vast_sheet_is_read_within_its_bounds() {
    let cells: Vec<Vec<u8>> = (0..9).map(|row| number(row, 0, 1.0)).chain([number(65_535, 65_535, 2.0)]).collect();
    let sheet = &workbook(&stream(&[], 1, &cells), BOUNDS).unwrap()[0];
    assert_eq!((sheet.rows.len(), sheet.rows_filled, sheet.columns_filled), (3, 9, 65_536));
    assert_eq!(sheet.rows[2].number, 3);
}

/// One text of 32,000 characters, named by each of 100,000 cells, was 3 GB.
#[test]
fn a_text_that_every_cell_shares_is_kept_once() {
    let long = [[0; 8].as_slice(), &32_000_u16.to_le_bytes(), &[0], &[b'x'; 32_000]].concat();
    let parts = [record(kind::SHARED_STRINGS, &long[..8_000])];
    let more = long[8_000..].chunks(8_000).map(|part| record(kind::CONTINUE, &[&[0], part].concat()));
    let extra: Vec<Vec<u8>> = parts.into_iter().chain(more).collect();
    let cells: Vec<Vec<u8>> =
        (0..50_000).flat_map(|row| [0, 1].map(|column| cell(kind::SHARED_LABEL, row, column, &[0; 4]))).collect();
    let sheet = &workbook(&stream(&extra, 1, &cells), BOUNDS).unwrap()[0];
    assert_eq!((sheet.rows.len(), sheet.rows_filled), (3, 50_000));
    assert_eq!(sheet.rows[0].cells[1], format!("{}…", "x".repeat(20)));
}

/// Sixteen sheets at most, and two million cells in all of them, however often one place is named.
#[test]
fn many_sheets_at_one_place_are_bounded() {
    let row: Vec<u8> = (0..200).flat_map(|column| number(0, column, 1.0)).collect();
    let cells = vec![row; 1_000];
    let outcome = workbook(&stream(&[], 40, &cells), BOUNDS);
    assert_eq!(outcome, Err(SheetRefusal::TooMuchInside));
    assert_eq!(workbook(&stream(&[], 40, &[number(0, 0, 1.0)]), BOUNDS).unwrap().len(), SHEETS_MAX);
}

#[test]
fn old_locked_and_cut_workbooks_are_called_by_their_name() {
    let old = record(kind::BEGIN, &[0, 5, 5, 0]);
    assert_eq!(workbook(&old, BOUNDS), Err(SheetRefusal::TooOld));
    let locked = stream(&[record(kind::FILE_PASS, &[1, 0])], 1, &[]);
    assert_eq!(workbook(&locked, BOUNDS), Err(SheetRefusal::Protected));
    let whole = stream(&[], 1, &[number(0, 0, 1.0)]);
    for length in [0, 3, 20, whole.len() - 5] {
        assert_eq!(workbook(&whole[..length], BOUNDS), Err(SheetRefusal::Damaged), "{length} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A file that broke on its way, at any byte, is refused or read; it never takes the process with it.
    #[test]
    fn a_broken_workbook_never_breaks_the_reader(breaks in proptest::collection::vec((0.0..1.0_f64, any::<u8>()), 1..6)) {
        let mut bytes = ROSTER.to_vec();
        for (at, byte) in breaks {
            let at = (at * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        let outcome = std::panic::catch_unwind(|| read(&bytes, BOUNDS));
        prop_assert!(outcome.is_ok());
    }
}
