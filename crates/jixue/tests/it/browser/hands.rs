//! What a person does with a page: look, click, type, choose a file, wait, take a picture.

use super::session::{Browser, PATIENCE};
use super::wire::Refused;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

impl Browser {
    /// How many elements `selector` finds now.
    #[track_caller]
    pub fn count(&self, selector: &str) -> usize {
        self.patiently(selector, || self.elements(selector)).len()
    }

    /// True when `selector` finds something now.
    #[track_caller]
    pub fn exists(&self, selector: &str) -> bool {
        self.count(selector) > 0
    }

    /// The path of the first element that `selector` finds, in the page as it is now.
    fn find_now(&self, selector: &str) -> Result<String, Refused> {
        let first = self.elements(selector)?.into_iter().next();
        first.ok_or_else(|| Refused {
            error: "no such element".to_owned(),
            message: format!("{selector} finds nothing"),
        })
    }

    #[track_caller]
    fn act_on(&self, selector: &str, method: &str, action: &str, body: &Value) -> Value {
        self.patiently(selector, || {
            let element = self.find_now(selector)?;
            self.command(method, &format!("{element}{action}"), body.clone())
        })
    }

    /// Clicks (or taps) the first element that `selector` finds.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.act_on(selector, "POST", "/click", &json!({}));
    }

    /// Types `keys` into a field, after what stands in it.
    #[track_caller]
    pub fn type_text(&self, selector: &str, keys: &str) {
        self.act_on(selector, "POST", "/value", &json!({ "text": keys }));
    }

    /// Presses one key on whatever has the focus, as WebDriver names keys: a letter, or `\u{E015}` for the arrow down.
    #[track_caller]
    pub fn press(&self, key: &str) {
        let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.command("POST", "/actions", body).unwrap_or_else(|why| panic!("the key {key:?}: {why}"));
    }

    /// Empties a field and types `text` into it.
    #[track_caller]
    pub fn fill(&self, selector: &str, text: &str) {
        self.act_on(selector, "POST", "/clear", &json!({}));
        self.type_text(selector, text);
    }

    /// Chooses `file` in an `<input type="file">`.
    #[track_caller]
    pub fn set_file(&self, selector: &str, file: &Path) {
        let path = file.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.type_text(selector, &path.to_string_lossy());
    }

    /// The text that a reader sees in the first element that `selector` finds.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        let text = self.act_on(selector, "GET", "/text", &Value::Null);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The same for every element that `selector` finds.
    #[track_caller]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.patiently(selector, || {
            let found = self.elements(selector)?;
            let texts = found.iter().map(|element| self.command("GET", &format!("{element}/text"), Value::Null));
            texts.map(|text| Ok(text?.as_str().unwrap_or_default().to_owned())).collect()
        })
    }

    /// An attribute as it stands in the page, or `None`.
    #[track_caller]
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let value = self.act_on(selector, "GET", &format!("/attribute/{name}"), &Value::Null);
        value.as_str().map(str::to_owned)
    }

    /// What stands in a field now, which its `value` attribute does not say.
    #[track_caller]
    pub fn value(&self, selector: &str) -> String {
        let value = self.act_on(selector, "GET", "/property/value", &Value::Null);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until `selector` finds something.
    #[track_caller]
    pub fn wait_for(&self, selector: &str) {
        self.wait_until(selector, PATIENCE, || self.exists(selector));
    }

    /// Waits up to `limit` until `part` can be read on the page.
    #[track_caller]
    pub fn wait_for_text(&self, part: &str, limit: Duration) {
        let script = "return document.body !== null && document.body.innerText.includes(arguments[0])";
        self.wait_until(&format!("the words {part:?}"), limit, || self.execute_script(script, &[json!(part)]) == true);
    }

    /// Waits until the address holds `part`.
    #[track_caller]
    pub fn wait_for_url(&self, part: &str) {
        self.wait_until(&format!("an address with {part:?}"), PATIENCE, || self.url().contains(part));
    }

    /// Reads the notice about their data, the first page of those who have not read it, and goes on.
    #[track_caller]
    pub fn read_notice(&self) {
        self.wait_for_url("/me/notice");
        self.click("form[action='/me/notice'] button");
        self.wait_until("the page after the notice", PATIENCE, || !self.url().contains("/me/notice"));
    }

    /// Saves a picture of the whole page, from its head to its foot, as PNG.
    #[track_caller]
    pub fn screenshot(&self, file: &Path) {
        self.try_screenshot(file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
    }

    /// The same without a panic.
    pub(super) fn try_screenshot(&self, file: &Path) -> Result<(), String> {
        // A list of a thousand rows is not worth a picture of fifty screens.
        let script = "const page = document.documentElement; \
                      return [page.clientWidth, Math.min(Math.max(page.scrollHeight, innerHeight), 8000)]";
        let run = |path: &str, body: Value| self.command("POST", path, body).map_err(|why| why.to_string());
        let size = run("/execute/sync", json!({ "script": script, "args": [] }))?;
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let answer = run("/goog/cdp/execute", json!({ "cmd": "Page.captureScreenshot", "params": params }))?;
        let bytes = decode_base64(answer["data"].as_str().unwrap_or_default());
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        std::fs::write(file, bytes).map_err(|error| error.to_string())
    }
}

/// Chromium sends pictures as standard base64.
fn decode_base64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).expect("a picture is base64")
}
