//! The files of the workspace.

use super::rust::RustFile;
pub use crate::browser::workspace_root;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// A file of the workspace; `path` is relative to its root, with `/`.
pub struct File {
    pub path: String,
    pub text: String,
}

/// Folders that are made, not written.
const MADE: &[&str] = &["target", "data", "keys", ".git", "node_modules"];

/// Every written text file under `folder` whose name ends in one of `endings`, in order of path.
pub fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let root = workspace_root();
    let mut found = Vec::new();
    walk(&root, &root.join(folder), endings, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn walk(root: &Path, folder: &Path, endings: &[&str], found: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if !MADE.contains(&name.as_str()) {
                walk(root, &path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let path = path.strip_prefix(root).expect("found under the root").to_string_lossy().into_owned();
            found.push(File { path, text });
        }
    }
}

/// All Rust files of the workspace, read once.
pub fn rust_files() -> &'static [RustFile] {
    static FILES: OnceLock<Vec<RustFile>> = OnceLock::new();
    FILES.get_or_init(|| {
        let all: Vec<RustFile> =
            files("crates", &[".rs"]).into_iter().map(|file| RustFile::new(&file.path, &file.text)).collect();
        let tests: Vec<String> = all.iter().flat_map(RustFile::test_modules).collect();
        let is_test =
            |path: &str| tests.iter().any(|stem| path == format!("{stem}.rs") || path.starts_with(&format!("{stem}/")));
        all.into_iter().map(|file| if is_test(&file.path) { file.only_tests() } else { file }).collect()
    })
}

/// Rust files that become part of a program, with their tests taken out.
pub fn product_files() -> impl Iterator<Item = &'static RustFile> {
    rust_files().iter().filter(|file| !file.is_test)
}
