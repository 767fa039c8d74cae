//! The data facade on both engines.

mod backup;
mod batches;
mod catalogue;
mod concurrency;
mod dialect;
mod faults;
mod handlers;
mod left_behind;
mod migrations;
mod postgres;
mod reads;
mod units;
mod values;

use jixue::db::{Db, Failure, Tx, values};
use jixue::error::{Error, Result};

jixue::db::statements! {
    CREATE_COUNTER = "CREATE TABLE counter (counter_id BIGINT PRIMARY KEY, amount BIGINT NOT NULL CHECK (amount >= 0))";
    COUNTER_ADD = "INSERT INTO counter (counter_id, amount) VALUES ($1, $2)
        ON CONFLICT (counter_id) DO UPDATE SET amount = counter.amount + excluded.amount";
    COUNTER_INSERT = "INSERT INTO counter (counter_id, amount) VALUES ($1, $2)";
    COUNTER_SET = "UPDATE counter SET amount = $2 WHERE counter_id = $1";
    COUNTER_AMOUNT = "SELECT amount FROM counter WHERE counter_id = $1";
    COUNTER_SUM = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM counter";
    COUNTERS = "SELECT COUNT(*) FROM counter";
}

/// Makes the table most tests use.
async fn with_counters(db: &Db) {
    db.write(async |tx: &Tx<'_>| tx.execute(CREATE_COUNTER, values![]).await).await.expect("the table is made");
}

async fn add(tx: &Tx<'_>, counter: i64, amount: i64) -> Result<()> {
    tx.execute(COUNTER_ADD, values![counter, amount]).await.map(drop)
}

async fn amount(db: &Db, counter: i64) -> Option<i64> {
    db.read(async move |tx: &Tx<'_>| tx.query_value_optional(COUNTER_AMOUNT, values![counter]).await)
        .await
        .expect("the counter can be read")
}

async fn sum(db: &Db) -> i64 {
    db.read(async |tx: &Tx<'_>| tx.query_value(COUNTER_SUM, values![]).await).await.expect("the sum can be read")
}

/// A unit's own "no", which must reach its caller unchanged.
fn no() -> Error {
    Error::internal("a rule said no")
}

fn failure<T: std::fmt::Debug>(outcome: Result<T>) -> Failure {
    match outcome {
        Err(Error::Database(failure)) => failure,
        other => panic!("a failure of the data layer was expected: {other:?}"),
    }
}
