//! Migrations go forward only, one transaction each, and a database remembers what was done to it.

use std::borrow::Cow;

use rust_embed::RustEmbed;

use super::dialect::DdlError;
use super::{Db, Dialect, Failure, Tx};
use crate::db::values;
use crate::error::Result;

#[derive(RustEmbed)]
#[folder = "migrations/"]
struct Files;

crate::db::statements! {
    MIGRATIONS_DONE = "SELECT version, digest FROM schema_migration ORDER BY version";
    MIGRATION_DONE = "INSERT INTO schema_migration (version, name, digest, applied_at) VALUES ($1, $2, $3, $4)";
}

const JOURNAL_DDL: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    version {{int}} NOT NULL PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at {{int}} NOT NULL
)";

/// One step of the schema.
#[derive(Debug, Clone)]
pub struct Migration {
    /// Order; the number that begins the file's name.
    pub version: i64,
    /// The rest of the file's name.
    pub name: Cow<'static, str>,
    /// Portable DDL and statements, with the words of [`Dialect::statements`](super::Dialect::statements).
    pub sql: Cow<'static, str>,
}

/// A migration, or what the database says about past ones, does not fit.
#[derive(Debug, thiserror::Error)]
pub enum MigrationFailure {
    /// A file is not called `0001_name.sql`, is not UTF-8, or shares its number with another.
    #[error("the file {0} is not a migration we can read")]
    File(String),
    /// The text of a migration cannot be read.
    #[error("{name}: {source}")]
    Ddl {
        /// Which one.
        name: String,
        /// Why.
        source: DdlError,
    },
    /// The database has seen a migration that this program does not know: the program is older than the database.
    #[error("the database stands at version {found}, this program knows {known}")]
    NewerDatabase {
        /// Highest version in the database.
        found: i64,
        /// Highest version in the program.
        known: i64,
    },
    /// A migration that was applied reads differently today.
    #[error("version {version} ({name}) was changed after it had been applied")]
    Changed {
        /// Which one.
        version: i64,
        /// Its name.
        name: String,
    },
    /// A migration that was never applied comes before one that was.
    #[error("version {version} ({name}) comes before one already applied")]
    OutOfOrder {
        /// Which one.
        version: i64,
        /// Its name.
        name: String,
    },
}

impl Migration {
    /// The migrations that are part of this program, in order.
    ///
    /// # Errors
    /// [`MigrationFailure::File`].
    pub fn embedded() -> Result<Vec<Self>, Failure> {
        let mut migrations = Files::iter().map(|file| Self::from_file(&file)).collect::<Result<Vec<_>, _>>()?;
        migrations.sort_by_key(|migration| migration.version);
        match migrations.windows(2).find(|pair| pair[0].version == pair[1].version) {
            Some(twins) => Err(MigrationFailure::File(twins[1].name.to_string()).into()),
            None => Ok(migrations),
        }
    }

    fn from_file(file: &str) -> Result<Self, MigrationFailure> {
        let unreadable = || MigrationFailure::File(file.to_owned());
        let (number, name) = file.strip_suffix(".sql").and_then(|stem| stem.split_once('_')).ok_or_else(unreadable)?;
        let version = number.parse().map_err(|_| unreadable())?;
        let bytes = Files::get(file).ok_or_else(unreadable)?.data.into_owned();
        let sql = String::from_utf8(bytes).map_err(|_| unreadable())?;
        Ok(Self { version, name: name.to_owned().into(), sql: sql.into() })
    }

    /// SHA-256 of the text in hexadecimal; line ends count alike on every system.
    fn digest(&self) -> String {
        let text = self.sql.replace("\r\n", "\n");
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Db {
    /// Applies what is missing, each in a transaction of its own, and returns the versions applied. Two programs may
    /// start at once: the second waits and finds nothing left to do. `now_ms` is noted beside each.
    ///
    /// # Errors
    /// [`MigrationFailure`], and what the engine refuses.
    pub async fn migrate(&self, migrations: &[Migration], now_ms: i64) -> Result<Vec<i64>> {
        self.make_journal().await?;
        let mut applied = Vec::new();
        for migration in pending(self.done().await?, migrations)? {
            if self.apply(migration, migrations, now_ms).await? {
                tracing::info!(version = migration.version, name = %migration.name, "migrated");
                applied.push(migration.version);
            }
        }
        Ok(applied)
    }

    /// The versions that are missing in the database.
    ///
    /// # Errors
    /// [`MigrationFailure`] when database and program do not fit.
    pub async fn pending(&self, migrations: &[Migration]) -> Result<Vec<i64>> {
        let done = if self.has_journal().await? { self.done().await? } else { Vec::new() };
        Ok(pending(done, migrations)?.iter().map(|migration| migration.version).collect())
    }

    async fn apply(&self, migration: &Migration, all: &[Migration], now_ms: i64) -> Result<bool> {
        let dialect = self.dialect();
        let ddl = statements(dialect, &migration.name, &migration.sql)?;
        let (all, migration) = (all.to_vec(), migration.clone());
        self.write(async move |tx: &Tx<'_>| {
            if let Some(lock) = dialect.lock_migrations_ddl() {
                tx.define(lock).await?;
            }
            // Another program may have done it while we waited for the lock.
            let left = pending(done(tx).await?, &all)?;
            if !left.iter().any(|other| other.version == migration.version) {
                return Ok(false);
            }
            for statement in &ddl {
                tx.define(statement).await?;
            }
            let name = migration.name.as_ref();
            tx.execute(MIGRATION_DONE, values![migration.version, name, migration.digest(), now_ms]).await?;
            Ok(true)
        })
        .await
    }

    async fn done(&self) -> Result<Vec<(i64, String)>> {
        self.read(async |tx: &Tx<'_>| done(tx).await).await
    }

    async fn has_journal(&self) -> Result<bool> {
        let tables = self.tables().await?;
        Ok(tables.iter().any(|table| table == "schema_migration"))
    }

    async fn make_journal(&self) -> Result<()> {
        if self.has_journal().await? {
            return Ok(());
        }
        let ddl = statements(self.dialect(), "schema_migration", JOURNAL_DDL)?.concat();
        let made = self.write(async move |tx: &Tx<'_>| tx.define(&ddl).await).await;
        // PostgreSQL's IF NOT EXISTS fails when two programs meet in it; then the other one has made the table.
        match made {
            Err(_) if self.has_journal().await? => Ok(()),
            other => other,
        }
    }
}

fn statements(dialect: Dialect, name: &str, ddl: &str) -> Result<Vec<String>, Failure> {
    let read = dialect.statements(ddl);
    read.map_err(|source| MigrationFailure::Ddl { name: name.to_owned(), source }.into())
}

async fn done(tx: &Tx<'_>) -> Result<Vec<(i64, String)>> {
    tx.query(MIGRATIONS_DONE, values![], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// The migrations that are left, once what was done is found to fit.
fn pending(done: Vec<(i64, String)>, migrations: &[Migration]) -> Result<Vec<&Migration>, Failure> {
    let newest_done = done.last().map_or(0, |(version, _)| *version);
    for (version, digest) in &done {
        match migrations.iter().find(|migration| migration.version == *version) {
            None => {
                let known = migrations.last().map_or(0, |migration| migration.version);
                return Err(MigrationFailure::NewerDatabase { found: newest_done, known }.into());
            }
            Some(migration) if migration.digest() != *digest => {
                let name = migration.name.to_string();
                return Err(MigrationFailure::Changed { version: *version, name }.into());
            }
            Some(_) => {}
        }
    }
    let left: Vec<_> =
        migrations.iter().filter(|migration| done.iter().all(|(version, _)| *version != migration.version)).collect();
    match left.first() {
        Some(early) if early.version < newest_done => {
            let name = early.name.to_string();
            Err(MigrationFailure::OutOfOrder { version: early.version, name }.into())
        }
        _ => Ok(left),
    }
}
