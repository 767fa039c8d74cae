//! Rosters as spreadsheets of all ages and as text: the same people come in, and the same file changes nothing.

use super::world::{City, OLD_ROSTER, clerk, csv, identity_number, people_of, person, row};
use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::org::import_roster;
use jixue::org::roster::{receive, refused_rows};

/// What a unit has is an `.xls` of a personnel system of 2003, or a CSV that Excel wrote in GBK.
#[tokio::test]
async fn old_spreadsheets_and_texts_bring_people_in_once() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let text = csv(&[person(1), person(2)]);
        for (name, bytes, added, known, sum) in [
            ("gbk.csv", encoding_rs::GBK.encode(&text).0.into_owned(), 2, 0, 2),
            ("utf-8.csv", [b"\xef\xbb\xbf", text.as_bytes()].concat(), 0, 2, 2),
            ("tabs.txt", csv(&[person(2), person(3)]).replace(',', "\t").into_bytes(), 1, 1, 3),
            ("old.xls", OLD_ROSTER.to_vec(), 3, 0, 6),
        ] {
            for _ in 0..2 {
                let report = import_roster(&test, &scope, city.first, name, bytes.clone().into()).await.unwrap();
                assert_eq!((report.added, report.known, report.refused), (added, known, 0), "{name}");
                assert_eq!(people_of(&test, city.first).await, sum, "{name}");
            }
        }
        test.settle().await;
    }
}

/// In a text file no cell says that it is text: Excel has shown 4.31E+17 to the clerk, or ended the number with zeros.
#[tokio::test]
async fn damage_by_spreadsheets_is_named_in_each_row_of_a_text() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let city = City::found(&test).await;
    let scope = clerk(city.first);
    let number = identity_number(7);
    let wide: String = number.chars().map(|mark| char::from_u32(mark as u32 + 0xfee0).unwrap_or(mark)).collect();
    let rows = [
        row(["李一", "4.31E+17", "13800000021", "", "", ""]),
        row(["李二", &format!("{}000", &number[..15]), "13800000022", "", "", ""]),
        row(["李三", &number, "1.38E+10", "", "", ""]),
        row([" 李四\u{3000}", &format!("=\"{wide}\""), " 138 0000 0024 ", "", "", ""]),
    ];
    let sent = csv(&rows);
    let id = receive(&test, &scope, city.first, "a.csv", sent.into()).await.unwrap();
    let refused = refused_rows(&test, &scope, id, 0, 10).await.unwrap().rows;
    let codes: Vec<(i64, &str)> =
        refused.iter().flat_map(|row| row.refusals.iter().map(|refusal| (row.number, refusal.code.as_str()))).collect();
    assert_eq!(
        codes,
        [
            (2, "identity_number.damaged_by_spreadsheet"),
            (3, "identity_number.damaged_by_spreadsheet"),
            (4, "phone.damaged_by_spreadsheet"),
        ]
    );
}

/// A million rows, a million quotes, bytes that are no text: an answer each, and the next upload goes through.
#[tokio::test]
async fn hostile_files_are_answered_and_nothing_is_kept() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let city = City::found(&test).await;
    let scope = clerk(city.first);
    let head = csv(&[]);
    let nul = [head.as_bytes(), b"a\0b,c,d\n"].concat();
    for (what, bytes, code) in [
        ("a million rows", format!("{head}{}", "a,b,c\n".repeat(1_000_000)).into_bytes(), "sheet.too_many_rows"),
        ("a million columns", format!("{head}{}", ",a".repeat(1_000_000)).into_bytes(), "roster.too_many_columns"),
        ("nul bytes", nul, "sheet.unknown_format"),
        ("a cut text", head.as_bytes()[..head.len() - 3].to_vec(), "sheet.damaged"),
    ] {
        let outcome = receive(&test, &scope, city.first, "a.csv", bytes.into()).await;
        assert_eq!(outcome.err().and_then(|error| error.code()), Some(code), "{what}");
    }
    let quotes = format!("{head}{}", "\"".repeat(1_000_000)).into_bytes();
    let report = import_roster(&test, &scope, city.first, "quotes.csv", quotes.into()).await.unwrap();
    assert_eq!((report.added, report.refused), (0, 1), "a million quotes are one name that nobody has");
    let good = csv(&[person(1)]);
    assert_eq!(import_roster(&test, &scope, city.first, "a.csv", good.into()).await.unwrap().added, 1);
}
