//! Who may make a proof that money came, and who may say what a caller sees.

use super::nothing_found;
use super::paths::named_paths;
use super::rust::RustFile;
use super::tree::product_files;

/// The last two words of a path that makes something precious, and whether a file may do it.
type Maker = (&'static str, &'static str, fn(&str) -> bool);

const MAKERS: &[Maker] = &[
    ("Proof", "verified", |path| {
        let inner = path.strip_prefix("crates/gateways/src/");
        inner.is_some_and(|inner| inner.split('/').any(|word| word.starts_with("verify")))
    }),
    ("Scope", "granted", |path| path.starts_with("crates/jixue/src/identity/")),
    ("Scope", "resumed", |path| path.starts_with("crates/jixue/src/") && path.ends_with("/jobs.rs")),
    ("Scope", "system", |path| {
        path.strip_prefix("crates/jixue/src/").is_some_and(|inner| {
            inner.ends_with("/jobs.rs")
                || ["jobs/", "reactions", "sample", "outbox", "command/"].iter().any(|start| inner.starts_with(start))
                || inner.contains("/jobs/")
        })
    }),
];

fn faults(file: &RustFile) -> Vec<String> {
    let mut faults = Vec::new();
    for path in named_paths(file) {
        for (kind, verb, may) in MAKERS {
            let makes = path.windows(2).any(|two| two[0] == *kind && two[1] == *verb);
            if makes && !may(&file.path) {
                faults.push(format!("{} must not call {kind}::{verb}", file.path));
            }
        }
    }
    faults
}

/// A proof made by anything but a verifier is money that nobody paid; a scope made anywhere is everybody's data.
#[test]
fn proofs_and_scopes_are_made_where_they_may_be() {
    let faults: Vec<String> = product_files().flat_map(faults).collect();
    nothing_found("made where it must not be made", &faults);
}

/// The check must see a maker in the wrong room, and leave the right rooms alone.
#[test]
fn planted_makers_are_found() {
    let count = |path: &str, text: &str| faults(&RustFile::new(path, text)).len();
    let proof = "fn f() { jixue_core::proof::Proof::verified(x) }";
    assert_eq!(count("crates/jixue/src/billing/mod.rs", proof), 1);
    assert_eq!(count("crates/gateways/src/wechat_pay/ask.rs", proof), 1);
    assert_eq!(count("crates/gateways/src/wechat_pay/verify.rs", proof), 0);
    assert_eq!(count("crates/core/src/billing.rs", "#[cfg(test)] mod tests { fn f() { Proof::verified(x) } }"), 0);
    assert_eq!(count("crates/jixue/src/web/mod.rs", "fn f() { Scope::granted(x) }"), 1);
    assert_eq!(count("crates/jixue/src/identity/session.rs", "fn f() { Scope::granted(x) }"), 0);
    assert_eq!(count("crates/jixue/src/org/lists/pages.rs", "fn f() { Scope::resumed(x, y) }"), 1);
    assert_eq!(count("crates/jixue/src/org/lists/jobs.rs", "fn f() { Scope::resumed(x, y) }"), 0);
    assert_eq!(count("crates/jixue/src/credit/pages.rs", "fn f() { Scope::system(\"x\") }"), 1);
    assert_eq!(count("crates/jixue/src/credit/jobs.rs", "fn f() { Scope::system(\"x\") }"), 0);
}
