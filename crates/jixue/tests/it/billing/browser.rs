//! Paying in a real browser: people sign in, a phone beside it scans what the page shows, and the page goes on by itself.

use super::city::{City, eventually};
use super::window::{Code, Shape, Window, order_on, pay_on_phone};
use crate::browser::{Browser, Device, Language};
use crate::engines::Engine;
use jixue_core::proof::Channel;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_simulators::Faults;
use std::time::Duration;

const CLERK: &str = "13900000007";
const SOON: Duration = Duration::from_secs(10);
const PHONE: Shape = (Device::Phone, Language::Chinese);
const TO_NEXT_PICK: &str = "document.querySelector('[data-pick]:not(:checked)').scrollIntoView({ block: 'center' })";
const SHAPES: [Shape; 4] = [
    PHONE,
    (Device::Phone, Language::English),
    (Device::Desktop, Language::Chinese),
    (Device::Desktop, Language::English),
];

/// Nobody reloads a payment page, and nobody should need to: whoever has paid is led to the first lesson.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_learner_pays_by_phone_and_the_page_turns_to_paid_by_itself() {
    for shape in SHAPES {
        let city = City::start(Engine::Sqlite).await;
        let lesson = city.url(&format!("/lessons/{}", city.lesson().await));
        let window = Window::of_learner(&city, shape, 1).await;
        let browser = &window.browser;
        browser.goto(&lesson);
        assert!(browser.url().contains("/courses/"), "no lesson before it is paid: {}", browser.url());
        let order = window.places_order(&city);
        let code = Code::on(browser);
        browser.check_here("cashier-waiting");
        assert_eq!((city.open_seats(order).await, city.seats_paid().await), (0, 0));
        pay_on_phone(&code, "40.00");
        browser.wait_for_url("/learn?done=order_paid");
        browser.check_here("learn-paid");
        assert_eq!((city.open_seats(order).await, city.seats_paid().await), (1, 1));
        browser.click("a.button.block[href^='/lessons/']");
        browser.wait_for_url("/lessons/");
        assert_eq!(browser.url(), lesson, "learning is open");
        browser.check_page(&city.url(&format!("/orders/{order}")), "cashier-paid");
        browser.check_page(&city.url("/orders"), "orders-paid");
        city.ends_well().await;
    }
}

/// The code dies on the screen when it dies at the gateway, a button brings another, and the old one takes no money.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_expired_code_goes_and_a_fresh_one_is_asked_for() {
    let city = City::start(Engine::Sqlite).await;
    let window = Window::of_learner(&city, PHONE, 1).await;
    let browser = &window.browser;
    let order = window.places_order(&city);
    let old = Code::on(browser);
    city.clock.advance_ms(5 * 60_000);
    browser.wait_for_text("这个付款码已失效", SOON);
    browser.wait_for_text("已经付过的不用再付", SOON);
    assert!(!window.shows(".qr"), "a dead code must not stand there to be scanned");
    browser.check_here("cashier-expired-code");
    browser.click("//button[contains(., '换一个付款码')]");
    browser.wait_until("a code on the screen", SOON, || window.shows(".qr"));
    let fresh = Code::on(browser);
    assert_ne!(old, fresh);
    let stranger = Browser::start(Device::Phone, Language::Chinese);
    stranger.goto(&old.link);
    assert!(!stranger.exists("#pay"), "the old code takes no money");
    pay_on_phone(&fresh, "40.00");
    browser.wait_for_url("/learn?done=order_paid");
    assert_eq!(city.open_seats(order).await, 1);
    city.ends_well().await;
}

/// The same order stands open on two screens. When one has asked for a fresh code, the other must not go on showing the
/// dead one with the fresh one's minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_that_was_replaced_elsewhere_is_drawn_anew() {
    let city = City::start(Engine::Sqlite).await;
    let window = Window::of_learner(&city, PHONE, 1).await;
    let browser = &window.browser;
    let order = window.places_order(&city);
    let old = Code::on(browser);
    let scope = Scope::granted(jixue_core::id::AccountId::from_raw(1), Reach::Learner { learner: window.learner });
    city.clock.advance_ms(5 * 60_000);
    jixue::billing::begin_attempt(&city, &scope, order, Channel::WechatPay).await.expect("a fresh code");
    browser.wait_until("the fresh code", SOON, || window.shows(".qr") && Code::on(browser) != old);
    pay_on_phone(&Code::on(browser), "40.00");
    browser.wait_for_url("/learn?done=order_paid");
    city.ends_well().await;
}

/// While nobody knows what became of the call, the money may be on its way: whoever is told now to get another code pays
/// twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_that_confirms_never_asks_to_pay_again() {
    let city = City::start(Engine::Sqlite).await;
    let window = Window::of_learner(&city, PHONE, 1).await;
    let browser = &window.browser;
    city.simulator.set_faults(Faults { create_status: Some(500), ..Faults::default() });
    window.places_order(&city);
    browser.wait_for_text("正在向微信支付确认", SOON);
    browser.wait_until("the script asked twice", SOON, || window.questions() >= 2);
    let words = browser.text("main");
    assert!(words.contains("已经付过的，请不要再付"), "{words}");
    assert!(!words.contains("换一个") && !words.contains("失效"), "{words}");
    browser.check_here("cashier-confirming");
    city.simulator.set_faults(Faults::default());
    city.clock.advance_ms(5_000);
    city.settle().await;
    browser.wait_until("the code comes by itself", SOON, || window.shows(".qr"));
    browser.click("//button[contains(., '取消订单')]");
    browser.wait_for_text("订单已取消", SOON);
    browser.check_here("cashier-cancelled");
    city.ends_well().await;
}

/// A clerk pays for whom the clerk has ticked, in one order, and sees that learning is open for each of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_clerk_pays_for_chosen_people_in_one_order() {
    for shape in [PHONE, (Device::Desktop, Language::English)] {
        let city = City::start(Engine::Sqlite).await;
        let people = city.people(city.unit, 1, 3).await;
        // Somebody who pays alone, to be left out of the order and named.
        city.learner(3).await.order(&city).await;
        city.settle().await;
        city.grant(CLERK, Role::UnitClerk, Reach::Unit { unit: city.unit }).await;
        let browser = Window::sign_in(&city, shape, CLERK).await;
        browser.wait_for_url("/unit/people");
        for _ in &people {
            // Out from under the bar that sticks to the lower edge.
            browser.execute_script(TO_NEXT_PICK, &[]);
            browser.click("[data-pick]:not(:checked)");
        }
        browser.wait_for_text("¥120.00", SOON);
        browser.click("[data-needs-pick]");
        browser.wait_for("input[name=request_key]");
        browser.wait_for_text("¥80.00", SOON);
        browser.check_here("unit-order-confirmation");
        browser.click("form[action='/unit/orders'] button");
        browser.wait_for_url("/orders/");
        let order = order_on(&browser);
        let code = Code::on(&browser);
        browser.check_here("cashier-unit");
        pay_on_phone(&code, "80.00");
        browser.wait_for_url("/unit/orders?done=unit_order_paid");
        eventually("both seats are open", async || city.open_seats(order).await == 2).await;
        browser.check_here("unit-orders-paid");
        browser.check_page(&city.url(&format!("/orders/{order}")), "cashier-unit-paid");
        assert_eq!(city.seats_paid().await, 2);
        city.ends_well().await;
    }
}
