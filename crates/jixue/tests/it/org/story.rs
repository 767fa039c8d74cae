//! A clerk in a browser: template, upload, preview, application, error rows, and strangers at the door.

use super::world::{CLERK_OF_FIRST, CLERK_OF_SECOND, City, people_of, person, roster, row};
use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::org::titles;
use jixue::sheet::{self, Bounds};
use reqwest::{Client, Response};

/// A multipart form as browsers send it: the token first, then the file.
pub(super) async fn send(test: &TestApp, clerk: &Client, csrf: &str, name: &str, bytes: &[u8]) -> Response {
    let mut body = format!(
        "--line\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--line\r\nContent-Disposition: \
         form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--line--\r\n");
    clerk
        .post(test.url("/unit/roster-imports"))
        .header("content-type", "multipart/form-data; boundary=line")
        .body(body)
        .send()
        .await
        .expect("an answer")
}

pub(super) async fn page(test: &TestApp, clerk: &Client, path: &str) -> (u16, String) {
    let answer = clerk.get(test.url(path)).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a page"))
}

pub(super) async fn file(test: &TestApp, clerk: &Client, path: &str) -> Vec<u8> {
    let answer = clerk.get(test.url(path)).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment;"));
    answer.bytes().await.expect("a file").to_vec()
}

pub(super) fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_clerk_imports_a_roster() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let clerk = test.sign_in(CLERK_OF_FIRST).await;
        let csrf = test.csrf(&clerk).await;
        let (status, empty) = page(&test, &clerk, "/unit/people").await;
        assert_eq!(status, 200);
        assert!(empty.contains("href=\"/unit/roster-imports\""), "nobody yet: the page leads to the import");
        let rows = [person(1), row(["张三", "123", "13800000099", "", "", ""]), person(2)];
        let workbook = roster(&rows);
        let answer = send(&test, &clerk, &csrf, "名册.xlsx", &workbook).await;
        assert_eq!(answer.status(), 303);
        let import = location(&answer);
        let (_, preview) = page(&test, &clerk, &import).await;
        assert!(preview.contains("名册.xlsx") && preview.contains("导入这 2 人"), "{preview}");
        assert!(preview.contains("身份证号：身份证号应为 18 位"), "{preview}");
        assert!(!preview.contains(&person(1)[1]), "an identity number in clear");
        assert_eq!(people_of(&test, city.first).await, 0);
        for _ in 0..2 {
            let form = [("csrf", csrf.as_str())];
            let applied = clerk.post(test.url(&format!("{import}/application"))).form(&form).send().await.unwrap();
            assert_eq!(location(&applied), format!("{import}?done=roster_applied"));
        }
        let (_, people) = page(&test, &clerk, "/unit/people").await;
        assert!(people.contains(&person(1)[0]) && people.contains("138****0002"));
        let again = send(&test, &clerk, &csrf, "名册.xlsx", &workbook).await;
        assert_eq!((location(&again), people_of(&test, city.first).await), (import, 2));
        test.settle().await;
    }
}

/// A form from elsewhere, a file of a stranger, a guessed address: none may read or change a unit's roster.
#[tokio::test]
async fn strangers_are_turned_away() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let clerk = test.sign_in(CLERK_OF_FIRST).await;
        let csrf = test.csrf(&clerk).await;
        let file = roster(&[person(1)]);
        for wrong in ["", "0123456789abcdef0123456789abcdef"] {
            assert_eq!(send(&test, &clerk, wrong, "a.xlsx", &file).await.status(), 403);
        }
        let (_, none) = page(&test, &clerk, "/unit/roster-imports").await;
        assert!(!none.contains("a.xlsx"), "a forged upload was kept");
        let import = location(&send(&test, &clerk, &csrf, "a.xlsx", &file).await);
        let other = test.sign_in(CLERK_OF_SECOND).await;
        let token = test.csrf(&other).await;
        assert_eq!(page(&test, &other, &import).await.0, 404);
        assert_eq!(page(&test, &other, &format!("{import}/error-rows")).await.0, 404);
        let form = [("csrf", token.as_str())];
        let applied = other.post(test.url(&format!("{import}/application"))).form(&form).send().await.unwrap();
        assert_eq!(applied.status(), 404);
        assert_eq!(people_of(&test, city.first).await, 0);
        for path in ["/unit/roster-imports/1", "/unit/roster-imports/x", "/unit/roster-imports/99999999999999999999"] {
            assert_eq!(page(&test, &clerk, path).await.0, 404, "{path}");
        }
        let visitor = test.visitor();
        let answer = visitor.get(test.url("/unit/roster-template")).send().await.unwrap();
        assert_eq!(answer.status(), 303, "signed out");
    }
}

/// What cannot be read is said on the page itself, in the reader's language, or as JSON to a script.
#[tokio::test]
async fn a_wrong_file_comes_back_with_a_sentence() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    City::found(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&clerk).await;
    let answer = send(&test, &clerk, &csrf, "a.pdf", b"%PDF-1.7").await;
    assert_eq!(answer.status(), 415);
    assert!(answer.text().await.unwrap().contains("这不是能读的表格"));
    let form = [("csrf", csrf.as_str()), ("lang", "en"), ("back", "/unit/roster-imports")];
    clerk.post(test.url("/preferences")).form(&form).send().await.unwrap();
    let answer = send(&test, &clerk, &csrf, "a.pdf", b"%PDF-1.7").await;
    assert!(answer.text().await.unwrap().contains("This is not a spreadsheet that can be read"));
    let answer = send(&test, &clerk, &csrf, "big.xlsx", &vec![0; (8 << 20) + 1]).await;
    assert_eq!(answer.status(), 413);
    let upload = clerk.post(test.url("/unit/roster-imports")).header("x-csrf", &csrf);
    let json = upload.header("accept", "application/json").header("content-type", "multipart/form-data; boundary=line");
    let body = "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--line--\r\n";
    let answer: serde_json::Value = json.body(body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["code"], "request.file_missing");
    let plain = clerk.post(test.url("/unit/roster-imports")).header("x-csrf", &csrf).body("not a form");
    assert_eq!(plain.send().await.unwrap().status(), 415);
}

const WIDE: Bounds = Bounds { rows_max: 100, columns_max: 20, characters_max: 500 };

/// What a clerk downloads, corrects and sends again must work without retyping a cell; no cell may be a formula.
#[tokio::test]
async fn error_rows_are_corrected_and_sent_again() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let city = City::found(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&clerk).await;
    let mut bad = person(2);
    bad[0] = "=HYPERLINK(\"http://evil.example\",\"点我\")".to_owned();
    bad[3] = "@SUM(1+1)*cmd|' /C calc'!A0".to_owned();
    let import = location(&send(&test, &clerk, &csrf, "a.xlsx", &roster(&[person(1), bad.clone()])).await);
    let errors = file(&test, &clerk, &format!("{import}/error-rows")).await;
    let sheets = sheet::read(&errors, WIDE).unwrap();
    let rows = &sheets[0].rows;
    assert_eq!(rows.len(), 3, "what to do, a header, the one bad row");
    assert_eq!(rows[2].cells[..4], bad[..4], "as it was sent");
    assert_eq!(rows[2].cells[7], "3");
    assert!(rows[2].cells[8].starts_with("姓名：姓名第 1 个字符“=”不能用"), "{}", rows[2].cells[8]);
    let raw = String::from_utf8_lossy(&unzipped(&errors, "xl/worksheets/sheet1.xml")).into_owned();
    assert!(raw.contains(">&apos;=HYPERLINK") || raw.contains(">'=HYPERLINK"), "{raw}");
    assert!(!String::from_utf8_lossy(&unzipped(&errors, "xl/worksheets/sheet1.xml")).contains("<f>"));
    // The file itself, sent back unchanged, is read as the same one bad row.
    let back = location(&send(&test, &clerk, &csrf, "errors.xlsx", &errors).await);
    let (_, preview) = page(&test, &clerk, &back).await;
    assert!(preview.contains("共 1 人") && preview.contains("姓名第 1 个字符“=”不能用"), "{preview}");
    assert_eq!(people_of(&test, city.first).await, 0);
}

fn unzipped(archive: &[u8], name: &str) -> Vec<u8> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).expect("an archive");
    let mut bytes = Vec::new();
    archive.by_name(name).expect("a part").read_to_end(&mut bytes).expect("its bytes");
    bytes
}

/// A text file brings formulas as easily; what goes back is a workbook in which none is one.
#[tokio::test]
async fn formulas_of_a_text_file_do_not_come_back_as_formulas() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    City::found(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&clerk).await;
    let formulas = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1+1"];
    let bad = formulas.map(|formula| format!("{formula},1,2,{formula},,\r\n")).concat();
    let text = format!("{}{bad}", super::world::csv(&[]));
    let import = location(&send(&test, &clerk, &csrf, "a.csv", text.as_bytes()).await);
    let errors = file(&test, &clerk, &format!("{import}/error-rows")).await;
    assert!(!String::from_utf8_lossy(&unzipped(&errors, "xl/worksheets/sheet1.xml")).contains("<f>"));
    let strings = String::from_utf8_lossy(&unzipped(&errors, "xl/worksheets/sheet1.xml")).into_owned();
    for formula in ["=1+1", "+cmd", "-2+3", "@SUM"] {
        assert!(!strings.contains(&format!(">{formula}")), "{formula} stands at the beginning of a cell");
    }
    let rows = &sheet::read(&errors, WIDE).unwrap()[0].rows;
    let back: Vec<&str> = rows.iter().skip(2).map(|row| row.cells[0].as_str()).collect();
    assert_eq!(back, formulas, "as they were sent");
}

/// The template must be readable as a roster in both languages, and keep identity numbers as text.
#[tokio::test]
async fn the_template_is_a_roster_without_people() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    City::found(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&clerk).await;
    for lang in ["zh-CN", "en"] {
        let form = [("csrf", csrf.as_str()), ("lang", lang), ("back", "/unit/people")];
        clerk.post(test.url("/preferences")).form(&form).send().await.unwrap();
        let template = file(&test, &clerk, "/unit/roster-template").await;
        let answer = send(&test, &clerk, &csrf, "template.xlsx", &template).await;
        assert_eq!(answer.status(), 422, "{lang}");
        let said = answer.text().await.unwrap();
        assert!(said.contains("表头下面没有人员") || said.contains("There is nobody below the header"), "{said}");
        let sheets = sheet::read(&template, WIDE).unwrap();
        for series in sheets[1].rows.iter().skip(1).filter_map(|row| row.cells.first()) {
            assert!(titles::code_of(series).is_some(), "{series}");
        }
        let levels: Vec<&String> = sheets[1].rows.iter().skip(1).take(5).map(|row| &row.cells[1]).collect();
        assert!(levels.iter().all(|level| titles::level_of(level).is_some()), "{levels:?}");
        let styles = String::from_utf8_lossy(&unzipped(&template, "xl/styles.xml")).into_owned();
        assert!(styles.contains("numFmtId=\"49\""), "columns are text");
    }
}
