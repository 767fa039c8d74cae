//! What every page must keep, whatever it is about: nobody is shut out, nothing slides sideways, the console is silent.

use super::axe;
use super::session::Browser;
use serde_json::{Value, json};

const WIDTHS: &str = "
const page = document.documentElement, edge = page.clientWidth, found = [];
if (navigator.maxTouchPoints > 0 && edge !== screen.width)
  found.push('the page is laid out ' + edge + ' wide on a screen of ' + screen.width + ': no viewport?');
if (page.scrollWidth > edge) {
  found.push('the page is ' + page.scrollWidth + ' wide on ' + edge);
  const wide = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > edge + 0.5);
  for (const e of wide.slice(0, 5))
    found.push('    ' + e.outerHTML.slice(0, 120) + ' ends at ' + Math.round(e.getBoundingClientRect().right));
}
return found;";

impl Browser {
    /// Opens `url` and checks it; see [`Browser::check_here`].
    #[track_caller]
    pub fn check_page(&self, url: &str, name: &str) {
        self.console_errors();
        self.goto(url);
        self.check_here(name);
    }

    /// Checks the page as it is now and saves its picture as `target/screenshots/{width}-{lang}-{name}.png`.
    ///
    /// Panics with all that it found: axe violations, sideways scroll, lines in the console since the last check.
    #[track_caller]
    pub fn check_here(&self, name: &str) {
        self.check_here_allowing(name, &[]);
    }

    /// The same for a page that is an error on purpose: console lines that hold one of `allowed` are no fault.
    #[track_caller]
    pub fn check_here_allowing(&self, name: &str, allowed: &[&str]) {
        let picture = self.save_picture(name);
        let mut faults = self.faults();
        faults.retain(|fault| !allowed.iter().any(|part| fault.starts_with("console: ") && fault.contains(part)));
        assert!(faults.is_empty(), "{} ({picture}):\n{}", self.url(), faults.join("\n"));
    }

    /// All that is wrong with the page as it is now.
    #[track_caller]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = axe::violations(self);
        let widths = self.execute_script(WIDTHS, &[]);
        faults.extend(widths.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        faults.extend(self.console_errors().into_iter().map(|line| format!("console: {line}")));
        faults
    }

    /// Errors in the console since the last time this was asked: failed loads, refused scripts, exceptions.
    #[track_caller]
    pub fn console_errors(&self) -> Vec<String> {
        let answer = self.command("POST", "/se/log", json!({ "type": "browser" }));
        let log = answer.unwrap_or_else(|why| panic!("the console: {why}"));
        let lines = log.as_array().into_iter().flatten();
        let grave = lines.filter(|line| line["level"] == "SEVERE");
        grave.filter_map(|line| line["message"].as_str().map(str::to_owned)).collect()
    }

    fn save_picture(&self, name: &str) -> String {
        let shape = self.execute_script("return [innerWidth, document.documentElement.lang || 'und']", &[]);
        let lang = shape[1].as_str().unwrap_or("und");
        let file = super::screenshots_folder().join(format!("{}-{lang}-{name}.png", shape[0]));
        self.screenshot(&file);
        file.display().to_string()
    }
}
