//! The rules a unit of work obeys on both engines: it awaits only its own transaction, and its panic is its own.

use std::any::Any;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::{Failure, Tx};
use crate::error::Result;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as polling a unit of work, until dropped.
struct Inside {
    before: bool,
}

impl Inside {
    fn enter() -> Self {
        Self { before: INSIDE.replace(true) }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.before);
    }
}

/// Refuses to begin a transaction within a unit of work.
///
/// On SQLite the inner write would be committed even when the outer one is rolled back; on PostgreSQL each of many
/// outer units would wait for a second connection while holding its first.
pub(super) fn refuse_inside() -> Result<(), Failure> {
    if INSIDE.get() { Err(Failure::AwaitedOutside) } else { Ok(()) }
}

/// Runs a unit of work on SQLite, where every await on the transaction is ready at once: one poll must finish it.
pub(super) fn run_ready<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let _inside = Inside::enter();
    // The future is dropped in here too: a panic while dropping it must not reach the writer.
    let polled = catch_unwind(AssertUnwindSafe(move || {
        let mut work = pin!(work);
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => Err(Failure::AwaitedOutside.into()),
        }
    }));
    polled.unwrap_or_else(|panic| Err(Failure::Panicked(sentence(&*panic)).into()))
}

/// Runs a unit of work on PostgreSQL: it may wait, but only while `tx` has a statement under way.
pub(super) async fn run_waiting<T>(tx: &Tx<'_>, work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let _inside = Inside::enter();
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Pending) if !tx.is_waiting() => Poll::Ready(Err(Failure::AwaitedOutside.into())),
            Ok(polled) => polled,
            Err(panic) => Poll::Ready(Err(Failure::Panicked(sentence(&*panic)).into())),
        }
    })
    .await
}

fn sentence(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}
