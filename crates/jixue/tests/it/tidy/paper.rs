//! What the papers say exists must exist.

use super::nothing_found;
use super::tree::{files, workspace_root};
use std::path::Path;

const ENDINGS: &[&str] = &["rs", "md", "toml", "sh", "html", "sql", "css", "js", "json", "ftl"];

/// Words in single backticks, with their line; fenced blocks are drawings, not addresses.
fn backticked(text: &str) -> Vec<(usize, &str)> {
    let mut is_fenced = false;
    let mut words = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            words.extend(line.split('`').skip(1).step_by(2).map(|word| (at + 1, word)));
        }
    }
    words
}

/// True for a word that claims to be a file or folder of this workspace.
fn claims_a_path(root: &Path, word: &str) -> bool {
    if word.starts_with('/')
        || word.contains([' ', '<', '{', '*', '…', '\\', '('])
        || word.contains("::")
        || word.contains("//")
    {
        return false;
    }
    let first = word.split('/').next().unwrap_or_default();
    let ending = word.rsplit('.').next().unwrap_or_default();
    word.contains('/')
        && (word.ends_with('/') || ENDINGS.contains(&ending) || (!first.is_empty() && root.join(first).exists()))
}

/// A map with streets that are gone sends the next engineer into a wall.
#[test]
fn the_paths_in_the_architecture_page_exist() {
    let root = workspace_root();
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md stands in the root");
    let claims: Vec<_> = backticked(&page).into_iter().filter(|(_, word)| claims_a_path(&root, word)).collect();
    assert!(!claims.is_empty(), "ARCHITECTURE.md names no path");
    let lost = claims.into_iter().filter(|(_, word)| !root.join(word).exists());
    let faults: Vec<String> = lost.map(|(line, word)| format!("ARCHITECTURE.md:{line} {word}")).collect();
    nothing_found("paths that do not exist", &faults);
}

/// Targets of `](…)` without those of other sites and of places within the page.
fn link_targets(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next());
    targets.filter(|target| !target.is_empty() && !target.contains(':') && !target.starts_with('/')).collect()
}

/// A reader who follows a dead link in the manual rings the help line.
#[test]
fn links_between_pages_lead_somewhere() {
    let root = workspace_root();
    let mut faults = Vec::new();
    // Course texts under crates/ are content, not papers: the sample city reads their pictures by its own rule.
    for page in files("", &[".md"]).into_iter().filter(|page| !page.path.starts_with("crates/")) {
        let file = root.join(&page.path);
        let folder = file.parent().expect("a file lies in a folder");
        let lost = link_targets(&page.text).into_iter().filter(|target| !folder.join(target).exists());
        faults.extend(lost.map(|target| format!("{}: {target}", page.path)));
    }
    nothing_found("links that lead nowhere", &faults);
}

/// What is a claim and what is not.
#[test]
fn claims_and_links_are_told_from_other_words() {
    let root = workspace_root();
    let claims = |word: &str| claims_a_path(&root, word);
    assert!(claims("crates/nowhere") && claims("old/file.rs") && claims("scripts/") && !claims("/verify/{code}"));
    assert!(!claims("application/json") && !claims("src/<slice>/") && !claims("jixue serve") && !claims("a::b/c"));
    assert_eq!(backticked("`a`\n```\n`b`\n```\nx `c`"), [(1, "a"), (5, "c")]);
    assert_eq!(link_targets("[a](docs/a.md#x) [b](https://example.org) [c](#here)"), ["docs/a.md"]);
}
