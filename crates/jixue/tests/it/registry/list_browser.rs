//! Lists in a real browser: sent, looked at with their errors, brought in, taken back; a header that is asked for; a long one
//! whose bar moves.

use super::list_imports::{UNIT_HEAD, WORK_HEAD, name, unit, work};
use crate::accounts::{account, grant};
use crate::browser::{Browser, Device, Language, signed_in};
use crate::credit::office::{Office, list_below};
use crate::engines::Engine;
use jixue_core::id::AccountId;
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use std::path::{Path, PathBuf};
use std::time::Duration;

const OFFICER: &str = "13900000702";
const LONG: Duration = Duration::from_secs(60);

async fn officer(office: &Office) -> AccountId {
    let officer = account(office, "何静", OFFICER).await;
    grant(office, officer, Role::BureauOfficer, Reach::Region { region_code: "431000".to_owned() }).await;
    officer
}

fn file(office: &Office, name: &str, bytes: &[u8]) -> PathBuf {
    let path = office.config.data.join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

fn send(browser: &Browser, file: &Path) {
    browser.set_file("input[type=file]", file);
    browser.click("form[data-upload] button");
}

/// From the file to the undoing; `page` names the pictures.
fn brought_in_and_taken_back(browser: &Browser, page: &str, file: &Path) {
    browser.check_here(&format!("{page}-imports"));
    send(browser, file);
    browser.wait_for("form[action$='/application']");
    browser.check_here(&format!("{page}-import"));
    browser.wait_for("a[href$='/error-rows'][download]");
    browser.click("form[action$='/application'] button");
    browser.wait_for_url("done=list_applied");
    browser.check_here(&format!("{page}-import-applied"));
    browser.click("a[href$='/undoing']");
    browser.wait_for("form[action$='/undoing']");
    browser.check_here(&format!("{page}-undoing"));
    browser.click("form[action$='/undoing'] button");
    browser.wait_for_url("done=list_undone");
    browser.check_here(&format!("{page}-undone"));
}

async fn walk(device: Device, language: Language) {
    let office = Office::open(Engine::Sqlite).await;
    let officer = officer(&office).await;
    let browser = signed_in(&office, officer, device, language).await;
    let today = office.today();
    let rows = [
        unit("1", "北湖区城南社区卫生服务中心", "北湖区"),
        unit("2", "白露医院", "北湖区"),
        unit("3", "青禾医院", "火星区"),
        unit("4", "20261123", "苏仙区"),
    ];
    browser.goto(&office.url("/bureau/unit-imports"));
    brought_in_and_taken_back(&browser, "unit-list", &file(&office, "单位名单.xlsx", &list_below(&UNIT_HEAD, &rows)));
    let rows = [
        work(1, "青山中学", &today, ""),
        work(2, "云溪医院", "", &today),
        work(3, "不存在的单位", &today, ""),
        work(50, "青山中学", &today, ""),
    ];
    browser.goto(&office.url("/bureau/employment-imports"));
    let works = file(&office, "任职名单.xlsx", &list_below(&WORK_HEAD, &rows));
    brought_in_and_taken_back(&browser, "employment-list", &works);

    let strange = ["甲", "乙", "丙", "丁", "戊", "己", "庚"];
    let rows = [unit("1", "白露医院", "北湖区"), unit("2", "青禾医院", "苏仙区")];
    browser.goto(&office.url("/bureau/unit-imports"));
    send(&browser, &file(&office, "外系统导出.xlsx", &list_below(&strange, &rows)));
    browser.wait_for("select[name=county]");
    browser.check_here("sheet-columns");
    browser.click("form[action$='/columns'] button");
    browser.wait_for("[data-errors]");
    browser.check_here_allowing("sheet-columns-missing", &["422"]);
    for (field, column) in [("name", 1), ("code", 2), ("reason", 3), ("county", 4)] {
        let choose = format!("document.querySelector('select[name={field}]').value = '{column}'");
        browser.execute_script(&choose, &[]);
    }
    browser.click("form[action$='/columns'] button");
    browser.wait_for("form[action$='/application']");
    browser.goto(&office.url("/bureau/unit-imports"));
    browser.check_here("unit-list-imports-many");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_officer_brings_lists_in_and_takes_them_back_on_a_phone() {
    walk(Device::Phone, Language::Chinese).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_officer_brings_lists_in_and_takes_them_back_on_a_desk() {
    walk(Device::Desktop, Language::English).await;
}

/// The bar of a long list moves by the script, and the page comes anew at its end without anybody's hand; back the same way.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_long_list_ends_on_its_page_by_itself() {
    let office = Office::open(Engine::Sqlite).await;
    let officer = officer(&office).await;
    let browser = signed_in(&office, officer, Device::Phone, Language::Chinese).await;
    let rows: Vec<_> = (0..900).map(|at| unit("1", &name(at), "北湖区")).collect();
    browser.goto(&office.url("/bureau/unit-imports"));
    send(&browser, &file(&office, "长名单.xlsx", &list_below(&UNIT_HEAD, &rows)));
    browser.wait_for("form[action$='/application']");
    browser.click("form[action$='/application'] button");
    browser.wait_for_text("已经导入", LONG);
    browser.click("a[href$='/undoing']");
    browser.wait_for("form[action$='/undoing']");
    browser.click("form[action$='/undoing'] button");
    browser.wait_for_text("这次导入已撤销", LONG);
}
