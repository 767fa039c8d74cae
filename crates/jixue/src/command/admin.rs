//! What an operator does by hand: keys, and the token that makes the first officer.

mod rights;

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Tx;
use crate::error::Error;
use crate::keys::random;
use crate::org::RootBureau;
use anyhow::Context;
use base64::Engine;
use clap::Subcommand;
use jixue_core::uscc::Uscc;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make or turn keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Name the root bureau of a new installation, or give it new names.
    Bureau {
        /// The region it serves: six digits of GB/T 2260, a city or a province.
        #[arg(long)]
        region: String,
        /// Its unified social credit code.
        #[arg(long)]
        uscc: String,
        #[arg(long)]
        name_zh: String,
        #[arg(long)]
        name_en: String,
        /// What the numbers of its certificates begin with: 2 to 6 capital letters.
        #[arg(long)]
        certificate_prefix: String,
    },
    /// Give a role by name: the first of a kind, or what no officer may give.
    Grant(rights::GrantArguments),
    /// Take a grant away.
    Revoke {
        /// The grant's number, as the list of /grants or the log tells it.
        #[arg(long)]
        grant: i64,
        /// Why; it is kept.
        #[arg(long)]
        reason: String,
    },
    /// Begin the recovery of an account whose second factors are lost, and print the token with which an administrator
    /// confirms it at /recoveries; good for a day.
    Recover {
        /// The person's phone or login.
        #[arg(long)]
        name: String,
        /// Why; it is kept.
        #[arg(long)]
        reason: String,
    },
    /// Print a token that makes the first officer at /setup; good for a day and one use.
    SetupToken,
}

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make the root key, and the certificate authority if there is none. Existing keys are never touched.
    Init {
        /// Whose name stands in the signing certificate.
        #[arg(long, default_value = "人力资源和社会保障局")]
        organisation: String,
    },
}

pub async fn administer(config: Config, admin: Admin) -> anyhow::Result<()> {
    match admin {
        Admin::Keys(KeysCommand::Init { organisation }) => init_keys(&config.keys, &organisation, true),
        Admin::Bureau { region, uscc, name_zh, name_en, certificate_prefix } => {
            let uscc = Uscc::parse(&uscc).map_err(Error::from)?;
            let bureau = RootBureau { region_code: region, uscc, name_zh, name_en, certificate_prefix };
            let app = App::open(config, Clock::system()).await?;
            app.db.write(async move |tx: &Tx<'_>| crate::org::add_bureau(tx, &bureau).await).await?;
            crate::node::give_back(&app).await?;
            Ok(())
        }
        Admin::Grant(arguments) => rights::grant(config, arguments).await,
        Admin::Revoke { grant, reason } => rights::revoke(config, grant, reason).await,
        Admin::Recover { name, reason } => {
            let app = App::open(config, Clock::system()).await?;
            let begun = crate::identity::open_by_operator(&app, &name, &reason).await;
            let token = begun.context("nobody has this phone or login, or the reason is too short")?;
            println!("{}/recoveries", app.config.base_url);
            println!("{token}");
            crate::node::give_back(&app).await?;
            Ok(())
        }
        Admin::SetupToken => {
            let app = App::open(config, Clock::system()).await?;
            let root = app.db.read(async move |tx: &Tx<'_>| crate::org::root_bureau(tx).await).await;
            root.context("first name the bureau: jixue admin bureau")?;
            let token = crate::identity::make_setup_token(&app).await?;
            println!("{}/setup", app.config.base_url);
            println!("{token}");
            crate::node::give_back(&app).await?;
            Ok(())
        }
    }
}

/// Makes what is missing under `folder`: the root key, and the keys that sign certificates.
pub fn init_keys(folder: &Path, organisation: &str, says: bool) -> anyhow::Result<()> {
    crate::app::create_private_folder(folder).with_context(|| folder.display().to_string())?;
    let root = base64::engine::general_purpose::STANDARD.encode(random::<32>());
    write_secret(&folder.join("root.key"), &root)?;
    crate::certificate::make_issuer_keys(folder, organisation, Clock::system().now())?;
    if says {
        println!("keys: {} (keep a copy apart from every backup of the data)", folder.display());
    }
    Ok(())
}

/// Writes a file that only its owner may read; one that exists stays as it is.
pub fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match file {
        Ok(mut file) => {
            file.write_all(text.as_bytes())?;
            file.sync_all().with_context(|| path.display().to_string())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}
