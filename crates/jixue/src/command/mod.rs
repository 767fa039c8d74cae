//! The command line. Exit code 0: done; 1: it could not be done, with the reason on standard error; 2: wrong arguments.

mod admin;
pub mod audit;
mod backup;
mod bench;
mod doctor;
mod export;
mod import;
pub mod rekey;

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Migration};
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Continuing education for a city or province.
#[derive(Debug, Parser)]
#[command(name = "jixue", version, about, arg_required_else_help = true)]
pub struct Arguments {
    /// Configuration file (TOML); environment variables JIXUE_… override it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and work jobs.
    Serve,
    /// Work jobs only, as a further node.
    Work,
    /// Bring the database to this program's schema.
    Migrate {
        /// Only say what is missing; exit code 1 when something is.
        #[arg(long)]
        check: bool,
    },
    /// Check database, books, keys and gateways, and say what is wrong.
    Doctor {
        #[arg(long)]
        json: bool,
    },
    /// Copy the database while it works, and verify the copy.
    Backup {
        /// A new file.
        to: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// Put a verified copy in the place of the database. Nothing may be running.
    Restore {
        from: PathBuf,
        /// Replace a database that exists.
        #[arg(long)]
        replace: bool,
    },
    /// Take in a file.
    #[command(subcommand)]
    Import(import::Import),
    /// Make a file.
    #[command(subcommand)]
    Export(export::Export),
    /// Ask a temporary server for what each role may and may not do.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Measure what an operation costs, on temporary data.
    Bench(bench::Bench),
    /// Configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Seal personal data with a new key. Nothing else may be running.
    Rekey {
        /// No node is running, though one still holds its number after a crash.
        #[arg(long)]
        stopped: bool,
        #[arg(long)]
        json: bool,
    },
    /// Keys and the first officer.
    #[command(subcommand)]
    Admin(admin::Admin),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Read the configuration and say what is wrong with it.
    Check,
}

/// Statements of the commands themselves.
pub use bench::CATALOGUE;

/// Runs a command to its end.
pub fn run(arguments: Arguments) -> ExitCode {
    log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(act(arguments)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("jixue: {error:#}");
    ExitCode::FAILURE
}

/// Logs to standard error, as JSON where `JIXUE_LOG_FORMAT=json`; `RUST_LOG` chooses how much.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("JIXUE_LOG_FORMAT").as_deref() {
        Ok("json") => builder.json().init(),
        _ => builder.with_target(false).init(),
    }
}

async fn act(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = Config::read(arguments.config.as_deref())?;
    match arguments.command {
        Command::Serve => serve(config).await?,
        Command::Work => work(config).await?,
        Command::Migrate { check } => return migrate(&config, check).await,
        Command::Doctor { json } => return doctor::examine(config, json).await,
        Command::Backup { to, json } => backup::backup(&config, &to, json).await?,
        Command::Restore { from, replace } => backup::restore(&config, &from, replace)?,
        Command::Import(import) => import::import(config, import).await?,
        Command::Export(export) => export::export(config, export).await?,
        Command::Config(ConfigCommand::Check) => println!("configuration: ok"),
        Command::Admin(admin) => admin::administer(config, admin).await?,
        Command::Rekey { stopped, json } => rekey::command(config, stopped, json).await?,
        Command::Audit(audit) => audit::audit(audit).await?,
        Command::Bench(bench) => bench::bench(bench).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let listener = crate::server::bind(&config.listen).await?;
    let app = App::open(config, Clock::system()).await?;
    tracing::info!(listen = %listener.local_addr()?, base_url = %app.config.base_url, "serving");
    crate::server::serve(app, listener, crate::server::signal()).await
}

async fn work(config: Config) -> anyhow::Result<()> {
    let app = App::open(config, Clock::system()).await?;
    tracing::info!("working");
    tokio::select! {
        () = crate::outbox::work_forever(app.clone()) => {}
        () = crate::server::signal() => {}
    }
    crate::node::give_back(&app).await?;
    app.db.close().await;
    Ok(())
}

async fn migrate(config: &Config, check: bool) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(&config.data).with_context(|| config.data.display().to_string())?;
    let db = Db::open(&config.database())?;
    let known = Migration::embedded().map_err(crate::error::Error::from)?;
    if check {
        let pending = db.pending(&known).await?;
        println!("migrations to be done: {}", pending.len());
        return Ok(if pending.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let applied = db.migrate(&known, Clock::system().now().0).await?;
    println!("migrations done now: {}", applied.len());
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
