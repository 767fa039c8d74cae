//! Files taken in by an operator.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Tx;
use anyhow::Context;
use clap::Subcommand;
use jixue_core::scope::Scope;
use jixue_core::uscc::Uscc;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Import {
    /// A unit's roster (.xlsx, .xls or .csv), by the same rules as the clerk's page: good rows are kept, bad ones named.
    Roster {
        file: PathBuf,
        /// The unit's unified social credit code.
        #[arg(long)]
        unit: String,
        #[arg(long)]
        json: bool,
    },
}

pub async fn import(config: Config, import: Import) -> anyhow::Result<()> {
    let Import::Roster { file, unit, json } = import;
    let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let app = App::open(config, Clock::system()).await?;
    let scope = Scope::system("import command");
    let code = Uscc::parse(&unit).map_err(crate::error::Error::from)?;
    let known = app.db.read(async move |tx: &Tx<'_>| crate::org::unit_by_uscc(tx, &code).await).await?;
    let known = known.with_context(|| format!("no unit has the code {unit}"))?;
    let report = crate::org::import_roster(&app, &scope, known.id, &name, bytes.into()).await?;
    match json {
        true => {
            let counts = serde_json::json!({"added": report.added, "known": report.known, "refused": report.refused});
            println!("{counts}");
        }
        false => println!("{} new, {} known, {} refused", report.added, report.known, report.refused),
    }
    crate::node::give_back(&app).await?;
    app.db.close().await;
    Ok(())
}
