//! The operations: a page asked again and again, a player that beats, certificates that wait to be signed.

use super::client::{Answer, get, post};
use super::load::{Counted, Visitor};
use super::process::Server;
use super::store;
use crate::db::{Db, Tx};
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

/// Asks for pages in turn.
pub struct Reader {
    requests: Vec<Vec<u8>>,
    next: usize,
}

impl Reader {
    /// `pages` are paths with the session that asks for each.
    pub fn new(pages: Vec<(String, Option<String>)>) -> Self {
        let requests = pages.iter().map(|(path, session)| get(path, session.as_deref())).collect();
        Self { requests, next: 0 }
    }
}

impl Visitor for Reader {
    fn request(&mut self) -> Vec<u8> {
        self.next = (self.next + 1) % self.requests.len();
        self.requests[self.next].clone()
    }

    fn answer(&mut self, answer: Answer) -> anyhow::Result<bool> {
        ensure!(answer.status == 200, "status {}", answer.status);
        Ok(true)
    }
}

/// A learner with an open player.
pub struct Player {
    pub session_token: String,
    pub csrf: String,
    pub lesson: String,
    live: Option<Live>,
}

#[derive(Deserialize)]
struct Live {
    session: String,
    nonce: String,
    sequence: i64,
    #[serde(default)]
    position_ms: i64,
}

#[derive(Deserialize)]
struct Taken {
    nonce: String,
    sequence: i64,
}

impl Player {
    pub fn new(session_token: String, csrf: String, lesson: String) -> Self {
        Self { session_token, csrf, lesson, live: None }
    }

    fn request(&self) -> Vec<u8> {
        match &self.live {
            None => {
                let body = format!(r#"{{"lesson":"{}"}}"#, self.lesson);
                post("/api/v1/play-sessions", &self.session_token, &self.csrf, &body)
            }
            Some(live) => {
                let until = live.position_ms + 100;
                let body = format!(
                    r#"{{"session":"{}","lesson":"{}","sequence":{},"nonce":"{}","spans":[[{},{until}]],"position_ms":{until},"rate_percent":100,"hidden":false,"paused":false}}"#,
                    live.session,
                    self.lesson,
                    live.sequence + 1,
                    live.nonce,
                    live.position_ms
                );
                post("/api/v1/beats", &self.session_token, &self.csrf, &body)
            }
        }
    }

    /// True when the answer was to a beat.
    fn answer(&mut self, answer: &Answer) -> anyhow::Result<bool> {
        let body = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == 200, "status {}: {body}", answer.status);
        match &mut self.live {
            None => {
                self.live = Some(serde_json::from_str(&body).context("an opened session")?);
                Ok(false)
            }
            Some(live) => {
                let taken: Taken = serde_json::from_str(&body).context("a taken beat")?;
                (live.nonce, live.sequence, live.position_ms) = (taken.nonce, taken.sequence, live.position_ms + 100);
                Ok(true)
            }
        }
    }
}

/// Several players on one connection, in turn.
pub struct Players(pub VecDeque<Player>);

impl Visitor for Players {
    fn request(&mut self) -> Vec<u8> {
        self.0.rotate_left(1);
        self.0[0].request()
    }

    fn answer(&mut self, answer: Answer) -> anyhow::Result<bool> {
        self.0[0].answer(&answer)
    }
}

/// Lets the server sign what waits, and watches from the database. `took_us` is the time between two signatures.
pub async fn certificates(server: &mut Server, folder: &Path, measured: Duration) -> anyhow::Result<Counted> {
    let config = crate::config::Config::read(Some(&folder.join("jixue.toml")))?;
    let db = Db::open(&config.database())?;
    let issued = || async { db.read(async |tx: &Tx<'_>| store::issued(tx).await).await };
    tokio::time::sleep(super::WARM_UP).await;
    let (first, before, start) = (issued().await?.len(), server.cpu_us()?, Instant::now());
    tokio::time::sleep(measured).await;
    let cpu_us = server.cpu_us()? - before;
    let all = issued().await?;
    ensure!(all.len() > first, "nothing was signed in {:?}", start.elapsed());
    let mut at_ms: Vec<i64> = all;
    at_ms.sort_unstable();
    let counted = &at_ms[first..];
    let mut took_us: Vec<u64> =
        counted.windows(2).map(|pair| u64::try_from((pair[1] - pair[0]) * 1_000).unwrap_or(0)).collect();
    took_us.sort_unstable();
    Ok(Counted { count: counted.len(), cpu_us, took_us })
}
