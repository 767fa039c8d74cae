//! What goes in comes out, on both engines, and what cannot is refused by name.

use jixue::db::{Db, Failure, Tx, Value, values};
use jixue::error::Result;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::failure;
use crate::engines::{TestDatabase, engines, on_both_engines};

const CREATE_SQLITE: &str =
    "CREATE TABLE thing (thing_id INTEGER PRIMARY KEY, number INTEGER, word TEXT, bytes BLOB) STRICT";
const CREATE_POSTGRES: &str = "CREATE TABLE thing (thing_id BIGINT PRIMARY KEY, number BIGINT, word TEXT, bytes BYTEA)";
const INSERT: &str = "INSERT INTO thing (thing_id, number, word, bytes) VALUES ($1, $2, $3, $4)";
const SELECT: &str = "SELECT number, word, bytes FROM thing WHERE thing_id = $1";

async fn with_things(db: &Db) {
    let ddl = match db.dialect() {
        jixue::db::Dialect::Sqlite => CREATE_SQLITE,
        jixue::db::Dialect::Postgres { .. } => CREATE_POSTGRES,
    };
    db.write(async move |tx: &Tx<'_>| tx.execute(ddl, values![]).await).await.expect("the table is made");
}

type Thing = (Option<i64>, Option<String>, Option<Vec<u8>>);

async fn round_trip(db: &Db, id: i64, thing: Thing) -> Result<Thing> {
    db.write(async move |tx: &Tx<'_>| {
        let (number, word, bytes) = thing.clone();
        tx.execute(INSERT, values![id, number, word, bytes]).await?;
        tx.query_one(SELECT, values![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
    })
    .await
}

/// A name that comes back changed is somebody else's certificate.
#[test]
fn every_value_comes_back_as_it_went_in() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for engine in engines() {
        let database = runtime.block_on(TestDatabase::new(engine));
        let db = runtime.block_on(async { database.open() });
        runtime.block_on(with_things(&db));
        let mut runner = TestRunner::new(Config::with_cases(48));
        let strategy = (any::<Option<i64>>(), any::<Option<String>>(), any::<Option<Vec<u8>>>());
        let id = std::sync::atomic::AtomicI64::new(0);
        let outcome = runner.run(&strategy, |thing| {
            let id = id.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let back = runtime.block_on(round_trip(&db, id, thing.clone()));
            if thing.1.as_ref().is_some_and(|word| word.contains('\0')) {
                prop_assert!(matches!(failure(back), Failure::NulInText));
            } else {
                prop_assert_eq!(back.map_err(|error| TestCaseError::fail(error.to_string()))?, thing);
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("on {engine:?}: {error}"));
        runtime.block_on(db.close());
    }
}

#[tokio::test]
async fn the_edges_come_back_too() {
    on_both_engines(async |_, db| {
        with_things(&db).await;
        let edges: [Thing; 4] = [
            (Some(i64::MAX), Some("继续教育 𠮷 👩‍⚕️ '\"; DROP TABLE thing --".to_owned()), Some(vec![0, 255, 0])),
            (Some(i64::MIN), Some(String::new()), Some(Vec::new())),
            (None, None, None),
            (Some(9_007_199_254_740_993), Some("x".repeat(100_000)), Some(vec![7; 100_000])),
        ];
        for (id, thing) in edges.into_iter().enumerate() {
            assert_eq!(round_trip(&db, id as i64, thing.clone()).await.unwrap(), thing);
        }
    })
    .await;
}

/// The same character U+0000 would be stored by one engine and be a server error on the other.
#[tokio::test]
async fn a_nul_in_a_text_is_refused_before_either_engine_sees_it() {
    on_both_engines(async |_, db| {
        with_things(&db).await;
        let sent = round_trip(&db, 1, (None, Some("a\0b".to_owned()), None)).await;
        assert!(matches!(failure(sent), Failure::NulInText));
    })
    .await;
}

/// SQLite numbers `$2` by where it first stands. Bound by position, a payment would take the order's id for its amount.
#[tokio::test]
async fn placeholders_are_bound_by_their_number() {
    const SWAPPED: &str = "UPDATE thing SET number = $2, word = $3 WHERE thing_id = $1 AND number = $4 AND $4 = number";
    on_both_engines(async |_, db| {
        with_things(&db).await;
        let found = db
            .write(async |tx: &Tx<'_>| {
                tx.execute(INSERT, values![1, 100, "before", b"x"]).await?;
                tx.execute(INSERT, values![2, 100, "before", b"x"]).await?;
                let changed = tx.execute(SWAPPED, values![1, 2, "after", 100]).await?;
                assert_eq!(changed, 1);
                tx.query_one(SELECT, values![1], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?))).await
            })
            .await;
        assert_eq!(found.unwrap(), (2, "after".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_number_of_values_is_refused() {
    on_both_engines(async |_, db| {
        with_things(&db).await;
        let few = db.write(async |tx: &Tx<'_>| tx.execute(INSERT, values![1, 2, "three"]).await).await;
        assert!(matches!(failure(few), Failure::Parameters { wanted: 4, given: 3 }));
        let many = db.read(async |tx: &Tx<'_>| tx.query(SELECT, values![1, 2], |_| Ok(())).await).await;
        assert!(matches!(failure(many), Failure::Parameters { wanted: 1, given: 2 }));
    })
    .await;
}

/// A column read as what it is not is a fault of ours; it must be named, not guessed around.
#[tokio::test]
async fn a_column_is_read_as_what_it_is() {
    on_both_engines(async |_, db| {
        with_things(&db).await;
        db.write(async |tx: &Tx<'_>| tx.execute(INSERT, values![1, 300, None::<String>, b"abc"]).await).await.unwrap();
        macro_rules! read_as {
            ($kind:ty, $index:expr) => {
                db.read(async |tx: &Tx<'_>| tx.query_one(SELECT, values![1], |row| row.get::<$kind>($index)).await)
                    .await
            };
        }
        assert_eq!(read_as!(i32, 0).unwrap(), 300);
        assert_eq!(read_as!([u8; 3], 2).unwrap(), *b"abc");
        for wrong in [
            failure(read_as!(String, 0)),
            failure(read_as!(u8, 0)),
            failure(read_as!(bool, 0)),
            failure(read_as!(String, 1)),
            failure(read_as!([u8; 4], 2)),
            failure(read_as!(i64, 2)),
        ] {
            assert!(matches!(wrong, Failure::Column { .. }), "{wrong}");
        }
        assert!(read_as!(i64, 3).is_err(), "there is no fourth column");
    })
    .await;
}

/// `EXISTS` is BOOLEAN on one engine and an integer on the other; literals are int4 on one and int8 on the other.
#[tokio::test]
async fn truth_and_small_integers_read_alike() {
    const ASK: &str = "SELECT EXISTS (SELECT 1 FROM thing WHERE thing_id = $1), 1, CAST($2 AS BIGINT)";
    on_both_engines(async |_, db| {
        with_things(&db).await;
        let answer = db
            .write(async |tx: &Tx<'_>| {
                tx.execute(INSERT, values![1, true, "", Value::Null]).await?;
                let read = |row: &jixue::db::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                let there: (bool, i64, bool) = tx.query_one(ASK, values![1, true], read).await?;
                let absent: (bool, i64, bool) = tx.query_one(ASK, values![2, false], read).await?;
                Ok((there, absent))
            })
            .await;
        assert_eq!(answer.unwrap(), ((true, 1, true), (false, 1, false)));
    })
    .await;
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct ThingId(i64);

impl From<ThingId> for i64 {
    fn from(id: ThingId) -> i64 {
        id.0
    }
}

jixue::db::value_from! { ThingId => ThingId }

/// Ids have types so that a learner's is never taken for an order's; they must bind and read without unwrapping.
#[tokio::test]
async fn a_type_of_ours_is_bound_and_read() {
    on_both_engines(async |_, db| {
        with_things(&db).await;
        let (id, none) = (ThingId(5), None::<ThingId>);
        let read = db
            .write(async move |tx: &Tx<'_>| {
                tx.execute(INSERT, values![id, none, "", [1u8, 2]]).await?;
                tx.execute(INSERT, values![ThingId(6), Some(id), String::new(), vec![1u8]]).await?;
                tx.query("SELECT number FROM thing ORDER BY thing_id", values![], |row| row.get::<Option<ThingId>>(0))
                    .await
            })
            .await;
        assert_eq!(read.unwrap(), [None, Some(id)]);
    })
    .await;
}
