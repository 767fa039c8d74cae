//! The embedded engine: one writer thread, a few readers, one file.

mod connection;
mod job;
mod queue;
mod readers;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{CachedStatement, Connection};

pub(super) use connection::{HeldFile, create_private, make_private, open_copy, version, version_ok};
pub(super) use queue::Lane;

use self::job::Unit;
use self::readers::Readers;
use self::writer::Writer;
use super::metrics::Metrics;
use super::{DatabaseConfig, Failure, Row, Tx, Value};
use crate::error::Result;

/// Connections for reads that may take long; few, so that they cannot starve the machine.
const BULK_READERS: usize = 2;

/// An open SQLite database. Dropping it lets the writer finish what is queued.
pub(super) struct Sqlite {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
    bulk_readers: Arc<Readers>,
    metrics: Arc<Metrics>,
    /// Says to a restore that a program has this file open.
    _held: Arc<HeldFile>,
}

impl Sqlite {
    pub fn open(path: &Path, config: &DatabaseConfig, metrics: Arc<Metrics>) -> Result<Self, Failure> {
        if !version_ok() {
            return Err(Failure::OldSqlite(version()));
        }
        create_private(path)?;
        let held = Arc::new(HeldFile::shared(path)?);
        let writer = Writer::start(connection::open_writer(path)?, held.clone(), metrics.clone())?;
        let readers = Readers::open(path, config.pool_size, metrics.clone())?;
        let bulk_readers = Arc::new(Readers::open(path, BULK_READERS, metrics.clone())?);
        Ok(Self { path: path.to_owned(), writer, readers, bulk_readers, metrics, _held: held })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub async fn write<T, F>(&self, lane: Lane, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let (unit, answer) = Unit::boxed(work, self.metrics.clone());
        self.writer.queue.push(lane, unit).inspect_err(|failure| {
            if matches!(failure, Failure::Busy) {
                self.metrics.refused_busy.add(1);
            }
        })?;
        answer.await.map_err(|_| Failure::NotCommitted("the writer has ended".to_owned()))?
    }

    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&Tx<'_>) -> Result<T>,
    {
        self.readers.read(work).await
    }

    pub async fn read_bulk<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.bulk_readers.clone().read_elsewhere(work).await
    }

    /// Jobs waiting: interactive, bulk.
    pub fn waiting(&self) -> (usize, usize) {
        self.writer.queue.lengths()
    }

    /// Takes no more writes, finishes those queued, and checkpoints.
    pub async fn close(&self) {
        self.writer.queue.close();
        if let Some(thread) = self.writer.take_thread() {
            let ended = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(ended, Ok(Ok(()))) {
                tracing::error!("the database writer ended by a panic");
            }
        }
    }

    /// Prepares each statement; answers those that cannot be.
    pub async fn prepare_all(&self, catalogue: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut wrong = Vec::new();
        self.readers
            .with_connection(|connection| {
                for (name, sql) in catalogue {
                    let checked = prepare(&lock(connection), sql).and_then(|statement| highest_placeholder(&statement));
                    if let Err(failure) = checked {
                        wrong.push(((*name).to_owned(), failure.to_string()));
                    }
                }
            })
            .await;
        wrong
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.writer.queue.close();
    }
}

/// A panic while the lock was held leaves the connection sound: SQLite's statements reset themselves when dropped.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn prepare<'c>(connection: &'c Connection, sql: &str) -> Result<CachedStatement<'c>, Failure> {
    Ok(connection.prepare_cached(sql)?)
}

/// Runs one of our own statements, such as BEGIN.
fn run(connection: &Mutex<Connection>, sql: &'static str) -> Result<(), Failure> {
    lock(connection).prepare_cached(sql)?.execute([])?;
    Ok(())
}

pub(super) fn execute(connection: &Mutex<Connection>, sql: &'static str, values: &[Value]) -> Result<u64, Failure> {
    let connection = lock(connection);
    let mut statement = prepare(&connection, sql)?;
    bind(&mut statement, values)?;
    Ok(statement.raw_execute()? as u64)
}

pub(super) fn query<T>(
    connection: &Mutex<Connection>,
    sql: &'static str,
    values: &[Value],
    mut read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let connection = lock(connection);
    let mut statement = prepare(&connection, sql)?;
    bind(&mut statement, values)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(Failure::from)? {
        found.push(read(&Row::sqlite(row))?);
    }
    Ok(found)
}

pub(super) fn define(connection: &Mutex<Connection>, ddl: &str) -> Result<(), Failure> {
    Ok(lock(connection).execute_batch(ddl)?)
}

/// SQLite takes `$2` for a name and numbers names as they first appear, so binding by position would swap values.
fn bind(statement: &mut CachedStatement<'_>, values: &[Value]) -> Result<(), Failure> {
    let mut wanted = 0;
    for position in 1..=statement.parameter_count() {
        let number = placeholder(statement, position)?;
        wanted = wanted.max(number);
        if let Some(value) = values.get(number - 1) {
            statement.raw_bind_parameter(position, value)?;
        }
    }
    if wanted == values.len() { Ok(()) } else { Err(Failure::Parameters { wanted, given: values.len() }) }
}

fn highest_placeholder(statement: &CachedStatement<'_>) -> Result<usize, Failure> {
    (1..=statement.parameter_count())
        .try_fold(0, |highest, position| Ok(highest.max(placeholder(statement, position)?)))
}

/// The `n` of `$n` at this position.
fn placeholder(statement: &CachedStatement<'_>, position: usize) -> Result<usize, Failure> {
    let name = statement.parameter_name(position).unwrap_or("?");
    match name.strip_prefix('$').and_then(|digits| digits.parse().ok()) {
        Some(number) if number > 0 => Ok(number),
        _ => Err(rusqlite::Error::InvalidParameterName(name.to_owned()).into()),
    }
}
