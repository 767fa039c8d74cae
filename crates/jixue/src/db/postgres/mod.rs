//! PostgreSQL and engines that speak its wire: a pool, and units of work that run again when it asks.

mod connect;
mod session;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Object, Pool, PoolError, TimeoutType};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_postgres::IsolationLevel;

pub(super) use session::Session;

use super::metrics::{Metrics, Stopwatch};
use super::sqlite::Lane;
use super::{DatabaseConfig, Failure, Tx, row, unit};
use crate::error::{Error, Result};

/// Times a unit is run again after a serialization failure or a deadlock.
const RUN_AGAIN_MAX: u32 = 8;

/// A pool of connections. Making it opens none.
pub(super) struct Postgres {
    pool: Pool,
    /// Off behind a pooler that gives each transaction another server connection.
    prepared: bool,
    /// Bulk work may take half of the pool: people always find a connection.
    bulk: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl Postgres {
    pub fn open(config: &DatabaseConfig, metrics: Arc<Metrics>) -> Result<Self, Failure> {
        let bulk = Arc::new(Semaphore::new((config.pool_size / 2).max(1)));
        Ok(Self { pool: connect::pool(config)?, prepared: config.statement_cache, bulk, metrics })
    }

    /// Runs a unit of work on a blocking thread, which drives it to its end.
    ///
    /// The future of an `AsyncFn` cannot be required to be `Send` in today's Rust, and the compiler's guess fails for
    /// units that borrow what they captured; so the future never leaves the thread that polls it, and callers await a
    /// plain answer. The hand-over costs some 20 µs beside a network round trip per statement.
    pub async fn write<T, F>(self: &Arc<Self>, lane: Lane, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let (this, runtime) = (self.clone(), Handle::current());
        let unit = tokio::task::spawn_blocking(move || runtime.block_on(this.write_here(lane, work)));
        unit.await.map_err(|_| Failure::Closed)?
    }

    /// Reads on a blocking thread, for the reason that [`Postgres::write`] gives.
    pub async fn read<T, F>(self: &Arc<Self>, lane: Lane, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&Tx<'_>) -> Result<T> + Send + Sync + 'static,
    {
        let (this, runtime) = (self.clone(), Handle::current());
        let unit = tokio::task::spawn_blocking(move || runtime.block_on(this.read_here(lane, work)));
        unit.await.map_err(|_| Failure::Closed)?
    }

    async fn write_here<T, F>(&self, lane: Lane, work: F) -> Result<T>
    where
        F: AsyncFn(&Tx<'_>) -> Result<T>,
    {
        let _bulk = self.bulk_permit(lane).await?;
        let mut runs = 0;
        loop {
            let (outcome, asked_to_run_again) = self.write_once(&work).await;
            if outcome.is_err() && asked_to_run_again && runs < RUN_AGAIN_MAX {
                self.metrics.run_again.add(1);
                tokio::time::sleep(back_off(runs)).await;
                runs += 1;
                continue;
            }
            self.metrics.note_outcome(&outcome);
            return outcome;
        }
    }

    /// Runs the unit once; says also whether PostgreSQL asks to run it again.
    async fn write_once<T, F>(&self, work: &F) -> (Result<T>, bool)
    where
        F: AsyncFn(&Tx<'_>) -> Result<T>,
    {
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(failure) => return (Err(failure.into()), false),
        };
        let transaction = match connection.transaction().await {
            Ok(transaction) => transaction,
            Err(error) => {
                // A connection that died in the pool has done nothing yet, so another may take its place.
                let died = error.is_closed();
                return (Err(Failure::from(error).into()), died);
            }
        };
        let mut stopwatch = Stopwatch::start();
        let (outcome, asked) = {
            let tx = Tx::postgres(Session::new(&transaction, self.prepared));
            let outcome = tx.verdict(unit::run_waiting(&tx, async { work(&tx).await }).await);
            (outcome, tx.asks_to_run_again())
        };
        self.metrics.work_micros.add(stopwatch.lap_micros());
        match outcome {
            Ok(value) => {
                let committed = transaction.commit().await.map_err(Failure::from);
                self.metrics.note_commit(1, stopwatch.lap_micros(), committed.is_ok());
                let asked = committed.as_ref().is_err_and(Failure::asks_to_run_again);
                (committed.map(|()| value).map_err(Error::from), asked)
            }
            Err(error) => {
                // If even this fails the connection is broken, and the pool throws it away.
                let _: Result<(), tokio_postgres::Error> = transaction.rollback().await;
                (Err(error), asked)
            }
        }
    }

    async fn read_here<T, F>(&self, lane: Lane, work: F) -> Result<T>
    where
        F: AsyncFn(&Tx<'_>) -> Result<T>,
    {
        let _bulk = self.bulk_permit(lane).await?;
        let mut connection = self.connection().await?;
        let stopwatch = Stopwatch::start();
        let builder = connection.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let transaction = builder.start().await.map_err(Failure::from)?;
        let outcome = {
            let tx = Tx::postgres(Session::new(&transaction, self.prepared));
            tx.verdict(unit::run_waiting(&tx, async { work(&tx).await }).await)
        };
        let _: Result<(), tokio_postgres::Error> = transaction.rollback().await;
        self.metrics.note_read(stopwatch.micros());
        outcome
    }

    /// Prepares each statement; answers those that cannot be, or whose columns and parameters we cannot carry.
    pub async fn prepare_all(&self, catalogue: &[(&str, &str)]) -> Result<Vec<(String, String)>, Failure> {
        let connection = self.connection().await?;
        let mut wrong = Vec::new();
        for (name, sql) in catalogue {
            let complaint = match connection.prepare(sql).await {
                Err(error) => Some(Failure::from(error).to_string()),
                Ok(statement) => session::unfit(&statement),
            };
            wrong.extend(complaint.map(|complaint| ((*name).to_owned(), complaint)));
        }
        Ok(wrong)
    }

    /// Connections: open, of them unused.
    pub fn connections(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.available)
    }

    pub fn close(&self) {
        self.pool.close();
    }

    async fn connection(&self) -> Result<Object, Failure> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => {
                self.metrics.refused_busy.add(1);
                Failure::Busy
            }
            PoolError::Closed => Failure::Closed,
            PoolError::Backend(error) => Failure::Pool(Failure::from(error).to_string()),
            other => Failure::Pool(other.to_string()),
        })
    }

    async fn bulk_permit(&self, lane: Lane) -> Result<Option<tokio::sync::SemaphorePermit<'_>>, Failure> {
        match lane {
            Lane::Interactive => Ok(None),
            Lane::Bulk => self.bulk.acquire().await.map(Some).map_err(|_| Failure::Closed),
        }
    }
}

/// Between nothing and 4, 8, 16 … 512 ms: those that collided must not meet again.
fn back_off(runs: u32) -> Duration {
    Duration::from_micros(u64::from_le_bytes(crate::keys::random()) % (4_000 << runs))
}

/// Whether a column type of PostgreSQL can be read.
fn readable(kind: &tokio_postgres::types::Type) -> bool {
    row::readable(kind)
}
