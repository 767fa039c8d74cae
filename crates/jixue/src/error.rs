//! What can go wrong, in three sorts: a rule said no, the database failed, or it is our fault.

use jixue_core::refusal::{Kind, Refusal};

/// A refusal as it travels: code, kind and arguments of the rule that said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub code: &'static str,
    pub kind: Kind,
    pub arguments: Vec<(&'static str, String)>,
}

impl Refused {
    /// A refusal of the application itself; the core's own come through `From`.
    pub fn new(code: &'static str, kind: Kind) -> Self {
        Self { code, kind, arguments: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// What the asker may not know of and what is not there answer alike.
    pub fn not_found() -> Self {
        Self::new("request.not_found", Kind::NotFound)
    }
}

#[derive(Debug)]
pub enum Error {
    Refused(Refused),
    Database(crate::db::Failure),
    Internal(anyhow::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl<R: Refusal> From<R> for Error {
    fn from(refusal: R) -> Self {
        Self::Refused(Refused { code: refusal.code(), kind: refusal.kind(), arguments: refusal.arguments() })
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<crate::db::Failure> for Error {
    fn from(failure: crate::db::Failure) -> Self {
        Self::Database(failure)
    }
}

impl Error {
    /// Our fault, with what was being done.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        Self::Internal(anyhow::anyhow!("{what}"))
    }

    /// The code of a refusal, if it is one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refused) => Some(refused.code),
            Self::Database(_) | Self::Internal(_) => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refused) => write!(out, "refused: {} {:?}", refused.code, refused.arguments),
            Self::Database(failure) => write!(out, "database: {failure}"),
            Self::Internal(error) => write!(out, "{error:#}"),
        }
    }
}

impl std::error::Error for Error {}
