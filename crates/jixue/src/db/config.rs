//! Where the database is and how it is reached.

use std::path::PathBuf;

use serde::Deserialize;

use super::Failure;

/// Where the database is and how it is reached. Every field but the address has a default.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://user:password@host/database?sslmode=…`.
    pub url: String,
    /// SQLite: connections for page reads. PostgreSQL: connections in all.
    #[serde(default = "default_pool_size")]
    pub pool_size: usize,
    /// Keep statements prepared on PostgreSQL. Switch off behind a pooler in transaction mode.
    #[serde(default = "yes")]
    pub statement_cache: bool,
    /// PostgreSQL is reached over TLS only, with a certificate that leads to one in this PEM file.
    #[serde(default)]
    pub tls_ca_file: Option<PathBuf>,
    /// Hash partitions per distributed table on PostgreSQL; 0 for plain tables. The tests set it to prove that the
    /// schema follows the rules of distributed engines.
    #[serde(default)]
    pub hash_partitions: u32,
}

/// The two engines an address can name.
pub(super) enum Address {
    Sqlite(PathBuf),
    Postgres,
}

impl DatabaseConfig {
    /// An address with everything else at its default.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            pool_size: default_pool_size(),
            statement_cache: true,
            tls_ca_file: None,
            hash_partitions: 0,
        }
    }

    pub(super) fn address(&self) -> Result<Address, Failure> {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            // Group commit, snapshots and durability all rest on a file.
            if path.is_empty() || path == ":memory:" {
                return Err(Failure::Address("sqlite: needs the path of a file".to_owned()));
            }
            return Ok(Address::Sqlite(PathBuf::from(path)));
        }
        if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            return Ok(Address::Postgres);
        }
        Err(Failure::Address("neither sqlite:PATH nor postgres://…".to_owned()))
    }
}

/// The address may hold a password.
impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let engine = self.url.split_once(':').map_or("", |(engine, _)| engine);
        out.debug_struct("DatabaseConfig")
            .field("url", &format_args!("{engine}:…"))
            .field("pool_size", &self.pool_size)
            .field("statement_cache", &self.statement_cache)
            .field("tls_ca_file", &self.tls_ca_file)
            .field("hash_partitions", &self.hash_partitions)
            .finish()
    }
}

/// Two for each core and two more: SQLite's reads never wait, PostgreSQL's wait for its disk.
fn default_pool_size() -> usize {
    std::thread::available_parallelism().map_or(4, usize::from) * 2 + 2
}

fn yes() -> bool {
    true
}
