//! A backup that was never restored is a hope; these are restored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jixue::db::{BackupFailure, Db, Failure, Tx, check_backup, restore, values};
use jixue::error::Result;

use super::{add, amount, failure, sum, with_counters};
use crate::engines::{Engine, TestDatabase, on, with_postgres};

const TRANSFER: &str = "UPDATE counter SET amount = amount + $2 WHERE counter_id = $1";

fn why(failure: Failure) -> BackupFailure {
    match failure {
        Failure::Backup(why) => why,
        other => panic!("{other}"),
    }
}

/// Moves one from counter 1 to counter 2 in one unit: the sum is 1,000,000 at every moment.
async fn transfer(db: &Db) -> Result<()> {
    db.write(async |tx: &Tx<'_>| {
        tx.execute(TRANSFER, values![1, -1]).await?;
        tx.execute(TRANSFER, values![2, 1]).await.map(drop)
    })
    .await
}

async fn with_a_million(db: &Db) {
    with_counters(db).await;
    db.write(async |tx: &Tx<'_>| {
        add(tx, 1, 1_000_000).await?;
        add(tx, 2, 0).await
    })
    .await
    .unwrap();
}

/// Backups are taken while people work; one that holds a debit without its credit is worthless.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_taken_under_load_is_one_moment_and_holds_what_was_acknowledged() {
    on(Engine::Sqlite, async |database, db| {
        with_a_million(&db).await;
        let stop = Arc::new(AtomicBool::new(false));
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (db, stop) = (db.clone(), stop.clone());
            writers.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    transfer(&db).await.unwrap();
                }
            });
        }
        for round in 0..5 {
            transfer(&db).await.unwrap();
            let acknowledged = amount(&db, 2).await.unwrap();
            let path = database.folder().join(format!("copy-{round}.db"));
            let report = db.backup(&path).await.unwrap();
            assert_eq!(
                report.rows.iter().map(|table| (table.table.as_str(), table.rows)).collect::<Vec<_>>(),
                [("counter", 2)]
            );
            let copy = Db::open(&jixue::db::DatabaseConfig::new(format!("sqlite:{}", path.display()))).unwrap();
            assert_eq!(sum(&copy).await, 1_000_000);
            assert!(amount(&copy, 2).await.unwrap() >= acknowledged);
            copy.close().await;
        }
        stop.store(true, Ordering::Relaxed);
        writers.join_all().await;
    })
    .await;
}

#[tokio::test]
async fn a_copy_does_not_overwrite() {
    on(Engine::Sqlite, async |database, db| {
        with_a_million(&db).await;
        let path = database.folder().join("copy.db");
        std::fs::write(&path, "precious").unwrap();
        assert!(matches!(why(failure(db.backup(&path).await)), BackupFailure::AlreadyThere(_)));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    })
    .await;
}

/// The drill: copy, lose, restore, go on.
#[tokio::test]
async fn a_restored_copy_works_and_the_replaced_database_is_kept() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let copy = database.folder().join("copy.db");
    let db = database.open();
    with_a_million(&db).await;
    let taken = db.backup(&copy).await.unwrap();
    transfer(&db).await.unwrap();

    let refused = restore(&copy, &database.config).unwrap_err();
    assert!(matches!(refused, Failure::InUse(_)), "{refused}");
    db.close().await;
    drop(db);

    assert_eq!(restore(&copy, &database.config).unwrap().rows, taken.rows);
    let db = database.open();
    assert_eq!(amount(&db, 2).await, Some(0), "as it was when the copy was taken");
    transfer(&db).await.unwrap();
    transfer(&db).await.unwrap();
    assert_eq!((amount(&db, 2).await, sum(&db).await), (Some(2), 1_000_000));
    db.close().await;
    drop(db);

    let replaced = database.folder().join("test.db.replaced");
    let old = Db::open(&jixue::db::DatabaseConfig::new(format!("sqlite:{}", replaced.display()))).unwrap();
    assert_eq!(amount(&old, 2).await, Some(1), "with the write that came after the copy");
    old.close().await;
}

/// A log left by a crash belongs to the old database; applied to the restored one it would corrupt it.
#[tokio::test]
async fn a_log_left_by_a_crash_does_not_leak_into_the_restored_database() {
    let running = TestDatabase::new(Engine::Sqlite).await;
    let crashed = TestDatabase::new(Engine::Sqlite).await;
    let db = running.open();
    with_a_million(&db).await;
    let copy = running.folder().join("copy.db");
    db.backup(&copy).await.unwrap();
    for _ in 0..20 {
        transfer(&db).await.unwrap();
    }
    // What a crash leaves: the file and its log, with nobody who has them open.
    for ending in ["", "-wal"] {
        let name = format!("test.db{ending}");
        std::fs::copy(running.folder().join(&name), crashed.folder().join(&name)).unwrap();
    }
    assert!(std::fs::metadata(crashed.folder().join("test.db-wal")).unwrap().len() > 0);

    restore(&copy, &crashed.config).unwrap();
    let restored = crashed.open();
    assert_eq!((amount(&restored, 2).await, sum(&restored).await), (Some(0), 1_000_000));
    restored.close().await;
    let folded = !crashed.folder().join("test.db.replaced-wal").exists();
    let replaced = format!("sqlite:{}", crashed.folder().join("test.db.replaced").display());
    let old = Db::open(&jixue::db::DatabaseConfig::new(replaced)).unwrap();
    assert_eq!(amount(&old, 2).await, Some(20), "the log's writes are kept with the old database");
    assert!(folded, "and in it: a crash amid the restore must not part the two");
    old.close().await;
    db.close().await;
}

/// A damaged database is the reason for many restores. SQLite cannot fold its log in then, and a log left behind would
/// be replayed over the restored database.
#[tokio::test]
async fn a_database_that_cannot_be_opened_is_replaced_with_its_log() {
    let running = TestDatabase::new(Engine::Sqlite).await;
    let crashed = TestDatabase::new(Engine::Sqlite).await;
    let db = running.open();
    with_a_million(&db).await;
    let copy = running.folder().join("copy.db");
    db.backup(&copy).await.unwrap();
    until_folded(&db).await;
    // The log begins anew with this unit, and does not hold the first page, from which SQLite could rebuild the file.
    transfer(&db).await.unwrap();
    let log = std::fs::read(running.folder().join("test.db-wal")).unwrap();
    std::fs::write(crashed.folder().join("test.db-wal"), &log).unwrap();
    std::fs::write(crashed.folder().join("test.db"), vec![0xA5; 8_192]).unwrap();

    restore(&copy, &crashed.config).unwrap();
    assert_eq!(std::fs::read(crashed.folder().join("test.db.replaced-wal")).unwrap(), log, "kept for who can read it");
    let restored = crashed.open();
    assert_eq!((amount(&restored, 2).await, sum(&restored).await), (Some(0), 1_000_000));
    restored.close().await;
    db.close().await;
}

/// Somebody deleted the database and overlooked its log: the log must not be replayed over the restored one.
#[tokio::test]
async fn a_log_without_its_database_does_not_leak_either() {
    let running = TestDatabase::new(Engine::Sqlite).await;
    let lost = TestDatabase::new(Engine::Sqlite).await;
    let db = running.open();
    with_a_million(&db).await;
    let copy = running.folder().join("copy.db");
    db.backup(&copy).await.unwrap();
    transfer(&db).await.unwrap();
    std::fs::copy(running.folder().join("test.db-wal"), lost.folder().join("test.db-wal")).unwrap();

    restore(&copy, &lost.config).unwrap();
    let restored = lost.open();
    assert_eq!((amount(&restored, 2).await, sum(&restored).await), (Some(0), 1_000_000));
    restored.close().await;
    db.close().await;
}

/// Waits until the writer has copied its log into the file.
async fn until_folded(db: &Db) {
    let folded = async {
        while db.metrics().checkpoints == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), folded).await.expect("the writer idles by now");
}

/// A damaged copy must be found on the day it is made or, at the latest, before it replaces anything.
#[tokio::test]
async fn a_damaged_copy_is_never_put_in_place() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let db = database.open();
    with_counters(&db).await;
    db.write(async |tx: &Tx<'_>| {
        for counter in 0..2_000 {
            add(tx, counter, 1).await?;
        }
        Ok(())
    })
    .await
    .unwrap();
    let copy = database.folder().join("copy.db");
    db.backup(&copy).await.unwrap();
    db.close().await;
    drop(db);

    let sound = std::fs::read(&copy).unwrap();
    let mut damaged = sound.clone();
    damaged[4_096 + 8..4_096 + 64].fill(0xA5); // within the second page: the table's root
    for bytes in [damaged, sound[..sound.len() / 2].to_vec(), b"not a database at all, only some text".to_vec()] {
        std::fs::write(&copy, bytes).unwrap();
        assert!(check_backup(&copy).is_err());
        restore(&copy, &database.config).unwrap_err();
        assert!(!database.folder().join("test.db.incoming").exists(), "nothing half done is left");
    }
    let db = database.open();
    assert_eq!(sum(&db).await, 2_000);
    db.close().await;
}

/// PostgreSQL has its own tool; we name the command rather than pretend, and the password stays out of it.
#[tokio::test]
async fn for_postgres_the_command_is_named() {
    let config = jixue::db::DatabaseConfig::new("postgres://jixue:secret@db.example:5433/learning");
    let db = Db::open(&config).unwrap();
    let path = std::path::Path::new("/backup/learning.dump");
    let BackupFailure::OwnTool(command) = why(failure(db.backup(path).await)) else { panic!("a command") };
    assert_eq!(
        command,
        "pg_dump --format=custom --file=/backup/learning.dump --host=db.example --port=5433 --username=jixue --dbname=learning"
    );
    assert!(matches!(why(restore(path, &config).unwrap_err()), BackupFailure::OwnTool(_)));
}

/// The named command must be one that PostgreSQL's own tool understands.
#[tokio::test]
async fn the_named_command_makes_a_dump() {
    if !with_postgres() {
        return;
    }
    let database = TestDatabase::new(Engine::Postgres).await;
    let db = database.open();
    with_a_million(&db).await;
    let path = database.folder().join("learning.dump");
    let BackupFailure::OwnTool(command) = why(failure(db.backup(&path).await)) else { panic!("a command") };
    let tools = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = tools.map(|version| format!("{}/bin", version.path().display())).collect::<Vec<_>>().join(":");
    let path_variable = format!("{folders}:{}", std::env::var("PATH").unwrap_or_default());
    // The tool takes a password from its environment, never from the command it was named in.
    let password = database.config.url.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
    let password = password.and_then(|(who, _)| who.split_once(':')).map_or("", |(_, password)| password).to_owned();
    // Other tests drop their schemas meanwhile, and a table that vanishes between listing and locking ends a dump.
    let mut done = false;
    for _ in 0..10 {
        let mut tool = tokio::process::Command::new("sh");
        tool.arg("-c").arg(&command).env("PATH", &path_variable).env("PGPASSWORD", &password);
        done = tool.status().await.unwrap().success();
        if done {
            break;
        }
    }
    assert!(done, "{command}");
    assert!(std::fs::read(&path).unwrap().starts_with(b"PGDMP"));
    db.close().await;
}
