//! The clerk's list by keys, over its pages, in the other language, and under a name.

use super::unit_in_a_year;
use crate::accounts::{account, grant};
use crate::browser::{Browser, Device, Language, signed_in};
use crate::engines::Engine;
use crate::org::{clerk, person, roster};
use crate::test_app::TestApp;
use jixue::org::import_roster;
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
const DOWN: &str = "\u{E015}";
const ESCAPE: &str = "\u{E00C}";

/// Everybody of the unit but those who have paid: 3 of the first six, and 60 more.
async fn large_unit(test: &TestApp) -> Reach {
    let city = unit_in_a_year(test).await;
    let rows: Vec<_> = (100..160).map(person).collect();
    import_roster(test, &clerk(city.first), city.first, "b.xlsx", roster(&rows).into()).await.expect("a roster");
    test.settle().await;
    Reach::Unit { unit: city.first }
}

fn has_focus(browser: &Browser, selector: &str) -> bool {
    let script = "return document.activeElement.matches(arguments[0])";
    browser.execute_script(script, &[serde_json::json!(selector)]) == true
}

/// Two people are chosen by keys; the choice lives through the next page and the other language, and is what is ordered.
fn choose_by_keys(test: &TestApp, browser: &Browser) {
    browser.goto(&test.url("/unit/people"));
    browser.wait_for("[data-keys-open]:not([hidden])");
    browser.press("/");
    assert!(has_focus(browser, "#find"));
    browser.execute_script("document.activeElement.blur()", &[]);
    browser.press("j");
    assert!(has_focus(browser, "tbody tr:first-child th a"));
    browser.press(" ");
    browser.wait_for_text("¥40.00", SOON);
    browser.press(DOWN);
    browser.press(" ");
    browser.wait_for_text("¥80.00", SOON);
    browser.press("?");
    browser.wait_for("dialog#keys[open]");
    browser.check_here("people-keys");
    browser.press(ESCAPE);
    browser.wait_for("dialog#keys:not([open])");
    browser.click("a[rel=next]");
    browser.wait_for_text("其中 2 人不在本页", SOON);
    browser.click("button[name=lang]");
    browser.wait_for_text("2 on other pages", SOON);
    browser.check_here("people-elsewhere");
    browser.click("button[name=lang]");
    browser.wait_for_text("其中 2 人不在本页", SOON);
    browser.click("[data-needs-pick]");
    browser.wait_for_text("为 2 人缴费", SOON);
}

/// The whole filter is more than its first page, and the page says so before anything is ordered.
fn choose_the_whole_filter(test: &TestApp, browser: &Browser) {
    browser.goto(&test.url("/unit/people?year=2026&state=required"));
    browser.click("[formaction='/unit/people-order']");
    browser.wait_for_text("对筛选出的 63 人中可下单的 63 人缴费", SOON);
    browser.check_here("people-whole");
    browser.click("form[data-unpick] button");
    browser.wait_for_url("/orders/");
    browser.goto(&test.url("/unit/people"));
    browser.wait_for_text("勾选要缴费的人", SOON);
}

fn save_the_filter(test: &TestApp, browser: &Browser) {
    browser.goto(&test.url("/unit/people?state=required"));
    browser.click(".views summary");
    browser.fill("#view-name", "还没缴费的");
    browser.click("form[action='/saved-views'] button");
    browser.wait_for_url("done=view_saved");
    browser.check_here("people-view");
    browser.click("a[href^='/saved-views/']");
    browser.wait_for("input[name=start]");
    browser.check_here("saved-view");
    browser.click("input[name=start]");
    browser.click("form.sheet button");
    browser.wait_for_url("done=view_saved");
    browser.goto(&test.url("/unit/people"));
    browser.wait_for_url("state=required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_chooses_by_keys_over_pages_and_names_a_filter() {
    let test = TestApp::start(Engine::Sqlite).await;
    let reach = large_unit(&test).await;
    let clerk = account(&test, "何静", "13900000801").await;
    grant(&test, clerk, Role::UnitClerk, reach).await;
    let browser = signed_in(&test, clerk, Device::Desktop, Language::Chinese).await;
    choose_by_keys(&test, &browser);
    choose_the_whole_filter(&test, &browser);
    let phone = signed_in(&test, clerk, Device::Phone, Language::Chinese).await;
    save_the_filter(&test, &phone);
    // Out from under the bar that sticks to the lower edge.
    phone.execute_script("document.querySelector('.pick-page').scrollIntoView({ block: 'center' })", &[]);
    phone.click(".pick-page input");
    phone.wait_for_text("已选 50 人", SOON);
    phone.check_here("people-page-picked");
}
