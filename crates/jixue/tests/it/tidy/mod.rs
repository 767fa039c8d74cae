//! The house rules that no compiler checks, read from the tree itself. Each test says what breaks in the world without it.

mod direction;
mod figures;
mod makers;
mod packages;
mod pages;
mod paper;
mod paths;
mod rust;
mod sql;
mod tree;
mod words;

/// Fails with every finding, one a line.
#[track_caller]
fn nothing_found(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}\n", findings.join("\n  "));
}
