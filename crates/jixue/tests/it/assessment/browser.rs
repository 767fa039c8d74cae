//! A test on a phone whose browser runs none of our scripts: slow networks and old systems lose files.

use super::room::Room;
use crate::browser::{Device, Language};
use crate::engines::Engine;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_sat_without_scripts() {
    let room = Room::open(Engine::Sqlite).await;
    let examinee = room.examinee(1).await;
    let browser = room.city.window(Device::Phone, Language::Chinese, &examinee.token);
    browser.lose_scripts();
    browser.goto(&room.city.test.url(&format!("/papers/{}", room.test)));
    browser.click("form[action$='/attempts'] button");
    browser.wait_for("form[data-quiz]");
    browser.check_scripts_lost();
    let attempt = browser.url().trim_start_matches(&room.city.test.base_url).to_owned();
    let questions = examinee.questions(&attempt).await;
    for asked in &questions {
        for value in (0..4).map(|bit| 1_u16 << bit).filter(|value| asked.right() & value != 0) {
            // The circle itself is drawn by its label.
            browser.click(&format!("label:has(> input[name='q{}'][value='{value}'])", asked.id));
        }
    }
    browser.click("form[data-quiz] > button.block");
    browser.wait_for_text("100", Duration::from_secs(10));
    assert!(browser.exists(".tag.done"), "passed");
    browser.check_scripts_lost();
}
