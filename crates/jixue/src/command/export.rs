//! Files made for an operator.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Tx;
use crate::i18n::{Locale, Texts};
use crate::registry::{RosterWanted, roster_file};
use anyhow::{Context, ensure};
use clap::Subcommand;
use jixue_core::scope::Scope;
use jixue_core::uscc::Uscc;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Export {
    /// The people of a county or of a unit (.xlsx, or .csv by the file's name). Numbers show only their ends.
    Roster {
        /// A new file.
        to: PathBuf,
        /// Six digits of GB/T 2260; without it and without a unit, everybody.
        #[arg(long, default_value = "")]
        region: String,
        /// The unit's unified social credit code.
        #[arg(long)]
        unit: Option<String>,
        /// Whole identity numbers, and what for: it is kept in the audit log.
        #[arg(long)]
        purpose: Option<String>,
    },
}

pub async fn export(config: Config, export: Export) -> anyhow::Result<()> {
    let Export::Roster { to, region, unit, purpose } = export;
    ensure!(!to.exists(), "{} exists", to.display());
    let app = App::open(config, Clock::system()).await?;
    let done = write(&app, &to, region, unit, purpose).await;
    crate::node::give_back(&app).await?;
    app.db.close().await;
    done
}

async fn write(
    app: &App,
    to: &PathBuf,
    region_code: String,
    unit: Option<String>,
    purpose: Option<String>,
) -> anyhow::Result<()> {
    let unit = match unit {
        None => None,
        Some(text) => {
            let code = Uscc::parse(&text).map_err(crate::error::Error::from)?;
            let found = app.db.read(async move |tx: &Tx<'_>| crate::org::unit_by_uscc(tx, &code).await).await?;
            Some(found.with_context(|| format!("no unit has the code {text}"))?.id)
        }
    };
    let is_csv = to.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let wanted = RosterWanted { region_code, unit, purpose, is_csv, ..RosterWanted::default() };
    let file = roster_file(app, &Scope::system("export command"), Texts::of(Locale::ZhCn), &wanted).await?;
    std::fs::write(to, &file.bytes).with_context(|| to.display().to_string())?;
    println!("{} people in {}", file.people, to.display());
    Ok(())
}
