//! Files that are no lists: each is refused with its own sentence, and nothing is kept.

use super::office::{HEAD, Office, XLSX, form, in_offices, list, list_below};
use crate::engines::Engine;
use crate::org::OLD_ROSTER;
use rust_xlsxwriter::Workbook;

const LISTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM confirmed_import";

/// A workbook with one empty sheet.
fn empty() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet();
    workbook.save_to_buffer().expect("a workbook")
}

#[tokio::test]
async fn what_is_no_list_is_refused_by_its_name_and_nothing_is_kept() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let good = list(&[office.line(1, "60")]);
        let csv = format!("{}\n{}\n", HEAD.join(","), office.line(1, "60").join(","));
        let mut broken = csv.into_bytes();
        broken.extend([0xd5, 0xc5, 0xc8, 0xfd]);
        let mut bent = good.clone();
        let middle = bent.len() / 2;
        bent[middle - 20..middle + 20].fill(0xff);
        for (what, name, kind, bytes, status, code) in [
            ("nothing", "a.xlsx", XLSX, Vec::new(), 422, "request.file_missing"),
            (
                "a PDF that says so",
                "a.pdf",
                "application/pdf",
                b"%PDF-1.7\n%\xe2\xe3".to_vec(),
                415,
                "sheet.unknown_format",
            ),
            (
                "a picture that says otherwise",
                "a.xlsx",
                XLSX,
                b"\x89PNG\r\n\x1a\n0000".to_vec(),
                415,
                "sheet.unknown_format",
            ),
            (
                "CSV with nobody in it",
                "a.csv",
                "text/csv",
                format!("{}\n", HEAD.join(",")).into_bytes(),
                422,
                "confirmed.nobody",
            ),
            ("CSV in broken UTF-8", "a.csv", "text/csv", broken, 422, "sheet.damaged"),
            ("a page", "a.xls", "text/html", b"<html><table></table></html>".to_vec(), 415, "sheet.unknown_format"),
            ("half of a workbook", "a.xlsx", XLSX, good[..good.len() / 2].to_vec(), 422, "sheet.damaged"),
            ("all but its last byte", "a.xlsx", XLSX, good[..good.len() - 1].to_vec(), 422, "sheet.damaged"),
            ("the beginning of one", "a.xlsx", XLSX, b"PK\x03\x04".to_vec(), 422, "sheet.damaged"),
            ("a bent workbook", "a.xlsx", XLSX, bent, 422, "sheet.damaged"),
            ("an empty workbook", "a.xlsx", XLSX, empty(), 422, "sheet.empty"),
            ("nobody", "a.xlsx", XLSX, list(&[]), 422, "confirmed.nobody"),
        ] {
            let told = officer.send_as(name, kind, &bytes).await;
            assert_eq!((told.0, told.1.as_str()), (status, code), "{what}");
        }
        // As wide as a list: it may be one with other words, and the officer is asked.
        let (status, to) = officer.send_as("a.xls", XLSX, OLD_ROSTER).await;
        assert!(status == 303 && to.starts_with("/bureau/sheets/"), "a roster of 1997: {status} {to}");
        for missing in 0..HEAD.len() {
            let mut head = HEAD;
            head[missing] = "备注";
            let told = officer.send_as("a.xlsx", XLSX, &list_below(&head, &[office.line(1, "60")])).await;
            assert!(told.0 == 303 && told.1.starts_with("/bureau/sheets/"), "without {}: {told:?}", HEAD[missing]);
        }
        let narrow = officer.send_as("a.csv", "text/csv", format!("{}\n1,2\n", HEAD[..6].join(",")).as_bytes()).await;
        assert_eq!(narrow, (422, "confirmed.column_missing".to_owned()), "a column fewer cannot be asked for");
        assert_eq!(office.count(LISTS).await, 0);
        officer.send_as("名单", "text/plain", &good).await; // what the file is counts, not what it is called
        assert_eq!(office.count(LISTS).await, 1);
        let csv = format!("{}\n{}\n", HEAD.join(","), office.line(1, "60").join(","));
        assert_eq!(officer.send_as("名单.csv", "text/csv", &encoding_rs::GBK.encode(&csv).0).await.0, 303);
        assert_eq!(office.count(LISTS).await, 2, "a list in GBK");
        // Other words for the same columns, with remarks and spaces, as other systems write them.
        let head = ["学员姓名", "身份证号码*", "学时类别", "认定 学时（个）", "培训项目：", "主办单位", "结业日期"];
        let (status, to) = officer.send_as("b.xlsx", XLSX, &list_below(&head, &[office.line(1, "59")])).await;
        assert!(status == 303, "{to}");
        assert!(officer.lines(&to).await.iter().all(|(_, refusals)| refusals.is_empty()));
    })
    .await;
}

/// Forms that browsers do not send, and one that a page elsewhere might.
#[tokio::test]
async fn forms_that_are_not_whole_are_refused() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let (good, year) = (list(&[office.line(1, "60")]), office.year.to_string());
        let file = Some(("a.xlsx", XLSX, good.as_slice()));
        let whole = form(&officer.csrf, &year, file);
        for (what, body, status, code) in [
            ("no file", form(&officer.csrf, &year, None), 422, "request.file_missing"),
            ("another token", form("wrong", &year, file), 403, "request.stale_form"),
            ("no year", form(&officer.csrf, "", file), 404, "request.not_found"),
            ("a year of letters", form(&officer.csrf, "二〇二六", file), 404, "request.not_found"),
            ("a year nobody opened", form(&officer.csrf, "1999", file), 404, "request.not_found"),
            ("a form cut off", whole[..whole.len() - 300].to_vec(), 422, "request.upload_broken"),
            ("nothing", Vec::new(), 422, "request.upload_broken"),
        ] {
            let told = officer.send_body(body).await;
            assert_eq!((told.0, told.1.as_str()), (status, code), "{what}");
        }
        let plain = officer.client.post(office.url("/bureau/confirmed-hours")).form(&[("csrf", &officer.csrf)]);
        assert_eq!(plain.send().await.unwrap().status(), 415, "a form without a file's type");
        assert_eq!(office.count(LISTS).await, 0);
    })
    .await;
}

/// What is too large is turned away by bytes, by rows, and by what it unpacks to.
#[tokio::test]
async fn what_is_too_large_is_turned_away() {
    let office = Office::open(Engine::Sqlite).await;
    let officer = office.officer("431000").await;
    let large = vec![b'P'; office.config.limits.upload_bytes_max + 1];
    assert_eq!(officer.send_as("a.xlsx", XLSX, &large).await, (413, "request.too_large".to_owned()));
    let many: Vec<_> = std::iter::repeat_n(office.line(1, "1"), 5_001).collect();
    assert_eq!(officer.send_as("a.xlsx", XLSX, &list(&many)).await, (413, "confirmed.too_many".to_owned()));
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..40_u32 {
        // Thirty thousand letters that pack to nothing, each cell another text.
        sheet.write_string(row, 0, format!("{row}{}", "零".repeat(30_000))).expect("a cell");
    }
    let padded = workbook.save_to_buffer().expect("a workbook");
    let (status, code) = officer.send_as("a.xlsx", XLSX, &padded).await;
    assert!(status == 422 && code == "confirmed.header_missing", "{status} {code}");
    assert_eq!(office.count(LISTS).await, 0);
}
