//! Running the judges of documents. A missing one fails the test: a judge that is not asked finds nothing wrong.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that goes away with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("jixue-paper-{}", jixue::keys::hex(&jixue::keys::random::<8>())));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file and returns its path.
    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind in the temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a program, which may be unhappy, and returns what it said.
pub fn ask(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
        panic!("{program}: {error}; scripts/test.sh installs poppler-utils, qpdf, zbar-tools and libnss3-tools")
    });
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), said)
}

/// Runs a program that must succeed.
pub fn tell(program: &str, arguments: &[&str]) -> String {
    let (success, said) = ask(program, arguments);
    assert!(success, "{program} {arguments:?}: {said}");
    said
}

/// What pdfsig says of `pdf` when it trusts the authority under `keys`.
pub fn signature_verdict(folder: &Folder, keys: &Path, pdf: &str) -> String {
    let store = folder.path("nss");
    if std::fs::create_dir(&store).is_ok() {
        let (database, ca) = (format!("sql:{store}"), keys.join("certificate/ca.pem"));
        tell("certutil", &["-N", "-d", &database, "--empty-password"]);
        tell("certutil", &["-A", "-d", &database, "-n", "ca", "-t", "CT,C,C", "-i", ca.to_str().unwrap()]);
    }
    ask("pdfsig", &["-nssdir", &store, pdf]).1
}
