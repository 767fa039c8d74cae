//! The whole job, walked over HTTP as bureau, clerk and learner, with nothing skipped: from an unopened year and a unit
//! without people to a certificate that the public page calls valid.

pub mod award;
pub mod browser;
pub mod bureau;
pub mod cashier;
pub mod clerk;
pub mod exam;
pub mod forms;
pub mod notifications;
pub mod person;
pub mod roster;
pub mod steps;
pub mod study;
pub mod tables;
mod walk;

use crate::words::say;
use crate::world::{World, WorldPlan};
use anyhow::Context;
use jixue::clock::Clock;
use jixue::sample::{self, SampleSize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use steps::{BrokeOff, Step, Steps};

/// The gateway repeats what was not heard after this share of its real waits.
const TIME_SCALE: f64 = 0.01;
/// The city around the walk.
const LEARNERS: u32 = 60;
/// The walk takes some two days of simulated time; it does not begin where the year would end on the way.
const DAYS_NEEDED: i64 = 4;

/// A walk that held: its world is still running.
pub struct Walked {
    pub world: World,
    folder: PathBuf,
}

impl Walked {
    /// Stops the world and removes its files.
    ///
    /// # Errors
    /// When the world does not stop in order.
    pub async fn end(self) -> anyhow::Result<()> {
        let stopped = self.world.stop().await;
        let removed = std::fs::remove_dir_all(&self.folder).with_context(|| self.folder.display().to_string());
        stopped.and(removed)
    }
}

/// Walks the job, leaves its files in `out`, and says how it went.
///
/// # Errors
/// Names the first step that did not hold.
pub async fn run(out: &Path, keep: bool) -> anyhow::Result<()> {
    let walked = tell(out, Steps::told(show)).await.map_err(explained)?;
    println!("{}", say("story.done", &[("out", &out.display())]));
    if keep {
        println!("{}", say("story.held", &[("base_url", &walked.world.base_url)]));
        jixue::server::signal().await;
    }
    walked.end().await
}

fn show(step: &Step) {
    println!("{}", say("story.step", &[("ms", &format!("{:>7}", step.ms)), ("name", &step.name)]));
}

fn explained(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<BrokeOff>() {
        Some(BrokeOff(step)) => {
            let sentence = say("error.story_failed", &[("step", step)]);
            error.context(sentence)
        }
        None => error,
    }
}

/// Walks the job in a fresh world and leaves its files in `out`.
///
/// # Errors
/// [`BrokeOff`] with the step that did not hold, or what kept the world from starting.
pub async fn tell(out: &Path, mut steps: Steps) -> anyhow::Result<Walked> {
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let folder = std::env::temp_dir().join(format!("jixue-story-{}", jixue::keys::hex(&jixue::keys::random::<8>())));
    let clock = clock();
    let plan = WorldPlan {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data: folder.join("city"),
        clock,
        time_scale: TIME_SCALE,
    };
    let world = World::start(plan).await?;
    let outcome = walk::Walk::new(&world, out, &mut steps).walk().await;
    let walked = Walked { world, folder };
    match outcome {
        Ok(()) => Ok(walked),
        Err(error) => {
            walked.end().await?;
            Err(error)
        }
    }
}

/// The system's clock, moved on where the year would close before the walk is over, or is not open yet.
fn clock() -> Clock {
    let clock = Clock::system();
    let now = clock.now();
    let Ok(rules) = sample::rules_of(sample::year_on(now)) else {
        return clock;
    };
    if now < rules.opens_on.start() {
        clock.advance_ms(rules.opens_on.start().since_ms(now));
    } else if now.plus_days(DAYS_NEEDED) > rules.closes_on.end() {
        clock.advance_ms(rules.closes_on.end().since_ms(now));
    }
    clock
}

/// The city before the walk: places, units, courses; the year not opened, the walked unit without people.
async fn city(world: &World) -> anyhow::Result<sample::City> {
    let size = SampleSize { learners: LEARNERS, opens_year: false, ..SampleSize::default() };
    sample::build(&world.app, size, |_, _| ()).await
}
