//! Copies of the database: taken while it works, checked before they count, put in place only when nobody has it open.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use serde::Serialize;

use super::sqlite::{HeldFile, create_private, make_private, open_copy};
use super::{DatabaseConfig, Failure};

/// A backup or a restore stopped. Nothing that was there before is lost.
#[derive(Debug, thiserror::Error)]
pub enum BackupFailure {
    /// There is a file already where the copy should go.
    #[error("{} is there already", .0.display())]
    AlreadyThere(PathBuf),
    /// The copy does not pass SQLite's own check.
    #[error("{} is damaged: {finding}", path.display())]
    Damaged {
        /// The copy.
        path: PathBuf,
        /// SQLite's first finding.
        finding: String,
    },
    /// The database could not be copied in one piece.
    #[error("the copy was interrupted")]
    Interrupted,
    /// This engine is not ours to copy: its own tool does it.
    #[error("run: {0}")]
    OwnTool(String),
}

/// What a checked copy holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// Size in bytes.
    pub bytes: u64,
    /// Rows by table, in the order of names.
    pub rows: Vec<TableRows>,
}

/// A table of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableRows {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: i64,
}

/// Copies the database at `from` to the new file `to` in one snapshot, while others read and write, and checks the
/// copy. The copy gets its name only when it is whole and on the disk.
pub(super) fn copy(from: &Path, to: &Path) -> Result<BackupReport, Failure> {
    if to.exists() {
        return Err(BackupFailure::AlreadyThere(to.to_owned()).into());
    }
    let partial = beside(to, ".partial");
    remove_database(&partial)?;
    create_private(&partial)?;
    let copied = copy_pages(from, &partial).and_then(|()| check(&partial));
    if copied.is_err() {
        remove_database(&partial)?;
    }
    let report = copied?;
    sync(&partial)?;
    fs::rename(&partial, to).map_err(Failure::file(to))?;
    sync_folder(to)?;
    Ok(report)
}

/// Opens a copy and checks every page, index and foreign key in it.
///
/// # Errors
/// [`BackupFailure::Damaged`] with SQLite's first finding.
pub fn check(copy: &Path) -> Result<BackupReport, Failure> {
    let connection = open_copy(copy)?;
    let damaged = |finding: String| BackupFailure::Damaged { path: copy.to_owned(), finding };
    let finding: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if finding != "ok" {
        return Err(damaged(finding).into());
    }
    if connection.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(damaged("a foreign key leads nowhere".to_owned()).into());
    }
    let bytes = fs::metadata(copy).map_err(Failure::file(copy))?.len();
    Ok(BackupReport { bytes, rows: count_rows(&connection)? })
}

/// Puts a checked copy in the place of the database that `config` names. What stood there is kept beside it with the
/// ending `.replaced`.
///
/// # Errors
/// [`Failure::InUse`] while a program has the database open; [`BackupFailure::Damaged`] when the copy is not
/// sound; [`BackupFailure::OwnTool`] for PostgreSQL.
pub fn restore(copy: &Path, config: &DatabaseConfig) -> Result<BackupReport, Failure> {
    let super::config::Address::Sqlite(database) = config.address()? else {
        let command = "pg_restore --clean --if-exists --single-transaction --dbname=DATABASE ";
        return Err(BackupFailure::OwnTool(format!("{command}{}", copy.display())).into());
    };
    create_private(&beside(&database, ".lock"))?;
    let _alone = HeldFile::exclusive(&database)?;
    let incoming = beside(&database, ".incoming");
    remove_database(&incoming)?;
    create_private(&incoming)?;
    // What is checked is the very file that is put in place.
    let copied = fs::copy(copy, &incoming).map_err(Failure::file(copy));
    // A copy carries the mode of what was copied, which may have come through a folder open to all.
    let copied = copied.and_then(|_| make_private(&incoming));
    let checked = copied.and_then(|()| check(&incoming));
    if checked.is_err() {
        remove_database(&incoming)?;
    }
    let report = checked?;
    sync(&incoming)?;
    set_aside(&database)?;
    // One step: at every moment the name leads to the old database or to the new one.
    fs::rename(&incoming, &database).map_err(Failure::file(&database))?;
    sync_folder(&database)?;
    Ok(report)
}

/// The command that copies a PostgreSQL database; it asks for the password itself.
pub(super) fn postgres_command(config: &DatabaseConfig, to: &Path) -> Result<String, Failure> {
    let address: tokio_postgres::Config = config.url.parse().map_err(Failure::Postgres)?;
    let mut command = format!("pg_dump --format=custom --file={}", to.display());
    if let Some(host) = address.get_hosts().first() {
        let host = match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(folder) => folder.display().to_string(),
        };
        command.push_str(&format!(" --host={host}"));
    }
    for (option, value) in [
        ("port", address.get_ports().first().map(u16::to_string)),
        ("username", address.get_user().map(str::to_owned)),
        ("dbname", address.get_dbname().map(str::to_owned)),
    ] {
        if let Some(value) = value {
            command.push_str(&format!(" --{option}={value}"));
        }
    }
    Ok(command)
}

/// All pages in one step: a single snapshot that writers need not wait for, since the log keeps their news meanwhile.
/// A copy in many steps would begin again whenever the writer commits.
fn copy_pages(from: &Path, to: &Path) -> Result<(), Failure> {
    let source = open_copy(from)?;
    source.execute_batch("PRAGMA query_only = ON")?;
    let mut copy = open_copy(to)?;
    match Backup::new(&source, &mut copy)?.step(-1)? {
        StepResult::Done => {}
        _ => return Err(BackupFailure::Interrupted.into()),
    }
    // The copy is one file that needs no log beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    Ok(())
}

fn count_rows(connection: &Connection) -> Result<Vec<TableRows>, Failure> {
    let mut tables = connection.prepare(super::Dialect::Sqlite.tables_sql())?;
    let names = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let count = |table: String| {
        let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.replace('"', "\"\""));
        let rows = connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(TableRows { table, rows })
    };
    names.into_iter().map(count).collect()
}

/// Keeps the present database under another name, with everything its log holds; a log left behind would be taken for
/// the new database's own.
fn set_aside(database: &Path) -> Result<(), Failure> {
    let replaced = beside(database, ".replaced");
    remove_database(&replaced)?;
    let there = database.exists();
    if there && let Err(failure) = fold_log(database) {
        // A damaged database is one reason to restore: file and log are kept side by side, as they are.
        tracing::warn!(%failure, "the database that is being replaced cannot be opened");
    }
    let log = beside(database, "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        fs::rename(&log, beside(&replaced, "-wal")).map_err(Failure::file(&log))?;
    }
    remove_file(&log)?;
    remove_file(&beside(database, "-shm"))?; // SQLite makes it anew
    // Without its database a log is still set aside above: it would be replayed just the same.
    if there { fs::hard_link(database, &replaced).map_err(Failure::file(replaced)) } else { Ok(()) }
}

/// Writes the log into the database file and empties it, or leaves both untouched.
fn fold_log(database: &Path) -> Result<(), Failure> {
    let connection = open_copy(database)?;
    // Closing would otherwise write the log's pages even into a file that is no database, and remove the log.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

fn remove_database(path: &Path) -> Result<(), Failure> {
    ["", "-wal", "-shm", "-journal"].iter().try_for_each(|ending| remove_file(&beside(path, ending)))
}

fn remove_file(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::file(path)(error)),
        _ => Ok(()),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn sync(path: &Path) -> Result<(), Failure> {
    fs::File::open(path).and_then(|file| file.sync_all()).map_err(Failure::file(path))
}

/// A rename is on the disk only when its folder is.
fn sync_folder(path: &Path) -> Result<(), Failure> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync(folder),
        _ => sync(Path::new(".")),
    }
}
