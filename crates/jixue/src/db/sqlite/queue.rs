//! The bounded queue before the writer: people first, bulk work after them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::job::Job;
use crate::db::Failure;

/// Interactive jobs that may wait. At some 20,000 a second this is a fifth of a second of work.
const INTERACTIVE_MAX: usize = 4_096;

/// Bulk jobs that may wait, each a chunk of at most 500 rows.
const BULK_MAX: usize = 256;

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::db) enum Lane {
    /// A person at a page, or a gateway's notification.
    Interactive,
    /// An import, a seat opening, a sweep.
    Bulk,
}

/// What came while the writer waited.
pub(super) enum Arrival {
    Job(Box<dyn Job>),
    /// Nothing came within its patience.
    Idle,
    /// Nobody can send any more, and nothing is left.
    Closed,
}

/// Two bounded lanes with one reader.
pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

struct State {
    interactive: VecDeque<Box<dyn Job>>,
    bulk: VecDeque<Box<dyn Job>>,
    open: bool,
    /// Waking costs a system call, so only a writer that sleeps is woken.
    writer_sleeps: bool,
}

impl Queue {
    pub fn new() -> Self {
        let state = State { interactive: VecDeque::new(), bulk: VecDeque::new(), open: true, writer_sleeps: false };
        Self { state: Mutex::new(state), arrived: Condvar::new() }
    }

    /// Puts a job at the end of its lane.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the lane is full, [`Failure::Closed`] after [`Queue::close`].
    pub fn push(&self, lane: Lane, job: Box<dyn Job>) -> Result<(), Failure> {
        let mut state = self.lock();
        if !state.open {
            return Err(Failure::Closed);
        }
        let (waiting, max) = match lane {
            Lane::Interactive => (&mut state.interactive, INTERACTIVE_MAX),
            Lane::Bulk => (&mut state.bulk, BULK_MAX),
        };
        if waiting.len() >= max {
            return Err(Failure::Busy);
        }
        waiting.push_back(job);
        if state.writer_sleeps {
            state.writer_sleeps = false;
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Waits for a job; for ever when `patience` is `None`.
    pub fn wait(&self, patience: Option<Duration>) -> Arrival {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.interactive.pop_front().or_else(|| state.bulk.pop_front()) {
                return Arrival::Job(job);
            }
            if !state.open {
                return Arrival::Closed;
            }
            state.writer_sleeps = true;
            let timed_out;
            (state, timed_out) = match patience {
                None => (self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner), false),
                Some(patience) => {
                    let woken = self.arrived.wait_timeout(state, patience);
                    let (state, waited) = woken.unwrap_or_else(PoisonError::into_inner);
                    (state, waited.timed_out())
                }
            };
            state.writer_sleeps = false;
            if timed_out && state.open && state.interactive.is_empty() && state.bulk.is_empty() {
                return Arrival::Idle;
            }
        }
    }

    /// The next job for the batch under way, if one waits: `bulk_allowed` says whether it may be a bulk one, and
    /// `people_allowed` whether it may be another.
    pub fn next(&self, people_allowed: bool, bulk_allowed: bool) -> Option<(Lane, Box<dyn Job>)> {
        let mut state = self.lock();
        if people_allowed && let Some(job) = state.interactive.pop_front() {
            return Some((Lane::Interactive, job));
        }
        if bulk_allowed { state.bulk.pop_front().map(|job| (Lane::Bulk, job)) } else { None }
    }

    /// Takes no more jobs; those inside are still done.
    pub fn close(&self) {
        self.lock().open = false;
        self.arrived.notify_one();
    }

    /// Jobs waiting: interactive, bulk.
    pub fn lengths(&self) -> (usize, usize) {
        let state = self.lock();
        (state.interactive.len(), state.bulk.len())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
