//! Files that are no rosters: each is refused with its own sentence, and nothing is kept.

use super::world::{City, HEAD, OLD_ROSTER, clerk, people_of, person, roster, roster_below};
use crate::engines::Engine;
use crate::test_app::TestApp;
use jixue::org::roster::{imports, receive};
use rust_xlsxwriter::Workbook;

/// Sends a file and returns the code of the refusal.
async fn refusal(test: &TestApp, city: &City, bytes: Vec<u8>) -> &'static str {
    let received = receive(test, &clerk(city.first), city.first, "a.xlsx", bytes.into()).await;
    received.err().and_then(|error| error.code()).unwrap_or("no refusal")
}

/// The stream of the old roster under another name: what other programs, and locked workbooks, look like.
fn renamed(to: &str) -> Vec<u8> {
    let name = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let (mut bytes, from) = (OLD_ROSTER.to_vec(), name("Workbook"));
    let at = bytes.windows(from.len()).position(|window| window == from).expect("the stream's name");
    bytes[at..at + to.len() * 2].copy_from_slice(&name(to));
    bytes
}

#[tokio::test]
async fn what_is_no_roster_is_refused_by_its_name_and_nothing_is_kept() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let good = roster(&[person(1)]);
    let mut wide: Vec<String> = (0..60).map(|number| format!("列{number}")).collect();
    wide.splice(0..3, HEAD[..3].iter().map(|head| (*head).to_owned()));
    let wide: Vec<&str> = wide.iter().map(String::as_str).collect();
    let csv = encoding_rs::GBK.encode(&HEAD.join(",")).0.into_owned();

    for (what, bytes, code) in [
        ("nothing", Vec::new(), "sheet.unknown_format"),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3".to_vec(), "sheet.unknown_format"),
        ("CSV in GBK with nobody in it", csv, "roster.nobody_in_it"),
        ("a page", b"<html><table><tr><td>a</td></tr></table></html>".to_vec(), "sheet.unknown_format"),
        ("half of a workbook of 1997", OLD_ROSTER[..OLD_ROSTER.len() / 2].to_vec(), "sheet.damaged"),
        ("an encrypted workbook", renamed("EncryptedPackage"), "sheet.protected"),
        ("a letter", renamed("WordDocument"), "sheet.unknown_format"),
        ("half of a workbook", good[..good.len() / 2].to_vec(), "sheet.damaged"),
        ("an empty workbook", Workbook::new_with_sheet(), "sheet.empty"),
        ("two columns that nobody knows", format!("{}\n1,2\n", ["甲", "乙"].join(",")).into(), "roster.header_missing"),
        ("no room for phones", format!("{}\n1,2\n", HEAD[..2].join(",")).into(), "roster.phone_column_missing"),
        ("a zip bomb", bomb(), "sheet.too_much_inside"),
        ("nobody", roster(&[]), "roster.nobody_in_it"),
        ("sixty columns", roster_below(&wide, &[person(1)]), "roster.too_many_columns"),
    ] {
        assert_eq!(refusal(&test, &city, bytes).await, code, "{what}");
    }
    assert!(imports(&test, &clerk(city.first), city.first, None).await.unwrap().is_empty());
    assert_eq!(people_of(&test, city.first).await, 0);
    assert_eq!(refusal(&test, &city, good).await, "no refusal");
}

/// 60 kB that unpack to 60 MB.
fn bomb() -> Vec<u8> {
    use std::io::{Cursor, Write};
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for part in ["xl/workbook.xml", "xl/worksheets/sheet1.xml"] {
        archive.start_file(part, zip::write::SimpleFileOptions::default()).expect("a part");
        archive.write_all(&vec![b' '; 30 << 20]).expect("its bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

trait WithSheet {
    fn new_with_sheet() -> Vec<u8>;
}

impl WithSheet for Workbook {
    fn new_with_sheet() -> Vec<u8> {
        let mut workbook = Self::new();
        workbook.add_worksheet();
        workbook.save_to_buffer().expect("a workbook")
    }
}

/// Every code of this room has a sentence in both languages: a clerk must never read `roster.header_missing`.
#[test]
fn every_refusal_has_words() {
    use jixue::i18n::Texts;
    use jixue::org::OrgRefusal;
    use jixue::org::roster::RosterFileRefusal as File;
    use jixue::sheet::SheetRefusal as Sheet;
    use jixue_core::refusal::Refusal;
    let refusals: Vec<Box<dyn Refusal>> = vec![
        Box::new(OrgRefusal::BureauMissing),
        Box::new(OrgRefusal::UsccTaken),
        Box::new(OrgRefusal::WorksElsewhere),
        Box::new(OrgRefusal::NameDiffers),
        Box::new(OrgRefusal::PhoneTaken),
        Box::new(File::HeaderMissing),
        Box::new(File::NameColumnMissing),
        Box::new(File::IdentityNumberColumnMissing),
        Box::new(File::PhoneColumnMissing),
        Box::new(File::TooManyColumns { columns: 60, columns_max: 40 }),
        Box::new(File::NobodyInIt),
        Box::new(File::NotReceived),
        Box::new(File::ColumnsUnknown),
        Box::new(File::ColumnTwice),
        Box::new(File::SheetForgotten),
        Box::new(File::AppliedAlready),
        Box::new(File::NotApplied),
        Box::new(File::UndoOver),
        Box::new(Sheet::UnknownFormat),
        Box::new(Sheet::TooOld),
        Box::new(Sheet::Protected),
        Box::new(Sheet::Damaged),
        Box::new(Sheet::TooMuchInside),
        Box::new(Sheet::Empty),
    ];
    for reason in ["paid", "ordered", "studied", "hours", "elsewhere"] {
        assert!(Texts::knows(&format!("roster.stays_{reason}")), "{reason}");
    }
    for refusal in refusals {
        assert!(Texts::knows(refusal.code()), "{}", refusal.code());
    }
}
