//! One browser window as a story uses it: it looks, clicks, types, waits, and panics in words when the page is not so.

use super::driver::{Device, Driver, Language};
use super::wire::{Refused, command};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a look, a click or a wait without a limit of its own is tried again.
pub const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(40);
/// The name under which WebDriver sends a reference to an element.
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A Chromium window with nothing remembered from any other. It closes when this value goes.
pub struct Browser {
    driver: Driver,
    session: String,
}

impl Browser {
    /// Opens a fresh window.
    pub fn start(device: Device, language: Language) -> Self {
        let driver = Driver::start();
        let session = driver.open(device, language).unwrap_or_else(|why| panic!("chromium does not start: {why}"));
        Self { driver, session }
    }

    /// Sends any WebDriver command; `path` follows `/session/{id}`, as in `/url`.
    pub fn command(&self, method: &str, path: &str, body: Value) -> Result<Value, Refused> {
        command(self.driver.address(), method, &format!("{}{path}", self.session), &body)
    }

    /// Sends a command of Chrome's own protocol, as in `Emulation.setEmulatedMedia`.
    #[track_caller]
    pub fn chrome_command(&self, name: &str, params: Value) -> Value {
        let answer = self.command("POST", "/goog/cdp/execute", json!({ "cmd": name, "params": params }));
        answer.unwrap_or_else(|why| panic!("{name}: {why}"))
    }

    /// Opens `url` and waits until the page has loaded.
    #[track_caller]
    pub fn goto(&self, url: &str) {
        if let Err(why) = self.command("POST", "/url", json!({ "url": url })) {
            panic!("{url} does not open: {why}");
        }
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) {
        if let Err(why) = self.command("POST", "/refresh", json!({})) {
            panic!("the page does not load again: {why}");
        }
    }

    /// The address of the page.
    #[track_caller]
    pub fn url(&self) -> String {
        self.word("/url")
    }

    /// The page's title.
    #[track_caller]
    pub fn title(&self) -> String {
        self.word("/title")
    }

    #[track_caller]
    fn word(&self, path: &str) -> String {
        let answer = self.command("GET", path, Value::Null).unwrap_or_else(|why| panic!("{path}: {why}"));
        answer.as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a function in the page and gives what it returns; `arguments` are its arguments.
    #[track_caller]
    pub fn execute_script(&self, body: &str, arguments: &[Value]) -> Value {
        self.run_script("/execute/sync", body, arguments)
    }

    /// The same for a body that calls its last argument when it is ready.
    #[track_caller]
    pub fn execute_async_script(&self, body: &str, arguments: &[Value]) -> Value {
        self.run_script("/execute/async", body, arguments)
    }

    #[track_caller]
    fn run_script(&self, path: &str, body: &str, arguments: &[Value]) -> Value {
        let answer = self.command("POST", path, json!({ "script": body, "args": arguments }));
        answer.unwrap_or_else(|why| panic!("a script in {}: {why}", self.url()))
    }

    /// Tries `act` again while the page is still changing under it; panics when [`PATIENCE`] is over.
    #[track_caller]
    pub(super) fn patiently<T>(&self, what: &str, mut act: impl FnMut() -> Result<T, Refused>) -> T {
        let started = Instant::now();
        loop {
            match act() {
                Ok(value) => return value,
                Err(why) if passes(&why) && started.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Err(why) => panic!("{what} in {}: {why}", self.url()),
            }
        }
    }

    /// Waits until `is_so`; panics with `what` when `limit` is over.
    #[track_caller]
    pub fn wait_until(&self, what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
        let started = Instant::now();
        while !is_so() {
            let shown = || self.execute_script("return document.body ? document.body.innerText : ''", &[]);
            assert!(
                started.elapsed() < limit,
                "waited in vain for {what} in {}, where stands:\n{}",
                self.url(),
                shown()
            );
            std::thread::sleep(PAUSE);
        }
    }

    /// Where `selector` leads now: CSS, or XPath when it begins with `/` or `(`.
    pub(super) fn elements(&self, selector: &str) -> Result<Vec<String>, Refused> {
        let using = if selector.starts_with(['/', '(']) { "xpath" } else { "css selector" };
        let found = self.command("POST", "/elements", json!({ "using": using, "value": selector }))?;
        let references = found.as_array().into_iter().flatten();
        Ok(references.filter_map(|one| one[ELEMENT_KEY].as_str().map(|id| format!("/element/{id}"))).collect())
    }

    /// Every cookie of this page's site.
    #[track_caller]
    pub fn cookies(&self) -> Vec<Value> {
        let answer = self.command("GET", "/cookie", Value::Null).unwrap_or_else(|why| panic!("cookies: {why}"));
        answer.as_array().cloned().unwrap_or_default()
    }

    /// The value of the cookie `name`.
    #[track_caller]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.cookies();
        let one = all.iter().find(|cookie| cookie["name"] == name)?;
        one["value"].as_str().map(str::to_owned)
    }

    /// Forgets every cookie of this page's site: the next click is a stranger's.
    #[track_caller]
    pub fn delete_cookies(&self) {
        self.command("DELETE", "/cookie", Value::Null).unwrap_or_else(|why| panic!("cookies: {why}"));
    }

    /// Sets a media feature for all pages to come, as in `("prefers-color-scheme", "dark")`.
    #[track_caller]
    pub fn set_media(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.chrome_command("Emulation.setEmulatedMedia", features);
    }
}

/// True when trying again may help.
fn passes(why: &Refused) -> bool {
    let passing = [
        "no such element",
        "stale element reference",
        "element not interactable",
        "element click intercepted",
        "detached shadow root",
    ];
    passing.contains(&why.error.as_str())
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
            let file = super::screenshots_folder().join(format!("failed-{test}.png"));
            match self.try_screenshot(Path::new(&file)) {
                Ok(()) => eprintln!("what the page looked like: {}", file.display()),
                Err(why) => eprintln!("no last picture of the page: {why}"),
            }
        }
        // The driver is ended next; a window that is already gone needs no farewell.
        let _ = self.command("DELETE", "", Value::Null);
    }
}
