//! The figures that say whether the house is still light.

use super::nothing_found;
use super::rust::{RustFile, braces_length};
use super::tree::{rust_files, workspace_root};

const FILE_LINES_MAX: usize = 600;
const FILE_LINES_MEDIAN_MAX: usize = 120;
const FUNCTION_LINES_MAX: usize = 70;

/// A file nobody can hold in the head is a file nobody dares to change.
#[test]
fn files_are_small() {
    let mut sizes: Vec<(usize, &str)> = rust_files().iter().map(|file| (file.lines, file.path.as_str())).collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    let large: Vec<String> = sizes
        .iter()
        .filter(|(lines, _)| *lines > FILE_LINES_MAX)
        .map(|(lines, path)| format!("{lines} {path}"))
        .collect();
    nothing_found("files of more than 600 lines", &large);
    let median = sizes.get(sizes.len() / 2).map_or(0, |(lines, _)| *lines);
    let largest: Vec<String> = sizes.iter().take(20).map(|(lines, path)| format!("{lines} {path}")).collect();
    assert!(
        median <= FILE_LINES_MEDIAN_MAX,
        "the median of {} files is {median} lines; the largest:\n  {}",
        sizes.len(),
        largest.join("\n  ")
    );
}

/// Name, first line and length in lines of every function with a body.
fn functions(file: &RustFile) -> Vec<(String, usize, usize)> {
    let code = file.code.as_str();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let name: String =
            code[at + 3..].chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        if name.is_empty() || code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        if let Some(open) = body_start(&code[at..]) {
            let length = open + braces_length(&code[at + open..]);
            let first = code[..at].matches('\n').count() + 1;
            found.push((name, first, code[at..at + length].matches('\n').count() + 1));
        }
    }
    found
}

/// Where the body's brace stands, past arguments like `[u8; 3]`; `None` for a function without a body.
fn body_start(code: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(at),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// A function longer than a screen hides its mistake on the other one.
#[test]
fn functions_are_short() {
    let all: Vec<(String, usize)> = rust_files()
        .iter()
        .flat_map(|file| {
            functions(file).into_iter().map(|(name, line, length)| (format!("{}:{line} {name}", file.path), length))
        })
        .collect();
    let long: Vec<String> = all
        .iter()
        .filter(|(_, length)| *length > FUNCTION_LINES_MAX)
        .map(|(place, length)| format!("{length} {place}"))
        .collect();
    assert!(
        long.len() * 100 <= all.len(),
        "{} of {} functions are too long:\n  {}",
        long.len(),
        all.len(),
        long.join("\n  ")
    );
}

/// A counter that miscounts would praise any tree.
#[test]
fn functions_are_measured_by_their_braces() {
    let text = "fn a(x: [u8; 2]) -> [u8; 2] {\n    x\n}\ntrait T {\n    fn b(&self);\n    fn c(&self) { if true {} }\n}\ntype F = fn (u8);\n";
    let file = RustFile::new("crates/core/src/a.rs", text);
    assert_eq!(functions(&file), [("a".to_owned(), 1, 3), ("c".to_owned(), 6, 1)]);
}

/// Names that say nothing collect everything.
#[test]
fn files_are_named_by_what_is_in_them() {
    let empty_names = ["util", "utils", "helper", "helpers", "common", "manager", "service", "misc"];
    let stem = |path: &str| path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs").to_owned();
    let named_emptily = |path: &str| {
        let folders = path.split('/').map(str::to_owned);
        folders.chain([stem(path)]).any(|word| empty_names.contains(&word.as_str()))
    };
    let faults: Vec<String> =
        rust_files().iter().filter(|file| named_emptily(&file.path)).map(|file| file.path.clone()).collect();
    nothing_found("files whose names say nothing", &faults);
}

/// Figures nobody sees drift: this one writes them where `scripts/test.sh` shows them.
#[test]
fn the_figures_are_written_down() {
    let files = rust_files();
    let mut lines: Vec<usize> = files.iter().map(|file| file.lines).collect();
    lines.sort_unstable();
    let tests: usize = files.iter().map(|file| file.test_lines).sum();
    let product = lines.iter().sum::<usize>() - tests;
    let functions: usize = files.iter().map(|file| functions(file).len()).sum();
    let report = format!(
        "files {}, median {} lines, largest {}; functions {functions}; product {product} lines, tests {tests} lines, \
         tests : product {:.2}\n",
        files.len(),
        lines[lines.len() / 2],
        lines[lines.len() - 1],
        tests as f64 / product as f64
    );
    print!("{report}");
    let folder = workspace_root().join("target");
    std::fs::create_dir_all(&folder).expect("target can be made");
    std::fs::write(folder.join("house-figures.txt"), report).expect("target can be written");
    assert!(tests > 0 && product > 0, "nothing was counted");
}
