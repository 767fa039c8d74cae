//! The clerk's pages in a real browser: on a phone in Chinese, on a desk in English, with scripts doing their part.

use super::world::{CLERK_OF_FIRST, csv, person, roster, row};
use crate::browser::{Browser, Device, Language};
use crate::desk::unit_in_a_year;
use crate::engines::Engine;
use crate::test_app::TestApp;
use std::path::PathBuf;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// For work that goes on behind a page.
const LONG: Duration = Duration::from_secs(60);

async fn signed_in(test: &TestApp, device: Device, language: Language) -> Browser {
    let browser = Browser::start(device, language);
    browser.goto(&test.url("/sign-in"));
    if language == Language::English {
        browser.click("button[name=lang]");
    }
    browser.fill("input[name=phone]", CLERK_OF_FIRST);
    browser.click("form[action='/sign-in/codes'] button");
    browser.wait_for("input[name=code]");
    browser.fill("input[name=code]", &test.sms_code(CLERK_OF_FIRST).await);
    browser.click("form[action='/session'] button");
    browser.read_notice();
    browser.wait_for_url("/unit/people");
    browser
}

/// A roster of sixty people with errors of each sort, as a file that the browser can choose.
fn roster_file(test: &TestApp, first: usize) -> PathBuf {
    let mut rows: Vec<_> = (first..first + 60).map(person).collect();
    rows.push(row(["张三", "431099198501010013", "13800000777", "检验科", "卫生技术", ""]));
    rows.push(row(["", "4.31099E+17", "07352888888", "设备科", "高级技师", "高级"]));
    rows.push(rows[3].clone());
    let file = test.config.data.join(format!("roster-{first}.xlsx"));
    std::fs::write(&file, roster(&rows)).expect("a file");
    file
}

async fn walk(test: &TestApp, device: Device, language: Language, first: usize) {
    let browser = signed_in(test, device, language).await;
    browser.check_here("people");
    // Out from under the bar that sticks to the lower edge.
    browser.execute_script("document.querySelector('[data-pick]').scrollIntoView({ block: 'center' })", &[]);
    browser.click("form[data-select] [data-pick]");
    browser.wait_for_text("¥40.00", SOON);
    if device == Device::Desktop {
        browser.click("thead [data-pick-all]");
        browser.wait_for_text("¥120.00", SOON);
    }
    browser.check_here("people-chosen");
    browser.check_page(&test.url("/unit/people?find=nobody"), "people-none");
    browser.check_page(&test.url("/unit/roster-imports"), "roster-imports");
    let wrong = test.config.data.join("wrong.xlsx");
    std::fs::write(&wrong, b"%PDF-1.7").expect("a file");
    browser.set_file("input[type=file]", &wrong);
    browser.click("form[data-upload] button");
    browser.wait_for("[data-upload-error]:not([hidden])");
    browser.check_here_allowing("roster-imports-wrong", &["415"]);
    browser.set_file("input[type=file]", &roster_file(test, first));
    browser.click("form[data-upload] button");
    browser.wait_for("form[action$='/application']");
    browser.check_here("roster-import");
    browser.click("form[action$='/application'] button");
    browser.wait_for_url("done=roster_applied");
    browser.check_here("roster-import-applied");
    browser.check_page(&test.url("/unit/people"), "people-many");
    browser.check_page(&test.url("/unit/roster-imports"), "roster-imports-many");
    chosen_and_undone(test, &browser, first + 1_000);
}

/// A text file with headers of the unit's own: its columns are chosen, its people come in and leave again.
fn chosen_and_undone(test: &TestApp, browser: &Browser, first: usize) {
    let rows: Vec<_> = (first..first + 3).map(person).collect();
    let own = [("姓名", "人员"), ("身份证号", "证照编号"), ("手机号", "通讯号")];
    let text = own.into_iter().fold(csv(&rows), |text, (usual, own)| text.replacen(usual, own, 1));
    let file = test.config.data.join("own.csv");
    std::fs::write(&file, encoding_rs::GBK.encode(&text).0).expect("a file");
    browser.set_file("input[type=file]", &file);
    browser.click("form[data-upload] button");
    browser.wait_for("select[name=phone]");
    browser.check_here("roster-columns");
    browser.execute_script("document.querySelector('select[name=name]').value = '0'", &[]);
    browser.click("form[action$='/columns'] button");
    browser.wait_for("form[action$='/application']");
    browser.click("form[action$='/application'] button");
    browser.wait_for_url("done=roster_applied");
    browser.click("a[href$='/undoing']");
    browser.wait_for("form[action$='/undoing']");
    browser.check_here("roster-undoing");
    browser.click("form[action$='/undoing'] button");
    browser.wait_for_url("done=roster_undone");
    browser.check_here("roster-undone");
}

/// The bar of a long import moves by the script, and the page comes anew at its end without anybody's hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_long_import_ends_on_its_page_by_itself() {
    let test = TestApp::start(Engine::Sqlite).await;
    unit_in_a_year(&test).await;
    let browser = signed_in(&test, Device::Phone, Language::Chinese).await;
    let file = test.config.data.join("long.csv");
    std::fs::write(&file, csv(&(3_000..4_500).map(person).collect::<Vec<_>>())).expect("a file");
    browser.goto(&test.url("/unit/roster-imports"));
    browser.set_file("input[type=file]", &file);
    browser.click("form[data-upload] button");
    browser.wait_for("form[action$='/application']");
    browser.click("form[action$='/application'] button");
    browser.wait_for("[data-import-progress] [data-bar]");
    browser.wait_for_text("导入已完成", LONG);
    browser.check_here("roster-import-long");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_clerk_imports_and_chooses_on_a_phone_and_on_a_desk() {
    let test = TestApp::start(Engine::Sqlite).await;
    unit_in_a_year(&test).await;
    walk(&test, Device::Phone, Language::Chinese, 100).await;
    let desk = TestApp::start(Engine::Sqlite).await;
    unit_in_a_year(&desk).await;
    walk(&desk, Device::Desktop, Language::English, 200).await;
}
