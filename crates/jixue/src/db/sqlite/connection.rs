//! Opening a file: the settings that durability and speed rest on.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::db::Failure;

/// 3.51.3 as SQLite numbers it: the first version without the lost-commit fault when a checkpoint races a writer.
const OLDEST_SOUND: i32 = 3_051_003;

/// Statements kept prepared for each connection: more than the catalogue has.
const PREPARED_MAX: usize = 1_024;

/// How long to ask for the lock file again. A child process that any part of this program starts holds a copy of the
/// lock from its fork to its exec: a moment, but without patience 13 of 300 runs of the backup tests fell into it.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// Between two askings.
const LOCK_STEP: Duration = Duration::from_millis(20);

/// How long to wait for another process that holds SQLite's own lock, such as a restore.
const BUSY_PATIENCE: Duration = Duration::from_secs(5);

/// The version of the SQLite in this program.
pub(in crate::db) fn version() -> &'static str {
    rusqlite::version()
}

/// Whether that SQLite keeps every committed write.
pub(in crate::db) fn version_ok() -> bool {
    rusqlite::version_number() >= OLDEST_SOUND
}

/// Makes the file and its folder when missing, readable by nobody else; SQLite gives `-wal` and `-shm` the same mode.
pub(in crate::db) fn create_private(path: &Path) -> Result<(), Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(Failure::file(path))
}

/// Takes a file from everybody but its owner.
pub(in crate::db) fn make_private(path: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(Failure::file(path))?;
    Ok(())
}

/// The one connection that writes. `synchronous=FULL`: COMMIT returns after the write-ahead log is on the disk.
pub(super) fn open_writer(path: &Path) -> Result<Connection, Failure> {
    let connection = open(path)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Failure::Address(format!("{}: no write-ahead log here (journal mode {mode})", path.display())));
    }
    // Checkpoints are the writer's, in idle time; 4,096 pages (16 MiB) is the net under a load that never idles.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY",
    )?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn open_reader(path: &Path) -> Result<Connection, Failure> {
    let connection = open(path)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY")?;
    Ok(connection)
}

/// A connection for a whole copy or a check: nothing of its pages or statements is kept for later.
pub(in crate::db) fn open_copy(path: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open_with_flags(path, flags())?;
    connection.busy_timeout(BUSY_PATIENCE)?;
    Ok(connection)
}

fn open(path: &Path) -> Result<Connection, Failure> {
    let connection = open_copy(path)?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")?;
    // Without this guarantee SQLite 3.54 plans a statement anew whenever a value that is compared with a column is bound:
    // every statement of ours, every time. Measured in one sitting: a beat took 281 µs of CPU without it and 119 with
    // it, a home page three times as much without as with.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
    Ok(connection)
}

/// Never CREATE: the file is made by [`create_private`], and a mistyped path must not become an empty database.
fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// A lock file beside the database: shared by the programs that have it open, exclusive for a restore. The system
/// lets go of it when the program ends, however it ends.
pub(in crate::db) struct HeldFile {
    _file: File,
}

impl HeldFile {
    /// Joins those that have the database open.
    ///
    /// # Errors
    /// [`Failure::InUse`] while a restore runs.
    pub fn shared(database: &Path) -> Result<Self, Failure> {
        Self::take(database, File::try_lock_shared)
    }

    /// Keeps everybody else out.
    ///
    /// # Errors
    /// [`Failure::InUse`] while any program has the database open.
    pub fn exclusive(database: &Path) -> Result<Self, Failure> {
        Self::take(database, File::try_lock)
    }

    fn take(database: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> Result<Self, Failure> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(Failure::file(&path))?;
        let mut waited = Duration::ZERO;
        loop {
            match lock(&file) {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if waited < LOCK_PATIENCE => {
                    std::thread::sleep(LOCK_STEP);
                    waited += LOCK_STEP;
                }
                Err(TryLockError::WouldBlock) => return Err(Failure::InUse(database.to_owned())),
                Err(TryLockError::Error(error)) => return Err(Failure::file(path)(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    /// A cached statement is planned once, whatever is bound to it afterwards.
    #[test]
    fn binding_other_values_does_not_plan_again() {
        let folder = std::env::temp_dir().join(format!("jixue-planned-{}", std::process::id()));
        let path = folder.join("planned.db");
        create_private(&path).expect("a file");
        let writer = open_writer(&path).expect("a writer");
        writer.execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER); CREATE INDEX t_b ON t (b)").unwrap();
        for connection in [&writer, &open_reader(&path).expect("a reader")] {
            for value in 0..4_i64 {
                let mut statement = connection.prepare_cached("SELECT a FROM t WHERE b = $1 LIMIT $2").unwrap();
                assert!(statement.query([value, 100 + value]).unwrap().next().unwrap().is_none());
                assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "after {value}");
            }
        }
        drop(writer);
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
