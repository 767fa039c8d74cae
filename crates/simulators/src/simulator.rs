//! Starting and stopping a simulator from Rust, and turning its knobs without HTTP.

use crate::clock::{Clock, system_clock};
use crate::faults::Faults;
use crate::keys::{self, KeysError, MerchantKeys, SimulatorKeys};
use crate::oidc::{self, Issuer};
use crate::phone;
use crate::sms::{self, Operator, SentSms};
use crate::test_routes;
use crate::ukey_software::{self, UkeySoftware};
use crate::wechat_login::{self, Official};
use crate::wechat_pay::gateway::Gateway;
use crate::wechat_pay::notify::SentNotification;
use crate::wechat_pay::orders::OrderRefusal;
use crate::wechat_pay::server;
use crate::world::{Bounds, Seed, World, locked};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::get;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

const BODY_BYTES_MAX: usize = 64 * 1024;
/// How long a stop waits for calls that are being answered.
const GRACE: Duration = Duration::from_millis(500);

/// How a simulator is set up.
pub struct SimulatorOptions {
    /// The keys to use; without them those in `keys_dir`, and without that new ones.
    pub keys: Option<SimulatorKeys>,
    /// A folder where keys are kept, so that a restart goes on with the same ones.
    pub keys_dir: Option<PathBuf>,
    /// What the payer reads on the phone, when keys are made anew.
    pub merchant_name: String,
    pub clock: Clock,
    /// Multiplies the gateway's waits between repetitions of a notification: 1.0 is real time.
    pub time_scale: f64,
    /// Approved SMS templates by code, with `${name}` where a parameter goes. With none, any code is taken.
    pub sms_templates: BTreeMap<String, String>,
    /// Hosts, without a port, that the official account may send people back to.
    pub redirect_hosts: Vec<String>,
    /// The folder of a UKey that is plugged into this machine; without one none is.
    pub ukey_dir: Option<PathBuf>,
    /// How many orders are kept; the oldest are forgotten.
    pub orders_max: usize,
    /// How many sent notifications and messages are kept.
    pub history_max: usize,
}

impl Default for SimulatorOptions {
    fn default() -> Self {
        Self {
            keys: None,
            keys_dir: None,
            merchant_name: "继学示例收款方".to_owned(),
            clock: system_clock(),
            time_scale: 1.0,
            sms_templates: BTreeMap::new(),
            redirect_hosts: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            ukey_dir: None,
            orders_max: 20_000,
            history_max: 1_000,
        }
    }
}

/// What a merchant needs to be a client of the simulated WeChat Pay.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct WechatCredentials {
    pub base_url: String,
    pub appid: String,
    pub mchid: String,
    pub merchant_serial: String,
    pub merchant_private_key_pem: String,
    pub platform_public_key_id: String,
    pub platform_public_key_pem: String,
    /// Serial and SPKI PEM of the older way.
    pub platform_certificates: Vec<(String, String)>,
    pub apiv3_key: String,
}

/// Shows no secret.
impl fmt::Debug for WechatCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatCredentials")
            .field("base_url", &self.base_url)
            .field("mchid", &self.mchid)
            .finish_non_exhaustive()
    }
}

/// What a client of the simulated SMS operator needs.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SmsCredentials {
    pub endpoint: String,
    pub access_key_id: String,
    pub access_key_secret: String,
}

/// Shows no secret.
impl fmt::Debug for SmsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmsCredentials").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// What a client of the simulated official account needs.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct WechatLoginCredentials {
    /// Both of WeChat's addresses.
    pub base_url: String,
    pub appid: String,
    pub secret: String,
}

/// Shows no secret.
impl fmt::Debug for WechatLoginCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatLoginCredentials").field("appid", &self.appid).finish_non_exhaustive()
    }
}

/// What a client of the simulated issuer needs.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OidcCredentials {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
}

/// Shows no secret.
impl fmt::Debug for OidcCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcCredentials").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why a simulator did not start.
#[derive(Debug)]
pub enum StartError {
    Io(std::io::Error),
    Keys(KeysError),
    /// A key in the keys folder cannot be used.
    UnusableKey,
    Http(reqwest::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Keys(error) => error.fmt(f),
            Self::UnusableKey => f.write_str("a kept key cannot be used"),
            Self::Http(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

/// A running simulator. Dropping it stops it; [`Simulator::shutdown`] also waits.
pub struct Simulator {
    /// `http://127.0.0.1:port`.
    pub base_url: String,
    pub wechat: WechatCredentials,
    pub sms: SmsCredentials,
    pub wechat_login: WechatLoginCredentials,
    pub oidc: OidcCredentials,
    keys: SimulatorKeys,
    world: Arc<World>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Listens at `listen` (port 0 takes a free one) and answers from then on.
    ///
    /// # Errors
    /// When the address is taken, or keys cannot be made, read or kept.
    pub async fn start(listen: SocketAddr, options: SimulatorOptions) -> Result<Self, StartError> {
        let keys = keys_of(&options).await.map_err(StartError::Keys)?;
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(StartError::Io)?;
        let base_url = base_url(listener.local_addr().map_err(StartError::Io)?);
        let (stop, stopped) = watch::channel(false);
        let world = Arc::new(world(&keys, options, &base_url, stopped.clone())?);
        let app = routes(Arc::clone(&world));
        let server = tokio::spawn(async move {
            let mut stopped = stopped;
            let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
                // The sender gone means the same as a stop.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            });
            if let Err(error) = serving.await {
                tracing::error!(%error, "simulator stopped");
            }
        });
        Ok(Self {
            wechat: credentials(&base_url, &keys, &keys.merchant),
            sms: SmsCredentials {
                endpoint: base_url.clone(),
                access_key_id: keys.sms_access_key_id.clone(),
                access_key_secret: keys.sms_access_key_secret.clone(),
            },
            wechat_login: WechatLoginCredentials {
                base_url: base_url.clone(),
                appid: keys.merchant.appid.clone(),
                secret: keys.official_secret(),
            },
            oidc: OidcCredentials {
                issuer: format!("{base_url}/oidc"),
                client_id: world.issuer.client_id.clone(),
                client_secret: world.issuer.client_secret.clone(),
            },
            base_url,
            keys,
            world,
            stop,
            server: Some(server),
        })
    }

    /// Registers a further merchant and returns what it needs.
    ///
    /// # Errors
    /// When key generation fails.
    pub fn add_merchant(&self, name: &str) -> Result<WechatCredentials, KeysError> {
        let merchant = MerchantKeys::further(name)?;
        self.world.gateway.register(&merchant).ok_or(KeysError::Generation)?;
        Ok(credentials(&self.base_url, &self.keys, &merchant))
    }

    /// Turns all knobs at once.
    pub fn set_faults(&self, faults: Faults) {
        *locked(&self.world.faults) = faults;
    }

    pub fn faults(&self) -> Faults {
        self.world.faults()
    }

    /// The payer pays the order of this number at the first merchant that has it. Returns the gateway's number of the
    /// trade; the notification goes out by itself.
    ///
    /// # Errors
    /// When there is no such order, or it takes no money.
    pub fn pay(&self, out_trade_no: &str) -> Result<String, OrderRefusal> {
        let key = self.world.gateway.key_of(out_trade_no, None);
        test_routes::pay_order(&self.world, &key.ok_or(OrderRefusal::Absent)?)
    }

    /// What was sent about an order, newest first.
    pub fn notifications(&self, out_trade_no: &str) -> Vec<SentNotification> {
        let sent = locked(&self.world.gateway.sent);
        let newest_first = sent.iter().rev();
        newest_first.filter(|entry| entry.out_trade_no == out_trade_no).cloned().collect()
    }

    /// What the operator took for `phone`, newest first.
    pub fn sms_inbox(&self, phone: &str) -> Vec<SentSms> {
        self.world.operator.inbox(Some(phone))
    }

    /// A code of the official account for a person who said yes, as the redirect back carries it.
    pub fn wechat_code(&self, user: &str) -> String {
        self.world.official.code_for(user, self.world.now_ms())
    }

    /// The issuer signs by another key from now on, and publishes only that.
    pub fn change_oidc_key(&self) {
        self.world.issuer.change_key();
    }

    /// The same, to an RSA key of this PEM (PKCS#8): the issuer signs RS256 from now on.
    pub fn change_oidc_key_to_rsa(&self, private_key_pem: &str) {
        self.world.issuer.change_key_to_rsa(private_key_pem);
    }

    /// The issuer publishes no key any more, and goes on signing.
    pub fn withhold_oidc_keys(&self) {
        self.world.issuer.withhold_keys();
    }

    /// Claims that replace the right ones in the issuer's next words: what a broken or wicked issuer would say.
    pub fn forge_oidc_claims(&self, claims: serde_json::Value) {
        *locked(&self.world.issuer.forged) = claims;
    }

    /// The simulated phone.
    pub fn phone_url(&self) -> String {
        format!("{}/phone", self.base_url)
    }

    /// The simulated phone with this code scanned.
    pub fn scan_url(&self, code_url: &str) -> String {
        phone::scan_url(&self.base_url, code_url)
    }

    /// Writes what a client needs into `folder`, readable by its owner only: `credentials.json`, and beside it
    /// `gateway-pub.pem` and `apiv3.key` for checking a notification by hand.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write_credentials(&self, folder: &Path) -> Result<(), KeysError> {
        std::fs::create_dir_all(folder)?;
        let all = serde_json::json!({ "wechat_pay": self.wechat, "wechat_login": self.wechat_login, "oidc": self.oidc, "sms": self.sms });
        keys::keep(&folder.join("credentials.json"), format!("{all:#}\n").as_bytes())?;
        keys::keep(&folder.join("gateway-pub.pem"), self.wechat.platform_public_key_pem.as_bytes())?;
        keys::keep(&folder.join("apiv3.key"), self.wechat.apiv3_key.as_bytes())
    }

    /// Stops and waits, at most half a second for calls that are being answered.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(mut server) = self.server.take()
            && tokio::time::timeout(GRACE, &mut server).await.is_err()
        {
            server.abort();
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }
}

async fn keys_of(options: &SimulatorOptions) -> Result<SimulatorKeys, KeysError> {
    if let Some(keys) = &options.keys {
        return Ok(keys.clone());
    }
    let (folder, name) = (options.keys_dir.clone(), options.merchant_name.clone());
    // Making RSA keys takes long enough to hold up everything else on this thread.
    let making = tokio::task::spawn_blocking(move || match folder {
        Some(folder) => SimulatorKeys::kept_in(&folder, &name),
        None => SimulatorKeys::generate(&name),
    });
    making.await.unwrap_or(Err(KeysError::Generation))
}

fn world(
    keys: &SimulatorKeys,
    options: SimulatorOptions,
    base_url: &str,
    stopped: watch::Receiver<bool>,
) -> Result<World, StartError> {
    // An error only says that the process has chosen its provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(StartError::Http)?;
    let bounds = Bounds { orders_max: options.orders_max, history_max: options.history_max };
    let seed = Seed { keys, bounds };
    Ok(World {
        clock: options.clock,
        faults: Mutex::new(Faults::default()),
        gateway: Gateway::new(&seed, client).ok_or(StartError::UnusableKey)?,
        operator: Operator::new(&seed, options.sms_templates),
        official: Official::new(keys.merchant.appid.clone(), keys.official_secret(), options.redirect_hosts.clone()),
        ukey: options.ukey_dir.as_deref().map(UkeySoftware::kept_in).transpose().map_err(StartError::Keys)?,
        page_hosts: options.redirect_hosts.clone(),
        issuer: Issuer::new(keys.issuer_secret(), options.redirect_hosts),
        base_url: base_url.to_owned(),
        time_scale: options.time_scale,
        stopped,
    })
}

fn routes(world: Arc<World>) -> Router {
    Router::new()
        .merge(server::routes())
        .merge(phone::routes())
        .merge(test_routes::routes())
        .merge(wechat_login::routes())
        .merge(oidc::routes())
        .merge(ukey_software::routes())
        .route("/", get(async || Redirect::to("/phone")).post(sms::send))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(world)
}

/// A wildcard address is no address to call, so it becomes the loopback one.
fn base_url(address: SocketAddr) -> String {
    match address.ip().is_unspecified() {
        true => format!("http://127.0.0.1:{}", address.port()),
        false => format!("http://{address}"),
    }
}

fn credentials(base_url: &str, keys: &SimulatorKeys, merchant: &MerchantKeys) -> WechatCredentials {
    WechatCredentials {
        base_url: base_url.to_owned(),
        appid: merchant.appid.clone(),
        mchid: merchant.mchid.clone(),
        merchant_serial: merchant.serial.clone(),
        merchant_private_key_pem: merchant.pair.private.clone(),
        platform_public_key_id: keys.platform_public_key_id.clone(),
        platform_public_key_pem: keys.platform.public.clone(),
        platform_certificates: vec![(keys.certificate_serial.clone(), keys.certificate.public.clone())],
        apiv3_key: merchant.apiv3_key.clone(),
    }
}
