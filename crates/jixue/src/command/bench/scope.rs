//! The scope check: from a session's token to the acting person's `Scope`, and from there to whether one learner lies
//! within it, both against the database.
//!
//! Counted is what each request of a clerk pays before any work is done: `identity::caller_of`, which reads session,
//! account and grant and builds the scope, and `org::learner`, whose query carries the scope. Both in this process,
//! without HTTP and without a page, so that the CPU time is the check's alone. Every second learner works in another
//! unit, and a wrong decision ends the benchmark.

use super::load::Counted;
use super::{MEASURED, WARM_UP, process};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Tx;
use crate::identity::{Granting, NewAccount, caller_of, give_grant, open_account, open_session};
use crate::org;
use crate::web::Visitor;
use anyhow::{Context, ensure};
use axum::http::HeaderMap;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use std::path::Path;
use std::time::Instant;

/// A clerk's session, somebody of their unit, and somebody of another.
#[derive(Debug, Clone)]
struct Clerk {
    token: String,
    within: LearnerId,
    beyond: LearnerId,
}

/// Decides again and again in `lanes` tasks. Returns what was counted and the resident memory in MiB.
pub async fn decide(folder: &Path, lanes: usize) -> anyhow::Result<(Counted, f64)> {
    let config = Config::read(Some(&folder.join("jixue.toml")))?;
    let app = App::open(config, Clock::system()).await?;
    let clerks = clerks(&app).await?;
    let until = Instant::now() + WARM_UP;
    lanes_until(&app, &clerks, lanes, until).await?;
    let (before, until) = (process::cpu_us(std::process::id())?, Instant::now() + MEASURED);
    let mut took_us = lanes_until(&app, &clerks, lanes, until).await?;
    let cpu_us = process::cpu_us(std::process::id())? - before;
    took_us.sort_unstable();
    let resident = process::resident_mib(std::process::id())?;
    crate::node::give_back(&app).await?;
    app.db.close().await;
    Ok((Counted { count: took_us.len(), cpu_us, took_us }, resident))
}

async fn clerks(app: &App) -> anyhow::Result<Vec<Clerk>> {
    let scope = Scope::system("bench");
    let units = app.db.read_bulk(async move |tx: &Tx<'_>| {
        let mut units = Vec::new();
        for unit in org::units_page(tx, &scope, UnitId::from_raw(0), 100).await? {
            let people = org::unit_people_ids(tx, &scope, unit.id, LearnerId::from_raw(0), 1).await?;
            units.extend(people.first().map(|learner| (unit.id, *learner)));
        }
        Ok(units)
    });
    let units = units.await?;
    ensure!(units.len() > 1, "fewer than two units");
    let mut clerks = Vec::new();
    for (place, (unit, within)) in units.iter().copied().enumerate() {
        let at = app.at();
        let opened = app.db.write(async move |tx: &Tx<'_>| {
            let name = unit.to_string();
            let new = NewAccount { name, phone: None, login: None, password_hash: None, learner: None };
            let account = open_account(tx, &at, &new).await?;
            let granting = Granting { account, role: Role::UnitClerk, reach: Reach::Unit { unit }, until: None };
            give_grant(tx, &at, &Scope::system("bench"), &granting).await?;
            Ok(account)
        });
        let token = open_session(app, opened.await?, "bench").await?;
        let (_, beyond) = units[(place + 1) % units.len()];
        clerks.push(Clerk { token, within, beyond });
    }
    Ok(clerks)
}

async fn lanes_until(app: &App, clerks: &[Clerk], lanes: usize, until: Instant) -> anyhow::Result<Vec<u64>> {
    let tasks: Vec<_> = (0..lanes.max(1))
        .map(|lane| {
            let mut own: Vec<Clerk> = clerks.to_vec();
            own.rotate_left(lane % clerks.len());
            tokio::spawn(lane_until(app.clone(), own, until))
        })
        .collect();
    let mut took_us = Vec::new();
    for task in tasks {
        took_us.extend(task.await??);
    }
    Ok(took_us)
}

async fn lane_until(app: App, clerks: Vec<Clerk>, until: Instant) -> anyhow::Result<Vec<u64>> {
    let visitor = Visitor::of(&HeaderMap::new(), [127, 0, 0, 1].into(), "/unit/people");
    let mut took_us = Vec::new();
    for clerk in clerks.iter().cycle() {
        for (learner, is_within) in [(clerk.within, true), (clerk.beyond, false)] {
            let start = Instant::now();
            if start >= until {
                return Ok(took_us);
            }
            let caller = caller_of(&app, &clerk.token, &visitor).await?.context("a clerk")?;
            let found = app.db.read(async move |tx: &Tx<'_>| org::learner(tx, &caller.scope, learner).await).await?;
            ensure!(found.is_some() == is_within, "a wrong decision about {learner}");
            took_us.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
    }
    Ok(took_us)
}
