//! Five hundred people sign in at the same moment while others study: what it does to the beats of those who do.

use super::WARM_UP;
use super::client::Connection;
use super::load::{Counted, Visitor};
use super::process::Server;
use super::seed::LoginNames;
use anyhow::{Context, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// Sign-ins at once.
pub(super) const SIGN_INS: usize = 500;
/// How long beats are watched alone.
const QUIET: Duration = Duration::from_secs(10);
/// A connection sends one beat in this time: 64 of them are as many as 7,600 learners send.
const PACE: Duration = Duration::from_millis(250);

const WARMING: u8 = 0;
const ALONE: u8 = 1;
const CROWDED: u8 = 2;
const OVER: u8 = 3;

/// Runs it; returns the sign-ins and how many times longer the slowest hundredth of the beats took meanwhile.
pub async fn login(
    server: &mut Server,
    visitors: Vec<Box<dyn Visitor>>,
    names: &LoginNames,
) -> anyhow::Result<(Counted, f64)> {
    let phase = Arc::new(AtomicU8::new(WARMING));
    let mut tasks = Vec::new();
    for visitor in visitors {
        let connection = Connection::open(&server.address).await?;
        tasks.push(tokio::spawn(beat(connection, visitor, phase.clone())));
    }
    tokio::time::sleep(WARM_UP).await;
    let before = server.cpu_us()?;
    phase.store(ALONE, Ordering::Relaxed);
    tokio::time::sleep(QUIET).await;
    let alone_cpu_us = server.cpu_us()? - before;
    // Connections are open before the moment comes, as those of browsers are.
    let mut connections = Vec::new();
    for _ in 0..SIGN_INS {
        connections.push(Connection::open(&server.address).await?);
    }
    let (before, start) = (server.cpu_us()?, Instant::now());
    phase.store(CROWDED, Ordering::Relaxed);
    let requests = (0..SIGN_INS).map(|index| request(names, index));
    let signing_in: Vec<_> =
        connections.into_iter().zip(requests).map(|(one, body)| tokio::spawn(sign_in(one, body))).collect();
    let mut took_us = Vec::new();
    for task in signing_in {
        took_us.push(task.await??);
    }
    let crowded = start.elapsed();
    phase.store(OVER, Ordering::Relaxed);
    let beats_cpu_us = alone_cpu_us as f64 * crowded.as_secs_f64() / QUIET.as_secs_f64();
    let cpu_us = ((server.cpu_us()? - before) as f64 - beats_cpu_us).max(0.0) as u64;
    let (mut alone_us, mut crowded_us) = (Vec::new(), Vec::new());
    for task in tasks {
        let (alone, crowded) = task.await??;
        alone_us.extend(alone);
        crowded_us.extend(crowded);
    }
    let ratio = percentile_99(&mut crowded_us)? / percentile_99(&mut alone_us)?;
    took_us.sort_unstable();
    Ok((Counted { count: took_us.len(), cpu_us, took_us }, ratio))
}

fn percentile_99(took_us: &mut [u64]) -> anyhow::Result<f64> {
    took_us.sort_unstable();
    let last = took_us.len().checked_sub(1).context("no beat was counted")?;
    Ok(took_us[last * 99 / 100] as f64)
}

/// Each comes from a network of its own, as 500 people at home do.
fn request(names: &LoginNames, index: usize) -> Vec<u8> {
    let body = format!("login={}&password={}", names.login(index), crate::web::page::encode(LoginNames::PASSWORD));
    format!(
        "POST /session HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 10.{}.{}.1\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        index / 250,
        index % 250,
        body.len()
    )
    .into_bytes()
}

async fn sign_in(mut connection: Connection, request: Vec<u8>) -> anyhow::Result<u64> {
    let start = Instant::now();
    let answer = connection.ask(&request).await?;
    let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    ensure!(answer.status == 303, "a sign-in answered {}", answer.status);
    Ok(took)
}

/// Beats at an even pace; how long each took alone and in the crowd.
async fn beat(
    mut connection: Connection,
    mut visitor: Box<dyn Visitor>,
    phase: Arc<AtomicU8>,
) -> anyhow::Result<(Vec<u64>, Vec<u64>)> {
    let (mut alone_us, mut crowded_us) = (Vec::new(), Vec::new());
    loop {
        let (request, start, at) = (visitor.request(), Instant::now(), phase.load(Ordering::Relaxed));
        let answer = connection.ask(&request).await?;
        let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let counts = visitor.answer(answer)?;
        match at {
            ALONE if counts => alone_us.push(took),
            CROWDED if counts => crowded_us.push(took),
            OVER => return Ok((alone_us, crowded_us)),
            _ => {}
        }
        tokio::time::sleep(PACE.saturating_sub(start.elapsed())).await;
    }
}
