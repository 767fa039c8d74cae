//! What an operator does by hand: keys, and the token that makes the first officer.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::random;
use anyhow::Context;
use base64::Engine;
use clap::Subcommand;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make or turn keys.
    #[command(subcommand)]
    Keys(KeysCommand),
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
        Admin::SetupToken => {
            let app = App::open(config, Clock::system()).await?;
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
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
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
