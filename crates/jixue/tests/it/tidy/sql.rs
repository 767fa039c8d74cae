//! Where SQL stands, and what it must not say.

use super::nothing_found;
use super::rust::RustFile;
use super::tree::{files, product_files};

const VERBS: &[&str] = &["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];

fn may_hold_sql(path: &str) -> bool {
    let is_store = path.ends_with("/store.rs") || path.contains("/store/");
    is_store || path.starts_with("crates/jixue/src/db/") || path == "crates/jixue/src/db.rs"
}

fn misplaced(file: &RustFile) -> Vec<String> {
    if may_hold_sql(&file.path) {
        return Vec::new();
    }
    let speaks = |text: &str| VERBS.iter().any(|verb| text.contains(verb));
    let strings = file.product_strings.iter().filter(|one| speaks(&one.text));
    strings.map(|one| format!("{}:{}", file.path, one.line)).collect()
}

/// SQL outside the stores is in no catalogue: nobody prepares it on both engines, nobody sees that it lacks a scope.
#[test]
fn sql_stands_in_stores_and_in_db() {
    let faults: Vec<String> = product_files().flat_map(misplaced).collect();
    nothing_found("SQL outside store.rs and db/", &faults);
}

fn skips_rows(text: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == "OFFSET")
}

/// Page 2,000 of a list by OFFSET reads everything before it: one curious clerk makes the city wait.
#[test]
fn lists_are_paged_by_key() {
    let literals = product_files().flat_map(|file| file.product_strings.iter().map(move |one| (file, one)));
    let mut faults: Vec<String> = literals
        .filter(|(_, one)| skips_rows(&one.text))
        .map(|(file, one)| format!("{}:{}", file.path, one.line))
        .collect();
    faults.extend(files("crates", &[".sql"]).into_iter().filter(|file| skips_rows(&file.text)).map(|file| file.path));
    nothing_found("OFFSET in SQL", &faults);
}

/// Both checks must see what is planted.
#[test]
fn planted_sql_is_found() {
    let count = |path: &str, text: &str| misplaced(&RustFile::new(path, text)).len();
    let statement = "const ALL: &str = \"SELECT unit_id FROM unit\";";
    assert_eq!(count("crates/jixue/src/org/pages.rs", statement), 1);
    assert_eq!(count("crates/jixue/src/org/store.rs", statement), 0);
    assert_eq!(count("crates/jixue/src/org/pages.rs", "// SELECT in a comment"), 0);
    assert!(skips_rows("SELECT a FROM b LIMIT 10 OFFSET $1") && !skips_rows("CLOCK_OFFSET_MS"));
}
