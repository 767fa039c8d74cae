//! Every statement of the program is prepared on both engines: a typing error is found here, not by a learner.

use jixue::db::Migration;

use crate::engines::{Engine, TestDatabase, on_both_engines, with_postgres};

#[tokio::test]
async fn every_statement_can_be_prepared() {
    on_both_engines(async |_, db| {
        db.migrate(&Migration::embedded().unwrap(), 1_000).await.unwrap();
        let wrong = db.prepare_all(&jixue::catalogue()).await.unwrap();
        assert_eq!(wrong, Ok(()));
    })
    .await;
}

/// What a distributed engine would refuse, a partitioned schema refuses too.
#[tokio::test]
async fn every_statement_can_be_prepared_with_partitions() {
    if with_postgres() {
        let mut database = TestDatabase::new(Engine::Postgres).await;
        database.config.hash_partitions = 4;
        let db = database.open();
        db.migrate(&Migration::embedded().unwrap(), 1_000).await.unwrap();
        let wrong = db.prepare_all(&jixue::catalogue()).await.unwrap();
        assert_eq!(wrong, Ok(()));
        db.close().await;
    }
}

#[test]
fn names_in_the_catalogue_are_unique() {
    let mut names: Vec<&str> = jixue::catalogue().iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// The test above must be able to fail.
#[tokio::test]
async fn a_wrong_statement_is_named() {
    on_both_engines(async |database, db| {
        db.migrate(&Migration::embedded().unwrap(), 1_000).await.unwrap();
        let catalogue = [
            ("sound", "SELECT version FROM schema_migration WHERE version = $1"),
            ("no table", "SELECT 1 FROM nowhere"),
            ("question mark", "SELECT version FROM schema_migration WHERE version = ?"),
            ("sum", "SELECT SUM(version) FROM schema_migration"),
            ("array", "SELECT version FROM schema_migration WHERE version = ANY($1)"),
        ];
        let wrong = db.prepare_all(&catalogue).await.unwrap().unwrap_err();
        let names: Vec<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
        // SUM of BIGINT is NUMERIC on PostgreSQL only, which our rows do not carry.
        match database.engine {
            Engine::Sqlite => assert_eq!(names, ["no table", "question mark", "array"]),
            Engine::Postgres => assert_eq!(names, ["no table", "question mark", "sum", "array"]),
        }
    })
    .await;
}
