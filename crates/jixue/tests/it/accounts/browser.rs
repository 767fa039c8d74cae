//! Passkeys in a real browser, and the pages of an account as people see them.

use super::efforts::{behind_a_proxy, use_up};
use super::factors::{code, secret_of};
use super::{OFFICER, Office};
use crate::browser::{Browser, Device, Language};
use crate::engines::Engine;
use crate::org::{CLERK_OF_FIRST, City, clerk, identity_number, person, roster};
use crate::test_app::TestApp;
use jixue::org::import_roster;
use serde_json::json;
use std::time::Duration;

/// The first step as people do it; `sent` messages went to the phone before.
async fn sign_in(office: &Office, browser: &Browser, sent: usize) {
    browser.goto(&office.url("/sign-in"));
    browser.fill("input[name=phone]", OFFICER);
    browser.click("form[action='/sign-in/codes'] button");
    browser.wait_for("input[name=code]");
    let inbox = || office.simulator.sms_inbox(OFFICER);
    browser.wait_until("a message", Duration::from_secs(10), || inbox().len() > sent);
    let code = inbox()[0].template_params["code"].clone();
    browser.fill("input[name=code]", &code);
    browser.click("form[action='/session'] button");
    browser.wait_until("a signed-in page", Duration::from_secs(10), || !browser.url().ends_with("/sign-in/codes"));
}

/// An officer adds a passkey of the device and signs in with it the next time.
#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_of_the_device_opens_the_second_step() {
    let office = Office::start(Engine::Sqlite).await;
    let browser = Browser::start(Device::Phone, Language::Chinese);
    let device = json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
        "isUserConsenting": true, "isUserVerified": true,
    });
    browser.command("POST", "/webauthn/authenticator", device).expect("a virtual authenticator");
    sign_in(&office, &browser, 0).await;
    browser.check_page(&office.url("/me"), "account-me");
    browser.check_page(&office.url("/me/devices"), "account-devices");
    browser.check_page(&office.url("/me/factors"), "account-factors-none");
    browser.click("a[href='/me/factors/passkey']");
    browser.wait_for("[data-passkey-go]");
    browser.check_here("account-passkey");
    browser.fill("input[name=label]", "我的手机");
    browser.click("[data-passkey-go]");
    browser.wait_for_text("恢复码", Duration::from_secs(10));
    browser.check_here("account-recovery-codes");
    browser.check_page(&office.url("/me/factors"), "account-factors");
    browser.check_page(&office.url("/me/factors/totp"), "account-totp");
    browser.check_page(&office.url("/me/password"), "account-password");
    browser.check_page(&office.url("/me/confirmation"), "account-confirmation");
    browser.delete_cookies();
    sign_in(&office, &browser, 1).await;
    browser.wait_for("[data-passkey-go]");
    browser.check_here("sign-in-factor");
    browser.click("[data-passkey-go]");
    // The notice comes after a second factor as after any sign-in.
    browser.read_notice();
    browser.wait_for_url("/bureau/progress");
    // And now by the passkey alone: one tap, and the next time it stands first.
    browser.delete_cookies();
    browser.goto(&office.url("/sign-in"));
    browser.check_here("sign-in-passkey");
    browser.click("form[action='/sign-in/passkey'] button");
    browser.wait_for_url("/bureau/progress");
    browser.click("details.menu summary");
    browser.click("form[action='/session/ending'] button");
    browser.wait_for_url("/sign-in");
    browser.goto(&office.url("/sign-in"));
    browser.check_here("sign-in-passkey-first");
    browser.click("form[action='/sign-in/passkey'] button");
    browser.wait_for_url("/bureau/progress");
}

/// Somebody binds WeChat on the phone and comes in by it the next time.
#[tokio::test(flavor = "multi_thread")]
async fn wechat_is_bound_and_opens_the_door() {
    let test = TestApp::start_with(Engine::Sqlite, |config| {
        config.wechat_login.as_mut().expect("an official account").anywhere = true;
    });
    let office = Office::within(test.await).await;
    for (device, language) in [(Device::Phone, Language::Chinese), (Device::Desktop, Language::English)] {
        let browser = Browser::start(device, language);
        let sent = office.simulator.sms_inbox(OFFICER).len();
        browser.goto(&office.url("/sign-in"));
        browser.click("a[href^='/sign-in/wechat']");
        browser.wait_for("a[href^='/connect/oauth2/consent']");
        browser.click("a[href^='/connect/oauth2/consent']");
        browser.wait_until("back here", Duration::from_secs(10), || browser.url().contains("why=binding.missing"));
        browser.check_here("sign-in-wechat-unbound");
        sign_in(&office, &browser, sent).await;
        browser.check_page(&office.url("/me/wechat"), "account-wechat");
        browser.click("form[action='/me/wechat/authorization'] button");
        browser.wait_for("a[href^='/connect/oauth2/consent']");
        browser.click("a[href^='/connect/oauth2/consent']");
        browser.wait_for("form[action='/me/wechat/ending']");
        browser.check_here("account-wechat-bound");
        browser.check_page(&office.url("/me/issuers"), "account-issuers");
        browser.delete_cookies();
        browser.goto(&office.url("/sign-in"));
        browser.click("a[href^='/sign-in/wechat']");
        browser.wait_for("a[href^='/connect/oauth2/consent']");
        browser.click("a[href^='/connect/oauth2/consent']");
        if device == Device::Phone {
            browser.read_notice();
        }
        browser.wait_for_url("/bureau/progress");
        browser.goto(&office.url("/me/wechat"));
        browser.click("form[action='/me/wechat/ending'] button");
        browser.wait_for("form[action='/me/wechat/authorization']");
    }
}

/// An app is added after a wrong code, asked for at the next sign-in, and the device is signed out from the list.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_guards_the_sign_in_and_a_device_is_signed_out() {
    let office = Office::start(Engine::Sqlite).await;
    let browser = Browser::start(Device::Phone, Language::Chinese);
    sign_in(&office, &browser, 0).await;
    browser.goto(&office.url("/me/factors/totp"));
    browser.fill("input[name=code]", "000000");
    browser.click("form.sheet button");
    browser.wait_for("[role=alert]");
    browser.check_here_allowing("account-totp-wrong", &["422"]);
    let shown = code(&office, &secret_of(&browser.text(".small .code")));
    browser.fill("input[name=code]", &shown);
    browser.click("form.sheet button");
    browser.wait_for_text("恢复码", Duration::from_secs(10));
    browser.goto(&office.url("/me/devices"));
    browser.click("form[action='/me/devices/ending'] button");
    browser.wait_for_url("/sign-in");
    browser.check_here("signed-out-everywhere");
    // A browser of its own again: the one that has just asked for a code waits a minute.
    browser.delete_cookies();
    sign_in(&office, &browser, 1).await;
    browser.wait_for_text("请完成第二步验证", Duration::from_secs(10));
    browser.check_here("sign-in-totp");
}

/// Whose phone on the roster is wrong asks, the clerk sees the person and hands over a code, and the door opens.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_phone_is_mended_between_a_person_and_the_clerk() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let rows = [person(1), person(2)];
    import_roster(&test, &clerk(city.first), city.first, "a.xlsx", roster(&rows).into()).await.expect("a roster");
    test.settle().await;
    let (phone, chinese, new_phone) = (Device::Phone, Language::Chinese, "13700001234");
    let learner = Browser::start(phone, chinese);
    learner.check_page(&test.url("/activation"), "activation");
    learner.fill("input[name=name]", &person(1)[0]);
    learner.fill("input[name=identity]", &identity_number(1));
    learner.fill("input[name=phone]", new_phone);
    learner.click("form[action='/activation'] button");
    learner.wait_for("a[href='/activation/completion'].button");
    learner.check_here("activation-asked");
    let desk = Browser::start(phone, chinese);
    desk.goto(&test.url("/sign-in"));
    desk.fill("input[name=phone]", CLERK_OF_FIRST);
    desk.click("form[action='/sign-in/codes'] button");
    desk.wait_for("input[name=code]");
    desk.fill("input[name=code]", &test.sms_code(CLERK_OF_FIRST).await);
    desk.click("form[action='/session'] button");
    desk.read_notice();
    desk.wait_for_url("/unit/people");
    desk.check_page(&test.url("/activation-requests"), "activation-requests");
    desk.click("a[href^='/activation-requests/']");
    desk.wait_for("form[action$='/confirmation']");
    desk.check_here("activation-request");
    desk.click("form[action$='/confirmation'] button");
    desk.wait_for(".hero.code");
    desk.check_here("activation-confirmed");
    learner.goto(&test.url("/activation/completion"));
    learner.fill("input[name=identity]", &identity_number(1));
    learner.fill("input[name=unit_code]", &desk.text(".hero.code"));
    learner.click("form[action='/activation/completion'] button");
    learner.wait_for("input[name=code]");
    learner.check_here("activation-code");
    learner.fill("input[name=code]", &test.sms_code(new_phone).await);
    learner.click("form[action='/activation/completion'] button");
    learner.wait_until("a signed-in page", Duration::from_secs(10), || !learner.url().contains("/activation"));
    learner.check_here("activation-done");
}

/// Where a name was tried too often the browser works for a moment, says so, and opens the button; no picture is shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_moments_work_of_the_browser_lets_somebody_on() {
    let office = Office::start(Engine::Sqlite).await;
    for (device, language) in [(Device::Phone, Language::Chinese), (Device::Desktop, Language::English)] {
        let browser = Browser::start(device, language);
        for _ in 0..9 {
            let form = [("login", OFFICER), ("password", "a wrong password")];
            super::answer(office.visitor().post(office.url("/session")).form(&form)).await;
        }
        let guess = || {
            browser.fill("input[name=login]", OFFICER);
            browser.fill("input[name=password]", "a wrong password");
            browser.click("form[action='/session'] button");
        };
        browser.goto(&office.url("/sign-in?by=password"));
        guess();
        browser.wait_for("[data-effort]");
        browser.wait_for("form[action='/session'] button:not([disabled])");
        browser.check_here_allowing("sign-in-effort", &["429"]);
        guess();
        browser.wait_until("an answer", Duration::from_secs(10), || !browser.exists("[data-effort]"));
        browser.wait_for("[role=alert]");
    }
}

/// The page that adds a UKey, as people see it.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_ukeys_is_for_everybody() {
    let authority = jixue_simulators::UkeyAuthority::new("样例发证机构");
    let test = TestApp::start_with(Engine::Sqlite, |config| {
        let trust = config.keys.join("ukey-trust");
        std::fs::create_dir_all(&trust).expect("a folder");
        std::fs::write(trust.join("ca.pem"), &authority.certificate_pem).expect("a file");
        let middleware_url = Some("http://127.0.0.1:9".to_owned());
        config.ukey = Some(jixue::config::UkeySection { trust, revoked: Vec::new(), middleware_url });
    });
    let office = Office::within(test.await).await;
    for (device, language) in [(Device::Phone, Language::Chinese), (Device::Desktop, Language::English)] {
        let browser = Browser::start(device, language);
        sign_in(&office, &browser, office.simulator.sms_inbox(OFFICER).len()).await;
        browser.check_page(&office.url("/me/factors/ukey"), "account-ukey");
    }
}

/// Where strangers' tries are used up and the script that proves a browser never arrives, the page still says what to do:
/// wait for nothing, sign in by a code, or ask the clerk.
#[tokio::test(flavor = "multi_thread")]
async fn the_proof_of_a_browser_has_a_way_on_without_its_script() {
    let office = behind_a_proxy(Engine::Sqlite).await;
    use_up(&office).await;
    let browser = Browser::start(Device::Phone, Language::Chinese);
    browser.lose_scripts();
    browser.goto(&office.url("/sign-in?by=password"));
    // What a slow machine has let refill is used up as well.
    for _ in 0..20 {
        if browser.exists("[data-effort]") {
            break;
        }
        browser.fill("input[name=login]", OFFICER);
        browser.fill("input[name=password]", "a wrong password");
        browser.click("form[action='/session'] button");
        browser.wait_for("input[name=password]");
    }
    browser.check_scripts_lost();
    browser.wait_for("[data-effort] a[href='/activation']");
    browser.check_here_allowing("effort-without-scripts", &["422", "429", "ERR_BLOCKED_BY_CLIENT"]);
    assert!(browser.text("[data-effort]").contains("不用认图片"), "{}", browser.text("[data-effort]"));
    assert!(browser.exists("main a[href^='/sign-in']"), "a code by phone is the other way");
}
