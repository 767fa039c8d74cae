//! A payer's window, and the simulated phone that is held before it.

use super::city::{City, order_in, phone};
use crate::browser::{Browser, Device, Language};
use jixue_core::id::{LearnerId, OrderId};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

const CODE: &str = "
const picture = document.querySelector('.qr svg path[fill=\"#000\"]');
const phone = document.querySelector('a[href*=\"/scan?code_url=\"]');
return picture && phone ? [picture.getAttribute('d'), phone.href] : null;";

pub type Shape = (Device, Language);

/// A learner of the unit in front of a screen, signed in.
pub struct Window {
    pub browser: Browser,
    pub learner: LearnerId,
}

impl Window {
    /// Learner number `number`, of whom the year is required.
    pub async fn of_learner(city: &City, shape: Shape, number: u32) -> Self {
        let learner = city.people(city.unit, number, 1).await[0];
        // The year was opened before the person came: what a roster's import asks for is asked for here.
        jixue::credit::require_unit(city, city.unit, city.year).await.expect("the unit's people are required");
        city.settle().await;
        Self { browser: Self::sign_in(city, shape, &phone(number)).await, learner }
    }

    /// Opens a window and signs in as people do: a number, then the code that came to the phone.
    pub async fn sign_in(city: &City, (device, language): Shape, phone: &str) -> Browser {
        let browser = Browser::start(device, language);
        browser.goto(&city.url("/sign-in"));
        if language == Language::English {
            browser.click("button[name=lang][value=en]");
        }
        browser.fill("input[name=phone]", phone);
        browser.click("form[action='/sign-in/codes'] button");
        browser.wait_for("input[name=code]");
        browser.fill("input[name=code]", &city.sms_code(phone).await);
        browser.click("form[action='/session'] button");
        browser.read_notice();
        browser
    }

    /// Presses the one button of the learner's first page, which orders; the order on the page that follows.
    pub fn places_order(&self, city: &City) -> OrderId {
        self.browser.goto(&city.url("/learn"));
        self.browser.click("form[action='/orders'] button");
        self.browser.wait_for_url("/orders/");
        order_on(&self.browser)
    }

    /// Whether something of this kind can be seen now.
    pub fn shows(&self, selector: &str) -> bool {
        let script = "return [...document.querySelectorAll(arguments[0])].some((one) => one.checkVisibility())";
        self.browser.execute_script(script, &[selector.into()]) == true
    }

    /// How often the page's script has asked about the order.
    pub fn questions(&self) -> u64 {
        let script = "return performance.getEntriesByType('resource').filter((one) => one.name.includes('/api/v1/orders/')).length";
        self.browser.execute_script(script, &[]).as_u64().unwrap_or_default()
    }
}

/// The order whose page the window shows.
pub fn order_on(browser: &Browser) -> OrderId {
    let url = browser.url();
    let (_, path) = url.split_once("/orders/").expect("an order's address");
    order_in(path.split(['?', '#']).next().unwrap_or_default())
}

/// What the page offers to be scanned.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The dark squares as drawn.
    drawn: String,
    /// Where the simulated phone shows what is behind it.
    pub link: String,
}

impl Code {
    /// The code on the screen. What is drawn must be what the phone is led to, or the story would prove nothing about
    /// the picture that people scan.
    pub fn on(browser: &Browser) -> Self {
        let mut seen = serde_json::Value::Null;
        // Both in one look: the page may be drawn anew between two.
        browser.wait_until("a code on the screen", SOON, || {
            seen = browser.execute_script(CODE, &[]);
            !seen.is_null()
        });
        let word = |at: usize| seen[at].as_str().expect("a word").to_owned();
        let (drawn, link) = (word(0), word(1));
        let address = reqwest::Url::parse(&link).expect("an address");
        let (_, code) = address.query_pairs().find(|(name, _)| name == "code_url").expect("a code");
        let expected = jixue_standards::qr::matrix(&code).expect("a code that fits").svg();
        assert!(expected.contains(&format!("d=\"{drawn}\"")), "the picture is of another code than {code}");
        Self { drawn, link }
    }
}

/// Another phone scans the code, shows the sum and pays.
pub fn pay_on_phone(code: &Code, yuan: &str) {
    let phone = Browser::start(Device::Phone, Language::Chinese);
    phone.goto(&code.link);
    phone.wait_for_text(&format!("¥{yuan}"), SOON);
    phone.click("#pay");
    phone.wait_for_text("支付成功", SOON);
}
