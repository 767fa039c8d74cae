//! Which crate may know which, and which slice may call which.

use super::nothing_found;
use super::paths::named_paths;
use super::rust::RustFile;
use super::tree::{files, product_files};

/// What each crate may name: whatever it reaches. `simulators` stands beside the application, never under it.
const CRATES: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("standards", &[]),
    ("gateways", &["core", "standards"]),
    ("simulators", &["standards"]),
    ("jixue", &["gateways", "standards", "core"]),
    ("demo", &["jixue", "simulators", "gateways", "standards", "core"]),
];

/// What only the tests of a crate may name besides: both ends of a wire are tested against each other.
const TESTS: &[(&str, &[&str])] = &[("jixue", &["simulators"]), ("simulators", &["gateways", "core"])];

/// The slices in walking order: each may call those before it.
const SLICES: &[&str] = &[
    "org",
    "identity",
    "base",
    "catalog",
    "billing",
    "learning",
    "assessment",
    "credit",
    "certificate",
    "notice",
    "support",
    "oversight",
    "desk",
    "registry",
    "home",
    "privacy",
];

/// What `folder` may know, or `None` for a crate that the list above does not have.
fn may_know(folder: &str) -> Option<&'static [&'static str]> {
    CRATES.iter().find(|(name, _)| *name == folder).map(|(_, known)| *known)
}

/// `jixue-core` or `jixue_core` → `core`.
fn our_crate(name: &str) -> Option<&str> {
    if name == "jixue" {
        return Some("jixue");
    }
    name.strip_prefix("jixue-").or_else(|| name.strip_prefix("jixue_"))
}

fn manifest_faults(path: &str, text: &str) -> Vec<String> {
    let folder = path.split('/').nth(1).unwrap_or_default();
    let Some(known) = may_know(folder) else {
        return vec![format!("{path}: {folder} is not in the plan")];
    };
    let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut faults = Vec::new();
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let table = manifest.get(section).and_then(toml::Value::as_table);
        for name in table.into_iter().flat_map(toml::Table::keys).filter_map(|name| our_crate(name)) {
            let in_tests = section == "dev-dependencies"
                && TESTS.iter().any(|(tested, others)| *tested == folder && others.contains(&name));
            if !known.contains(&name) && !in_tests {
                faults.push(format!("{path}: {folder} must not know {name} ({section})"));
            }
        }
    }
    faults
}

/// A production binary that holds a simulator could be told that money came which never did.
#[test]
fn crates_depend_in_one_direction() {
    let manifests = files("crates", &["Cargo.toml"]);
    assert!(manifests.len() >= CRATES.len(), "crates are missing");
    let faults: Vec<String> = manifests.iter().flat_map(|file| manifest_faults(&file.path, &file.text)).collect();
    nothing_found("crates know what they must not", &faults);
}

fn crate_faults(file: &RustFile) -> Vec<String> {
    let folder = file.path.split('/').nth(1).unwrap_or_default();
    let known = may_know(folder).unwrap_or_default();
    let named = named_paths(file);
    let ours = named.iter().filter_map(|path| our_crate(path.first()?).filter(|name| may_know(name).is_some()));
    let strange = ours.filter(|name| *name != folder && !known.contains(name));
    strange.map(|name| format!("{}: {folder} must not use {name}", file.path)).collect()
}

/// Rules that know SQL or HTTP cannot be read, tested or moved alone.
#[test]
fn code_uses_only_the_crates_below_it() {
    let faults: Vec<String> = product_files().flat_map(crate_faults).collect();
    nothing_found("use against the direction", &faults);
}

/// The slice that `path` belongs to, with its place in the order.
fn slice_of(path: &str) -> Option<usize> {
    let inner = path.strip_prefix("crates/jixue/src/")?;
    let first = inner.split('/').next()?.trim_end_matches(".rs");
    SLICES.iter().position(|slice| *slice == first)
}

fn slice_faults(file: &RustFile) -> Vec<String> {
    let own = slice_of(&file.path);
    let is_reactions = file.path.starts_with("crates/jixue/src/reactions");
    if own.is_none() && !is_reactions {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for path in named_paths(file).iter().filter(|path| path.first().is_some_and(|first| first == "crate")) {
        let Some(other) = path.get(1).and_then(|word| SLICES.iter().position(|slice| slice == word)) else {
            continue;
        };
        if own == Some(other) {
            continue;
        }
        if path.get(2).is_some_and(|word| word == "store") {
            faults.push(format!("{}: {} is another slice's store", file.path, path.join("::")));
        }
        if own.is_some_and(|own| other > own) {
            faults.push(format!("{}: {} is a later slice; tell it by a fact", file.path, path.join("::")));
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

/// A slice that reads another's tables breaks unseen when they change; two that call each other cannot be changed alone.
#[test]
fn slices_call_only_earlier_slices_and_never_their_stores() {
    let faults: Vec<String> = product_files().flat_map(slice_faults).collect();
    nothing_found("slices reach where they must not", &faults);
}

/// A watchman who lets a planted trespass pass would guard nothing.
#[test]
fn planted_trespasses_are_found() {
    let faults = |path: &str, text: &str| {
        let file = RustFile::new(path, text);
        [slice_faults(&file), crate_faults(&file)].concat().len()
    };
    let billing = "crates/jixue/src/billing/pages.rs";
    assert_eq!(faults(billing, "use crate::org::{self, store};"), 1);
    assert_eq!(faults(billing, "fn f() { crate::credit::standing() }"), 1);
    assert_eq!(faults(billing, "use crate::certificate::store::rows;"), 2);
    assert_eq!(faults(billing, "use super::store; use crate::org::unit; use crate::db::Tx;"), 0);
    assert_eq!(faults(billing, "#[cfg(test)] mod tests { use crate::credit::store; }"), 0);
    assert_eq!(faults("crates/jixue/src/reactions.rs", "use crate::credit::{enter, store};"), 1);
    assert_eq!(faults("crates/jixue/src/sample/mod.rs", "use crate::credit::store;"), 0);
    assert_eq!(faults("crates/jixue/src/main.rs", "use jixue_simulators::gateway;"), 1);
    assert_eq!(faults("crates/core/src/lib.rs", "fn f() { jixue_standards::qr::svg() }"), 1);
    assert_eq!(
        manifest_faults("crates/gateways/Cargo.toml", "[dependencies]\njixue = { workspace = true }\n").len(),
        1
    );
    assert_eq!(manifest_faults("crates/jixue/Cargo.toml", "[dev-dependencies]\njixue-simulators = \"1\"\n").len(), 0);
}
