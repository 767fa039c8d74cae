//! What can go wrong between a unit of work and the disk.

use std::fmt;
use std::path::PathBuf;

/// A failure of the data layer. It is never a rule's "no": those are refusals.
///
/// `Debug` says the same as `Display`, and neither shows the values of a row: PostgreSQL's DETAIL line quotes the
/// phone number that broke a unique index, and a log is no place for it.
#[derive(thiserror::Error)]
pub enum Failure {
    /// SQLite refused a statement.
    #[error("SQLite: {0}")]
    Sqlite(rusqlite::Error),
    /// PostgreSQL refused a statement, or the connection broke.
    #[error("PostgreSQL: {}", describe_postgres(.0))]
    Postgres(tokio_postgres::Error),
    /// No connection to PostgreSQL could be made.
    #[error("no database connection: {0}")]
    Pool(String),
    /// Too much work is waiting; nothing was done. The caller answers 503 and asks to come again.
    #[error("the database has too much work waiting")]
    Busy,
    /// The database was closed; nothing was done.
    #[error("the database is closed")]
    Closed,
    /// The unit of work awaited something that is not its own transaction. It was rolled back.
    #[error("a unit of work awaited something that is not its own transaction")]
    AwaitedOutside,
    /// The unit of work panicked. It was rolled back.
    #[error("a unit of work panicked: {0}")]
    Panicked(String),
    /// The unit of work went on after one of its statements had failed. It was rolled back.
    ///
    /// PostgreSQL cannot go on after a failed statement, so no unit may: both engines do the same.
    #[error("a unit of work went on after a failed statement")]
    WentOnAfterFailure,
    /// The transaction was not committed: nothing of it is stored, nothing was acknowledged.
    #[error("not committed: {0}")]
    NotCommitted(String),
    /// A query that must find exactly one row found none.
    #[error("a row was expected and none found")]
    NoRow,
    /// A query that must find at most one row found more.
    #[error("one row was expected and several found")]
    ManyRows,
    /// A column does not hold what the code reads from it.
    #[error("column {index} holds {found}, not {expected}")]
    Column {
        /// Position in the row, from 0.
        index: usize,
        /// What the code asked for.
        expected: &'static str,
        /// What the database gave.
        found: String,
    },
    /// The placeholders of a statement and its values do not match.
    #[error("{given} values were given to a statement with {wanted} placeholders")]
    Parameters {
        /// Highest `$n` in the text.
        wanted: usize,
        /// Values bound.
        given: usize,
    },
    /// A text to be stored holds the character U+0000, which PostgreSQL cannot store. The caller sent nonsense: 400.
    #[error("a text value holds the character U+0000")]
    NulInText,
    /// Another program has the database open, or a restore is putting one in its place.
    #[error("{} is in use by another program", .0.display())]
    InUse(PathBuf),
    /// The configured address is none we can open.
    #[error("the database address cannot be used: {0}")]
    Address(String),
    /// The SQLite in this program is older than 3.51.3 and may lose commits.
    #[error("SQLite {0} is older than 3.51.3, which may lose committed writes")]
    OldSqlite(&'static str),
    /// A migration file, or what the database says about past migrations, does not fit.
    #[error("migration: {0}")]
    Migration(#[from] super::migrate::MigrationFailure),
    /// A backup or a restore stopped.
    #[error("backup: {0}")]
    Backup(#[from] super::backup::BackupFailure),
    /// A file beside the database could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A rule of the schema that a statement ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// A unique index or a primary key.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A column that must not be empty.
    NotNull,
    /// A CHECK.
    Check,
}

impl Failure {
    /// The rule of the schema that was broken, if one was: the same answer on both engines.
    pub fn constraint(&self) -> Option<Constraint> {
        match self {
            Self::Sqlite(error) => match error.sqlite_error()?.extended_code {
                1555 | 2067 | 2579 => Some(Constraint::Unique),
                787 => Some(Constraint::ForeignKey),
                1299 => Some(Constraint::NotNull),
                275 => Some(Constraint::Check),
                _ => None,
            },
            Self::Postgres(error) => match error.code()?.code() {
                "23505" => Some(Constraint::Unique),
                "23503" => Some(Constraint::ForeignKey),
                "23502" => Some(Constraint::NotNull),
                "23514" => Some(Constraint::Check),
                _ => None,
            },
            _ => None,
        }
    }

    /// True when a unique index or a primary key was broken.
    pub fn is_unique_violation(&self) -> bool {
        self.constraint() == Some(Constraint::Unique)
    }

    /// True when the same request may succeed later and nothing of it was acknowledged: 503 with Retry-After.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Busy | Self::Closed | Self::Pool(_) | Self::NotCommitted(_) => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    rusqlite::ErrorCode::DatabaseBusy
                        | rusqlite::ErrorCode::DiskFull
                        | rusqlite::ErrorCode::SystemIoFailure
                )
            ),
            // Class 08 connection, 40 rollback, 53 resources, 57 operator intervention.
            Self::Postgres(error) => match error.code() {
                Some(state) => ["08", "40", "53", "57"].contains(&&state.code()[..2]),
                None => error.is_closed(),
            },
            _ => false,
        }
    }

    /// True when PostgreSQL asks to run the whole unit again: serialization failure or deadlock.
    pub(super) fn asks_to_run_again(&self) -> bool {
        matches!(self, Self::Postgres(error) if error.code().is_some_and(|state| matches!(state.code(), "40001" | "40P01")))
    }

    /// A failure about the file at `path`.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

/// Code, message and constraint, without the DETAIL line.
fn describe_postgres(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => {
            let constraint = said.constraint().map(|name| format!(" ({name})")).unwrap_or_default();
            format!("{} {}{constraint}", said.code().code(), said.message())
        }
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}
