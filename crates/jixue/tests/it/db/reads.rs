//! A read is one snapshot and cannot write.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use jixue::db::{Tx, values};

use super::{COUNTERS, add, failure, with_counters};
use crate::engines::{Engine, on, on_both_engines};

/// A page that reads the order and then its payment must not see a payment made in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_sees_one_moment() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let writer = db.clone();
        let seen = db
            .read(async move |tx: &Tx<'_>| {
                let before: i64 = tx.query_value(COUNTERS, values![]).await?;
                write_meanwhile(&writer);
                let after: i64 = tx.query_value(COUNTERS, values![]).await?;
                Ok((before, after))
            })
            .await;
        assert_eq!(seen.unwrap(), (0, 0));
        let now = db.read(async |tx: &Tx<'_>| tx.query_value::<i64>(COUNTERS, values![]).await).await;
        assert_eq!(now.unwrap(), 1);
    })
    .await;
}

/// Commits a unit from another thread and waits for it, as a slow machine would let another request pass between.
fn write_meanwhile(db: &jixue::db::Db) {
    let (db, runtime) = (db.clone(), tokio::runtime::Handle::current());
    let written =
        std::thread::spawn(move || runtime.block_on(async { db.write(async |tx: &Tx<'_>| add(tx, 1, 1).await).await }));
    tokio::task::block_in_place(|| written.join()).expect("no panic").expect("the other unit is stored");
}

#[tokio::test]
async fn a_read_cannot_write() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        for outcome in [
            db.read(async |tx: &Tx<'_>| add(tx, 1, 1).await).await,
            db.read_bulk(async |tx: &Tx<'_>| add(tx, 1, 1).await).await,
        ] {
            failure(outcome);
        }
        let rows: i64 = db.read(async |tx: &Tx<'_>| tx.query_value(COUNTERS, values![]).await).await.unwrap();
        assert_eq!(rows, 0);
    })
    .await;
}

/// A caller that goes away must not take the connection with it: pages would stop after the sixth closed tab.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn abandoned_reads_give_their_connections_back() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        for _ in 0..40 {
            let reader = db.clone();
            let task = tokio::spawn(async move {
                reader.read_bulk(async |tx: &Tx<'_>| tx.query_value::<i64>(COUNTERS, values![]).await).await
            });
            tokio::task::yield_now().await;
            task.abort();
        }
        let rows: i64 = db.read_bulk(async |tx: &Tx<'_>| tx.query_value(COUNTERS, values![]).await).await.unwrap();
        assert_eq!(rows, 0);
    })
    .await;
}

/// The thread reads on after its caller has gone: its connection is not free yet, and nobody may be given it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_still_reading_is_not_lent_again() {
    on(Engine::Sqlite, async |_, db| {
        with_counters(&db).await;
        let mut gates = Vec::new();
        for _ in 0..2 {
            let ((release, wait), (entered, inside)) = (channel::<()>(), channel::<()>());
            let (reader, wait) = (db.clone(), Mutex::new(wait));
            let abandoned = tokio::spawn(async move {
                let held = async move |_: &Tx<'_>| {
                    let _: Result<(), _> = entered.send(());
                    let _: Result<(), _> = wait.lock().unwrap().recv();
                    Ok(())
                };
                reader.read_bulk(held).await
            });
            tokio::task::block_in_place(|| inside.recv()).expect("the reader reaches the gate");
            abandoned.abort();
            assert!(abandoned.await.unwrap_err().is_cancelled());
            gates.push(release);
        }
        let reader = db.clone();
        let mut next = tokio::spawn(async move {
            reader.read_bulk(async |tx: &Tx<'_>| tx.query_value::<i64>(COUNTERS, values![]).await).await
        });
        // It waits: had it been lent a connection still in use, it would have ended by now, one way or the other.
        let waited = tokio::time::timeout(std::time::Duration::from_millis(300), &mut next).await;
        assert!(waited.is_err(), "{waited:?}");
        drop(gates);
        assert_eq!(next.await.unwrap().unwrap(), 0);
    })
    .await;
}
