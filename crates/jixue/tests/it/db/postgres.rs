//! What only PostgreSQL does: asking to run again, and TLS.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use jixue::db::{DatabaseConfig, Db, Failure, Tx, values};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{COUNTER_AMOUNT, COUNTER_SET, add, amount, failure, with_counters};
use crate::engines::{Engine, TestDatabase, with_postgres};

/// Adds 10 to counter 1 on another connection, between the two statements of a unit.
fn interfere(db: &Db) {
    let (db, runtime) = (db.clone(), tokio::runtime::Handle::current());
    let written = std::thread::spawn(move || {
        runtime.block_on(async { db.write(async |tx: &Tx<'_>| add(tx, 1, 10).await).await })
    });
    tokio::task::block_in_place(|| written.join()).expect("no panic").expect("the other unit is stored");
}

/// The sum would be wrong if the unit were not run again, and the caller would see an error if it were not run here.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unit_that_collided_is_run_again() {
    if !with_postgres() {
        return;
    }
    let database = TestDatabase::new(Engine::Postgres).await;
    let option = "-c default_transaction_isolation=serializable";
    let db = Db::open(&database.config_with_option(option)).unwrap();
    with_counters(&db).await;
    db.write(async |tx: &Tx<'_>| add(tx, 1, 1).await).await.unwrap();

    let runs = Arc::new(AtomicU32::new(0));
    let (other, counted) = (db.clone(), runs.clone());
    db.write(async move |tx: &Tx<'_>| {
        let before: i64 = tx.query_value(COUNTER_AMOUNT, values![1]).await?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            interfere(&other);
        }
        tx.execute(COUNTER_SET, values![1, before + 100]).await
    })
    .await
    .unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert_eq!(amount(&db, 1).await, Some(111));
    assert_eq!(db.metrics().units_run_again, 1);
    db.close().await;
}

/// A pooler gives each transaction another server connection: a statement left prepared would be missing on the next.
#[tokio::test]
async fn without_the_cache_no_statement_stays_prepared() {
    const PREPARED: &str = "SELECT COUNT(*) FROM pg_prepared_statements";
    if !with_postgres() {
        return;
    }
    let database = TestDatabase::new(Engine::Postgres).await;
    let mut counts = Vec::new();
    for statement_cache in [true, false] {
        let config = DatabaseConfig { statement_cache, pool_size: 1, ..database.config.clone() };
        let db = Db::open(&config).unwrap();
        for _ in 0..2 {
            db.write(async |tx: &Tx<'_>| tx.query_value::<i64>("SELECT 1", values![]).await).await.unwrap();
        }
        let left = db.read(async |tx: &Tx<'_>| tx.query_value::<i64>(PREPARED, values![]).await).await;
        counts.push(left.unwrap());
        db.close().await;
    }
    assert!(counts[0] > 0, "the question can tell the two apart");
    assert_eq!(counts[1], 0);
}

/// A server that stands between us and the database and says "no TLS here" must hear nothing more, no password above all.
#[tokio::test]
async fn with_an_authority_configured_nothing_is_sent_in_the_clear() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listening = tokio::spawn({
        let heard = heard.clone();
        async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 8];
            stream.read_exact(&mut request).await.unwrap();
            assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47], "SSLRequest of the protocol");
            stream.write_all(b"N").await.unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.unwrap();
            heard.lock().unwrap().append(&mut rest);
        }
    });
    let folder = TestDatabase::new(Engine::Sqlite).await;
    let authority = folder.folder().join("authority.pem");
    std::fs::write(&authority, AUTHORITY).unwrap();
    let config = DatabaseConfig {
        tls_ca_file: Some(authority),
        ..DatabaseConfig::new(format!("postgres://jixue:secret@127.0.0.1:{port}/jixue?sslmode=disable"))
    };
    let db = Db::open(&config).unwrap();
    let refused = failure(db.read(async |_: &Tx<'_>| Ok(())).await);
    assert!(matches!(&refused, Failure::Pool(_)) && refused.is_temporary(), "{refused}");
    listening.await.unwrap();
    assert!(heard.lock().unwrap().is_empty());
    assert!(!format!("{refused} {config:?}").contains("secret"));
}

#[tokio::test]
async fn an_authority_that_is_none_is_refused_at_the_start() {
    let folder = TestDatabase::new(Engine::Sqlite).await;
    let authority = folder.folder().join("authority.pem");
    for text in [None, Some("no certificate here")] {
        if let Some(text) = text {
            std::fs::write(&authority, text).unwrap();
        }
        let config = DatabaseConfig {
            tls_ca_file: Some(authority.clone()),
            ..DatabaseConfig::new("postgres://jixue@127.0.0.1:1/jixue")
        };
        assert!(matches!(failure(Db::open(&config).map(drop)), Failure::Address(_)));
    }
}

/// A server that is away is "come again", not a fault with a reference number.
#[tokio::test]
async fn a_server_that_is_away_is_temporary() {
    let db = Db::open(&DatabaseConfig::new("postgres://jixue@127.0.0.1:1/jixue?connect_timeout=2")).unwrap();
    let away = failure(db.write(async |_: &Tx<'_>| Ok(())).await);
    assert!(away.is_temporary(), "{away}");
}

#[tokio::test]
async fn an_address_we_cannot_open_is_refused() {
    for url in ["", "sqlite:", "sqlite::memory:", "mysql://host/db", "postgres://host:no-port/db"] {
        let refused = failure(Db::open(&DatabaseConfig::new(url)).map(drop));
        assert!(matches!(refused, Failure::Address(_)), "{url}: {refused}");
    }
}

/// A certificate of nobody: its key was thrown away.
const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUDc93ht+azbv/3/UsqEmICc5eOBQwCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUSml4dWUgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMTUyMzUy
WhgPMjEyNjEwMzAxNTIzNTJaMB8xHTAbBgNVBAMMFEppeHVlIHRlc3QgYXV0aG9y
aXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXoLLhlWtvatt19Kx3/+CGf7R
qRm3UCTX87T5KBbfzO7ejL3TVtYKWz+/urQvzZlzFCMdAv1hf6JTSY7LcYNKpKNT
MFEwHQYDVR0OBBYEFKFIG3tmNpILbg6UJi7juPjVPL5ZMB8GA1UdIwQYMBaAFKFI
G3tmNpILbg6UJi7juPjVPL5ZMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
SQAwRgIhAMfvoUQNs4cO4Y91p4yUzwz3JwQPZxQLNashQpd+Qp9iAiEAlhBDuRjW
HNDM2tcwB/6tezAzh0f8dm5iulGPyMkvELQ=
-----END CERTIFICATE-----
";
