//! Visitors who ask one after another, each on a connection of their own.

use super::client::{Answer, Connection};
use super::process::Server;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// Somebody who asks and understands the answers.
pub trait Visitor: Send + 'static {
    /// The next request.
    fn request(&mut self) -> Vec<u8>;

    /// Reads the answer; an error ends the benchmark. True when the request is one of those measured.
    fn answer(&mut self, answer: Answer) -> anyhow::Result<bool>;
}

/// What was counted between the marks.
#[derive(Debug, Default)]
pub struct Counted {
    pub count: usize,
    pub cpu_us: u64,
    /// How long each took, in microseconds, sorted.
    pub took_us: Vec<u64>,
}

impl Counted {
    pub fn cpu_us_each(&self) -> f64 {
        self.cpu_us as f64 / self.count.max(1) as f64
    }

    pub fn percentile_us(&self, percent: usize) -> u64 {
        let last = self.took_us.len().saturating_sub(1);
        self.took_us.get(last * percent / 100).copied().unwrap_or(0)
    }
}

const WARMING: u8 = 0;
const COUNTING: u8 = 1;
const OVER: u8 = 2;

/// Lets every visitor ask until the time is over; counts what is answered after the warm-up.
pub async fn run(
    server: &mut Server,
    visitors: Vec<Box<dyn Visitor>>,
    warm_up: Duration,
    measured: Duration,
) -> anyhow::Result<Counted> {
    let phase = Arc::new(AtomicU8::new(WARMING));
    let mut tasks = Vec::new();
    for visitor in visitors {
        let connection = Connection::open(&server.address).await?;
        tasks.push(tokio::spawn(visit(connection, visitor, phase.clone())));
    }
    tokio::time::sleep(warm_up).await;
    let before = server.cpu_us()?;
    phase.store(COUNTING, Ordering::Relaxed);
    tokio::time::sleep(measured).await;
    phase.store(OVER, Ordering::Relaxed);
    let cpu_us = server.cpu_us()? - before;
    let mut took_us = Vec::new();
    for task in tasks {
        took_us.extend(task.await??);
    }
    took_us.sort_unstable();
    Ok(Counted { count: took_us.len(), cpu_us, took_us })
}

async fn visit(
    mut connection: Connection,
    mut visitor: Box<dyn Visitor>,
    phase: Arc<AtomicU8>,
) -> anyhow::Result<Vec<u64>> {
    let mut took_us = Vec::new();
    loop {
        let request = visitor.request();
        let start = Instant::now();
        let answer = connection.ask(&request).await?;
        let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let counts = visitor.answer(answer)?;
        match phase.load(Ordering::Relaxed) {
            COUNTING if counts => took_us.push(took),
            OVER => return Ok(took_us),
            _ => {}
        }
    }
}
