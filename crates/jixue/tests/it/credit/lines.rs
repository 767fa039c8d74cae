//! Lines of a list: what is wrong is said line by line, and only what is right can be confirmed.

use super::office::{TITLE, in_offices, list, list_below};
use crate::org::{identity_number, person};
use jixue::i18n::Texts;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// Hours that are none must not reach the ledger, whatever a spreadsheet makes of them.
#[tokio::test]
async fn hours_that_are_none_are_refused() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let bad = [
            "0", "0.00", "-1", "1000", "9999", "100000", "六十", "60学时", "", " ", "1e2", "58.555", "1,5", "６０",
            "+3",
        ];
        let good = ["60", "0.5", "58.25", " 12 ", "999.99"];
        let lines: Vec<_> = bad.iter().chain(&good).map(|hours| office.line(1, hours)).collect();
        let sent = officer.send(&list(&lines)).await;
        let told = officer.lines(&sent).await;
        assert_eq!(told.len(), lines.len());
        for (hours, (line, refusals)) in bad.iter().chain(&good).zip(&told) {
            let expected = if bad.contains(hours) { "confirmed.hours_unreadable" } else { "" };
            assert_eq!(refusals, expected, "{hours:?} in row {line}");
        }
        let (status, page) = officer.get(&sent).await;
        assert_eq!(status, 200);
        assert_eq!(page.matches("学时读不出来").count(), bad.len());
        let good_lines = page.split("<h2>").last().unwrap_or_default();
        // In hours as the list had them, not in minutes of a clock.
        assert!(good_lines.contains(">60<") && good_lines.contains(">0.5<"), "{good_lines}");
    })
    .await;
}

#[tokio::test]
async fn each_wrong_cell_is_named() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let number = identity_number(1);
        let last = if number.ends_with('0') { "1" } else { "0" };
        let tomorrow = office.clock.now().plus_days(2).business_date().to_string();
        let cells: Vec<(usize, String, &str)> = vec![
            (1, String::new(), "identity_number.missing"),
            (1, "123".into(), "identity_number.wrong_length"),
            (1, format!("{}{last}", &number[..17]), "identity_number.check_differs"),
            (1, "4.31099E+17".into(), "identity_number.damaged_by_spreadsheet"),
            (1, format!("{}13{}", &number[..10], &number[12..]), "identity_number.birth_date_not_real"),
            (1, identity_number(500), "confirmed.person_unknown"),
            (2, "选修".into(), "confirmed.subject_unknown"),
            (2, String::new(), "confirmed.subject_unknown"),
            (4, String::new(), "confirmed.title_missing"),
            (6, String::new(), "confirmed.date_unreadable"),
            (6, "去年".into(), "confirmed.date_unreadable"),
            (6, "2026-02-30".into(), "confirmed.date_unreadable"),
            (6, tomorrow, "confirmed.date_unreadable"),
        ];
        let mut lines: Vec<_> = cells
            .iter()
            .map(|(place, text, _)| {
                let mut line = office.line(1, "60");
                line[*place] = text.clone();
                line
            })
            .collect();
        let mut all_wrong = office.line(1, "x");
        all_wrong[1] = "x".into();
        all_wrong[4] = String::new();
        lines.push(all_wrong);
        let sent = officer.send(&list(&lines)).await;
        let told = officer.lines(&sent).await;
        for ((place, text, code), (line, refusals)) in cells.iter().zip(&told) {
            assert_eq!(refusals, code, "{text:?} in column {place}, row {line}");
            assert!(Texts::knows(code), "{code} has no words");
        }
        assert_eq!(told.last().unwrap().1.split(' ').count(), 3, "{told:?}");
        let (status, page) = officer.get(&sent).await;
        assert_eq!(status, 200);
        assert!(page.contains("这里是 3 位") && !page.contains("{length}"), "the values of a refusal: {page}");
        assert!(!page.contains("confirmed.") && !page.contains("identity_number."), "codes on the page: {page}");
        assert!(!page.contains(&number), "an identity number in clear");
        assert_eq!(officer.confirm(&sent).await, (409, "confirmed.nothing_good".to_owned()));
    })
    .await;
}

/// Real lists hold numbers and dates as cells of their own kind, a title row above the header, English headers, empty rows.
#[tokio::test]
async fn a_list_as_spreadsheets_really_are_is_read() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let today = office.clock.now().business_date().0;
        let part = |divisor: i64, modulus: i64| u8::try_from(today / divisor % modulus).unwrap();
        let date =
            ExcelDateTime::from_ymd(u16::try_from(today / 10_000).unwrap(), part(100, 100), part(1, 100)).unwrap();
        let mut workbook = Workbook::new();
        workbook.add_worksheet();
        let sheet = workbook.add_worksheet();
        sheet.write_string(0, 0, "样例市专业科目学时名单").unwrap();
        let head = ["Name", "Identity number", "Subject", "Hours", "Title", "Provider", "Date", "备注"];
        for (text, column) in head.iter().zip(0_u16..) {
            sheet.write_string(2, column, *text).unwrap();
        }
        for (row, number, hours) in [(3_u32, 1, 60.0), (6, 2, 58.5)] {
            sheet.write_string(row, 0, &person(number)[0]).unwrap();
            sheet.write_string(row, 1, identity_number(number)).unwrap();
            sheet.write_string(row, 2, "professional").unwrap();
            sheet.write_number(row, 3, hours).unwrap();
            sheet.write_string(row, 4, TITLE).unwrap();
            sheet.write_datetime_with_format(row, 6, &date, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
        }
        let sent = officer.send(&workbook.save_to_buffer().unwrap()).await;
        assert_eq!(
            officer.lines(&sent).await,
            [(4, String::new()), (7, String::new())],
            "rows as the margin shows them"
        );
        assert_eq!(officer.confirm(&sent).await.0, 303);
        office.settle().await;
        assert_eq!(office.seconds(1).await, (60 * 2_700, 60 * 2_700, 1));
        assert_eq!(office.seconds(2).await, (117 * 1_350, 117 * 1_350, 1));
    })
    .await;
}

/// The template that is offered must be a list that is read, once it is filled in.
#[tokio::test]
async fn the_template_has_the_header_that_is_read() {
    in_offices(async |office| {
        let officer = office.officer("431002").await;
        let address = office.url("/bureau/confirmed-hours-template");
        let bytes = officer.client.get(address).send().await.unwrap().bytes().await.unwrap();
        let (status, code) = officer.send_as("a.xlsx", super::office::XLSX, &bytes).await;
        assert_eq!((status, code.as_str()), (422, "confirmed.nobody"), "its header is found, and nothing is below");
        let sent = officer.send(&list_below(&super::office::HEAD, &[office.line(2, "3")])).await;
        assert_eq!(officer.lines(&sent).await, [(2, String::new())]);
    })
    .await;
}
