//! Migrations: once, in order, as a whole, and never against a database from the future.

use jixue::db::{Db, Failure, Migration, MigrationFailure, Tx, values};

use super::failure;
use crate::engines::{Engine, TestDatabase, on_both_engines, with_postgres};

fn migration(version: i64, sql: &'static str) -> Migration {
    Migration { version, name: format!("step {version}").into(), sql: sql.into() }
}

fn two_steps() -> [Migration; 2] {
    [
        migration(1, "CREATE TABLE shelf (shelf_id {{id}} PRIMARY KEY, name TEXT NOT NULL);"),
        migration(2, "ALTER TABLE shelf ADD COLUMN places {{int}}; CREATE INDEX shelf_name ON shelf (name)"),
    ]
}

fn why(failure: Failure) -> MigrationFailure {
    match failure {
        Failure::Migration(why) => why,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_is_missing_is_applied_in_order_and_once() {
    on_both_engines(async |_, db| {
        let steps = two_steps();
        assert_eq!(db.pending(&steps).await.unwrap(), [1, 2], "on an empty database");
        assert_eq!(db.migrate(&steps[..1], 1_000).await.unwrap(), [1]);
        assert_eq!(db.pending(&steps).await.unwrap(), [2]);
        assert_eq!(db.migrate(&steps, 2_000).await.unwrap(), [2]);
        assert_eq!(db.migrate(&steps, 3_000).await.unwrap(), Vec::<i64>::new());
        assert!(db.pending(&steps).await.unwrap().is_empty());
        assert_eq!(db.tables().await.unwrap(), ["schema_migration", "shelf"]);
        let noted = db
            .read(async |tx: &Tx<'_>| {
                let sql = "SELECT name, applied_at FROM schema_migration ORDER BY version";
                tx.query(sql, values![], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?))).await
            })
            .await;
        assert_eq!(noted.unwrap(), [("step 1".to_owned(), 1_000), ("step 2".to_owned(), 2_000)]);
    })
    .await;
}

/// Half a migration would be neither the old schema nor the new one.
#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    on_both_engines(async |_, db| {
        let [first, _] = two_steps();
        let broken = migration(2, "CREATE TABLE lamp (lamp_id {{id}} PRIMARY KEY); INSERT INTO nowhere VALUES (1)");
        db.migrate(&[first.clone(), broken.clone()], 1_000).await.unwrap_err();
        assert_eq!(db.tables().await.unwrap(), ["schema_migration", "shelf"]);
        assert_eq!(db.pending(&[first, broken]).await.unwrap(), [2]);
    })
    .await;
}

/// An old program on a new database would write rows that the new one misreads.
#[tokio::test]
async fn a_database_that_does_not_fit_is_refused() {
    on_both_engines(async |_, db| {
        let [first, second] = two_steps();
        db.migrate(&[first.clone(), second.clone()], 1_000).await.unwrap();

        let older = why(failure(db.migrate(std::slice::from_ref(&first), 2_000).await));
        assert!(matches!(older, MigrationFailure::NewerDatabase { found: 2, known: 1 }), "{older}");

        let changed = Migration { sql: format!("{} ", first.sql).into(), ..first.clone() };
        let changed = why(failure(db.pending(&[changed, second.clone()]).await));
        assert!(matches!(changed, MigrationFailure::Changed { version: 1, .. }), "{changed}");

        let windows = Migration { sql: first.sql.replace('\n', "\r\n").into(), ..first.clone() };
        assert!(db.pending(&[windows, second.clone()]).await.unwrap().is_empty());

        let early = migration(0, "CREATE TABLE early (early_id {{id}} PRIMARY KEY)");
        let early = why(failure(db.migrate(&[early, first, second], 2_000).await));
        assert!(matches!(early, MigrationFailure::OutOfOrder { version: 0, .. }), "{early}");
    })
    .await;
}

/// Two nodes of one site are often restarted in the same second.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn programs_that_start_at_once_migrate_once() {
    on_both_engines(async |database, _| {
        let nodes: Vec<Db> = (0..4).map(|_| database.open()).collect();
        let mut tasks = tokio::task::JoinSet::new();
        for db in nodes.clone() {
            tasks.spawn(async move { db.migrate(&two_steps(), 1_000).await });
        }
        let mut applied: Vec<i64> = tasks.join_all().await.into_iter().flat_map(Result::unwrap).collect();
        applied.sort_unstable();
        assert_eq!(applied, [1, 2]);
        for db in nodes {
            db.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn our_own_migrations_apply() {
    on_both_engines(async |_, db| {
        let migrations = Migration::embedded().unwrap();
        assert!(!migrations.is_empty());
        let applied = db.migrate(&migrations, 1_000).await.unwrap();
        assert_eq!(applied.len(), migrations.len());
        assert!(db.pending(&migrations).await.unwrap().is_empty());
    })
    .await;
}

/// Imports made before they could be undone are still there afterwards, with their rows.
#[tokio::test]
async fn imports_of_before_are_kept_when_their_tables_are_made_again() {
    on_both_engines(async |_, db| {
        let migrations = Migration::embedded().unwrap();
        let before: Vec<Migration> = migrations.iter().filter(|one| one.version < 8).cloned().collect();
        db.migrate(&before, 1_000).await.unwrap();
        let written = db.write(async |tx: &Tx<'_>| {
            let import = "INSERT INTO roster_import (import_id, unit_id, file_name, file_digest, state, uploaded_by, uploaded_at,
                applied_at, rows_new, rows_known, rows_refused, rows_imported)
                VALUES (7, 3, 'a.xlsx', 'd', 'applied', 1, 2, 5, 0, 1, 0, 1)";
            tx.execute(import, values![]).await?;
            let row = "INSERT INTO roster_import_row (import_id, row_no, state, sealed, refusals, learner_id)
                VALUES (7, 2, 'imported', $1, '[]', 9)";
            tx.execute(row, values![vec![1_u8, 2]]).await
        });
        written.await.unwrap();
        db.migrate(&migrations, 2_000).await.unwrap();
        let kept = db.read(async |tx: &Tx<'_>| {
            let sql = "SELECT i.state, i.applied_at, i.rows_imported, i.rows_undone, r.learner_id, r.sealed
                FROM roster_import i JOIN roster_import_row r ON r.import_id = i.import_id";
            tx.query_one(sql, values![], |row| {
                let counts = (row.get::<i64>(1)?, row.get::<i64>(2)?, row.get::<i64>(3)?, row.get::<i64>(4)?);
                Ok((row.get::<String>(0)?, counts, row.get::<Vec<u8>>(5)?))
            })
            .await
        });
        assert_eq!(kept.await.unwrap(), ("applied".to_owned(), (5, 1, 0, 9), vec![1, 2]));
    })
    .await;
}

/// SQLite would put a text into a column of integers and give it back; PostgreSQL would not.
#[tokio::test]
async fn a_column_takes_only_its_type() {
    on_both_engines(async |_, db| {
        db.migrate(&two_steps(), 1_000).await.unwrap();
        let wrong = db
            .write(async |tx: &Tx<'_>| {
                let sql = "INSERT INTO shelf (shelf_id, name, places) VALUES ($1, $2, $3)";
                tx.execute(sql, values![1, "left", "many"]).await
            })
            .await;
        failure(wrong);
    })
    .await;
}

/// A distributed engine refuses what a partitioned PostgreSQL refuses: a unique index without the distribution key.
#[tokio::test]
async fn our_own_migrations_apply_with_partitions() {
    if with_postgres() {
        let mut database = TestDatabase::new(Engine::Postgres).await;
        database.config.hash_partitions = 4;
        let db = database.open();
        db.migrate(&Migration::embedded().unwrap(), 1_000).await.unwrap();
        let seats = migration(1, "");
        assert!(db.pending(&[seats]).await.is_err(), "the journal knows better");
        db.close().await;
    }
}
