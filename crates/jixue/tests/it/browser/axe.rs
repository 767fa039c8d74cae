//! Asks axe-core what a reader with a screen reader, a keyboard or weak eyes would stumble over.
//!
//! Its source comes from the registry in one exact version (`scripts/test.sh` puts it under `target/tools`) and goes
//! into the page as a WebDriver script, which a page's content security policy does not stop.

use super::session::Browser;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The rules that every page must keep: WCAG 2.0 to 2.2, levels A and AA, and axe's best practice.
const RULES: &str = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']";

fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let default = || super::workspace_root().join("target/tools/node_modules/axe-core/axe.min.js");
        let file = std::env::var_os("JIXUE_AXE_PATH").map_or_else(default, PathBuf::from);
        std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}; run scripts/test.sh --stage tools", file.display()))
    })
}

/// What axe finds wrong in the page as it is now: one readable paragraph for each violation.
#[track_caller]
pub fn violations(browser: &Browser) -> Vec<String> {
    if browser.execute_script("return typeof window.axe", &[]) != "object" {
        browser.execute_script(source(), &[]);
    }
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         axe.run(document, {{ runOnly: {RULES}, resultTypes: ['violations'] }}) \
           .then(result => done(result.violations), error => done([{{ id: 'axe itself', help: String(error), nodes: [] }}]));"
    );
    let found = browser.execute_async_script(&script, &[]);
    let list = found.as_array().unwrap_or_else(|| panic!("axe gave no list: {found}"));
    list.iter().map(describe).collect()
}

/// The rule, and where it is broken: the first five places, each with its markup.
fn describe(violation: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = violation["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let mut text = format!("{} ({}, {} places)", word(&violation["id"]), word(&violation["help"]), nodes.len());
    for node in nodes.iter().take(5) {
        let target: Vec<String> = node["target"].as_array().into_iter().flatten().map(word).collect();
        let summary = word(&node["failureSummary"]).replace('\n', " ");
        text += &format!("\n    at {}: {}\n      {summary}", target.join(" "), word(&node["html"]));
    }
    text
}
