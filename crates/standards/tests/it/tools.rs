//! Running the judges. A missing one fails the test: a judge that is not asked finds nothing wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that goes away with the test.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty folder for the test `name`.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("jixue-standards-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Write a file and return its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a program printed, on both channels, and whether it was content.
pub struct Answer {
    pub text: String,
    pub success: bool,
}

/// Run a program. Its absence is an error, with what to do.
pub fn ask(program: &str, arguments: &[&str]) -> Answer {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
        panic!(
            "{program}: {error}. These tests need poppler-utils, qpdf, zbar-tools, libnss3-tools, openssl and \
             fonts-noto-cjk; scripts/test.sh installs them"
        )
    });
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Answer { text, success: output.status.success() }
}

/// Run a program that must succeed.
pub fn tell(program: &str, arguments: &[&str]) -> String {
    let answer = ask(program, arguments);
    assert!(answer.success, "{program} {arguments:?}: {}", answer.text);
    answer.text
}

/// A word on a page and its box in points, origin at the upper left.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: String,
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// The words of a PDF with their boxes, as poppler finds them.
pub fn words(pdf: &str) -> Vec<Word> {
    let html = tell("pdftotext", &["-bbox", pdf, "-"]);
    let attribute = |line: &str, name: &str| -> f32 {
        let rest = line.split(&format!("{name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let lines = html.lines().filter(|line| line.trim_start().starts_with("<word"));
    lines
        .map(|line| Word {
            text: line.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned(),
            left: attribute(line, "xMin"),
            top: attribute(line, "yMin"),
            right: attribute(line, "xMax"),
            bottom: attribute(line, "yMax"),
        })
        .collect()
}
