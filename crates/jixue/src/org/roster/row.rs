//! A row of an import: what was sent, what was wrong with it, what became of it.

use super::columns;
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::keys::Keys;
use jixue_core::id::LearnerId;
use jixue_core::org::{Column, RawRosterRow, RowRefusal};
use jixue_core::refusal::Refusal;
use serde::{Deserialize, Serialize};

macro_rules! states {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $state:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $state),+
        }

        impl $name {
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$state => $code),+
                }
            }

            pub(in crate::org) fn from_code(code: &str) -> Result<Self> {
                match code {
                    $($code => Ok(Self::$state),)+
                    _ => Err(Error::internal(format!("a state {code:?}"))),
                }
            }
        }
    };
}

states! {
    /// How far an import is.
    ImportState {
        /// Its rows are being kept; if that broke off, sending the file again goes on with it.
        Receiving = "receiving",
        /// Its sheet is kept, and somebody has to say which column is which.
        Unmapped = "unmapped",
        /// All rows are kept and checked: it can be looked at and applied.
        Checked = "checked",
        /// Its good rows are being brought in; if that broke off, a sweep goes on with it.
        Applying = "applying",
        Applied = "applied",
        /// The people it brought leave again; if that broke off, a sweep goes on with it.
        Undoing = "undoing",
        Undone = "undone",
    }
}

states! {
    /// What became of a row.
    RowState {
        /// Good, and not brought in yet.
        New = "new",
        /// The unit employs this person already: nothing to do.
        Known = "known",
        Refused = "refused",
        Imported = "imported",
        /// Came in by this import and left again when it was undone.
        Undone = "undone",
        /// Came in by this import and stays although it was undone: the row says why.
        Stayed = "stayed",
    }
}

/// One thing wrong with a row, as it is kept: code and values, so that any language can say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRefusal {
    pub column: Column,
    pub code: String,
    pub arguments: Vec<(String, String)>,
}

impl KeptRefusal {
    pub(super) fn of(column: Column, refusal: &dyn Refusal) -> Self {
        Self::from(&RowRefusal::of(column, refusal))
    }

    /// `身份证号：…` in the reader's language.
    pub fn sentence(&self, t: &Texts) -> String {
        let arguments: Vec<(&str, String)> =
            self.arguments.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        t.org_refusal_in_column(columns::word(t, self.column), t.code(&self.code, &arguments))
    }
}

impl From<&RowRefusal> for KeptRefusal {
    fn from(refusal: &RowRefusal) -> Self {
        let arguments = refusal.arguments.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        Self { column: refusal.column, code: refusal.code.to_owned(), arguments: arguments.collect() }
    }
}

/// A row of an import.
#[derive(Clone)]
pub struct ImportRow {
    /// As the spreadsheet's margin shows it.
    pub number: i64,
    pub state: RowState,
    pub raw: RawRosterRow,
    pub refusals: Vec<KeptRefusal>,
    pub learner: Option<LearnerId>,
}

/// Shows no cell: a row holds an identity number.
impl std::fmt::Debug for ImportRow {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "row {} {} {:?}", self.number, self.state.code(), self.refusals)
    }
}

/// The context in which rows are sealed.
const SEALED_AS: &str = "roster row";

/// The cells of a row in the order of the columns, sealed.
pub(super) fn seal(keys: &Keys, raw: &RawRosterRow) -> Result<Vec<u8>> {
    let cells: Vec<&str> = Column::ALL.into_iter().map(|column| raw.cell(column)).collect();
    Ok(keys.seal(SEALED_AS, &serde_json::to_vec(&cells).map_err(Error::internal)?))
}

/// The cells that `seal` was given.
pub(super) fn open(keys: &Keys, sealed: &[u8]) -> Result<RawRosterRow> {
    let plain = keys.open(SEALED_AS, sealed)?;
    // Rows that an earlier version kept have fewer cells.
    let cells: Vec<String> = serde_json::from_slice(&plain).map_err(Error::internal)?;
    let mut cells = cells.into_iter().chain(std::iter::repeat_with(String::new));
    let mut next = || cells.next().unwrap_or_default();
    Ok(RawRosterRow {
        name: next(),
        identity_number: next(),
        phone: next(),
        department: next(),
        title_series: next(),
        title_level: next(),
        identity_kind: next(),
    })
}
