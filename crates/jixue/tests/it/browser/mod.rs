//! A real browser in the tests: headless Chromium through chromedriver, spoken to by a small WebDriver client of our own.
//!
//! ```ignore
//! let browser = Browser::start(Device::Phone, Language::Chinese);
//! browser.goto(&format!("{base}/sign-in"));           // base: http://localhost:{port}, so that passkeys work
//! browser.fill("input[name=phone]", "13800000000");   // looks and clicks are tried again for 10 s while the page changes
//! browser.click("//button[contains(., '获取验证码')]");  // CSS, or XPath when it begins with / or (
//! browser.wait_for_text("已发送", Duration::from_secs(5));
//! browser.check_here("sign-in");                      // axe, sideways scroll, console; a picture under target/screenshots
//! ```
//!
//! * A window is one [`Browser`]: its own process, its own cookies; two people in a story are two windows. It closes by
//!   itself, and leaves `target/screenshots/failed-….png` when the test panicked.
//! * Every method panics in words with the page's address, so a story reads without `?`.
//! * The client blocks. A story whose server runs in the same process needs `#[tokio::test(flavor = "multi_thread")]`, or
//!   the browser's part in `tokio::task::spawn_blocking`.
//! * `scripts/test.sh --stage browser` runs this module alone, with axe-core in place; the stage before it skips it.

mod axe;
mod driver;
mod entrance;
mod hands;
mod lost_scripts;
mod page_check;
mod pages;
mod self_test;
mod session;
mod wire;
mod without_scripts;

pub use driver::{Device, Language};
pub use entrance::signed_in;
pub use session::Browser;

use std::path::PathBuf;

/// The folder with the workspace's `Cargo.toml`.
pub fn workspace_root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.join("../..").canonicalize().expect("the crate lies two folders deep in the workspace")
}

/// Where pictures of pages go.
pub fn screenshots_folder() -> PathBuf {
    workspace_root().join("target/screenshots")
}
