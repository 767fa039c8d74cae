//! Every page that a person can reach in the sample city: no accessibility violation, no sideways scroll, a silent
//! console; in both languages, on a phone and on a desk. The pictures are for people to look at.

use super::{Browser, Device, Language};
use crate::engines::Engine;
use crate::test_app::TestApp;
use jixue::sample::{City, SampleSize, build};
use std::time::Duration;

/// The sample city, small.
async fn city() -> (TestApp, City) {
    let test = TestApp::start(Engine::Sqlite).await;
    let size = SampleSize { learners: 120, ..SampleSize::default() };
    let city = build(&test, size, |_, _| ()).await.expect("a sample city");
    (test, city)
}

/// Signs in as people do: a number, then the code that came to the simulated phone.
async fn sign_in(test: &TestApp, browser: &Browser, phone: &str) {
    browser.goto(&test.url("/sign-in"));
    browser.fill("input[name=phone]", phone);
    browser.click("form[action='/sign-in/codes'] button");
    let code = test.sms_code(phone).await;
    browser.fill("input[name=code]", &code);
    browser.click("form[action='/session'] button");
    browser.wait_until("a signed-in page", Duration::from_secs(10), || !browser.url().contains("/session"));
}

/// The pages an officer of the root bureau can open.
const BUREAU: &[(&str, &str)] = &[
    ("bureau-progress", "/bureau/progress"),
    ("bureau-years", "/bureau/years"),
    ("bureau-confirmed-hours", "/bureau/confirmed-hours"),
    ("bureau-money", "/bureau/money"),
    ("bureau-grants", "/grants"),
    ("bureau-grants-unit", "/grants?give=unit_clerk"),
    ("bureau-grants-county", "/grants?give=county_officer"),
    ("bureau-activation", "/activation-requests"),
    ("bureau-registrations", "/registrations"),
    ("bureau-recoveries", "/recoveries"),
    ("bureau-me", "/me"),
    ("bureau-my-data", "/me/data"),
    ("notice", "/me/notice"),
];

/// The pages a learner can open before anything is paid.
const LEARNER: &[(&str, &str)] = &[
    ("home-unpaid", "/learn"),
    ("courses", "/courses"),
    ("credit-empty", "/credit"),
    ("certificates-empty", "/certificates"),
    ("orders", "/orders"),
    ("me", "/me"),
    ("my-data", "/me/data"),
    ("notice-learner", "/me/notice"),
    ("me-devices", "/me/devices"),
    ("me-password", "/me/password"),
    ("me-factors", "/me/factors"),
    ("me-totp", "/me/factors/totp"),
    ("me-confirmation", "/me/confirmation"),
];

/// The pages of a unit's clerk.
const CLERK: &[(&str, &str)] =
    &[("people", "/unit/people"), ("roster-imports", "/unit/roster-imports"), ("unit-orders", "/unit/orders")];

/// The pages of anybody.
const PUBLIC: &[(&str, &str)] = &[
    ("sign-in", "/sign-in"),
    ("sign-in-password", "/sign-in?by=password"),
    ("setup", "/setup"),
    ("activation", "/activation"),
    ("activation-completion", "/activation/completion"),
    ("registration-firm", "/registration"),
    ("registration-freelancer", "/registration?kind=freelancer"),
    ("verify", "/verify"),
    ("verify-unknown", "/verify/00000000000000000000000000"),
];

fn check_all(test: &TestApp, browser: &Browser, pages: &[(&str, &str)]) {
    for (name, path) in pages {
        browser.check_page(&test.url(path), name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_everybody_are_sound_on_a_phone_in_chinese() {
    let (test, city) = city().await;
    let browser = Browser::start(Device::Phone, Language::Chinese);
    check_all(&test, &browser, PUBLIC);
    let learner = city.units[0].people.last().expect("somebody who studies");
    sign_in(&test, &browser, &learner.contact.phone).await;
    check_all(&test, &browser, LEARNER);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_offices_are_sound_on_a_desk_in_english() {
    let (test, city) = city().await;
    let browser = Browser::start(Device::Desktop, Language::English);
    browser.goto(&test.url("/sign-in"));
    browser.click("button[name=lang][value=en]");
    check_all(&test, &browser, PUBLIC);
    sign_in(&test, &browser, &city.bureau_officer.phone).await;
    check_all(&test, &browser, BUREAU);
    browser.goto(&test.url("/grants"));
    browser.click("td a[href^='/grants/']");
    browser.check_page(&browser.url(), "bureau-grant");
    let clerk = Browser::start(Device::Desktop, Language::English);
    clerk.goto(&test.url("/sign-in"));
    clerk.click("button[name=lang][value=en]");
    sign_in(&test, &clerk, &city.units[0].clerk.phone).await;
    check_all(&test, &clerk, CLERK);
}

/// A bureau's officer on the train: the same pages, narrow.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_offices_are_sound_on_a_phone() {
    let (test, city) = city().await;
    let browser = Browser::start(Device::Phone, Language::Chinese);
    sign_in(&test, &browser, &city.bureau_officer.phone).await;
    check_all(&test, &browser, BUREAU);
}
