//! `jixue-sim`: the simulated counterparties on their own, for developing against them.

use clap::{Parser, Subcommand};
use jixue_simulators::{Simulator, SimulatorOptions, UkeySoftware};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Simulated WeChat Pay, SMS operator and phone. For development only: whoever reaches the port can pay and read.
#[derive(Parser)]
#[command(name = "jixue-sim", version)]
struct Arguments {
    /// Address and port to listen at.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Folder where keys and credentials are kept.
    #[arg(long, default_value = "data/sim-keys")]
    keys: PathBuf,
    /// Multiplies the waits between repeated notifications; 1 is real time.
    #[arg(long, default_value_t = 1.0)]
    time_scale: f64,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Keep a UKey in the keys folder and show its certificate; with a text, sign it as the UKey's software would.
    Ukey {
        /// The line that the page shows, in quotes. The answer goes into the page's field for the signature.
        text: Option<String>,
    },
}

/// The UKey's folder among the keys.
const UKEY: &str = "ukey";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    if let Some(Command::Ukey { text }) = arguments.command {
        return ukey(&arguments.keys.join(UKEY), text.as_deref());
    }
    let options = SimulatorOptions {
        keys_dir: Some(arguments.keys.clone()),
        ukey_dir: Some(arguments.keys.join(UKEY)),
        time_scale: arguments.time_scale.clamp(0.0, 1_000.0),
        ..SimulatorOptions::default()
    };
    let simulator = Simulator::start(arguments.listen, options).await?;
    simulator.write_credentials(&arguments.keys)?;
    tell(&simulator, &arguments.keys);
    tokio::signal::ctrl_c().await?;
    simulator.shutdown().await;
    Ok(())
}

fn ukey(folder: &Path, text: Option<&str>) -> Result<(), Box<dyn std::error::Error>> {
    let software = UkeySoftware::kept_in(folder)?;
    match text {
        Some(text) => print!("{}", software.sign(text)),
        None => {
            print!("{}", software.certificate());
            eprintln!("[ukey] trust = \"{}\"", software.trust().display());
        }
    }
    Ok(())
}

fn tell(simulator: &Simulator, keys: &Path) {
    let base_url = &simulator.base_url;
    println!("WeChat Pay API v3   {base_url}/v3/pay/transactions/native");
    println!("SMS operator        {base_url}/");
    println!("Official account    {base_url}/connect/oauth2/authorize and /sns/oauth2/access_token");
    println!("OIDC issuer         {base_url}/oidc");
    println!("UKey software       {base_url}/sign, trusted by {}", keys.join(UKEY).join("trust").display());
    println!("Phone               {}", simulator.phone_url());
    println!("Faults              PUT {base_url}/test/faults");
    println!("Credentials         {}", keys.join("credentials.json").display());
    println!("Gateway public key  {}", keys.join("gateway-pub.pem").display());
    println!("APIv3 key           {}", keys.join("apiv3.key").display());
}
