//! The packages that the program stands on: how many, and under which licences.

use super::nothing_found;
use super::tree::workspace_root;
use std::collections::BTreeSet;
use std::process::Command;

const PACKAGES_MAX: usize = 450;

/// The lines of `cargo tree` with `arguments`, each once.
fn cargo_tree(arguments: &[&str]) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--offline", "--prefix", "none"])
        .args(arguments)
        .current_dir(workspace_root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Every package is somebody else's code that we answer for, and minutes of everybody's build.
#[test]
fn the_program_stands_on_few_packages() {
    let packages = cargo_tree(&["-e", "normal", "-p", "jixue"]);
    assert!(packages.len() <= PACKAGES_MAX, "{} packages, at most {PACKAGES_MAX}", packages.len());
    assert!(packages.iter().any(|one| one.starts_with("rusqlite ")), "this is not our tree: {packages:?}");
    let sqlites = packages.iter().filter(|one| one.starts_with("libsqlite3-sys ")).count();
    assert_eq!(sqlites, 1, "two SQLite libraries in one process corrupt each other's locks");
    let simulators = packages.iter().filter(|one| one.starts_with("jixue-simulators ")).count();
    assert_eq!(simulators, 0, "the production program holds a simulator");
}

/// True when `expression` (SPDX, or the older `A/B`) can be met with `allowed` alone.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], " ");
    // None of our packages nests OR within AND but for one form, `(A OR B) AND C`: AND binds last here.
    plain.split(" AND ").all(|part| part.split(" OR ").any(|word| allowed.iter().any(|one| one == word.trim())))
}

/// A licence that asks for more than a notice would bind every city that runs the program.
#[test]
fn every_package_is_under_a_permissive_licence() {
    let text = std::fs::read_to_string(workspace_root().join("deny.toml")).expect("deny.toml stands in the root");
    let rules: toml::Table = text.parse().expect("deny.toml is TOML");
    let list = |value: Option<&toml::Value>| -> Vec<String> {
        let entries = value.and_then(toml::Value::as_array).into_iter().flatten();
        entries.filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
    };
    let allowed = list(rules["licenses"].get("allow"));
    assert!(!allowed.is_empty(), "deny.toml allows nothing");
    let clarified: Vec<&str> = rules["licenses"]
        .get("clarify")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.get("crate").or_else(|| entry.get("name"))?.as_str())
        .collect();
    let packages = cargo_tree(&["-e", "normal,build", "--workspace", "--format", "{p}|{l}"]);
    let strange = packages.iter().filter(|line| {
        let (package, licence) = line.split_once('|').unwrap_or((line, ""));
        let name = package.split(' ').next().unwrap_or(package);
        !is_allowed(licence, &allowed) && !clarified.contains(&name)
    });
    nothing_found("licences that deny.toml does not allow", &strange.cloned().collect::<Vec<_>>());
}

/// The little that we read of SPDX.
#[test]
fn licence_expressions_are_read() {
    let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned(), "Unicode-3.0".to_owned()];
    assert!(is_allowed("Apache-2.0/MIT", &allowed) && is_allowed("(GPL-3.0 OR MIT) AND Unicode-3.0", &allowed));
    assert!(!is_allowed("MIT AND GPL-3.0", &allowed) && !is_allowed("", &allowed));
}
