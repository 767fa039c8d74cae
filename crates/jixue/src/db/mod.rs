//! The data facade: one unit of work, one SQL text, two engines.
//!
//! ```text
//! let paid: u64 = db.write(async move |tx: &Tx<'_>| {
//!     tx.execute(ORDER_PAID, values![order_id, now]).await
//! }).await?;
//! ```
//!
//! A unit of work is one async closure over a [`Tx`]. It is committed as a whole or not at all, awaits nothing but its
//! transaction, and may run more than once: what it captures is borrowed, ids and `now` are made before it. When
//! `write` answers `Ok`, power loss cannot take the work back.
//!
//! On SQLite waiting units share one durable commit on one writer thread; on PostgreSQL each has a pooled connection
//! and is run again when the engine asks. What must differ between the engines stands in `dialect.rs`.

mod backup;
mod config;
mod dialect;
mod failure;
mod metrics;
mod migrate;
mod postgres;
mod row;
mod sqlite;
mod statement;
mod tx;
mod unit;
mod value;

use std::path::Path;
use std::sync::Arc;

pub use backup::{BackupFailure, BackupReport, TableRows, check as check_backup, restore};
pub use config::DatabaseConfig;
pub use dialect::{DdlError, Dialect};
pub use failure::{Constraint, Failure};
pub use metrics::{BATCH_CLASSES, MetricsSnapshot};
pub use migrate::{CATALOGUE, Migration, MigrationFailure};
pub use row::{Cell, FromCell, Row};
pub use tx::Tx;
pub use value::Value;

pub use crate::{db_statements as statements, db_value_from as value_from, db_values as values};

use self::config::Address;
use self::metrics::Metrics;
use self::sqlite::Lane;
use crate::error::Result;

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Db(Arc<Open>);

struct Open {
    engine: Engine,
    config: DatabaseConfig,
    metrics: Arc<Metrics>,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(Arc<postgres::Postgres>),
}

impl Db {
    /// Opens the database that `config` names. A new SQLite file is made; PostgreSQL is reached on first use.
    ///
    /// # Errors
    /// [`Failure::Address`], [`Failure::File`], [`Failure::OldSqlite`]; [`Failure::InUse`] while a restore runs.
    pub fn open(config: &DatabaseConfig) -> Result<Self> {
        let metrics = Arc::new(Metrics::default());
        let engine = match config.address()? {
            Address::Sqlite(path) => Engine::Sqlite(sqlite::Sqlite::open(&path, config, metrics.clone())?),
            Address::Postgres => Engine::Postgres(Arc::new(postgres::Postgres::open(config, metrics.clone())?)),
        };
        Ok(Self(Arc::new(Open { engine, config: config.clone(), metrics })))
    }

    /// Runs a unit of work for somebody who waits: a page, a notification, a beat.
    ///
    /// # Errors
    /// What the unit answers, or a [`Failure`]; in either case nothing of it is stored.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.write_in(Lane::Interactive, work).await
    }

    /// Runs a chunk of bulk work, at most some 500 rows: it goes after whatever people wait for.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_bulk<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        self.write_in(Lane::Bulk, work).await
    }

    async fn write_in<T, F>(&self, lane: Lane, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        unit::refuse_inside()?;
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.write(lane, work).await,
            Engine::Postgres(postgres) => postgres.write(lane, work).await,
        }
    }

    /// Reads on one snapshot, for a page: a few queries by key, each with a bound. On SQLite it runs on the calling
    /// thread.
    ///
    /// # Errors
    /// What the unit answers, or a [`Failure`].
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        unit::refuse_inside()?;
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work).await,
            Engine::Postgres(postgres) => postgres.read(Lane::Interactive, work).await,
        }
    }

    /// Reads on one snapshot what takes longer than some milliseconds: an export, a recount. On SQLite it runs on a
    /// thread of its own, so that no page waits behind it.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_bulk<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        unit::refuse_inside()?;
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.read_bulk(work).await,
            Engine::Postgres(postgres) => postgres.read(Lane::Bulk, work).await,
        }
    }

    /// Prepares every statement of a catalogue. On PostgreSQL it also checks that parameters and columns are of types
    /// we carry.
    ///
    /// # Errors
    /// Outside, that the database cannot be reached; inside, the name of each wrong statement with what is wrong.
    pub async fn prepare_all(&self, catalogue: &[(&str, &str)]) -> Result<Result<(), Vec<(String, String)>>> {
        let wrong = match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.prepare_all(catalogue).await,
            Engine::Postgres(postgres) => postgres.prepare_all(catalogue).await?,
        };
        Ok(if wrong.is_empty() { Ok(()) } else { Err(wrong) })
    }

    /// The names of all tables, in order.
    ///
    /// # Errors
    /// A [`Failure`] when the database cannot be read.
    pub async fn tables(&self) -> Result<Vec<String>> {
        let sql = self.dialect().tables_sql();
        self.read(async move |tx: &Tx<'_>| tx.query(sql, values![], |row| row.get(0)).await).await
    }

    /// Copies an SQLite database to the new file `to` while it works, and checks the copy.
    ///
    /// # Errors
    /// [`BackupFailure`]; on PostgreSQL [`BackupFailure::OwnTool`] with the command to run.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport> {
        match &self.0.engine {
            Engine::Postgres(_) => {
                let command = backup::postgres_command(&self.0.config, to)?;
                Err(Failure::from(BackupFailure::OwnTool(command)).into())
            }
            Engine::Sqlite(sqlite) => {
                let (from, to) = (sqlite.path().to_owned(), to.to_owned());
                let copied = tokio::task::spawn_blocking(move || backup::copy(&from, &to)).await;
                Ok(copied.map_err(|_| Failure::Closed)??)
            }
        }
    }

    /// Takes no more writes, lets the queued ones finish, and folds SQLite's log into the database file.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close(),
        }
    }

    /// What was counted since the database was opened, and how much is waiting now.
    pub fn metrics(&self) -> MetricsSnapshot {
        let mut snapshot = self.0.metrics.snapshot();
        match &self.0.engine {
            Engine::Sqlite(sqlite) => {
                let (interactive, bulk) = sqlite.waiting();
                (snapshot.queue_interactive, snapshot.queue_bulk) = (interactive as u64, bulk as u64);
            }
            Engine::Postgres(postgres) => {
                let (open, idle) = postgres.connections();
                (snapshot.connections_open, snapshot.connections_idle) = (open as u64, idle as u64);
            }
        }
        snapshot
    }

    /// Which words of DDL this database understands.
    pub fn dialect(&self) -> Dialect {
        match &self.0.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres { hash_partitions: self.0.config.hash_partitions },
        }
    }
}

/// Whether the SQLite in this program keeps every committed write (3.51.3 or newer), and its version.
///
/// Older ones may lose commits when a checkpoint races a writer after the log was reset.
pub fn sqlite_version_ok() -> (bool, &'static str) {
    (sqlite::version_ok(), sqlite::version())
}
