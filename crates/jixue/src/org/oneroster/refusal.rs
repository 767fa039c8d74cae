//! Why a file is no OneRoster package that can be read.

use jixue_core::refusal::{Kind, Refusal};

/// What is wrong with the package as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneRosterRefusal {
    /// No `manifest.csv` at the top of the archive.
    NoManifest,
    /// Neither 1.1 nor 1.2.
    VersionUnknown {
        version: String,
    },
    /// The table holds only what changed: whoever is missing in it cannot be told from whoever left.
    Delta {
        file: String,
    },
    FileMissing {
        file: String,
    },
    ColumnMissing {
        file: String,
        column: &'static str,
    },
    TooManyRows {
        file: String,
        rows: usize,
    },
}

impl Refusal for OneRosterRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoManifest => "oneroster.no_manifest",
            Self::VersionUnknown { .. } => "oneroster.version_unknown",
            Self::Delta { .. } => "oneroster.delta",
            Self::FileMissing { .. } => "oneroster.file_missing",
            Self::ColumnMissing { .. } => "oneroster.column_missing",
            Self::TooManyRows { .. } => "oneroster.too_many_rows",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::TooManyRows { .. } => Kind::TooLarge,
            Self::NoManifest
            | Self::VersionUnknown { .. }
            | Self::Delta { .. }
            | Self::FileMissing { .. }
            | Self::ColumnMissing { .. } => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoManifest => Vec::new(),
            Self::VersionUnknown { version } => vec![("version", version.clone())],
            Self::Delta { file } | Self::FileMissing { file } => vec![("file", file.clone())],
            Self::ColumnMissing { file, column } => vec![("file", file.clone()), ("column", (*column).to_owned())],
            Self::TooManyRows { file, rows } => vec![("file", file.clone()), ("rows", rows.to_string())],
        }
    }
}
