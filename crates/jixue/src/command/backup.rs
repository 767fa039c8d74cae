//! Backup while the program works; restore when it does not.

use crate::config::Config;
use crate::db::{self, BackupReport, Db};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Copies the database to a new file and checks the copy.
pub async fn backup(config: &Config, to: &Path, json: bool) -> anyhow::Result<()> {
    let db = Db::open(&config.database())?;
    let report = db.backup(to).await?;
    print(&report, to, json);
    db.close().await;
    Ok(())
}

fn print(report: &BackupReport, to: &Path, json: bool) {
    let rows: i64 = report.rows.iter().map(|table| table.rows).sum();
    if json {
        let report = serde_json::json!({"file": to, "bytes": report.bytes, "tables": report.rows.len(), "rows": rows});
        println!("{report}");
        return;
    }
    println!("{}: {} bytes, {} tables, {rows} rows, verified", to.display(), report.bytes, report.rows.len());
    println!("Keys are not part of it: keep the keys folder apart. Stored files lie below the data folder's blobs.");
}

/// Puts a verified copy in the place of the database.
pub fn restore(config: &Config, from: &Path, replace: bool) -> anyhow::Result<()> {
    let to = database_file(config)?;
    anyhow::ensure!(replace || !to.exists(), "{} exists; say --replace to put the copy in its place", to.display());
    std::fs::create_dir_all(&config.data).with_context(|| config.data.display().to_string())?;
    let report = db::restore(from, &config.database())?;
    print(&report, &to, false);
    Ok(())
}

fn database_file(config: &Config) -> anyhow::Result<PathBuf> {
    let url = config.database().url;
    let path =
        url.strip_prefix("sqlite:").context("restore is for the embedded database; for PostgreSQL use pg_restore")?;
    Ok(PathBuf::from(path))
}
