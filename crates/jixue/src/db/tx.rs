//! The transaction a unit of work is given.

use std::future::Future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::{Failure, FromCell, Row, Value, postgres, sqlite};
use crate::error::{Error, Result};

/// A transaction under way, the same on both engines.
///
/// Statements are `&'static str` with `$1`, `$2`… bound by number. After a statement has failed no other runs, and
/// the unit is rolled back whatever it returns.
pub struct Tx<'a> {
    engine: Engine<'a>,
    /// Statements that PostgreSQL has not answered yet.
    waiting: AtomicU32,
    failed: AtomicBool,
    asked_to_run_again: AtomicBool,
}

enum Engine<'a> {
    // A Mutex, never contended: it makes the reference Sync, so that one handler compiles for both engines.
    Sqlite(&'a Mutex<rusqlite::Connection>),
    Postgres(postgres::Session<'a>),
}

impl<'a> Tx<'a> {
    pub(super) fn sqlite(connection: &'a Mutex<rusqlite::Connection>) -> Self {
        Self::of(Engine::Sqlite(connection))
    }

    pub(super) fn postgres(session: postgres::Session<'a>) -> Self {
        Self::of(Engine::Postgres(session))
    }

    fn of(engine: Engine<'a>) -> Self {
        Self {
            engine,
            waiting: AtomicU32::new(0),
            failed: AtomicBool::new(false),
            asked_to_run_again: AtomicBool::new(false),
        }
    }

    /// Runs a statement that answers no rows; returns how many rows it changed.
    ///
    /// # Errors
    /// What the engine refused; see [`Failure::constraint`].
    pub async fn execute(&self, sql: &'static str, values: &[Value]) -> Result<u64> {
        self.ready(values)?;
        let outcome = match &self.engine {
            Engine::Sqlite(connection) => sqlite::execute(connection, sql, values),
            Engine::Postgres(session) => self.wait(session.execute(sql, values)).await,
        };
        self.note(outcome.map_err(Error::from))
    }

    /// Runs a query and reads every row with `read`. The query bounds its own length.
    ///
    /// # Errors
    /// What the engine refused, or the first error of `read`.
    pub async fn query<T>(
        &self,
        sql: &'static str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.ready(values)?;
        let outcome = match &self.engine {
            Engine::Sqlite(connection) => sqlite::query(connection, sql, values, read),
            Engine::Postgres(session) => self.wait(session.query(sql, values, read)).await,
        };
        self.note(outcome)
    }

    /// Runs a query that finds at most one row.
    ///
    /// # Errors
    /// As [`Tx::query`]; [`Failure::ManyRows`].
    pub async fn query_optional<T>(
        &self,
        sql: &'static str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut rows = self.query(sql, values, read).await?;
        if rows.len() > 1 {
            return Err(Failure::ManyRows.into());
        }
        Ok(rows.pop())
    }

    /// Runs a query that finds exactly one row.
    ///
    /// # Errors
    /// As [`Tx::query_optional`]; [`Failure::NoRow`].
    pub async fn query_one<T>(
        &self,
        sql: &'static str,
        values: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_optional(sql, values, read).await?.ok_or_else(|| Failure::NoRow.into())
    }

    /// The first column of the one row found.
    ///
    /// # Errors
    /// As [`Tx::query_one`].
    pub async fn query_value<T: FromCell>(&self, sql: &'static str, values: &[Value]) -> Result<T> {
        self.query_one(sql, values, |row| row.get(0)).await
    }

    /// The first column of the row found, if one is found.
    ///
    /// # Errors
    /// As [`Tx::query_optional`].
    pub async fn query_value_optional<T: FromCell>(&self, sql: &'static str, values: &[Value]) -> Result<Option<T>> {
        self.query_optional(sql, values, |row| row.get(0)).await
    }

    /// Runs DDL, which has no values and is not worth preparing.
    pub(super) async fn define(&self, ddl: &str) -> Result<()> {
        self.ready(&[])?;
        let outcome = match &self.engine {
            Engine::Sqlite(connection) => sqlite::define(connection, ddl),
            Engine::Postgres(session) => self.wait(session.define(ddl)).await,
        };
        self.note(outcome.map_err(Error::from))
    }

    /// What the unit may answer: an `Ok` after a failed statement would acknowledge what PostgreSQL has rolled back.
    pub(super) fn verdict<T>(&self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Ok(_) if self.failed.load(Ordering::Relaxed) => Err(Failure::WentOnAfterFailure.into()),
            other => other,
        }
    }

    /// True when PostgreSQL refused a statement because of another transaction, whatever the unit made of it.
    pub(super) fn asks_to_run_again(&self) -> bool {
        self.asked_to_run_again.load(Ordering::Relaxed)
    }

    /// True while PostgreSQL owes an answer.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    fn ready(&self, values: &[Value]) -> Result<(), Failure> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(Failure::WentOnAfterFailure);
        }
        values.iter().try_for_each(Value::check)
    }

    fn note<T>(&self, outcome: Result<T>) -> Result<T> {
        if let Err(error) = &outcome {
            self.failed.store(true, Ordering::Relaxed);
            if matches!(error, Error::Database(failure) if failure.asks_to_run_again()) {
                self.asked_to_run_again.store(true, Ordering::Relaxed);
            }
        }
        outcome
    }

    async fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _answered = Answered(&self.waiting);
        call.await
    }
}

struct Answered<'a>(&'a AtomicU32);

impl Drop for Answered<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
