//! Many at once: nothing is lost, nothing is done twice.

use jixue::db::{DatabaseConfig, Db, Tx, values};

use super::{COUNTER_AMOUNT, COUNTER_SET, add, sum, with_counters};
use crate::engines::{Engine, TestDatabase, on_both_engines, with_postgres};

const TASKS: i64 = 32;
const UNITS_PER_TASK: i64 = 12;

/// Reads a counter and writes it back one higher, in 32 tasks over 8 counters; returns how many were acknowledged.
/// A unit that is told to come again later does so, as a client would.
async fn count_up(db: &Db) -> i64 {
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let db = db.clone();
        tasks.spawn(async move {
            let mut acknowledged = 0;
            while acknowledged < UNITS_PER_TASK {
                let counter = (task + acknowledged) % 8;
                let outcome = db
                    .write(async move |tx: &Tx<'_>| {
                        add(tx, counter, 1).await?;
                        let amount: i64 = tx.query_value(COUNTER_AMOUNT, values![counter]).await?;
                        tx.execute(COUNTER_SET, values![counter, amount + 1]).await
                    })
                    .await;
                match outcome {
                    Ok(_) => acknowledged += 1,
                    Err(jixue::error::Error::Database(failure)) if failure.is_temporary() => {}
                    Err(error) => panic!("{error}"),
                }
            }
            acknowledged
        });
    }
    tasks.join_all().await.into_iter().sum()
}

/// An acknowledged unit that is missing is a payment lost; one that counts twice is a payment invented.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_units_lose_nothing() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let acknowledged = count_up(&db).await;
        assert_eq!(acknowledged, TASKS * UNITS_PER_TASK);
        assert_eq!(sum(&db).await, acknowledged * 2);
    })
    .await;
}

/// Distributed engines are often serializable only: conflicts are then answered by running the unit again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_units_lose_nothing_under_serializable() {
    if with_postgres() {
        let database = TestDatabase::new(Engine::Postgres).await;
        let config = database.config_with_option("-c default_transaction_isolation=serializable");
        let db = Db::open(&config).unwrap();
        with_counters(&db).await;
        let acknowledged = count_up(&db).await;
        assert_eq!(sum(&db).await, acknowledged * 2);
        db.close().await;
    }
}

/// Behind a pooler statements cannot stay prepared; everything else must be the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_units_lose_nothing_without_prepared_statements() {
    if with_postgres() {
        let database = TestDatabase::new(Engine::Postgres).await;
        let db = Db::open(&DatabaseConfig { statement_cache: false, ..database.config.clone() }).unwrap();
        with_counters(&db).await;
        let acknowledged = count_up(&db).await;
        assert_eq!(sum(&db).await, acknowledged * 2);
        db.close().await;
    }
}
