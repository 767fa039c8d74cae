//! The demo itself: starts its world, makes the city when there is none, says who can sign in, and runs until Ctrl-C.

use crate::keys;
use crate::marker::{self, Marker, SignIn};
use crate::seed;
use crate::words::say;
use crate::world::{World, WorldPlan};
use jixue::clock::Clock;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What somebody asked for on the command line.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    pub learners: u32,
    pub listen: SocketAddr,
    pub data: PathBuf,
    /// Begin anew, whatever is there.
    pub fresh: bool,
}

/// Runs until it is told to stop.
///
/// # Errors
/// When the port is taken, the folder is not a demo's, or something cannot be made.
pub async fn run(options: DemoOptions) -> anyhow::Result<()> {
    let is_new = found(&options)?.is_none();
    let (world, sign_ins) = start(&options).await?;
    if is_new {
        world.stop().await?;
        return begin_again(&options);
    }
    greet(&world, &options.data, &sign_ins);
    jixue::server::signal().await;
    println!("{}", say("greeting.stopping", &[]));
    world.stop().await
}

/// The marker of a finished city, unless somebody wants to begin anew.
fn found(options: &DemoOptions) -> anyhow::Result<Option<Marker>> {
    Ok(marker::read(&options.data)?.filter(|marker| marker.is_complete && !options.fresh))
}

/// Begins again as a fresh process in the place of this one: what memory the making of the city took is given back.
/// Returns only when that fails.
fn begin_again(options: &DemoOptions) -> anyhow::Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--learners").arg(options.learners.to_string());
    command.arg("--listen").arg(options.listen.to_string());
    command.arg("--data").arg(&options.data);
    Err(command.exec().into())
}

/// The world, with its city made or found.
///
/// # Errors
/// As [`run`].
pub async fn start(options: &DemoOptions) -> anyhow::Result<(World, Vec<SignIn>)> {
    let marker = found(options)?;
    let plan = |clock| WorldPlan { listen: options.listen, data: options.data.clone(), clock, time_scale: 1.0 };
    match marker {
        Some(marker) => Ok((World::start(plan(Clock::system())).await?, marker.sign_ins)),
        None => {
            let history_ms = seed::history_ms(Clock::system().now());
            make(plan(Clock::behind_ms(history_ms)), history_ms, options.learners).await
        }
    }
}

async fn make(plan: WorldPlan, history_ms: i64, learners: u32) -> anyhow::Result<(World, Vec<SignIn>)> {
    let (data, clock, started) = (plan.data.clone(), plan.clock.clone(), Instant::now());
    let start = World::starting(plan, || {
        marker::forget(&data)?;
        marker::write(&data, &Marker::default())
    });
    let world = start.await?;
    println!("{}", say("progress.starting", &[("learners", &learners)]));
    let report = |part: &str, count: usize| println!("{}", say(&format!("progress.{part}"), &[("count", &count)]));
    let sign_ins = seed::make(&world, &clock, history_ms, learners, report).await?;
    clock.catch_up();
    marker::write(&data, &Marker { is_complete: true, sign_ins: sign_ins.clone() })?;
    let seconds = format!("{:.1}", started.elapsed().as_secs_f64());
    println!("{}", say("progress.ready", &[("seconds", &seconds)]));
    Ok((world, sign_ins))
}

fn greet(world: &World, data: &Path, sign_ins: &[SignIn]) {
    let phone_url = world.simulator.phone_url();
    println!("{}", say("greeting.title", &[("base_url", &world.base_url), ("phone_url", &phone_url)]));
    for sign_in in sign_ins {
        let role = say(&format!("role.{}", sign_in.role), &[("place", &sign_in.place)]);
        println!(
            "{}",
            say("greeting.line", &[("phone", &sign_in.phone), ("name", &padded(&sign_in.name)), ("role", &role)])
        );
    }
    let roster = data.join(seed::ROSTER_FILE);
    let folder = keys::simulator_folder(&keys::folder_of(data));
    let ukey = format!("jixue-sim --keys {} ukey \"…\"", folder.display());
    println!("{}", say("greeting.foot", &[("data", &data.display()), ("roster", &roster.display()), ("ukey", &ukey)]));
}

/// A name in the width of four Han characters, so that columns stand under one another.
fn padded(name: &str) -> String {
    let missing = 4_usize.saturating_sub(name.chars().count());
    format!("{name}{}", "\u{3000}".repeat(missing))
}
