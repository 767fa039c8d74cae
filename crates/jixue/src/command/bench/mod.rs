//! `jixue bench`: what one operation costs the server, measured from outside.
//!
//! The server is a child process on temporary data. After five seconds of warm-up its CPU time is read from the
//! operating system before and after the counted requests, so the client's own work does not count. Exactly one JSON
//! object goes to standard output.

pub(super) mod client;
mod disk;
mod load;
mod login;
mod operations;
mod process;
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
    /// 500 sign-ins by password at the same moment, while players beat at an even pace.
    Login,
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
    /// For sign-ins: how many times longer the slowest hundredth of the beats took while they were under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    beat_p99_ratio: Option<f64>,
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
    let mut server = process::Server::start(folder, &seeded.address).await?;
    let mut beat_p99_ratio = None;
    let counted = match bench.operation {
        Operation::Certificate => operations::certificates(&mut server, folder, MEASURED).await?,
        Operation::Login => {
            let (counted, ratio) = login::login(&mut server, seeded.visitors(bench)?, &seeded.login_names).await?;
            beat_p99_ratio = Some(ratio);
            counted
        }
        _ => load::run(&mut server, seeded.visitors(bench)?, WARM_UP, MEASURED).await?,
    };
    let rss_mib = server.resident_mib()?;
    server.stop().await?;
    Ok(Measured {
        op: match bench.operation {
            Operation::Beat => "beat",
            Operation::Home => "home",
            Operation::Verify => "verify",
            Operation::Certificate => "certificate",
            Operation::Login => "login",
        },
        learners: bench.learners,
        n: counted.count,
        concurrency: bench.concurrency,
        cpu_us: counted.cpu_us_each(),
        p50_us: counted.percentile_us(50),
        p99_us: counted.percentile_us(99),
        rss_mib,
        fsync_per_s,
        beat_p99_ratio,
    })
}
