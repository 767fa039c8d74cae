//! Rights, hats and looking in a real browser: readable on every screen in both languages, one click a step.

use super::{named, region, unit_in};
use crate::browser::{Browser, Device, Language};
use crate::credit::office::Office;
use crate::engines::Engine;
use jixue::identity::open_session;
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
    let token = open_session(&office.app, account, "browser").await.expect("a session");
    let browser = Browser::start(device, language);
    browser.goto(&office.url("/sign-in"));
    let lang = if language == Language::English { "en" } else { "zh-CN" };
    for (name, value) in [("jixue_session", token.as_str()), ("lang", lang)] {
        let cookie = serde_json::json!({ "cookie": { "name": name, "value": value } });
        browser.command("POST", "/cookie", cookie).expect("a cookie is taken");
    }
    browser
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
        support.fill("input[name=person]", LEARNER);
        support.fill("input[name=purpose]", "来电：视频学时没有记上");
        support.click("form[action='/learner-views'] button");
        support.wait_for(".looking");
        support.check_here("looking");
        auditor.check_page(&office.url("/learner-views"), "learner-views-log");
        support.click(".looking button");
        support.wait_for("input[name=person]");
    }
}
