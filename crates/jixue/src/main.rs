//! The program: one binary that serves, works, migrates, checks, backs up and restores.

use clap::Parser;
use jixue::command::{Arguments, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    run(Arguments::parse())
}
