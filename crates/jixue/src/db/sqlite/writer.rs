//! The one thread that writes: waiting jobs share one durable commit, and answers leave after it.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::job::{Fate, Job};
use super::queue::{Arrival, Lane, Queue};
use super::{HeldFile, lock, run};
use crate::db::Failure;
use crate::db::metrics::{Metrics, Stopwatch};

/// Jobs that may share one commit: enough that the disk's wait is shared, few enough that the first need not wait long.
const BATCH_MAX: usize = 256;

/// Bulk jobs within one commit, each up to 500 rows: people who come meanwhile wait for no more than these.
const BULK_PER_BATCH: usize = 4;

/// How long nothing must come before the log is copied into the database file.
const IDLE: Duration = Duration::from_millis(100);

/// The writer's two ends: the queue, and the thread.
pub(super) struct Writer {
    pub queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub fn start(connection: Connection, held: Arc<HeldFile>, metrics: Arc<Metrics>) -> Result<Self, Failure> {
        let queue = Arc::new(Queue::new());
        let work = Work { connection: Mutex::new(connection), queue: queue.clone(), metrics, _held: held };
        let runtime = tokio::runtime::Handle::try_current().ok();
        let spawned = std::thread::Builder::new().name("db-writer".to_owned()).spawn(move || {
            // Timers and sockets panic outside a runtime; within one they are pending, which is refused by name.
            let _entered = runtime.as_ref().map(tokio::runtime::Handle::enter);
            work.run_until_closed();
        });
        let thread = spawned.map_err(Failure::file("db-writer"))?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// The thread, to wait for its end; only the first caller gets it.
    pub fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

struct Work {
    connection: Mutex<Connection>,
    queue: Arc<Queue>,
    metrics: Arc<Metrics>,
    /// The file counts as open until the last queued job is done.
    _held: Arc<HeldFile>,
}

impl Work {
    fn run_until_closed(self) {
        let mut log_has_news = true; // a crash may have left some
        loop {
            match self.queue.wait(log_has_news.then_some(IDLE)) {
                Arrival::Job(first) => {
                    self.run_batch(first);
                    log_has_news = true;
                }
                Arrival::Idle => {
                    self.checkpoint();
                    log_has_news = false;
                }
                Arrival::Closed => break,
            }
        }
        // Closing the last connection checkpoints and removes the log.
    }

    fn run_batch(&self, first: Box<dyn Job>) {
        let mut stopwatch = Stopwatch::start();
        let mut jobs = Vec::with_capacity(16);
        let fate = self.run_jobs(first, &mut jobs);
        self.metrics.work_micros.add(stopwatch.lap_micros());
        let fate = fate.and_then(|()| run(&self.connection, "COMMIT").map_err(|failure| failure.to_string()));
        if let Err(why) = &fate {
            // COMMIT may fail and leave the transaction open, for instance on a full disk.
            if !lock(&self.connection).is_autocommit() && run(&self.connection, "ROLLBACK").is_err() {
                tracing::error!("the database writer could not roll back");
            }
            tracing::error!(jobs = jobs.len(), why, "a shared transaction was not committed");
        }
        self.metrics.note_commit(jobs.len(), stopwatch.lap_micros(), fate.is_ok());
        for job in jobs {
            job.answer(&fate);
        }
    }

    /// Runs `first` and what else waits in one transaction. Whatever was started stands in `jobs`.
    fn run_jobs(&self, first: Box<dyn Job>, jobs: &mut Vec<Box<dyn Job>>) -> Fate {
        if let Err(failure) = run(&self.connection, "BEGIN IMMEDIATE") {
            jobs.push(first);
            return Err(failure.to_string());
        }
        let mut bulk_left = BULK_PER_BATCH;
        let mut next = Some(first);
        while let Some(mut job) = next {
            let ran = job.run(&self.connection);
            jobs.push(job);
            ran?;
            // The last place is kept for bulk work, so that a crowd of people cannot starve it.
            let people_allowed = jobs.len() < BATCH_MAX - 1;
            let bulk_allowed = bulk_left > 0 && jobs.len() < BATCH_MAX;
            let taken = self.queue.next(people_allowed, bulk_allowed);
            bulk_left -= usize::from(matches!(taken, Some((Lane::Bulk, _))));
            next = taken.map(|(_, job)| job);
        }
        Ok(())
    }

    /// Copies the log into the database file as far as readers allow, so that the log does not grow.
    fn checkpoint(&self) {
        let connection = lock(&self.connection);
        let outcome = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        match outcome {
            Ok(()) => self.metrics.checkpoints.add(1),
            // Every commit is already durable in the log; the next idle moment tries again.
            Err(error) => tracing::warn!(%error, "checkpoint failed"),
        }
    }
}
