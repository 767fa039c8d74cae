use super::*;
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

const BOUNDS: Bounds = Bounds { rows_max: 3, columns_max: 4, characters_max: 20 };

fn workbook(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    write(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

fn rows(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    let sheets = read(bytes, BOUNDS).unwrap();
    sheets[0].rows.iter().map(|row| (row.number, row.cells.clone())).collect()
}

/// Row numbers are what a clerk looks for in the margin; an identity number kept as a number must show its damage.
#[test]
fn cells_are_read_as_people_see_them() {
    let bytes = workbook(|sheet| {
        sheet.write_string(0, 0, "姓名").unwrap();
        sheet.write_number(2, 0, 13_800_000_001.0).unwrap();
        sheet.write_number(2, 1, 431_099_198_501_010_000.0).unwrap();
        sheet.write_boolean(2, 2, true).unwrap();
        sheet.write_string(4, 1, " \u{3000}").unwrap();
        sheet.write_string(5, 2, &*"一二三四五六七八九十".repeat(3)).unwrap();
    });
    let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        rows(&bytes),
        [
            (1, texts(&["姓名"])),
            (3, texts(&["13800000001", "431099198501010000", "true"])),
            (6, texts(&["", "", "一二三四五六七八九十一二三四五六七八九十…"])),
        ]
    );
}

/// Dates are numbers to a spreadsheet and days to people.
#[test]
fn dates_are_read_as_days() {
    let bytes = workbook(|sheet| {
        let date = |text| rust_xlsxwriter::ExcelDateTime::parse_from_str(text).unwrap();
        for (row, text, format) in [
            (0, "2026-11-03", "yyyy/m/d"),
            (1, "2024-02-29", "yyyy\"年\"m\"月\"d\"日\""),
            (2, "2026-11-03T08:30:05", "yyyy-mm-dd hh:mm"),
        ] {
            sheet.write_datetime_with_format(row, 0, date(text), &Format::new().set_num_format(format)).unwrap();
        }
    });
    let dates: Vec<String> = rows(&bytes).into_iter().map(|(_, cells)| cells.concat()).collect();
    assert_eq!(dates, ["2026-11-03", "2024-02-29", "2026-11-03 08:30:05"]);
}

/// A sheet that is formatted down to its last row, or wide to its last column, is small to send and vast to unfold.
#[test]
fn a_vast_sheet_is_read_within_its_bounds() {
    let bytes = workbook(|sheet| {
        for row in 0..10 {
            sheet.write_string(row, 0, "a").unwrap();
        }
        sheet.write_string(1_048_575, 16_383, "z").unwrap();
        sheet.write_blank(1_048_000, 3, &Format::new().set_bold()).unwrap();
    });
    let sheet = &read(&bytes, BOUNDS).unwrap()[0];
    assert_eq!((sheet.rows.len(), sheet.rows_filled, sheet.columns_filled), (3, 10, 16_384));
}

#[test]
fn an_empty_workbook_is_said_to_be_empty() {
    assert_eq!(read(&workbook(|_| ()), BOUNDS), Err(SheetRefusal::Empty));
}

/// Hidden sheets hold lists for drop-downs, not people.
#[test]
fn hidden_sheets_are_not_read() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "a").unwrap();
    workbook.add_worksheet().set_hidden(true).write_string(0, 0, "b").unwrap();
    let sheets = read(&workbook.save_to_buffer().unwrap(), BOUNDS).unwrap();
    assert_eq!(sheets.len(), 1);
}

/// What a formula last showed is taken; the formula itself is never seen.
#[test]
fn a_formula_counts_as_what_it_showed() {
    let bytes = workbook(|sheet| {
        let formula = rust_xlsxwriter::Formula::new("=HYPERLINK(\"http://evil.example\")").set_result("点我");
        sheet.write_formula(0, 0, formula).unwrap();
    });
    assert_eq!(rows(&bytes), [(1, vec!["点我".to_owned()])]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A file that broke on its way, at any byte, is refused or read; it never takes the process with it.
    #[test]
    fn a_broken_file_never_breaks_the_reader(at in 0.0..1.0_f64, byte: u8, cut: bool) {
        let mut bytes = workbook(|sheet| {
            sheet.write_string(0, 0, "姓名").unwrap();
            sheet.write_number(1, 0, 1.5).unwrap();
        });
        let at = (at * bytes.len() as f64) as usize;
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let outcome = std::panic::catch_unwind(|| read(&bytes, BOUNDS));
        prop_assert!(outcome.is_ok());
    }
}
