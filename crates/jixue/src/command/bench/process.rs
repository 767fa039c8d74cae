//! The server as a child process, and what the operating system says of it.

use super::client::{Connection, get};
use anyhow::{Context, ensure};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// A running server.
pub struct Server {
    child: Child,
    pub address: String,
    pid: u32,
}

impl Server {
    /// Starts this very program on the configuration in `folder` and waits until it is ready.
    pub async fn start(folder: &Path, address: &str) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let mut command = Command::new(program);
        command.arg("--config").arg(folder.join("jixue.toml")).arg("serve");
        command.env("RUST_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().context("the server")?;
        let pid = child.id().context("a process id")?;
        let server = Self { child, address: address.to_owned(), pid };
        server.wait().await?;
        Ok(server)
    }

    async fn wait(&self) -> anyhow::Result<()> {
        for _ in 0..400 {
            if let Ok(mut connection) = Connection::open(&self.address).await
                && let Ok(answer) = connection.ask(&get("/readyz", None)).await
                && answer.status == 200
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the server did not become ready in 20 s")
    }

    /// User and system time so far, in microseconds.
    pub fn cpu_us(&self) -> anyhow::Result<u64> {
        cpu_us(self.pid)
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> anyhow::Result<f64> {
        resident_mib(self.pid)
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("stopping the server")
    }
}

/// User and system time of a process so far, in microseconds: fields 14 and 15 of `/proc/PID/stat`, in ticks of 10 ms.
pub fn cpu_us(pid: u32) -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in brackets and may hold spaces.
    let (_, rest) = stat.rsplit_once(") ").context("a stat line")?;
    let fields: Vec<u64> = rest.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    ensure!(fields.len() == 2, "user and system time");
    Ok((fields[0] + fields[1]) * 10_000)
}

/// Resident memory of a process in MiB.
pub fn resident_mib(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    Ok(kib / 1_024.0)
}
