//! A merchant account: what the operator configures, and its keys read once.

use jixue_standards::wechat_sign::{ApiV3Key, KeyError, PrivateKey, PublicKey};
use std::fmt;

/// What a merchant gets from the WeChat Pay merchant platform. `Debug` shows no secret.
#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WechatPayConfig {
    /// `https://api.mch.weixin.qq.com`, without a path.
    pub base_url: String,
    pub appid: String,
    pub mchid: String,
    /// Serial number of the merchant's API certificate, upper-case hex.
    pub merchant_serial: String,
    /// PKCS#8 or PKCS#1 PEM.
    pub merchant_private_key_pem: String,
    /// `PUB_KEY_ID_…`.
    pub platform_public_key_id: String,
    /// SPKI PEM.
    pub platform_public_key_pem: String,
    /// Serial number in hex and SPKI or certificate PEM, for notifications that are still signed the older way.
    #[serde(default)]
    pub platform_certificates: Vec<(String, String)>,
    /// 32 ASCII characters.
    pub apiv3_key: String,
    /// Where notifications go: https in production, without a query string.
    pub notify_url: String,
}

impl fmt::Debug for WechatPayConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serials: Vec<&str> = self.platform_certificates.iter().map(|(serial, _)| serial.as_str()).collect();
        f.debug_struct("WechatPayConfig")
            .field("base_url", &self.base_url)
            .field("appid", &self.appid)
            .field("mchid", &self.mchid)
            .field("merchant_serial", &self.merchant_serial)
            .field("platform_public_key_id", &self.platform_public_key_id)
            .field("platform_certificates", &serials)
            .field("notify_url", &self.notify_url)
            .finish_non_exhaustive()
    }
}

/// Why a configuration cannot be used. Names the field, never its content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("merchant_private_key_pem: {0}")]
    MerchantKey(KeyError),
    #[error("platform key {serial}: {error}")]
    PlatformKey { serial: String, error: KeyError },
    #[error("apiv3_key is not 32 ASCII characters")]
    ApiV3Key,
    #[error("base_url is not an http or https address without a path")]
    BaseUrl,
    #[error("notify_url is not an http or https address without a query")]
    NotifyUrl,
    #[error("the TLS roots of this machine cannot be read")]
    Tls,
}

/// A merchant account with its keys read and checked.
#[derive(Debug)]
pub struct MerchantAccount {
    pub(super) base_url: reqwest::Url,
    pub(super) appid: String,
    pub(super) mchid: String,
    pub(super) merchant_serial: String,
    pub(super) private_key: PrivateKey,
    pub(super) platform_public_key_id: String,
    platform_keys: Vec<(String, PublicKey)>,
    pub(super) apiv3_key: ApiV3Key,
    pub(super) notify_url: String,
}

impl MerchantAccount {
    /// # Errors
    /// Names the first field that cannot be used.
    pub fn new(config: WechatPayConfig) -> Result<Self, ConfigError> {
        let base_url = web_address(&config.base_url)
            .filter(|url| url.path() == "/" && url.query().is_none())
            .ok_or(ConfigError::BaseUrl)?;
        web_address(&config.notify_url).filter(|url| url.query().is_none()).ok_or(ConfigError::NotifyUrl)?;
        let mut platform_keys = Vec::with_capacity(1 + config.platform_certificates.len());
        let first = (config.platform_public_key_id.clone(), config.platform_public_key_pem);
        for (serial, pem) in std::iter::once(first).chain(config.platform_certificates) {
            let key = PublicKey::from_pem(&pem)
                .map_err(|error| ConfigError::PlatformKey { serial: serial.clone(), error })?;
            platform_keys.push((serial, key));
        }
        Ok(Self {
            base_url,
            private_key: PrivateKey::from_pem(&config.merchant_private_key_pem).map_err(ConfigError::MerchantKey)?,
            apiv3_key: ApiV3Key::new(&config.apiv3_key).map_err(|_| ConfigError::ApiV3Key)?,
            appid: config.appid,
            mchid: config.mchid,
            merchant_serial: config.merchant_serial,
            platform_public_key_id: config.platform_public_key_id,
            platform_keys,
            notify_url: config.notify_url,
        })
    }

    /// The merchant number that money must arrive at.
    pub fn mchid(&self) -> &str {
        &self.mchid
    }

    /// The platform's key under the serial that arrived, if we were given it.
    pub(super) fn platform_key(&self, serial: &str) -> Option<&PublicKey> {
        self.platform_keys.iter().find(|(known, _)| known == serial).map(|(_, key)| key)
    }
}

fn web_address(text: &str) -> Option<reqwest::Url> {
    let url = reqwest::Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}
