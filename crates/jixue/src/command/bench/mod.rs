//! `jixue bench`: what one operation costs the server, measured from outside.
//!
//! The server is a child process on temporary data; `scope` alone is measured in this process. After five seconds of warm-up its CPU time is read from the
//! operating system before and after the counted requests, so the client's own work does not count. Exactly one JSON
//! object goes to standard output.

pub(super) mod client;
mod disk;
mod load;
mod operations;
mod process;
mod scope;
mod seed;
mod store;

pub use store::CATALOGUE;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::time::Duration;

/// Not counted: caches fill, the disk wakes up.
const WARM_UP: Duration = Duration::from_secs(5);
/// Counted.
const MEASURED: Duration = Duration::from_secs(10);

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Operation {
    /// A beat of a player, acknowledged after a durable commit.
    Beat,
    /// A learner's home page.
    Home,
    /// The public page of a certificate.
    Verify,
    /// A certificate rendered, signed and stored.
    Certificate,
    /// Who asks, and whether one learner lies within their reach: session, scope and decision, in this process.
    Scope,
}

impl Operation {
    const fn code(self) -> &'static str {
        match self {
            Self::Beat => "beat",
            Self::Home => "home",
            Self::Verify => "verify",
            Self::Certificate => "certificate",
            Self::Scope => "scope",
        }
    }
}

#[derive(Debug, Args)]
pub struct Bench {
    #[arg(value_enum)]
    operation: Operation,
    /// People in the temporary city.
    #[arg(long, default_value_t = 2_000)]
    learners: u32,
    /// Connections that ask at the same time.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// The result as one JSON object; without it, a line for people.
    #[arg(long)]
    json: bool,
}

/// What was measured. Times in microseconds, memory in MiB.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    op: &'static str,
    learners: u32,
    n: usize,
    concurrency: usize,
    /// The server's user and system time for one operation.
    cpu_us: f64,
    p50_us: u64,
    p99_us: u64,
    /// Resident memory of the server at the end.
    rss_mib: f64,
    /// How often this disk syncs 8 KiB in a second, in the same minute.
    fsync_per_s: f64,
}

/// Runs a benchmark to its end and prints it.
pub async fn bench(bench: Bench) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("jixue-bench-{}", crate::keys::hex(&crate::keys::random::<6>())));
    let outcome = measure(&bench, &folder).await;
    let removed = std::fs::remove_dir_all(&folder);
    let measured = outcome?;
    removed.with_context(|| folder.display().to_string())?;
    match bench.json {
        true => println!("{}", serde_json::to_string(&measured)?),
        false => println!(
            "{}: {:.1} µs CPU each ({} of them, {} at once), p50 {} µs, p99 {} µs, {:.1} MiB, disk {:.0} syncs/s",
            measured.op,
            measured.cpu_us,
            measured.n,
            measured.concurrency,
            measured.p50_us,
            measured.p99_us,
            measured.rss_mib,
            measured.fsync_per_s
        ),
    }
    Ok(())
}

async fn measure(bench: &Bench, folder: &std::path::Path) -> anyhow::Result<Measured> {
    let seeded = seed::city(folder, bench.operation, bench.learners).await?;
    let fsync_per_s = disk::syncs_per_second(folder)?;
    let (counted, rss_mib) = match bench.operation {
        Operation::Scope => scope::decide(folder, bench.concurrency).await?,
        operation => {
            let mut server = process::Server::start(folder, &seeded.address).await?;
            let counted = match operation {
                Operation::Certificate => operations::certificates(&mut server, folder, MEASURED).await?,
                _ => load::run(&mut server, seeded.visitors(bench)?, WARM_UP, MEASURED).await?,
            };
            let rss_mib = server.resident_mib()?;
            server.stop().await?;
            (counted, rss_mib)
        }
    };
    Ok(Measured {
        op: bench.operation.code(),
        learners: bench.learners,
        n: counted.count,
        concurrency: bench.concurrency,
        cpu_us: counted.cpu_us_each(),
        p50_us: counted.percentile_us(50),
        p99_us: counted.percentile_us(99),
        rss_mib,
        fsync_per_s,
    })
}
