//! The clerk's pages in a real browser: on a phone in Chinese, on a desk in English, with scripts doing their part.

use super::world::{CLERK_OF_FIRST, person, roster, row};
use crate::browser::{Browser, Device, Language};
use crate::desk::unit_in_a_year;
use crate::engines::Engine;
use crate::test_app::TestApp;
use std::path::PathBuf;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

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
        browser.click("[data-pick-all]");
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
