//! The pages of this room as people see them: no accessibility violation, no sideways scroll, in both languages.

use super::{AUDITOR, CLERK, LEARNER};
use crate::browser::{Browser, Device, Language};
use crate::credit::office::Office;
use crate::engines::Engine;
use crate::grants::{named, region, unit_in};
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use std::time::Duration;

const OFFICER: &str = "13900000403";
const SECOND: &str = "13900000404";

/// Signs in as people do, and reads the notice.
async fn sign_in(office: &Office, browser: &Browser, phone: &str) {
    browser.goto(&office.url("/sign-in"));
    browser.fill("input[name=phone]", phone);
    browser.click("form[action='/sign-in/codes'] button");
    browser.wait_for("input[name=code]");
    browser.fill("input[name=code]", &office.sms_code(phone).await);
    browser.click("form[action='/session'] button");
    browser.wait_for_url("/me/notice");
    browser.check_page(&browser.url(), "privacy-notice");
    if browser.exists("input[name=sensitive]") {
        browser.click("input[name=sensitive]");
    }
    browser.click("form[action='/me/notice'] button");
    browser.wait_until("the page after the notice", Duration::from_secs(10), || !browser.url().contains("/me/notice"));
}

async fn walk(device: Device, language: Language) {
    let office = Office::open(Engine::Sqlite).await;
    let unit = unit_in(&office, "431002").await.id;
    named(&office, CLERK, Role::UnitClerk, Reach::Unit { unit }).await.1.expect("a clerk");
    named(&office, AUDITOR, Role::AuditAdministrator, region("431000")).await.1.expect("an auditor");
    for officer in [OFFICER, SECOND] {
        named(&office, officer, Role::CountyOfficer, region("431002")).await.1.expect("an officer");
    }
    let person = Browser::start(device, language);
    if language == Language::English {
        person.goto(&office.url("/sign-in"));
        person.click("button[name=lang][value=en]");
    }
    sign_in(&office, &person, LEARNER).await;
    person.goto(&office.url("/me/data"));
    person.fill("input[name=value]", "王文渤");
    person.fill("input[name=reason]", "入职时登记错了");
    person.click("form[action='/me/corrections'] button");
    person.wait_for_url("done=correction_asked");
    let browser = Browser::start(device, language);
    if language == Language::English {
        browser.goto(&office.url("/sign-in"));
        browser.click("button[name=lang][value=en]");
    }
    sign_in(&office, &browser, CLERK).await;
    browser.check_page(&office.url("/corrections"), "privacy-corrections");
    browser.check_page(&office.url(&format!("/people/{}/disclosures", office.learner(1))), "privacy-disclosure");
    browser.fill("input[name=purpose]", "证书姓名与证件不符，核对");
    browser.click("form.stack button.block");
    browser.wait_for("#shown");
    assert!(browser.text("main").contains(LEARNER), "{}", browser.text("main"));
    person.check_page(&office.url("/me/data"), "privacy-my-data");
    assert!(person.text("main").contains("证书姓名与证件不符"), "{}", person.text("main"));
    person.fill("#erasure-reason", "已离开本市，不再评审职称");
    person.click("form[action='/me/erasure'] button");
    person.wait_for_url("done=erasure_asked");
    person.check_here("privacy-erasure-asked");
    let browser = Browser::start(device, language);
    if language == Language::English {
        browser.goto(&office.url("/sign-in"));
        browser.click("button[name=lang][value=en]");
    }
    sign_in(&office, &browser, OFFICER).await;
    browser.check_page(&office.url("/erasures"), "privacy-erasures");
    browser.fill("input[name=words]", "核对过身份证原件");
    browser.click("button[value=agree]");
    browser.wait_for_url("done=erasure_agreed");
    browser.check_here("privacy-erasures-agreed");
    if device == Device::Phone {
        let second = Browser::start(device, language);
        sign_in(&office, &second, SECOND).await;
        second.goto(&office.url("/erasures"));
        second.check_here("privacy-erasures-second");
        second.fill("input[name=words]", "原件复核无误，同意删除");
        second.click("button[value=confirm]");
        second.wait_for_url("done=erasure_done");
        second.check_here("privacy-erased");
        person.goto(&office.url("/me/data"));
        person.wait_for_url("/sign-in");
    }
    let browser = Browser::start(device, language);
    if language == Language::English {
        browser.goto(&office.url("/sign-in"));
        browser.click("button[name=lang][value=en]");
    }
    sign_in(&office, &browser, AUDITOR).await;
    browser.check_page(&office.url("/audit"), "privacy-audit");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_ones_own_data_and_of_auditors_are_sound_on_a_phone() {
    walk(Device::Phone, Language::Chinese).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_ones_own_data_and_of_auditors_are_sound_on_a_desk_in_english() {
    walk(Device::Desktop, Language::English).await;
}
