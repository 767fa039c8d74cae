//! Grants by the operator: the first administrators, and whatever no officer may give.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Tx;
use crate::error::Error;
use crate::identity::{Granting, NewAccount, name_by_operator, open_account, take_grant_by_operator};
use anyhow::{Context, bail};
use clap::Args;
use jixue_core::id::{BaseId, GrantId};
use jixue_core::org::{Industry, Phone};
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::time::BusinessDate;
use jixue_core::uscc::Uscc;

#[derive(Debug, Args)]
pub struct GrantArguments {
    /// A role's code, such as security_administrator or unit_clerk.
    #[arg(long)]
    role: String,
    #[arg(long)]
    name: String,
    /// The mobile number the person signs in with.
    #[arg(long)]
    phone: String,
    /// Six digits of GB/T 2260.
    #[arg(long, conflicts_with_all = ["unit", "base"])]
    region: Option<String>,
    /// The industry system an industry officer looks after in the region, such as health.
    #[arg(long, requires = "region")]
    industry: Option<String>,
    /// A unit's unified social credit code.
    #[arg(long, conflicts_with = "base")]
    unit: Option<String>,
    /// A training base's unified social credit code.
    #[arg(long)]
    base: Option<String>,
    /// The last day: 20261231.
    #[arg(long)]
    until: Option<i64>,
}

fn operator() -> Scope {
    Scope::system("operator's command")
}

pub async fn grant(config: Config, arguments: GrantArguments) -> anyhow::Result<()> {
    let role = Role::from_code(&arguments.role).with_context(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        format!("no role {:?}; known: {}", arguments.role, known.join(", "))
    })?;
    let phone = Phone::parse(&arguments.phone).map_err(Error::from)?;
    let until = match arguments.until {
        Some(day) => {
            let day = BusinessDate::new(day / 10_000, day / 100 % 100, day % 100);
            Some(day.context("until = YYYYMMDD")?.end())
        }
        None => None,
    };
    let app = App::open(config, Clock::system()).await?;
    let reach = reach(&app, &arguments).await?;
    let at = app.at();
    let new = NewAccount { name: arguments.name, phone: Some(phone), login: None, password_hash: None, learner: None };
    let grant = app
        .db
        .write(async move |tx: &Tx<'_>| {
            let account = open_account(tx, &at, &new).await?;
            name_by_operator(tx, &at, &operator(), &Granting { account, role, reach: reach.clone(), until }).await
        })
        .await?;
    println!("{grant}");
    crate::node::give_back(&app).await?;
    Ok(())
}

async fn reach(app: &App, arguments: &GrantArguments) -> anyhow::Result<Reach> {
    if let Some(region_code) = arguments.region.clone() {
        let Some(code) = &arguments.industry else { return Ok(Reach::Region { region_code }) };
        let industry = Industry::from_code(code).with_context(|| {
            let known: Vec<&str> = Industry::ALL.iter().map(|industry| industry.code()).collect();
            format!("no industry {code:?}; known: {}", known.join(", "))
        })?;
        return Ok(Reach::Industry { region_code, industry });
    }
    if let Some(code) = &arguments.unit {
        let uscc = Uscc::parse(code).map_err(Error::from)?;
        let unit = app.db.read(async move |tx: &Tx<'_>| crate::org::unit_by_uscc(tx, &uscc).await).await?;
        return Ok(Reach::Unit { unit: unit.with_context(|| format!("no unit has the code {code}"))?.id });
    }
    let Some(code) = &arguments.base else {
        bail!("say where: --region, --unit or --base");
    };
    let bases = app.db.read(async move |tx: &Tx<'_>| crate::org::bases(tx).await).await?;
    let base: Option<BaseId> = bases.iter().find(|base| base.uscc == *code).map(|base| base.id);
    Ok(Reach::Base { base: base.with_context(|| format!("no training base has the code {code}"))? })
}

pub async fn revoke(config: Config, grant: i64, reason: String) -> anyhow::Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let at = app.at();
    let grant = GrantId::from_raw(grant);
    app.db.write(async move |tx: &Tx<'_>| take_grant_by_operator(tx, &at, &operator(), grant, &reason).await).await?;
    crate::node::give_back(&app).await?;
    Ok(())
}
