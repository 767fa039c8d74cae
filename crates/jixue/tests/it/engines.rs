//! Databases for tests: every test gets a fresh one on each engine, and it is gone when the test ends.
//!
//! PostgreSQL is named by `JIXUE_TEST_POSTGRES` (`postgres://user@host/database`), as `scripts/test.sh` sets it; each
//! test has a schema of its own in it. `JIXUE_TEST_SQLITE_ONLY=1` leaves PostgreSQL out on a developer's machine.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use jixue::db::{DatabaseConfig, Db};

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The engines that tests run on.
pub fn engines() -> Vec<Engine> {
    if std::env::var("JIXUE_TEST_SQLITE_ONLY").is_ok_and(|set| set == "1") {
        return vec![Engine::Sqlite];
    }
    vec![Engine::Sqlite, Engine::Postgres]
}

/// Whether PostgreSQL is among them, for tests of what only it does.
pub fn with_postgres() -> bool {
    engines().contains(&Engine::Postgres)
}

/// Runs a test on a fresh database of each engine.
pub async fn on_both_engines(test: impl AsyncFn(&TestDatabase, Db)) {
    for engine in engines() {
        on(engine, &test).await;
    }
}

/// Runs a test on a fresh database of one engine.
pub async fn on(engine: Engine, test: impl AsyncFn(&TestDatabase, Db)) {
    println!("on {engine:?}"); // shown when the test fails
    let database = TestDatabase::new(engine).await;
    let db = database.open();
    test(&database, db.clone()).await;
    db.close().await;
}

/// A database that lives as long as this value.
pub struct TestDatabase {
    pub engine: Engine,
    pub config: DatabaseConfig,
    folder: PathBuf,
    schema: Option<String>,
}

impl TestDatabase {
    /// A fresh, empty database.
    pub async fn new(engine: Engine) -> Self {
        let name = unique_name();
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let (config, schema) = match engine {
            Engine::Sqlite => (DatabaseConfig::new(format!("sqlite:{}", folder.join("test.db").display())), None),
            Engine::Postgres => {
                run_on_postgres(&format!("CREATE SCHEMA {name}")).await.expect("a schema for the test");
                (DatabaseConfig::new(postgres_url(&format!("-c search_path={name}"))), Some(name))
            }
        };
        Self { engine, config: DatabaseConfig { pool_size: 6, ..config }, folder, schema }
    }

    /// Opens it, as another program would.
    pub fn open(&self) -> Db {
        Db::open(&self.config).expect("the test database opens")
    }

    /// A folder for the test's files, gone with the database.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The same database with another start-up option of PostgreSQL, such as `-c default_transaction_isolation=…`.
    pub fn config_with_option(&self, option: &str) -> DatabaseConfig {
        let schema = self.schema.as_ref().expect("start-up options are PostgreSQL's");
        let url = postgres_url(&format!("-c search_path={schema} {option}"));
        DatabaseConfig { url, ..self.config.clone() }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let _: std::io::Result<()> = std::fs::remove_dir_all(&self.folder);
        let Some(schema) = self.schema.take() else { return };
        // A thread of its own: the test's runtime cannot be waited for from within.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let sql = format!("SET lock_timeout = '10s'; DROP SCHEMA {schema} CASCADE");
            runtime.block_on(run_on_postgres(&sql))
        });
        match dropped.join() {
            Ok(Ok(())) => {}
            other => eprintln!("the test's schema stays behind: {other:?}"),
        }
    }
}

/// The address of the test server, with start-up options.
fn postgres_url(options: &str) -> String {
    let url = std::env::var("JIXUE_TEST_POSTGRES").expect(
        "JIXUE_TEST_POSTGRES must name a PostgreSQL database (scripts/test.sh starts one); \
         JIXUE_TEST_SQLITE_ONLY=1 leaves PostgreSQL out",
    );
    let separator = if url.contains('?') { '&' } else { '?' };
    let options = options.replace(' ', "%20").replace('=', "%3D");
    format!("{url}{separator}options={options}")
}

async fn run_on_postgres(sql: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&postgres_url(""), tokio_postgres::NoTls).await?;
    let served = tokio::spawn(connection);
    let outcome = client.batch_execute(sql).await;
    drop(client);
    served.abort();
    outcome
}

fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("jixue_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
