//! `jixue-demo`: the application with simulated gateways and a sample city; `jixue-demo story` walks the whole job.

use clap::{Parser, Subcommand};
use jixue_demo::demo::{self, DemoOptions};
use jixue_demo::story;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Jixue 继学 on this machine, with a sample city and simulated payment and text messages.
#[derive(Debug, Parser)]
#[command(name = "jixue-demo", version, about)]
struct Arguments {
    /// How many learners the sample city has, when it is made.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(20..=200_000))]
    learners: u32,
    /// Address and port to listen at; the simulated phone is ten ports above.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of the demo's data; its keys lie beside it.
    #[arg(long, default_value = "./data/demo")]
    data: PathBuf,
    /// Begin anew: forget the city that is there.
    #[arg(long)]
    fresh: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Walk the whole job in a fresh temporary city, as bureau, clerk and learner, over HTTP.
    Story {
        /// Folder for what the story leaves behind.
        #[arg(long)]
        out: PathBuf,
        /// Keep the servers running afterwards, until Ctrl-C.
        #[arg(long)]
        keep: bool,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Some(Command::Story { out, keep }) => story::run(&out, keep).await,
        None => {
            let Arguments { learners, listen, data, fresh, .. } = arguments;
            demo::run(DemoOptions { learners, listen, data, fresh }).await
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
