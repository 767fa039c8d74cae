//! `jixue audit`: asks a server in every role for everybody's things, and compares what it answers with
//! `docs/policy.csv`.
//!
//! The server works on a temporary database with a city of its own; nothing of an installation is touched.

mod accounts;
mod asking;
mod carried;
mod cells;
mod places;
mod policy;
mod registry;
mod seed;
mod store;
mod visits;
mod world;

pub use cells::{Cell, matrix};
pub use places::{Asker, Relation};
pub use policy::{PolicyTable, TABLE, Verdict};
pub use store::CATALOGUE;

use anyhow::ensure;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Ask every route in every role for own, foreign and deleted things. Exit code 1 when an answer is not the expected.
    Matrix {
        /// Every cell as one JSON array; without it, only what is not as expected.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn audit(audit: Audit) -> anyhow::Result<()> {
    let Audit::Matrix { json } = audit;
    let cells = matrix().await?;
    let wrong: Vec<&Cell> = cells.iter().filter(|cell| cell.got != cell.expected).collect();
    if json {
        println!("{}", serde_json::to_string(&cells)?);
    } else {
        for cell in &wrong {
            println!("{cell}");
        }
        println!("{} cells, {} not as expected", cells.len(), wrong.len());
    }
    ensure!(wrong.is_empty(), "{} of {} cells are not as docs/policy.csv says", wrong.len(), cells.len());
    Ok(())
}
