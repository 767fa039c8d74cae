//! SQLite's writer: units that share one commit are still strangers to each other.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use jixue::db::{Db, Failure, Tx, values};
use jixue::error::Result;
use tokio::task::JoinHandle;

use super::{COUNTER_INSERT, add, amount, failure, no, sum, with_counters};
use crate::engines::{Engine, on};

/// Holds the writer within a unit until released, so that what is sent meanwhile forms one batch behind it.
struct Gate {
    release: Sender<()>,
    held: JoinHandle<Result<()>>,
}

impl Gate {
    async fn hold(db: &Db) -> Self {
        let (release, wait): (_, Receiver<()>) = channel();
        let (entered, inside) = tokio::sync::oneshot::channel();
        let (db, wait, entered) = (db.clone(), Mutex::new(wait), Mutex::new(Some(entered)));
        let held = tokio::spawn(async move {
            db.write(async move |_: &Tx<'_>| {
                if let Some(entered) = entered.lock().unwrap().take() {
                    let _: Result<(), ()> = entered.send(());
                }
                let _: Result<(), _> = wait.lock().unwrap().recv();
                Ok(())
            })
            .await
        });
        inside.await.expect("the writer reaches the gate");
        Self { release, held }
    }

    async fn open(self) -> Result<()> {
        drop(self.release);
        self.held.await.expect("no panic")
    }
}

/// Sends a unit and waits until it stands in the queue.
async fn send<T: Send + 'static>(
    db: &Db,
    unit: impl AsyncFn(&Db) -> Result<T> + Send + 'static,
    spawn: impl FnOnce(Db, Box<dyn FnOnce() + Send>) -> JoinHandle<Result<T>>,
) -> JoinHandle<Result<T>> {
    drop(unit);
    spawn(db.clone(), Box::new(|| ()))
}
