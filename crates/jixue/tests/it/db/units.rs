//! What a unit of work may rely on, on either engine.

use jixue::db::{Constraint, Failure, Tx, values};
use jixue::error::{Error, Result};

use super::{
    COUNTER_ADD, COUNTER_AMOUNT, COUNTER_INSERT, COUNTER_SET, COUNTERS, add, amount, failure, no, with_counters,
};
use crate::engines::on_both_engines;

/// Half an order is worse than none.
#[tokio::test]
async fn a_unit_is_stored_whole_or_not_at_all() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let refused: Result<()> = db
            .write(async |tx: &Tx<'_>| {
                add(tx, 1, 10).await?;
                add(tx, 2, 10).await?;
                Err(no())
            })
            .await;
        assert!(matches!(refused, Err(Error::Internal(_))), "{refused:?}");
        assert_eq!((amount(&db, 1).await, amount(&db, 2).await), (None, None));

        let stored = db
            .write(async |tx: &Tx<'_>| {
                add(tx, 1, 10).await?;
                add(tx, 1, 5).await?;
                tx.query_value::<i64>(COUNTER_AMOUNT, values![1]).await
            })
            .await;
        assert_eq!(stored.unwrap(), 15);
        assert_eq!(amount(&db, 1).await, Some(15));
    })
    .await;
}

/// PostgreSQL answers COMMIT with "ROLLBACK" after a failed statement, and its driver says Ok: a unit that swallows the
/// error would be acknowledged and lost. SQLite would store it. Both must refuse.
#[tokio::test]
async fn a_unit_cannot_go_on_after_a_failed_statement() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let swallowed = db
            .write(async |tx: &Tx<'_>| {
                add(tx, 1, 1).await?;
                let twice = tx.execute(COUNTER_INSERT, values![1, 1]).await;
                assert!(twice.is_err());
                Ok(())
            })
            .await;
        assert!(matches!(failure(swallowed), Failure::WentOnAfterFailure));

        let went_on = db
            .write(async |tx: &Tx<'_>| {
                let negative = tx.execute(COUNTER_ADD, values![1, -1]).await;
                assert!(negative.is_err());
                add(tx, 2, 1).await
            })
            .await;
        assert!(matches!(failure(went_on), Failure::WentOnAfterFailure));
        assert_eq!((amount(&db, 1).await, amount(&db, 2).await), (None, None));
    })
    .await;
}

/// Verbs turn a broken index into "somebody was faster"; they must be able to tell it from other failures.
#[tokio::test]
async fn a_broken_constraint_is_told_apart() {
    const CHILD: &str = "CREATE TABLE child (
        child_id BIGINT PRIMARY KEY, counter_id BIGINT NOT NULL REFERENCES counter (counter_id), name TEXT UNIQUE)";
    const INSERT: &str = "INSERT INTO child (child_id, counter_id, name) VALUES ($1, $2, $3)";
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        db.write(async |tx: &Tx<'_>| {
            tx.execute(CHILD, values![]).await?;
            add(tx, 1, 1).await?;
            tx.execute(INSERT, values![1, 1, "one"]).await
        })
        .await
        .unwrap();

        let insert = async |id: i64, counter: Option<i64>, name: &'static str| {
            let outcome = db.write(async move |tx: &Tx<'_>| tx.execute(INSERT, values![id, counter, name]).await).await;
            failure(outcome)
        };
        assert!(insert(1, Some(1), "two").await.is_unique_violation(), "primary key");
        assert!(insert(2, Some(1), "one").await.is_unique_violation(), "unique column");
        assert_eq!(insert(3, Some(9), "three").await.constraint(), Some(Constraint::ForeignKey));
        assert_eq!(insert(4, None, "four").await.constraint(), Some(Constraint::NotNull));

        let negative = db.write(async |tx: &Tx<'_>| tx.execute(COUNTER_SET, values![1, -1]).await).await;
        let negative = failure(negative);
        assert_eq!(negative.constraint(), Some(Constraint::Check));
        assert!(!negative.is_temporary());
    })
    .await;
}

/// A failure goes into the log; the phone number that broke the index must not.
#[tokio::test]
async fn a_failure_does_not_quote_the_row() {
    const CREATE: &str = "CREATE TABLE person (person_id BIGINT PRIMARY KEY, phone TEXT NOT NULL UNIQUE)";
    const INSERT: &str = "INSERT INTO person (person_id, phone) VALUES ($1, $2)";
    on_both_engines(async |_, db| {
        let twice = db
            .write(async |tx: &Tx<'_>| {
                tx.execute(CREATE, values![]).await?;
                tx.execute(INSERT, values![1, "13800001111"]).await?;
                tx.execute(INSERT, values![2, "13800001111"]).await
            })
            .await;
        let failure = failure(twice);
        assert!(failure.is_unique_violation());
        let said = format!("{failure} {failure:?} {:?}", std::error::Error::source(&failure).map(ToString::to_string));
        assert!(!said.contains("13800001111"), "{said}");
    })
    .await;
}

/// One broken page must not take the writer, and with it the city, down.
#[tokio::test]
async fn a_panic_fails_its_own_unit_only() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let panicked: Result<()> = db
            .write(async |tx: &Tx<'_>| {
                add(tx, 1, 1).await?;
                panic!("on purpose, in the unit")
            })
            .await;
        assert!(matches!(failure(panicked), Failure::Panicked(words) if words.contains("on purpose")));

        add_one(&db).await;
        let panicked: Result<Vec<i64>> = db
            .write(async |tx: &Tx<'_>| tx.query(COUNTERS, values![], |_| panic!("on purpose, in the row reader")).await)
            .await;
        assert!(matches!(failure(panicked), Failure::Panicked(_)));
        let panicked: Result<Vec<i64>> =
            db.read(async |tx: &Tx<'_>| tx.query(COUNTERS, values![], |_| panic!("on purpose, in a read")).await).await;
        assert!(matches!(failure(panicked), Failure::Panicked(_)));

        add_one(&db).await;
        assert_eq!(amount(&db, 1).await, Some(2));
        assert_eq!(db.metrics().units_panicked, 2);
    })
    .await;
}

async fn add_one(db: &jixue::db::Db) {
    db.write(async |tx: &Tx<'_>| add(tx, 1, 1).await).await.expect("one is added");
}

/// A call to a gateway within a transaction would hold everybody up; it is refused where it is written, not in the rush.
#[tokio::test]
async fn awaiting_something_else_is_refused() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let slept = db
            .write(async |tx: &Tx<'_>| {
                add(tx, 1, 1).await?;
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
                Ok(())
            })
            .await;
        assert!(matches!(failure(slept), Failure::AwaitedOutside));
        let slept: Result<()> = db
            .read(async |_: &Tx<'_>| {
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
                Ok(())
            })
            .await;
        assert!(matches!(failure(slept), Failure::AwaitedOutside));
        assert_eq!(amount(&db, 1).await, None);
        assert_eq!(db.metrics().units_awaited_outside, 1);
    })
    .await;
}

/// The inner unit would be committed though the outer one is rolled back.
#[tokio::test]
async fn a_unit_within_a_unit_is_refused_and_leaves_nothing() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let inner = db.clone();
        let nested = db
            .write(async move |tx: &Tx<'_>| {
                add(tx, 1, 1).await?;
                inner.write(async |tx: &Tx<'_>| add(tx, 2, 1).await).await
            })
            .await;
        assert!(matches!(failure(nested), Failure::AwaitedOutside));
        let inner = db.clone();
        let nested = db.read(async move |_: &Tx<'_>| Ok(amount(&inner, 1).await)).await;
        assert!(matches!(failure(nested), Failure::Panicked(_)), "the helper unwraps the refusal");
        // A later unit proves that nothing is still queued before it.
        db.write(async |tx: &Tx<'_>| add(tx, 3, 1).await).await.unwrap();
        assert_eq!((amount(&db, 1).await, amount(&db, 2).await), (None, None));
    })
    .await;
}

/// What `query_one` promises is what a verb relies on when it takes "the" row.
#[tokio::test]
async fn one_row_means_one_row() {
    const ALL: &str = "SELECT counter_id FROM counter ORDER BY counter_id";
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let one = async || db.read(async |tx: &Tx<'_>| tx.query_value::<i64>(ALL, values![]).await).await;
        assert!(matches!(failure(one().await), Failure::NoRow));
        db.write(async |tx: &Tx<'_>| add(tx, 7, 1).await).await.unwrap();
        assert_eq!(one().await.unwrap(), 7);
        db.write(async |tx: &Tx<'_>| add(tx, 8, 1).await).await.unwrap();
        assert!(matches!(failure(one().await), Failure::ManyRows));
    })
    .await;
}
