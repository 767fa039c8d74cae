//! `jixue bench`: what one operation costs the server, measured from outside.
//!
//! The server is a child process on temporary data; `scope` alone is measured in this process. After five seconds of warm-up its CPU time is read from the
//! operating system before and after the counted requests, so the client's own work does not count. Exactly one JSON
//! object goes to standard output.

pub(super) mod client;
mod disk;
mod load;
mod login;
mod operations;
mod process;
mod registry;
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
    /// A roster with some wrong rows, from the file to its preview, in one process; each row counts.
    Org,
    /// A page of a large unit's people; the whole file besides.
    List,
    /// 500 sign-ins by password at the same moment, while players beat at an even pace.
    Login,
}

impl Operation {
    const fn code(self) -> &'static str {
        match self {
            Self::Beat => "beat",
            Self::Home => "home",
            Self::Verify => "verify",
            Self::Certificate => "certificate",
            Self::Scope => "scope",
            Self::Org => "org",
            Self::List => "list",
            Self::Login => "login",
        }
    }
}

#[derive(Debug, Args)]
pub struct Bench {
    #[arg(value_enum)]
    operation: Operation,
    /// People in the temporary city, in its largest unit, or on the roster; 2,000, 5,000 or 50,000 when nothing is said.
    #[arg(long)]
    learners: Option<u32>,
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
    /// The server's time for the whole list as a file, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    export_ms: Option<f64>,
    /// This process's time for the whole roster, from the file to its preview, and for bringing its people in; milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    preview_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apply_ms: Option<u64>,
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

impl Bench {
    fn learners(&self) -> u32 {
        self.learners.unwrap_or(match self.operation {
            Operation::Org => 50_000,
            Operation::List => 5_000,
            Operation::Beat
            | Operation::Home
            | Operation::Verify
            | Operation::Certificate
            | Operation::Scope
            | Operation::Login => 2_000,
        })
    }
}

/// What an operation came to.
struct Outcome {
    counted: load::Counted,
    rss_mib: f64,
    fsync_per_s: f64,
    export_ms: Option<f64>,
    beat_p99_ratio: Option<f64>,
    roster: Option<registry::Roster>,
}

async fn measure(bench: &Bench, folder: &std::path::Path) -> anyhow::Result<Measured> {
    let outcome = match bench.operation {
        Operation::Org => {
            let mut roster = registry::roster(folder, bench.learners()).await?;
            let fsync_per_s = disk::syncs_per_second(folder)?;
            let (counted, rss_mib) = (std::mem::take(&mut roster.counted), roster.rss_mib);
            Outcome { counted, rss_mib, fsync_per_s, export_ms: None, beat_p99_ratio: None, roster: Some(roster) }
        }
        Operation::Scope => {
            seed::city(folder, bench.operation, bench.learners()).await?;
            let fsync_per_s = disk::syncs_per_second(folder)?;
            let (counted, rss_mib) = scope::decide(folder, bench.concurrency).await?;
            Outcome { counted, rss_mib, fsync_per_s, export_ms: None, beat_p99_ratio: None, roster: None }
        }
        _ => served(bench, folder).await?,
    };
    let Outcome { counted, rss_mib, fsync_per_s, export_ms, beat_p99_ratio, roster } = outcome;
    Ok(Measured {
        op: bench.operation.code(),
        learners: bench.learners(),
        n: counted.count,
        concurrency: if roster.is_some() { 1 } else { bench.concurrency },
        cpu_us: counted.cpu_us_each(),
        p50_us: counted.percentile_us(50),
        p99_us: counted.percentile_us(99),
        rss_mib,
        fsync_per_s,
        export_ms,
        preview_ms: roster.as_ref().map(|_| counted.cpu_us / 1_000),
        apply_ms: roster.as_ref().map(|roster| roster.apply_ms),
        beat_p99_ratio,
    })
}

/// Measures a server that is asked from outside.
async fn served(bench: &Bench, folder: &std::path::Path) -> anyhow::Result<Outcome> {
    let seeded = match bench.operation {
        Operation::List => seed::large_unit(folder, bench.learners()).await?,
        operation => seed::city(folder, operation, bench.learners()).await?,
    };
    let fsync_per_s = disk::syncs_per_second(folder)?;
    let mut server = process::Server::start(folder, &seeded.address).await?;
    let mut beat_p99_ratio = None;
    let (counted, export_ms) = match bench.operation {
        Operation::Certificate => (operations::certificates(&mut server, folder, MEASURED).await?, None),
        Operation::Login => {
            let (counted, ratio) = login::login(&mut server, seeded.visitors(bench)?, &seeded.login_names).await?;
            beat_p99_ratio = Some(ratio);
            (counted, None)
        }
        Operation::List => {
            let (counted, export) = registry::list(&mut server, &seeded, bench.concurrency, bench.learners()).await?;
            (counted, Some(export))
        }
        _ => (load::run(&mut server, seeded.visitors(bench)?, WARM_UP, MEASURED).await?, None),
    };
    let rss_mib = server.resident_mib()?;
    server.stop().await?;
    Ok(Outcome { counted, rss_mib, fsync_per_s, export_ms, beat_p99_ratio, roster: None })
}
