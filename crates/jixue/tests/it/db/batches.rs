//! SQLite's writer: units that share one commit are still strangers to each other.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use jixue::db::{Db, Failure, Tx, values};
use jixue::error::Result;
use tokio::task::JoinHandle;

use super::{COUNTER_INSERT, COUNTERS, add, amount, failure, no, with_counters};
use crate::engines::{Engine, on};

/// Holds the writer within a unit until opened, so that what is sent meanwhile forms one batch with it.
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
                entered.lock().unwrap().take().map(|entered| entered.send(()));
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
macro_rules! send {
    ($db:expr, $method:ident, $unit:expr) => {{
        let (sender, before) = ($db.clone(), waiting($db));
        let task = tokio::spawn(async move { sender.$method($unit).await });
        while waiting($db) == before {
            tokio::task::yield_now().await;
        }
        task
    }};
}

fn waiting(db: &Db) -> u64 {
    let metrics = db.metrics();
    metrics.queue_interactive + metrics.queue_bulk
}

#[tokio::test]
async fn units_that_wait_share_one_commit() {
    on(Engine::Sqlite, async |_, db| {
        with_counters(&db).await;
        let before = db.metrics();
        let gate = Gate::hold(&db).await;
        let mut tasks = Vec::new();
        for counter in 0..100 {
            tasks.push(send!(&db, write, async move |tx: &Tx<'_>| add(tx, counter, 1).await));
        }
        gate.open().await.unwrap();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let after = db.metrics();
        assert_eq!(after.units_committed - before.units_committed, 101);
        assert_eq!(after.commits - before.commits, 1, "one wait for the disk, not 101");
        assert_eq!(after.commits_by_batch_class[4] - before.commits_by_batch_class[4], 1);
    })
    .await;
}

/// One learner's refused payment must not take the neighbour's beat with it, nor leave half of itself.
#[tokio::test]
async fn a_failing_unit_is_rolled_back_alone() {
    on(Engine::Sqlite, async |_, db| {
        with_counters(&db).await;
        let gate = Gate::hold(&db).await;
        let first = send!(&db, write, async |tx: &Tx<'_>| add(tx, 1, 1).await);
        let refused: JoinHandle<Result<()>> = send!(&db, write, async |tx: &Tx<'_>| {
            add(tx, 1, 10).await?;
            add(tx, 2, 10).await?;
            Err(no())
        });
        let broken = send!(&db, write, async |tx: &Tx<'_>| {
            add(tx, 2, 100).await?;
            tx.execute(COUNTER_INSERT, values![1, 100]).await
        });
        let panicked: JoinHandle<Result<()>> = send!(&db, write, async |tx: &Tx<'_>| {
            add(tx, 1, 1_000).await?;
            panic!("on purpose")
        });
        let slept = send!(&db, write, async |tx: &Tx<'_>| {
            add(tx, 1, 10_000).await?;
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            Ok(())
        });
        let last = send!(&db, write, async |tx: &Tx<'_>| add(tx, 1, 2).await);
        let before = db.metrics().commits;
        gate.open().await.unwrap();

        first.await.unwrap().unwrap();
        assert!(refused.await.unwrap().is_err());
        assert!(failure(broken.await.unwrap()).is_unique_violation());
        assert!(matches!(failure(panicked.await.unwrap()), Failure::Panicked(_)));
        assert!(matches!(failure(slept.await.unwrap()), Failure::AwaitedOutside));
        last.await.unwrap().unwrap();
        assert_eq!(db.metrics().commits - before, 1, "they were batch mates");
        assert_eq!((amount(&db, 1).await, amount(&db, 2).await), (Some(3), None));
    })
    .await;
}

/// A commit that fails must not be acknowledged to anybody, not even a refusal: it may rest on what is gone.
#[tokio::test]
async fn a_failed_commit_answers_everybody() {
    // A constraint that is checked at COMMIT only; migrations refuse it for just this reason.
    const LATE: &str = "CREATE TABLE late (late_id INTEGER PRIMARY KEY, counter_id INTEGER NOT NULL
        REFERENCES counter (counter_id) DEFERRABLE INITIALLY DEFERRED)";
    const INSERT_LATE: &str = "INSERT INTO late (late_id, counter_id) VALUES ($1, $2)";
    on(Engine::Sqlite, async |_, db| {
        with_counters(&db).await;
        db.write(async |tx: &Tx<'_>| tx.execute(LATE, values![]).await).await.unwrap();
        let gate = Gate::hold(&db).await;
        let innocent = send!(&db, write, async |tx: &Tx<'_>| add(tx, 1, 1).await);
        let refused: JoinHandle<Result<()>> = send!(&db, write, async |_: &Tx<'_>| Err(no()));
        let guilty = send!(&db, write, async |tx: &Tx<'_>| tx.execute(INSERT_LATE, values![1, 99]).await);
        let held = gate.open().await;

        assert!(matches!(failure(held), Failure::NotCommitted(_)));
        for failure in [
            failure(innocent.await.unwrap()),
            failure(refused.await.unwrap()),
            failure(guilty.await.unwrap().map(drop)),
        ] {
            assert!(matches!(failure, Failure::NotCommitted(_)), "{failure}");
            assert!(failure.is_temporary());
        }
        assert_eq!(amount(&db, 1).await, None);
        assert_eq!(db.metrics().commits_failed, 1);
        db.write(async |tx: &Tx<'_>| add(tx, 1, 1).await).await.unwrap();
        assert_eq!(amount(&db, 1).await, Some(1));
    })
    .await;
}

/// On a full disk or an I/O error SQLite may roll the whole transaction back under a unit. `OR ROLLBACK` does the same.
#[tokio::test]
async fn a_transaction_that_sqlite_rolled_back_acknowledges_nobody() {
    const INSERT_OR_ROLLBACK: &str = "INSERT OR ROLLBACK INTO counter (counter_id, amount) VALUES ($1, $2)";
    on(Engine::Sqlite, async |_, db| {
        with_counters(&db).await;
        let gate = Gate::hold(&db).await;
        let before = send!(&db, write, async |tx: &Tx<'_>| add(tx, 1, 1).await);
        let broken = send!(&db, write, async |tx: &Tx<'_>| {
            let _: Result<u64> = tx.execute(INSERT_OR_ROLLBACK, values![1, 1]).await;
            add(tx, 2, 1).await
        });
        let after = send!(&db, write, async |tx: &Tx<'_>| add(tx, 3, 1).await);
        let held = gate.open().await;
        for lost in [failure(held), failure(before.await.unwrap()), failure(broken.await.unwrap())] {
            let Failure::NotCommitted(why) = lost else { panic!("{lost}") };
            assert!(why.contains("rolled the whole transaction back"), "{why}");
        }
        // The batch ended there; who came later is in the next one.
        after.await.unwrap().unwrap();
        assert_eq!((amount(&db, 1).await, amount(&db, 2).await, amount(&db, 3).await), (None, None, Some(1)));
    })
    .await;
}

/// Waiting without bound would end in no memory; "come again" ends in a late beat.
#[tokio::test]
async fn a_full_queue_answers_busy_and_forgets_nothing() {
    on(Engine::Sqlite, async |_, db| {
        with_counters(&db).await;
        let gate = Gate::hold(&db).await;
        let mut tasks = Vec::new();
        for counter in 0..4_096 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move { db.write(async move |tx: &Tx<'_>| add(tx, counter, 1).await).await }));
        }
        while waiting(&db) < 4_096 {
            tokio::task::yield_now().await;
        }
        let one_more = db.write(async |tx: &Tx<'_>| add(tx, 5_000, 1).await);
        let answered = tokio::time::timeout(std::time::Duration::from_secs(30), one_more).await;
        let busy = failure(answered.expect("it is turned away, not kept"));
        assert!(matches!(busy, Failure::Busy) && busy.is_temporary());
        // Bulk work waits in a line of its own.
        let bulk = send!(&db, write_bulk, async |tx: &Tx<'_>| add(tx, 6_000, 1).await);
        gate.open().await.unwrap();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        bulk.await.unwrap().unwrap();
        assert_eq!((amount(&db, 5_000).await, amount(&db, 6_000).await), (None, Some(1)));
        let rows: i64 = db.read(async |tx: &Tx<'_>| tx.query_value(COUNTERS, values![]).await).await.unwrap();
        assert_eq!(rows, 4_097);
        assert_eq!(db.metrics().units_refused_busy, 1);
    })
    .await;
}

/// Somebody at the cashier must not stand behind an import of 50,000 people; the import must get through all the same.
#[tokio::test]
async fn people_go_before_bulk_work_and_do_not_starve_it() {
    on(Engine::Sqlite, async |_, db| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let gate = Gate::hold(&db).await;
        let mut tasks = Vec::new();
        for _ in 0..6 {
            let order = order.clone();
            tasks.push(send!(&db, write_bulk, async move |_: &Tx<'_>| {
                order.lock().unwrap().push("bulk");
                Ok(())
            }));
        }
        for _ in 0..300 {
            let order = order.clone();
            tasks.push(send!(&db, write, async move |_: &Tx<'_>| {
                order.lock().unwrap().push("person");
                Ok(())
            }));
        }
        gate.open().await.unwrap();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let order = order.lock().unwrap();
        let first_bulk = order.iter().position(|who| *who == "bulk").unwrap();
        // The gate itself is the first of 256: then 254 people, and one place for bulk work.
        assert_eq!(first_bulk, 254);
        assert!(order[first_bulk + 1..].starts_with(&["person"; 46]), "{:?}", &order[first_bulk..]);
        assert_eq!(order.len(), 306);
    })
    .await;
}

/// A stopping server finishes what it has taken in.
#[tokio::test]
async fn closing_finishes_what_is_queued() {
    on(Engine::Sqlite, async |database, db| {
        with_counters(&db).await;
        let gate = Gate::hold(&db).await;
        let queued = send!(&db, write, async |tx: &Tx<'_>| add(tx, 1, 1).await);
        let closing = tokio::spawn({
            let db = db.clone();
            async move { db.close().await }
        });
        tokio::task::yield_now().await;
        gate.open().await.unwrap();
        queued.await.unwrap().unwrap();
        closing.await.unwrap();
        let late = failure(db.write(async |tx: &Tx<'_>| add(tx, 1, 1).await).await);
        assert!(matches!(late, Failure::Closed));
        drop(db);
        let again = database.open();
        assert_eq!(amount(&again, 1).await, Some(1));
    })
    .await;
}
