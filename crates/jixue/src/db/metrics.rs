//! What the data layer counts, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::Failure;
use crate::error::{Error, Result};

/// Upper bounds of the batch size classes; the last class has none.
pub const BATCH_CLASSES: [u64; 5] = [1, 4, 16, 64, 256];

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(super) struct Metrics {
    committed: Counter,
    refused: Counter,
    failed: Counter,
    panicked: Counter,
    awaited_outside: Counter,
    pub refused_busy: Counter,
    pub run_again: Counter,
    commits: Counter,
    commits_failed: Counter,
    commit_micros: Counter,
    batch_classes: [Counter; BATCH_CLASSES.len()],
    pub work_micros: Counter,
    pub checkpoints: Counter,
    reads: Counter,
    read_micros: Counter,
    slow_reads: Counter,
}

/// An inline read above this kept a thread of the server from other requests; it belongs into `read_bulk`.
const SLOW_READ_MICROS: u64 = 20_000;

impl Metrics {
    pub fn note_outcome<T>(&self, outcome: &Result<T>) {
        let counter = match outcome {
            Ok(_) => &self.committed,
            Err(Error::Database(Failure::Panicked(_))) => &self.panicked,
            Err(Error::Database(Failure::AwaitedOutside)) => &self.awaited_outside,
            Err(Error::Database(_)) => &self.failed,
            Err(_) => &self.refused,
        };
        counter.add(1);
    }

    pub fn note_commit(&self, jobs: usize, micros: u64, committed: bool) {
        let counter = if committed { &self.commits } else { &self.commits_failed };
        counter.add(1);
        self.commit_micros.add(micros);
        let jobs = jobs as u64;
        if let Some(class) = BATCH_CLASSES.iter().position(|max| jobs <= *max) {
            self.batch_classes[class].add(1);
        }
    }

    pub fn note_read(&self, micros: u64) {
        self.reads.add(1);
        self.read_micros.add(micros);
        if micros > SLOW_READ_MICROS {
            self.slow_reads.add(1);
        }
    }

    pub fn snapshot(&self) -> MetricsSnapshot {
        MetricsSnapshot {
            units_committed: self.committed.get(),
            units_refused: self.refused.get(),
            units_failed: self.failed.get(),
            units_panicked: self.panicked.get(),
            units_awaited_outside: self.awaited_outside.get(),
            units_refused_busy: self.refused_busy.get(),
            units_run_again: self.run_again.get(),
            commits: self.commits.get(),
            commits_failed: self.commits_failed.get(),
            commit_micros_sum: self.commit_micros.get(),
            commits_by_batch_class: self.batch_classes.each_ref().map(Counter::get),
            work_micros_sum: self.work_micros.get(),
            checkpoints: self.checkpoints.get(),
            reads: self.reads.get(),
            read_micros_sum: self.read_micros.get(),
            reads_slow: self.slow_reads.get(),
            ..MetricsSnapshot::default()
        }
    }
}

/// The counters at one moment; all but the last four only grow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricsSnapshot {
    /// Units of work that were acknowledged as done.
    pub units_committed: u64,
    /// Units in which a rule said no.
    pub units_refused: u64,
    /// Units the data layer could not do.
    pub units_failed: u64,
    /// Units that panicked.
    pub units_panicked: u64,
    /// Units that awaited something that is not their transaction.
    pub units_awaited_outside: u64,
    /// Units turned away because too much was waiting.
    pub units_refused_busy: u64,
    /// Second and later runs that PostgreSQL asked for.
    pub units_run_again: u64,
    /// Transactions committed; on SQLite one carries up to 256 units.
    pub commits: u64,
    /// Transactions that could not be committed.
    pub commits_failed: u64,
    /// Time spent in COMMIT, mostly waiting for the disk.
    pub commit_micros_sum: u64,
    /// Commits by the number of units in them; classes as in [`BATCH_CLASSES`].
    pub commits_by_batch_class: [u64; BATCH_CLASSES.len()],
    /// Time between BEGIN and COMMIT.
    pub work_micros_sum: u64,
    /// SQLite's log copied into the database file in an idle moment.
    pub checkpoints: u64,
    /// Reads done.
    pub reads: u64,
    /// Time within reads.
    pub read_micros_sum: u64,
    /// Reads that took more than 20 ms.
    pub reads_slow: u64,
    /// Interactive units waiting for SQLite's writer now.
    pub queue_interactive: u64,
    /// Bulk units waiting for SQLite's writer now.
    pub queue_bulk: u64,
    /// PostgreSQL connections open now.
    pub connections_open: u64,
    /// PostgreSQL connections open and unused now.
    pub connections_idle: u64,
}

/// Measures how long something took. It times the machine, never a rule: rules are given their `now`.
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    #[allow(clippy::disallowed_methods, reason = "elapsed time for metrics, not a clock for rules")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Time since the start or the last lap.
    pub fn lap_micros(&mut self) -> u64 {
        let micros = self.micros();
        *self = Self::start();
        micros
    }
}
