//! Files taken in by an operator.

mod oneroster;

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Tx;
use crate::i18n::{Locale, Texts};
use crate::org::lists::{self, Outcome, RowAnswer};
use crate::org::oneroster::import_oneroster;
use anyhow::{Context, bail};
use clap::Subcommand;
use jixue_core::org::Column;
use jixue_core::scope::Scope;
use jixue_core::uscc::Uscc;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum Import {
    /// A unit's roster (.xlsx, .xls or .csv), by the same rules as the clerk's page: good rows are kept, bad ones named.
    Roster {
        file: PathBuf,
        /// The unit's unified social credit code.
        #[arg(long)]
        unit: String,
        /// What a word of the header means: `工号姓名=name`. Fields: name, identity_number, phone, department, title_series,
        /// title_level, identity_kind.
        #[arg(long, value_name = "WORD=FIELD")]
        map: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    /// A list of units: name, code or the reason why there is none, county, industry system, kind.
    Units {
        file: PathBuf,
        /// Only say what would become of each row.
        #[arg(long)]
        check: bool,
        #[arg(long)]
        json: bool,
    },
    /// A OneRoster 1.1 or 1.2 package (.zip of CSV tables, bulk): schools become units, their staff the units' rosters.
    Oneroster {
        file: PathBuf,
        /// The county of schools whose code does not say it, as a region code.
        #[arg(long, default_value = "")]
        region: String,
        /// Only say what would become of each school, and how many people it has.
        #[arg(long)]
        check: bool,
        #[arg(long)]
        json: bool,
    },
    /// A list of employments of known people: who works where since when, or left on which day.
    Employments {
        file: PathBuf,
        /// Only say which rows are understood.
        #[arg(long)]
        check: bool,
        #[arg(long)]
        json: bool,
    },
}

pub async fn import(config: Config, import: Import) -> anyhow::Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let done = take_in(&app, import).await;
    crate::node::give_back(&app).await?;
    app.db.close().await;
    done
}

async fn take_in(app: &App, import: Import) -> anyhow::Result<()> {
    let scope = Scope::system("import command");
    match import {
        Import::Roster { file, unit, map, json } => roster(app, &scope, &file, (&unit, &map), json).await,
        Import::Units { file, check, json } => {
            let bytes = read(&file)?;
            tell(&lists::import_units(app, &scope, bytes.into(), check).await?, json);
            Ok(())
        }
        Import::Oneroster { file, region, check, json } => {
            let bytes = read(&file)?;
            let report = import_oneroster(app, &scope, bytes.into(), (&region, check)).await?;
            oneroster::tell(&report, json);
            Ok(())
        }
        Import::Employments { file, check, json } => {
            let bytes = read(&file)?;
            tell(&lists::import_employments(app, &scope, bytes.into(), check).await?, json);
            Ok(())
        }
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| file.display().to_string())
}

async fn roster(
    app: &App,
    scope: &Scope,
    file: &Path,
    (unit, map): (&str, &[String]),
    json: bool,
) -> anyhow::Result<()> {
    let names = map.iter().map(|pair| name(pair)).collect::<anyhow::Result<Vec<_>>>()?;
    let bytes = read(file)?;
    let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let code = Uscc::parse(unit).map_err(crate::error::Error::from)?;
    let known = app.db.read(async move |tx: &Tx<'_>| crate::org::unit_by_uscc(tx, &code).await).await?;
    let known = known.with_context(|| format!("no unit has the code {unit}"))?;
    let report =
        crate::org::roster::import_roster_named(app, scope, known.id, &file_name, bytes.into(), &names).await?;
    match json {
        true => {
            let counts = serde_json::json!({"added": report.added, "known": report.known, "refused": report.refused});
            println!("{counts}");
        }
        false => println!("{} new, {} known, {} refused", report.added, report.known, report.refused),
    }
    Ok(())
}

/// `工号姓名=name` as a word of the header and the column it means.
fn name(pair: &str) -> anyhow::Result<(String, Column)> {
    let (word, field) = pair.rsplit_once('=').with_context(|| format!("{pair}: not WORD=FIELD"))?;
    let column = Column::ALL.into_iter().find(|column| column.code() == field.trim());
    match column {
        Some(column) if !word.trim().is_empty() => Ok((word.to_owned(), column)),
        _ => bail!("{pair}: the fields are {}", Column::ALL.map(Column::code).join(", ")),
    }
}

/// Prints the counts and each refused row with its reason.
fn tell(answers: &[RowAnswer], json: bool) {
    let t = Texts::of(Locale::ZhCn);
    let count = |is: fn(&Outcome) -> bool| answers.iter().filter(|answer| is(&answer.outcome)).count();
    let new = count(|outcome| matches!(outcome, Outcome::New));
    let known = count(|outcome| matches!(outcome, Outcome::Known));
    let refused: Vec<_> = answers
        .iter()
        .filter_map(|answer| match &answer.outcome {
            Outcome::Refused(refused) => Some((answer.number, refused)),
            Outcome::New | Outcome::Known => None,
        })
        .collect();
    if json {
        let rows: Vec<_> = refused
            .iter()
            .map(|(row, refused)| {
                serde_json::json!({"row": row, "code": refused.code, "sentence": t.code(refused.code, &refused.arguments)})
            })
            .collect();
        println!("{}", serde_json::json!({"new": new, "known": known, "refused": rows.len(), "rows": rows}));
        return;
    }
    println!("{new} new, {known} known, {} refused", refused.len());
    for (row, refused) in refused {
        println!("{row}: {}", t.code(refused.code, &refused.arguments));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_header_is_mapped_to_a_field() {
        assert_eq!(name("工号=姓名=name").unwrap(), ("工号=姓名".to_owned(), Column::Name));
        assert_eq!(name("证照=identity_number").unwrap().1, Column::IdentityNumber);
        for wrong in ["姓名", "=name", "姓名=nobody"] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
