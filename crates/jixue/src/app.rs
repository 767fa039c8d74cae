//! The application's hands: everything a handler or job may use, made once at start.

use crate::at::At;
use crate::blob::Blobs;
use crate::clock::Clock;
use crate::config::{Config, OidcSection, SmsSection, UkeySection, WechatLoginSection, WechatPaySection};
use crate::db::{Db, Migration};
use crate::ids::Ids;
use crate::keys::Keys;
use crate::outbox::Outbox;
use crate::web::limits::Limits;
use anyhow::Context;
use jixue_gateways::oidc::{Oidc, OidcConfig};
use jixue_gateways::sms::{AliyunSms, AliyunSmsConfig, SmsSender};
use jixue_gateways::wechat_login::{WechatLogin, WechatLoginConfig};
use jixue_gateways::wechat_pay::{WechatPay, WechatPayConfig};
use jixue_standards::ukey::Trust;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A handle that every handler and job holds; cloning is cheap.
#[derive(Clone)]
pub struct App(Arc<Hands>);

/// What the application works with.
pub struct Hands {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub keys: Keys,
    pub blobs: Blobs,
    /// Channels that are configured; absent ones are not offered at the cashier.
    pub wechat_pay: Option<WechatPay>,
    pub sms: Option<Box<dyn SmsSender>>,
    pub wechat_login: Option<WechatLogin>,
    /// As many as are configured, in their order.
    pub oidc: Vec<Oidc>,
    /// Whose UKey certificates are believed; none where they are not configured.
    pub ukey: Option<Trust>,
    pub issuer: Option<crate::certificate::Issuer>,
    pub outbox: Outbox,
    pub limits: Limits,
    /// When this node last noted that it saw a session.
    pub sightings: crate::identity::Sightings,
    /// Password hashing takes a core and 19 MiB for 16 ms: never more at once than leaves a core for the others.
    pub hashing: Arc<Semaphore>,
    node: i64,
}

impl Deref for App {
    type Target = Hands;

    fn deref(&self) -> &Hands {
        &self.0
    }
}

impl App {
    /// Opens database, keys and files as configured. The schema must be migrated before requests are served.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        // Another library may have set ring already; the provider is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        create_private_folder(&config.data).with_context(|| config.data.display().to_string())?;
        let keys = Keys::load(&config.keys)?;
        let db = Db::open(&config.database())?;
        db.migrate(&Migration::embedded()?, clock.now().0).await?;
        let node = crate::node::lease(&db, &clock).await?;
        let blobs = Blobs::local(&config.data.join("blobs"))?;
        let wechat_pay = config.wechat_pay.as_ref().map(|section| wechat_pay(&config, section, &clock)).transpose()?;
        let sms = config.sms.as_ref().map(|section| sms(&config, section, &clock)).transpose()?;
        let wechat_login = config.wechat_login.as_ref().map(|section| wechat_login(&config, section)).transpose()?;
        let oidc = config.oidc.iter().map(|section| oidc(&config, section, &clock)).collect::<anyhow::Result<_>>()?;
        let ukey = config.ukey.as_ref().map(ukey).transpose()?;
        let issuer = crate::certificate::Issuer::load(&config)?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self(Arc::new(Hands {
            ids: Ids::new(clock.clone(), node),
            config,
            db,
            clock,
            keys,
            blobs,
            wechat_pay,
            sms,
            wechat_login,
            oidc,
            ukey,
            issuer,
            outbox: Outbox::default(),
            limits: Limits::default(),
            sightings: crate::identity::Sightings::default(),
            hashing: Arc::new(Semaphore::new((cores - 1).max(1))),
            node,
        })))
    }

    /// The present moment with the makers of ids and keyed values, for a unit of work.
    pub fn at(&self) -> At {
        At { now: self.clock.now(), ids: self.ids.clone(), keys: self.keys.clone() }
    }

    /// The name under which this process holds leases.
    pub fn node_name(&self) -> String {
        format!("node {}", self.node)
    }
}

fn gateway_clock(clock: &Clock) -> jixue_gateways::Clock {
    let clock = clock.clone();
    Arc::new(move || clock.now())
}

fn wechat_pay(config: &Config, section: &WechatPaySection, clock: &Clock) -> anyhow::Result<WechatPay> {
    let account = WechatPayConfig {
        base_url: section.base_url.clone(),
        appid: section.appid.clone(),
        mchid: section.mchid.clone(),
        merchant_serial: section.merchant_serial.clone(),
        merchant_private_key_pem: config.secret(&section.merchant_key_file)?,
        platform_public_key_id: section.platform_public_key_id.clone(),
        platform_public_key_pem: config.secret(&section.platform_public_key_file)?,
        platform_certificates: Vec::new(),
        apiv3_key: config.secret(&section.apiv3_key_file)?,
        notify_url: format!("{}/payment-notifications/wechat-pay", config.base_url),
    };
    WechatPay::new(account, gateway_clock(clock)).context("wechat_pay")
}

fn sms(config: &Config, section: &SmsSection, clock: &Clock) -> anyhow::Result<Box<dyn SmsSender>> {
    let account = AliyunSmsConfig {
        endpoint: section.base_url.clone(),
        voice_endpoint: section.voice.as_ref().map(|voice| voice.base_url.clone()),
        voice_number: section.voice.as_ref().and_then(|voice| voice.number.clone()),
        region: None,
        access_key_id: section.access_key_id.clone(),
        access_key_secret: config.secret(&section.access_key_secret_file)?,
    };
    Ok(Box::new(AliyunSms::new(account, gateway_clock(clock)).context("sms")?))
}

fn wechat_login(config: &Config, section: &WechatLoginSection) -> anyhow::Result<WechatLogin> {
    let account = WechatLoginConfig {
        open_url: section.open_url.clone(),
        api_url: section.api_url.clone(),
        appid: section.appid.clone(),
        secret: config.secret(&section.secret_file)?,
        redirect_uri: format!("{}/wechat/answer", config.base_url),
    };
    WechatLogin::new(account).context("wechat_login")
}

fn oidc(config: &Config, section: &OidcSection, clock: &Clock) -> anyhow::Result<Oidc> {
    let client = OidcConfig {
        issuer: section.issuer.clone(),
        client_id: section.client_id.clone(),
        client_secret: config.secret(&section.client_secret_file)?,
        redirect_uri: format!("{}/oidc/{}/answer", config.base_url, section.short_name),
        private_network: section.private_network,
    };
    Oidc::new(client, gateway_clock(clock)).with_context(|| format!("oidc {}", section.issuer))
}

fn ukey(section: &UkeySection) -> anyhow::Result<Trust> {
    let read = |path: &std::path::Path| std::fs::read(path).with_context(|| path.display().to_string());
    let mut anchors = Vec::new();
    for entry in std::fs::read_dir(&section.trust).with_context(|| section.trust.display().to_string())? {
        let path = entry?.path();
        if path.is_file() {
            anchors.push(read(&path)?);
        }
    }
    let lists = section.revoked.iter().map(|path| read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    Trust::read(&anchors, &lists).context("ukey.trust or ukey.revoked")
}

/// Makes a folder, and those above it, that only its owner may look into; one that exists stays as it is.
pub fn create_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
