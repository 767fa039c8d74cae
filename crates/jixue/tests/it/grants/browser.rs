//! Rights, hats and looking in a real browser: readable on every screen in both languages, one click a step.

use super::{named, region, unit_in};
use crate::browser::{Browser, Device, Language, signed_in};
use crate::credit::office::Office;
use crate::engines::Engine;
use jixue_core::role::Role;
use jixue_core::scope::Reach;

const OFFICER: &str = "13900000601";
const SUPPORT: &str = "13900000602";
const AUDITOR: &str = "13900000603";
const LEARNER: &str = "13800000001";

async fn window(
    office: &Office,
    device: Device,
    language: Language,
    phone: &'static str,
    role: Role,
    reach: Reach,
) -> Browser {
    let (account, _) = named(office, phone, role, reach).await;
    signed_in(office, account, device, language).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_and_looking_are_readable_on_every_screen() {
    let office = Office::open(Engine::Sqlite).await;
    let unit = unit_in(&office, "431002").await.id;
    // The first grant is worn first.
    named(&office, OFFICER, Role::BureauOfficer, region("431000")).await.1.expect("a grant");
    named(&office, OFFICER, Role::UnitClerk, Reach::Unit { unit }).await.1.expect("a grant");
    for (device, language) in [(Device::Phone, Language::Chinese), (Device::Desktop, Language::English)] {
        let officer = window(&office, device, language, OFFICER, Role::BureauOfficer, region("431000")).await;
        for (path, name) in [
            ("/grants", "grants"),
            ("/grants?give=unit_clerk", "grants-give"),
            ("/me", "me-hats"),
            ("/duties", "duties"),
        ] {
            officer.check_page(&office.url(path), name);
        }
        officer.click("details.menu summary");
        officer.check_here("menu-hats");
        officer.click(".hat:not([aria-current])");
        let auditor = window(&office, device, language, AUDITOR, Role::AuditAdministrator, region("431000")).await;
        let support = window(&office, device, language, SUPPORT, Role::Support, region("431000")).await;
        support.check_page(&office.url("/learner-views"), "learner-views");
        support.fill("input[name=person]", &LEARNER[7..]);
        support.fill("input[name=purpose]", "来电：视频学时没有记上");
        support.click("form[action='/learner-views'] button");
        support.wait_for("#found");
        support.check_here("learner-views-found");
        support.click("[aria-labelledby=found] form button");
        support.wait_for(".looking");
        support.check_here("looking");
        auditor.check_page(&office.url("/learner-views"), "learner-views-log");
        support.click(".looking button");
        support.wait_for("input[name=person]");
    }
}

/// A right is given, refused for a wrong phone without losing what was typed, seen in the list and taken away with a
/// reason; a deputy is named. What an officer typed must not be typed twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_right_is_given_and_taken_and_a_deputy_named() {
    let office = Office::open(Engine::Sqlite).await;
    let unit = unit_in(&office, "431002").await;
    let (phone, chinese) = (Device::Phone, Language::Chinese);
    let officer = window(&office, phone, chinese, OFFICER, Role::BureauOfficer, region("431000")).await;
    officer.goto(&office.url("/grants?give=unit_clerk"));
    officer.fill("input[name=name]", "陈晓明");
    officer.fill("input[name=phone]", "139");
    officer.fill("input[name=place]", unit.uscc.as_deref().expect("a code"));
    officer.click("form[action='/grants'] button");
    officer.wait_for("#phone[aria-invalid]");
    assert_eq!(officer.value("#name"), "陈晓明");
    officer.check_here_allowing("grants-refused", &["422"]);
    officer.fill("input[name=phone]", "13900000699");
    officer.click("form[action='/grants'] button");
    officer.wait_for_url("done=grant_given");
    officer.check_here("grants-given");
    officer.click("//tr[contains(., '陈晓明')]//a");
    officer.wait_for("main form[action$='/ending']");
    officer.check_here("grant");
    officer.fill("input[name=reason]", "已离职");
    officer.click("main form[action$='/ending'] button");
    officer.wait_for_url("done=grant_taken");
    officer.goto(&office.url("/me"));
    officer.click("details:not(.menu) summary");
    officer.fill("form[action='/me/deputies'] input[name=name]", "王芳");
    officer.fill("form[action='/me/deputies'] input[name=phone]", "13900000698");
    let soon = office.clock.now().plus_days(7).business_date().to_string();
    let date = "document.querySelector('#until').value = arguments[0]";
    officer.execute_script(date, &[serde_json::json!(soon)]);
    officer.click("form[action='/me/deputies'] button");
    officer.wait_for_url("done=deputy_named");
    officer.check_here("me-deputy");
}
