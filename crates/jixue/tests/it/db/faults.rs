//! A disk that is full, and the settings that a power loss would test.

use jixue::db::{Db, Tx, values};
use jixue::error::Result;

use super::failure;
use crate::engines::{Engine, on};

const CREATE: &str = "CREATE TABLE page (page_id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT";
const INSERT: &str = "INSERT INTO page (page_id, body) VALUES ($1, $2)";
const IDS: &str = "SELECT page_id FROM page ORDER BY page_id";

/// SQLite then refuses to grow the file, as a full disk would.
const LIMIT: &str = "PRAGMA max_page_count = 100";
const NO_LIMIT: &str = "PRAGMA max_page_count = 1000000";

async fn pragma(db: &Db, sql: &'static str) -> i64 {
    db.write(async move |tx: &Tx<'_>| tx.query_value(sql, values![]).await).await.expect("the writer's setting")
}

async fn insert(db: Db, id: i64) -> Result<i64> {
    db.write(async move |tx: &Tx<'_>| tx.execute(INSERT, values![id, vec![7u8; 3_000]]).await).await?;
    Ok(id)
}

/// What was acknowledged is stored, what was refused is not, and when there is room again work goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_acknowledged() {
    on(Engine::Sqlite, async |database, db| {
        db.write(async |tx: &Tx<'_>| tx.execute(CREATE, values![]).await).await.unwrap();
        assert_eq!(pragma(&db, LIMIT).await, 100);
        let mut tasks = tokio::task::JoinSet::new();
        for id in 0..400 {
            tasks.spawn(insert(db.clone(), id));
        }
        let answers = tasks.join_all().await;
        let mut acknowledged: Vec<i64> = answers.iter().filter_map(|answer| answer.as_ref().ok().copied()).collect();
        acknowledged.sort_unstable();
        assert!(answers.iter().any(Result::is_err), "the disk was full");
        for refused in answers.into_iter().filter(Result::is_err) {
            let failure = failure(refused);
            assert!(failure.is_temporary(), "{failure}");
        }
        assert_eq!(stored(&db).await, acknowledged);

        assert_eq!(pragma(&db, NO_LIMIT).await, 1_000_000);
        for id in 400..420 {
            acknowledged.push(insert(db.clone(), id).await.unwrap());
        }
        assert_eq!(stored(&db).await, acknowledged);
        let copy = database.folder().join("copy.db");
        let report = db.backup(&copy).await.unwrap();
        assert_eq!(report.rows[0].rows, acknowledged.len() as i64);
    })
    .await;
}

async fn stored(db: &Db) -> Vec<i64> {
    db.read_bulk(async |tx: &Tx<'_>| tx.query(IDS, values![], |row| row.get(0)).await).await.unwrap()
}

/// With any of these weaker, an acknowledged payment could be gone after a power cut, and no other test would notice.
#[tokio::test]
async fn the_writer_waits_for_the_disk() {
    on(Engine::Sqlite, async |_, db| {
        assert_eq!(pragma(&db, "PRAGMA synchronous").await, 2, "FULL");
        assert_eq!(pragma(&db, "PRAGMA foreign_keys").await, 1);
        let mode: String =
            db.write(async |tx: &Tx<'_>| tx.query_value("PRAGMA journal_mode", values![]).await).await.unwrap();
        assert_eq!(mode, "wal");
        let (sound, version) = jixue::db::sqlite_version_ok();
        assert!(sound, "SQLite {version}");
    })
    .await;
}

/// A log that only grows slows every read; it is folded into the file when nothing else is to do.
#[tokio::test]
async fn the_log_is_folded_in_when_the_writer_idles() {
    on(Engine::Sqlite, async |_, db| {
        db.write(async |tx: &Tx<'_>| tx.execute(CREATE, values![]).await).await.unwrap();
        insert(db.clone(), 1).await.unwrap();
        let folded = async {
            while db.metrics().checkpoints == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), folded).await.expect("the writer idles by now");
        assert_eq!(stored(&db).await, [1]);
    })
    .await;
}

/// Other accounts on the machine must not read people's data past the program.
#[cfg(unix)]
#[tokio::test]
async fn the_file_is_private() {
    use std::os::unix::fs::PermissionsExt;
    on(Engine::Sqlite, async |database, db| {
        db.write(async |tx: &Tx<'_>| tx.execute(CREATE, values![]).await).await.unwrap();
        for name in ["test.db", "test.db-wal"] {
            let mode = std::fs::metadata(database.folder().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
        }
    })
    .await;
}
