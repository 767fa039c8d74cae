//! `demo.json` in the data folder: says that the folder is a demo's, whether its city is finished, and who can sign in.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FILE: &str = "demo.json";
/// What a demo keeps in its folder, besides the marker.
const KEPT: [&str; 5] = ["jixue.db", "jixue.db-wal", "jixue.db-shm", "jixue.db.lock", "sample-roster.xlsx"];
const KEPT_FOLDER: &str = "blobs";

/// Somebody who can sign in, as the greeting lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    pub phone: String,
    pub name: String,
    /// A key of the words below `role`.
    pub role: String,
    /// The unit, where the role's words name one.
    #[serde(default)]
    pub place: String,
}

/// The marker's content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Marker {
    /// False while the city is being made; a demo that was broken off then begins anew.
    pub is_complete: bool,
    #[serde(default)]
    pub sign_ins: Vec<SignIn>,
}

fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// What the folder's marker says; `None` for an empty folder or none.
///
/// # Errors
/// When the folder holds a database that no demo made: nothing in it is touched.
pub fn read(data: &Path) -> anyhow::Result<Option<Marker>> {
    let path = path(data);
    if path.exists() {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        return Ok(Some(serde_json::from_str(&text).with_context(|| path.display().to_string())?));
    }
    if data.join(KEPT[0]).exists() {
        bail!(crate::words::say("error.not_a_demo", &[("data", &data.display())]));
    }
    Ok(None)
}

/// Writes the marker.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(data: &Path, marker: &Marker) -> anyhow::Result<()> {
    std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
    let path = path(data);
    std::fs::write(&path, serde_json::to_string_pretty(marker)?).with_context(|| path.display().to_string())
}

/// Removes what a demo made in the folder, and nothing else.
///
/// # Errors
/// When something cannot be removed.
pub fn forget(data: &Path) -> anyhow::Result<()> {
    let gone = |outcome: std::io::Result<()>, path: &Path| match outcome {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => Ok(()),
    };
    for name in KEPT {
        let path = data.join(name);
        gone(std::fs::remove_file(&path), &path)?;
    }
    let blobs = data.join(KEPT_FOLDER);
    gone(std::fs::remove_dir_all(&blobs), &blobs)?;
    // The marker last: what is left of a removal that broke off is still known as a demo's.
    let path = path(data);
    gone(std::fs::remove_file(&path), &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("jixue-marker-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// `--data` may be typed wrongly; a bureau's own database must survive that.
    #[test]
    fn a_database_that_no_demo_made_is_not_touched() {
        let folder = folder("stranger");
        std::fs::write(folder.join("jixue.db"), "a bureau's").unwrap();
        assert!(read(&folder).unwrap_err().to_string().contains("--data"));
        assert!(folder.join("jixue.db").exists());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_demo_is_remembered_and_forgotten() {
        let folder = folder("own");
        assert_eq!(read(&folder).unwrap(), None);
        let sign_in = SignIn {
            phone: "16000000001".to_owned(),
            name: "王芳".to_owned(),
            role: "due".to_owned(),
            place: String::new(),
        };
        let marker = Marker { is_complete: true, sign_ins: vec![sign_in] };
        write(&folder, &marker).unwrap();
        std::fs::write(folder.join("jixue.db"), "").unwrap();
        std::fs::write(folder.join("notes.txt"), "mine").unwrap();
        std::fs::create_dir_all(folder.join("blobs/ab")).unwrap();
        assert_eq!(read(&folder).unwrap(), Some(marker));
        forget(&folder).unwrap();
        assert_eq!(read(&folder).unwrap(), None);
        assert!(folder.join("notes.txt").exists() && !folder.join("blobs").exists());
        forget(&folder).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }
}
