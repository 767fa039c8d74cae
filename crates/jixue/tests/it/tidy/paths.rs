//! The `a::b::c` paths that a Rust file names, in `use` trees and in the midst of code.

use super::rust::RustFile;

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Every path that the product part of `file` names, from `crate`, with `self` and `super` resolved.
pub fn named_paths(file: &RustFile) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut rest = file.product_code.clone();
    while let Some((start, end)) = use_statement(&rest) {
        flatten(rest[start + 4..end].trim(), &[], &mut paths);
        rest.replace_range(start..end, " ");
    }
    paths.extend(inline_paths(&rest));
    let module = module_of(&file.path);
    paths.into_iter().map(|path| resolve(path, &module)).collect()
}

/// The bytes of the first `use …` without its semicolon.
fn use_statement(code: &str) -> Option<(usize, usize)> {
    let starts = code.match_indices("use ").map(|(at, _)| at);
    let start = starts.into_iter().find(|at| {
        let before = code[..*at].trim_end();
        !code[..*at].ends_with(is_word)
            && (before.is_empty() || before.ends_with([';', '{', '}', ']', ')']) || before.ends_with("pub"))
    })?;
    Some((start, start + code[start..].find(';')?))
}

/// `a::{b, c::{d as e, *}}` → `a::b`, `a::c::d`, `a::c`.
fn flatten(tree: &str, stem: &[String], paths: &mut Vec<Vec<String>>) {
    let mut path = stem.to_vec();
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, Some(group.rsplit_once('}').map_or(group, |(inside, _)| inside))),
        None => (tree, None),
    };
    let head = head.split(" as ").next().unwrap_or(head);
    let words = head.split("::").map(str::trim).filter(|word| !word.is_empty() && *word != "*");
    path.extend(words.filter(|word| stem.is_empty() || *word != "self").map(str::to_owned));
    match group {
        None => paths.push(path),
        Some(group) => branches(group).into_iter().for_each(|branch| flatten(branch.trim(), &path, paths)),
    }
}

/// Splits at commas outside inner braces.
fn branches(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_usize, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[start..]);
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect()
}

/// Chains of words joined by `::`, as long as they go.
fn inline_paths(code: &str) -> Vec<Vec<String>> {
    let chains = code.split(|letter: char| !is_word(letter) && letter != ':');
    let chains = chains.filter(|chain| chain.contains("::"));
    chains.map(|chain| chain.split("::").map(|word| word.trim_matches(':').to_owned()).collect()).collect()
}

/// `crates/jixue/src/org/pages.rs` → `["crate", "org", "pages"]`.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.split_once("/src/").map_or(path, |(_, inner)| inner).trim_end_matches(".rs");
    let words = inner.split('/').filter(|word| !["mod", "lib", "main"].contains(word));
    std::iter::once("crate").chain(words).map(str::to_owned).collect()
}

fn resolve(path: Vec<String>, module: &[String]) -> Vec<String> {
    if !matches!(path.first().map(String::as_str), Some("self" | "super")) {
        return path;
    }
    let ups = path.iter().filter(|word| *word == "super").count();
    let down = path.iter().filter(|word| *word != "self" && *word != "super").cloned();
    module[..module.len().saturating_sub(ups)].iter().cloned().chain(down).collect()
}

/// A path that hides in braces, an alias or `super` would be a door nobody watches.
#[test]
fn hidden_paths_are_seen() {
    let text = "pub(crate) use crate::{org, identity::{self, store::{rows as r, *}}};\nuse super::super::base::store;\n\
                fn f() { let reuse = 1; crate::credit::store::rows(); super::store::all() }";
    let file = RustFile::new("crates/jixue/src/org/pages.rs", text);
    let seen: Vec<String> = named_paths(&file).into_iter().map(|path| path.join("::")).collect();
    let hidden = [
        "crate::org",
        "crate::identity",
        "crate::identity::store::rows",
        "crate::base::store",
        "crate::credit::store::rows",
        "crate::org::store::all",
    ];
    hidden.iter().for_each(|path| assert!(seen.iter().any(|one| one == path), "{path} not in {seen:?}"));
}
