//! A window of somebody who has signed in already, for stories that begin behind the door.

use super::{Browser, Device, Language};
use crate::test_app::TestApp;
use jixue::identity::open_session;
use jixue_core::id::AccountId;
use serde_json::json;

/// Opens a window with a session of the account.
pub async fn signed_in(test: &TestApp, account: AccountId, device: Device, language: Language) -> Browser {
    let token = open_session(test, account, "browser").await.expect("a session");
    let browser = Browser::start(device, language);
    browser.goto(&test.url("/sign-in"));
    let lang = if language == Language::English { "en" } else { "zh-CN" };
    for (name, value) in [("jixue_session", token.as_str()), ("lang", lang)] {
        let cookie = json!({ "cookie": { "name": name, "value": value } });
        browser.command("POST", "/cookie", cookie).expect("a cookie is taken");
    }
    browser
}
