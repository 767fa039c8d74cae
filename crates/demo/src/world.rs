//! The small world of the demo: the application and its simulated counterparties in one process, on one clock.

use crate::{keys, words};
use anyhow::Context;
use jixue::app::App;
use jixue::clock::Clock;
use jixue::config::Config;
use jixue_simulators::{Simulator, SimulatorOptions, StartError};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The code under which the simulated operator knows the template of sign-in codes.
pub const SIGN_IN_TEMPLATE: &str = "SMS_10001";
/// What the simulated operator reads aloud.
pub const SIGN_IN_CALL: &str = "TTS_10001";
/// How far above the application's port the counterparties listen.
const SIMULATOR_PORTS_ABOVE: u16 = 10;

/// Where a world is and what it keeps.
#[derive(Debug, Clone)]
pub struct WorldPlan {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of database and files; its keys lie beside it.
    pub data: PathBuf,
    pub clock: Clock,
    /// Multiplies the gateway's waits between repetitions of a notification: 1.0 is real time.
    pub time_scale: f64,
}

/// The address somebody else listens at.
#[derive(Debug)]
pub struct PortTaken(pub SocketAddr);

impl std::fmt::Display for PortTaken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&words::say("error.port_taken", &[("address", &self.0)]))
    }
}

impl std::error::Error for PortTaken {}

/// A running world. [`World::stop`] ends it in order.
pub struct World {
    pub app: App,
    pub simulator: Simulator,
    pub base_url: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<anyhow::Result<()>>,
}

impl World {
    /// Starts counterparties, opens the application and serves it.
    ///
    /// # Errors
    /// [`PortTaken`] when somebody else listens; what cannot be opened.
    pub async fn start(plan: WorldPlan) -> anyhow::Result<Self> {
        Self::starting(plan, || Ok(())).await
    }

    /// Starts, and calls `prepare` between taking the port and opening the data: who cannot listen should not touch the
    /// data of the one who does.
    ///
    /// # Errors
    /// As [`World::start`], and what `prepare` answers.
    pub async fn starting(plan: WorldPlan, prepare: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Self> {
        let listener = listen(plan.listen).await?;
        prepare()?;
        let address = listener.local_addr()?;
        let keys = keys::folder_of(&plan.data);
        keys::make_root(&keys)?;
        keys::make_issuer(&keys, plan.clock.now())?;
        let simulator = counterparties(&plan, address, &keys).await?;
        let base_url = format!("http://{}:{}", host(address.ip()), address.port());
        let config = Config {
            listen: address.to_string(),
            base_url: base_url.clone(),
            data: plan.data.clone(),
            wechat_pay: Some(keys::wechat_pay(&keys, &simulator)?),
            sms: Some(keys::sms(&keys, &simulator)?),
            wechat_login: Some(keys::wechat_login(&keys, &simulator)?),
            oidc: vec![keys::oidc(&keys, &simulator)?],
            ukey: Some(keys::ukey(&keys, &simulator)),
            demo_phone_url: Some(simulator.phone_url()),
            keys,
            demo: true,
            ..Config::default()
        };
        config.check()?;
        let app = App::open(config, plan.clock).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = jixue::server::serve(app.clone(), listener, async move {
            // The sender gone means the same as a stop.
            let _ = stopped.await;
        });
        Ok(Self { app, simulator, base_url, stop, server: tokio::spawn(serving) })
    }

    /// Lets requests under way finish, then stops everything.
    pub async fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        self.server.await.context("the server's task")??;
        self.simulator.shutdown().await;
        Ok(())
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(PortTaken(address).into()),
        Err(error) => Err(error).with_context(|| address.to_string()),
    }
}

/// The counterparties on the port ten above, or on any free one when that is taken.
async fn counterparties(plan: &WorldPlan, address: SocketAddr, keys: &std::path::Path) -> anyhow::Result<Simulator> {
    let wanted = match plan.listen.port() {
        0 => 0,
        port => port.saturating_add(SIMULATOR_PORTS_ABOVE),
    };
    let options = || {
        let clock = plan.clock.clone();
        SimulatorOptions {
            keys_dir: Some(keys::simulator_folder(keys)),
            ukey_dir: Some(keys::ukey_folder(keys)),
            clock: Arc::new(move || clock.now().0),
            time_scale: plan.time_scale,
            redirect_hosts: vec![host(address.ip())],
            sms_templates: BTreeMap::from([
                (SIGN_IN_TEMPLATE.to_owned(), words::sms_sign_in_template().to_owned()),
                (SIGN_IN_CALL.to_owned(), words::sign_in_call_template().to_owned()),
            ]),
            ..SimulatorOptions::default()
        }
    };
    match Simulator::start(SocketAddr::new(address.ip(), wanted), options()).await {
        Err(StartError::Io(error)) if error.kind() == ErrorKind::AddrInUse => {
            Ok(Simulator::start(SocketAddr::new(address.ip(), 0), options()).await?)
        }
        started => Ok(started?),
    }
}

/// How people on this machine name an address: `localhost` for what listens at home or everywhere.
fn host(address: IpAddr) -> String {
    match address {
        address if address.is_loopback() || address.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_named_with_a_way_on() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = listen(address).await.unwrap_err();
        assert!(error.downcast_ref::<PortTaken>().is_some());
        let said = error.to_string();
        assert!(said.contains(&address.to_string()) && said.contains("--listen"), "{said}");
    }

    #[test]
    fn addresses_are_such_as_a_browser_opens() {
        let named = |text: &str| host(text.parse().unwrap());
        assert_eq!(named("127.0.0.1"), "localhost");
        assert_eq!(named("0.0.0.0"), "localhost");
        assert_eq!(named("192.168.1.7"), "192.168.1.7");
        assert_eq!(named("2001:db8::1"), "[2001:db8::1]");
    }
}
