//! Signing in, the learner's first page and verification when no script arrives: nobody is shut out by a lost file.

use super::{Browser, Device, Language};
use crate::certificate::city::{City, phone};
use crate::engines::Engine;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

/// The tests below would hold on any page if the blocking did nothing: with scripts they arrive.
#[tokio::test(flavor = "multi_thread")]
async fn scripts_arrive_until_they_are_lost() {
    let city = City::found(Engine::Sqlite).await;
    let browser = Browser::start(Device::Desktop, Language::English);
    browser.goto(&city.test.url("/verify"));
    let (arrived, lost) = browser.script_files();
    assert!(arrived > 0 && lost == 0, "{arrived} arrived, {lost} were lost");
    browser.lose_scripts();
    browser.goto(&city.test.url("/sign-in"));
    browser.check_scripts_lost();
}

fn without_scripts(device: Device, language: Language) -> Browser {
    let browser = Browser::start(device, language);
    browser.lose_scripts();
    browser
}

/// A stranger with a paper certificate in hand types its code and reads the answer; a typing error is explained.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_verified_without_scripts() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "欧阳小丽").await;
    city.earn(learner, 30, 0).await;
    let certificate = city.certificate(learner).await;
    let browser = without_scripts(Device::Phone, Language::Chinese);
    for (typed, answer) in [
        (certificate.code.to_string(), "真实有效"),
        (certificate.code.plain().to_lowercase(), "真实有效"),
        ("ZZZZ-ZZZZ-ZZZZZ-ZZZZ-ZZZZ-ZZZZW".to_owned(), "查不到"),
        (certificate.certificate.number.to_string(), "这是证书编号"),
    ] {
        browser.goto(&city.test.url("/verify"));
        browser.fill("input[name=code]", &typed);
        browser.click("form[action='/verify'] button");
        browser.wait_for_text(answer, SOON);
        browser.check_scripts_lost();
    }
    browser.goto(&city.test.url(&format!("/verify/{}", certificate.code.plain())));
    let words = browser.text("main");
    assert!(words.contains("欧阳*丽") && !words.contains("欧阳小丽"), "{words}");
}

/// A learner signs in by code, reads what is missing this year, changes the language, goes on to the courses, signs out.
#[tokio::test(flavor = "multi_thread")]
async fn a_learner_signs_in_and_reads_without_scripts() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "王小丽").await;
    city.earn(learner, 18, 0).await;
    let browser = without_scripts(Device::Phone, Language::Chinese);
    browser.goto(&city.test.url("/learn"));
    browser.wait_for_url("/sign-in");
    browser.fill("input[name=phone]", &phone(1));
    browser.click("form[action='/sign-in/codes'] button");
    let code = city.test.sms_code(&phone(1)).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    browser.fill("input[name=code]", wrong);
    browser.click("form[action='/session'] button");
    browser.wait_for("[role=alert]");
    browser.fill("input[name=code]", &code);
    browser.click("form[action='/session'] button");
    browser.read_notice();
    browser.wait_for("nav a[href='/certificates']");
    browser.wait_for_url("/learn");
    assert!(browser.text("main").contains("72"), "90 hours less 18: {}", browser.text("main"));
    browser.check_scripts_lost();
    browser.click("button[name=lang][value=en]");
    browser.wait_for("html[lang=en]");
    assert!(browser.url().ends_with("/learn") && browser.text("main").contains("72"), "{}", browser.text("main"));
    browser.click("nav a[href='/certificates']");
    browser.wait_for_url("/certificates");
    browser.click("summary");
    browser.click("form[action='/session/ending'] button");
    browser.wait_for_url("/sign-in");
    browser.goto(&city.test.url("/learn"));
    browser.wait_for_url("/sign-in");
}
