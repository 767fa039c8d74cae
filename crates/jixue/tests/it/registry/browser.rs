//! The registry in a real browser: lists, a unit that is refused and stays filled, two units that become one and part again.

use super::{brought, merging};
use crate::accounts::{account, grant};
use crate::browser::{Device, Language, signed_in};
use crate::credit::office::Office;
use crate::engines::Engine;
use jixue_core::role::Role;
use jixue_core::scope::Reach;

const OFFICER: &str = "13900000701";

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_registers_a_unit_and_merges_what_was_registered_twice() {
    let office = Office::open(Engine::Sqlite).await;
    brought(&office, "云溪 医院", Err("重复登记"), "431002").await;
    let officer = account(&office, "何静", OFFICER).await;
    grant(&office, officer, Role::BureauOfficer, Reach::Region { region_code: "431000".to_owned() }).await;
    let browser = signed_in(&office, officer, Device::Phone, Language::Chinese).await;
    browser.check_page(&office.url("/bureau/units"), "units");
    browser.click("td a[href*='/bureau/people?unit=']");
    browser.wait_for("table[data-list]");
    browser.check_here("registry-people");
    browser.check_page(&office.url("/moves"), "moves");
    browser.check_page(&office.url("/bureau/new-unit"), "new-unit");
    browser.fill("#name", "新田口腔门诊部");
    browser.fill("#uscc", "1243");
    browser.click("form[action='/bureau/units'] button");
    browser.wait_for("#uscc[aria-invalid]");
    assert_eq!(browser.value("#name"), "新田口腔门诊部", "what was typed stays");
    browser.check_here_allowing("new-unit-refused", &["422"]);
    browser.check_page(&office.url("/bureau/unit-duplicates"), "unit-duplicates");
    browser.click("a[href*='/merge?into=']");
    browser.wait_for("#reason");
    browser.check_here("unit-merge");
    browser.fill("#reason", "同一家医院登记了两次");
    browser.click("form[action$='/merge'] button");
    browser.wait_for_url("done=units_merged");
    browser.check_here("unit-merged");
    browser.click("form[action$='/undoing'] button");
    browser.wait_for_url("done=units_parted");
    assert!(browser.text("table").contains("云溪 医院"), "both are there again");
    browser.goto(&office.url("/bureau/units?find=%E4%BA%91%E6%BA%AA"));
    browser.click(".views summary");
    browser.fill("#view-name", "云溪");
    browser.click("form[action='/saved-views'] button");
    browser.wait_for_url("done=view_saved");
    let desk = signed_in(&office, officer, Device::Desktop, Language::English).await;
    for (path, name) in [
        ("/bureau/units?find=%E4%BA%91%E6%BA%AA", "units-view"),
        ("/bureau/people", "registry-people"),
        ("/bureau/new-unit", "new-unit"),
        ("/bureau/unit-duplicates", "unit-duplicates"),
    ] {
        desk.check_page(&office.url(path), name);
    }
}

/// Sorted by a head, chosen by key and by click over two looks at the list, told what comes of it, and done.
#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sorts_people_and_lets_several_leave() {
    let office = Office::open(Engine::Sqlite).await;
    let unit = merging::first(&office).await;
    let officer = account(&office, "何静", OFFICER).await;
    grant(&office, officer, Role::BureauOfficer, Reach::Region { region_code: "431000".to_owned() }).await;
    let list = office.url(&format!("/bureau/people?unit={unit}"));
    let desk = signed_in(&office, officer, Device::Desktop, Language::Chinese).await;
    desk.goto(&list);
    desk.click("thead a[href*='sort=name']");
    desk.wait_for("th[aria-sort='ascending']");
    desk.check_here("registry-people-sorted");
    desk.click("th[aria-sort] a");
    desk.wait_for("th[aria-sort='descending']");
    desk.click("tbody tr:nth-child(1) [data-pick]");
    desk.click("thead a[href*='sort=since']");
    desk.wait_for("th[aria-sort='ascending'] a[href*='since']");
    assert!(desk.text("[data-count]").contains("已选 1 人"), "the choice lasts: {}", desk.text("[data-count]"));
    desk.click("tbody tr:not(.chosen) [data-pick]");
    desk.click("[data-batch] [data-needs-pick]");
    desk.wait_for("#effect");
    assert!(desk.text("#effect").contains("2 人"), "{}", desk.text("#effect"));
    desk.check_here("registry-leavings");
    desk.click("form[action='/bureau/people-leavings'] .danger");
    desk.wait_for_url("done=people_left");
    desk.goto(&list);
    desk.wait_for("table[data-list]");
    assert_eq!(desk.count("tbody tr"), 1, "one of three is left");
    let phone = signed_in(&office, officer, Device::Phone, Language::English).await;
    phone.check_page(&list, "registry-people-of-unit");
    phone.check_page(&office.url("/bureau/units?sort=-people"), "units-sorted");
}
