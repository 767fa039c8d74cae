//! Examines an installation and says what is wrong, in words an operator can act on.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Migration, sqlite_version_ok};
use jixue_core::scope::Scope;
use serde::Serialize;
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;

/// One thing looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    says: String,
}

fn finding(check: &'static str, ok: bool, says: impl ToString) -> Finding {
    Finding { check, ok, says: says.to_string() }
}

/// Looks at everything; exit code 1 when something is wrong.
pub async fn examine(config: Config, json: bool) -> anyhow::Result<ExitCode> {
    let mut findings = vec![sqlite(), key_file(&config)];
    match App::open(config, Clock::system()).await {
        Err(error) => findings.push(finding("open", false, format!("{error:#}"))),
        Ok(app) => {
            findings.push(finding("open", true, "database, keys and files open"));
            findings.extend(inside(&app).await?);
            crate::node::give_back(&app).await?;
        }
    }
    for found in &findings {
        match json {
            true => println!("{}", serde_json::to_string(found)?),
            false => println!("{} {:<14} {}", if found.ok { "ok   " } else { "WRONG" }, found.check, found.says),
        }
    }
    let sound = findings.iter().all(|found| found.ok);
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sqlite() -> Finding {
    let (ok, version) = sqlite_version_ok();
    finding("sqlite", ok, format!("{version} (3.51.3 or newer keeps every commit)"))
}

fn key_file(config: &Config) -> Finding {
    let path = config.keys.join("root.key");
    match std::fs::metadata(&path) {
        Err(error) => finding("root key", false, format!("{}: {error}", path.display())),
        Ok(meta) => {
            let private = meta.permissions().mode() & 0o077 == 0;
            let says = if private { "readable by its owner only" } else { "others can read it: chmod 600" };
            finding("root key", private, says)
        }
    }
}

async fn inside(app: &App) -> anyhow::Result<Vec<Finding>> {
    let known = Migration::embedded().map_err(crate::error::Error::from)?;
    let pending = app.db.pending(&known).await?;
    let mut findings = vec![finding("schema", pending.is_empty(), format!("{} migrations to be done", pending.len()))];
    let waiting = crate::outbox::waiting(app).await?;
    findings.push(finding("jobs", waiting < 10_000, format!("{waiting} waiting")));
    findings.push(facts(app).await?);
    findings.push(trail(app).await?);
    findings.push(standings(app).await?);
    let returned = crate::privacy::returned_erasures(app).await?.len();
    let says = format!("{returned} erased people stand again; `jixue serve` erases them when it starts");
    findings.push(finding("erasures", returned == 0, says));
    findings.push(finding("wechat pay", true, configured(app.wechat_pay.is_some())));
    findings.push(finding("sms", app.sms.is_some(), configured(app.sms.is_some())));
    findings.push(finding("certificates", app.issuer.is_some(), configured(app.issuer.is_some())));
    Ok(findings)
}

fn configured(is: bool) -> &'static str {
    if is { "configured" } else { "not configured" }
}

/// Walks every book's chain.
async fn facts(app: &App) -> anyhow::Result<Finding> {
    let (mut books, mut count) = (0, 0);
    for book in crate::outbox::books(app).await? {
        books += 1;
        match crate::outbox::verify_book(app, &book).await? {
            Ok(facts) => count += facts,
            Err(seq) => {
                return Ok(finding("facts", false, format!("book {book}: fact {seq} is not as it was linked")));
            }
        }
    }
    Ok(finding("facts", true, format!("{count} in {books} books, each as it was linked")))
}

/// Holds each entry of the audit trail against the fact that binds it.
async fn trail(app: &App) -> anyhow::Result<Finding> {
    Ok(match crate::trail::verify(app).await? {
        Ok(entries) => finding("audit trail", true, format!("{entries} entries, each as it was written")),
        Err(broken) => finding("audit trail", false, broken),
    })
}

/// Recounts projections of every open year.
async fn standings(app: &App) -> anyhow::Result<Finding> {
    let scope = Scope::system("doctor");
    let years = app.db.read(async |tx: &crate::db::Tx<'_>| crate::catalog::years::open_years(tx).await).await?;
    let (mut learners, mut units) = (0, 0);
    for programme in years {
        learners += crate::credit::recount(app, &scope, programme.year).await?.len();
        let year = programme.year;
        units +=
            app.db.read(async move |tx: &crate::db::Tx<'_>| crate::oversight::recount(tx, year).await).await?.len();
    }
    let says = format!("{learners} learners and {units} units differ from their rows");
    Ok(finding("projections", learners + units == 0, says))
}
