//! Configuration: one TOML file, overridden by `JIXUE_…` environment variables (`__` between levels).
//!
//! Secrets never stand in it: it names files under `keys`, mode 0600.

use crate::db::DatabaseConfig;
use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use jixue_core::audit::KEPT_DAYS_MIN;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: String,
    /// How people reach us, without a slash at the end; printed in QR codes and given to gateways.
    pub base_url: String,
    /// Folder of the embedded database and of stored files.
    pub data: PathBuf,
    /// Folder of keys and secrets; never below `data`, so that a copy of the data is not a copy of the keys.
    pub keys: PathBuf,
    pub database: DatabaseSection,
    pub site: SiteSection,
    pub wechat_pay: Option<WechatPaySection>,
    pub sms: Option<SmsSection>,
    pub wechat_login: Option<WechatLoginSection>,
    /// Issuers that people may sign in with, in the order they are offered.
    pub oidc: Vec<OidcSection>,
    pub certificate: CertificateSection,
    pub accounts: AccountsSection,
    pub ukey: Option<UkeySection>,
    /// Lets in the people of the sample city: identity numbers of area 431099, which was never assigned to anybody.
    /// Off in production.
    pub demo: bool,
    pub limits: LimitsSection,
    /// Where /metrics may be asked from: addresses, by default this machine only.
    pub metrics_from: Vec<std::net::IpAddr>,
    /// The demo's simulated phone (`http://…/phone`): when set, the cashier links there below each code. Never set where
    /// real money is paid.
    pub demo_phone_url: Option<String>,
    /// Set behind a reverse proxy that sets `X-Forwarded-For`: its address.
    pub trusted_proxy: Option<std::net::IpAddr>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSection {
    /// `postgres://…`; when empty, SQLite in `data/jixue.db`.
    pub url: String,
    pub pool_size: usize,
    /// Off for poolers that do not keep prepared statements.
    pub statement_cache: bool,
    /// PEM file of the authority that vouches for PostgreSQL's certificate; needed unless it runs on this machine.
    pub tls_ca_file: Option<PathBuf>,
}

/// What stands at the foot of each page, as the law asks of a public site.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSection {
    /// ICP 备案号.
    pub icp_number: String,
    /// 公安备案号.
    pub police_number: String,
    pub support_phone: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WechatPaySection {
    /// `https://api.mch.weixin.qq.com` in production.
    pub base_url: String,
    pub appid: String,
    pub mchid: String,
    pub merchant_serial: String,
    /// The training base that is paid: its USCC.
    pub payee_uscc: String,
    pub platform_public_key_id: String,
    /// File names under `keys`.
    pub merchant_key_file: String,
    pub platform_public_key_file: String,
    pub apiv3_key_file: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSection {
    pub base_url: String,
    pub access_key_id: String,
    pub sign_name: String,
    pub sign_in_template: String,
    /// File name under `keys`.
    pub access_key_secret_file: String,
    /// Calls that read a code aloud, for who gets no message or cannot read it.
    #[serde(default)]
    pub voice: Option<VoiceSection>,
}

/// Calls through the same account with the operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceSection {
    pub base_url: String,
    /// The approved text that a voice reads, with a place for `code`.
    pub sign_in_template: String,
    /// The number that rings; without one the operator takes one of its public ones.
    #[serde(default)]
    pub number: Option<String>,
}

/// The official account by which people sign in with WeChat.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WechatLoginSection {
    /// Where people are sent.
    #[serde(default = "wechat_open_url")]
    pub open_url: String,
    /// Where we ask.
    #[serde(default = "wechat_api_url")]
    pub api_url: String,
    pub appid: String,
    /// File name under `keys`.
    pub secret_file: String,
    /// Offers it in every browser. WeChat itself only works in its own; a simulated one works anywhere.
    #[serde(default)]
    pub anywhere: bool,
}

fn wechat_open_url() -> String {
    "https://open.weixin.qq.com".to_owned()
}

fn wechat_api_url() -> String {
    "https://api.weixin.qq.com".to_owned()
}

/// An issuer that vouches for people by OpenID Connect.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSection {
    /// Its name in our addresses, small letters, digits and hyphens: it answers at `/oidc/{short_name}/answer` and there
    /// only. No two issuers share one.
    pub short_name: String,
    pub name_zh: String,
    pub name_en: String,
    /// As it names itself, such as `https://id.example.gov.cn`; its discovery document lies below.
    pub issuer: String,
    pub client_id: String,
    /// File name under `keys`.
    pub client_secret_file: String,
    /// Believes the issuer's `phone_number` where it says `phone_number_verified`, and lets its owner in without having
    /// bound anything before. Only for an issuer that checks phones as we do.
    #[serde(default)]
    pub trusted_for_phone: bool,
    /// Lets the issuer's addresses lie in private networks: for a provider on the bureau's own network. This machine and
    /// its neighbours on the link are never called for an issuer over TLS.
    #[serde(default)]
    pub private_network: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateSection {
    /// More font files for rare names, tried in order.
    pub font_paths: Vec<PathBuf>,
    /// Marks the drawn seal as a sample. A real seal comes from the bureau's certified seal service.
    pub sample_seal: bool,
}

/// Whose UKey certificates are believed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UkeySection {
    /// Folder of the certificates of the authorities that are trusted, PEM or DER; read at start.
    pub trust: PathBuf,
    /// Lists of revoked certificates, PEM or DER; read at start. A list that has run out refuses its issuer's certificates.
    #[serde(default)]
    pub revoked: Vec<PathBuf>,
    /// Where the UKey's software listens on the officer's own machine, such as `http://127.0.0.1:9999`. Without it the
    /// signature is copied by hand.
    pub middleware_url: Option<String>,
}

/// How people prove who they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountsSection {
    /// The first day, as in 20270101, on which every officer needs an authenticator app or a passkey to sign in. Without
    /// it a second factor is asked only of those who have one.
    pub second_factor_from: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    pub upload_bytes_max: usize,
    pub session_days: i64,
    /// How long an officer of a bureau stays signed in: a working day.
    pub officer_session_hours: i64,
    pub sign_in_code_minutes: i64,
    pub sign_in_codes_per_day: i64,
    pub order_minutes: i64,
    pub payment_code_minutes: i64,
    /// Beats of one learner that may come at once; one more each second.
    pub beat_burst: i64,
    /// Verifications from one address that may come at once; one more each second.
    pub verification_burst: i64,
    /// Days that entries of the audit trail are kept: six months at least, by law.
    pub audit_days_kept: i64,
    /// Statistics that leave the house hide counts of fewer people than this.
    pub cell_people_min: i64,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            upload_bytes_max: 8 << 20,
            session_days: 30,
            officer_session_hours: 12,
            sign_in_code_minutes: 5,
            sign_in_codes_per_day: 10,
            order_minutes: 120,
            payment_code_minutes: 5,
            beat_burst: 40,
            verification_burst: 120,
            audit_days_kept: 1_096,
            cell_people_min: jixue_core::small_cells::THRESHOLD,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            base_url: "http://localhost:8080".to_owned(),
            data: PathBuf::from("data"),
            keys: PathBuf::from("keys"),
            database: DatabaseSection { url: String::new(), pool_size: 16, statement_cache: true, tls_ca_file: None },
            site: SiteSection::default(),
            wechat_pay: None,
            sms: None,
            wechat_login: None,
            oidc: Vec::new(),
            certificate: CertificateSection { font_paths: Vec::new(), sample_seal: true },
            accounts: AccountsSection::default(),
            ukey: None,
            demo: false,
            limits: LimitsSection::default(),
            metrics_from: vec![[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()],
            demo_phone_url: None,
            trusted_proxy: None,
        }
    }
}

impl Config {
    /// Defaults, then the file if given, then `JIXUE_…` variables.
    pub fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = file {
            anyhow::ensure!(path.exists(), "{}: no such file", path.display());
            figment = figment.merge(Toml::file(path));
        }
        let config: Self = figment
            .merge(Env::prefixed("JIXUE_").split("__").ignore(&[
                "log_format",
                "test_postgres",
                "test_sqlite_only",
                "axe_path",
                "chromium",
                "chromedriver",
            ]))
            .extract()
            .context("configuration")?;
        config.check()?;
        Ok(config)
    }

    /// What would only fail later, said now.
    pub fn check(&self) -> anyhow::Result<()> {
        self.listen
            .parse::<std::net::SocketAddr>()
            .with_context(|| format!("listen = {:?} is not ADDRESS:PORT", self.listen))?;
        let scheme = self.base_url.starts_with("http://") || self.base_url.starts_with("https://");
        anyhow::ensure!(
            scheme && !self.base_url.ends_with('/'),
            "base_url = {:?}: https://… without a slash at the end",
            self.base_url
        );
        anyhow::ensure!(
            !self.keys.starts_with(&self.data),
            "keys must not lie below data: a copy of the data would carry its keys"
        );
        anyhow::ensure!(self.database.pool_size >= 1, "database.pool_size must be at least 1");
        anyhow::ensure!(
            !self.secure_cookies() || self.trusted_proxy.is_some(),
            "trusted_proxy must name the address that TLS ends at: without it all visitors look like one"
        );
        anyhow::ensure!(
            self.limits.audit_days_kept >= KEPT_DAYS_MIN,
            "limits.audit_days_kept must be at least {KEPT_DAYS_MIN}: the law asks for six months"
        );
        if let Some(day) = self.accounts.second_factor_from {
            let date = jixue_core::time::BusinessDate::new(day / 10_000, day / 100 % 100, day % 100);
            anyhow::ensure!(date.is_some(), "accounts.second_factor_from = {day} is not a day like 20270101");
        }
        if let Some(url) = self.ukey.as_ref().and_then(|section| section.middleware_url.as_ref()) {
            let fits = url.starts_with("http://127.0.0.1:") || url.starts_with("https://127.0.0.1:");
            // It becomes part of a header: an address and nothing else.
            let plain = |mark: char| mark.is_ascii_alphanumeric() || "./:".contains(mark);
            anyhow::ensure!(fits && url.chars().all(plain), "ukey.middleware_url = {url:?} is not on 127.0.0.1");
        }
        self.check_issuers()?;
        self.check_database()?;
        Ok(())
    }

    /// What one issuer answers must not be taken for another's word.
    fn check_issuers(&self) -> anyhow::Result<()> {
        for (number, section) in self.oidc.iter().enumerate() {
            let name = &section.short_name;
            let fits = |mark: u8| mark.is_ascii_lowercase() || mark.is_ascii_digit() || mark == b'-';
            anyhow::ensure!(
                (1..=40).contains(&name.len()) && name.bytes().all(fits),
                "oidc.short_name = {name:?}: 1 to 40 small letters, digits and hyphens"
            );
            let is_same = |other: &OidcSection| other.short_name == *name || other.issuer == section.issuer;
            anyhow::ensure!(
                !self.oidc[..number].iter().any(is_same),
                "oidc.short_name = {name:?}: each issuer needs a name of its own, and stands here once"
            );
        }
        Ok(())
    }

    /// Names and digests must not cross a network in the clear.
    fn check_database(&self) -> anyhow::Result<()> {
        if self.database.url.is_empty() || self.database.tls_ca_file.is_some() {
            return Ok(());
        }
        let address: tokio_postgres::Config =
            self.database.url.parse().map_err(|_| anyhow::anyhow!("database.url is not postgres://…"))?;
        let is_near = address.get_hosts().iter().all(|host| match host {
            tokio_postgres::config::Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
            }
            tokio_postgres::config::Host::Unix(_) => true,
        });
        anyhow::ensure!(is_near, "database.tls_ca_file is needed for a database on another machine");
        Ok(())
    }

    pub fn database(&self) -> DatabaseConfig {
        let url = match self.database.url.as_str() {
            "" => format!("sqlite:{}", self.data.join("jixue.db").display()),
            url => url.to_owned(),
        };
        DatabaseConfig {
            url,
            pool_size: self.database.pool_size,
            statement_cache: self.database.statement_cache,
            tls_ca_file: self.database.tls_ca_file.clone(),
            ..DatabaseConfig::new("")
        }
    }

    /// Cookies are marked Secure when people come over TLS.
    pub fn secure_cookies(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Reads a secret from a file under `keys`.
    pub fn secret(&self, file: &str) -> anyhow::Result<String> {
        let path = self.keys.join(file);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(text.trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sound() {
        Config::default().check().unwrap();
    }

    /// Source: 网络安全法, art. 21: whoever attacks hopes that nobody can look back.
    #[test]
    fn a_trail_shorter_than_six_months_is_refused() {
        for (days, fits) in [(KEPT_DAYS_MIN, true), (KEPT_DAYS_MIN - 1, false), (0, false), (-1, false)] {
            let mut config = Config::default();
            config.limits.audit_days_kept = days;
            assert_eq!(config.check().is_ok(), fits, "{days}");
        }
    }

    /// Two issuers with one answer address could each speak for the other.
    #[test]
    fn issuers_share_neither_name_nor_address() {
        let section = |short_name: &str, issuer: &str| OidcSection {
            short_name: short_name.to_owned(),
            name_zh: String::new(),
            name_en: String::new(),
            issuer: issuer.to_owned(),
            client_id: String::new(),
            client_secret_file: String::new(),
            trusted_for_phone: false,
            private_network: false,
        };
        let fits = |sections: Vec<OidcSection>| Config { oidc: sections, ..Config::default() }.check().is_ok();
        let (one, two) = ("https://one.example", "https://two.example");
        assert!(fits(vec![section("one", one), section("two-2", two)]));
        assert!(!fits(vec![section("one", one), section("one", two)]));
        assert!(!fits(vec![section("one", one), section("two", one)]));
        for unfit in ["", "One", "a/b", "a b", "..", "省"] {
            assert!(!fits(vec![section(unfit, one)]), "{unfit:?}");
        }
    }

    /// A backup of the data folder must not contain the keys that open it.
    #[test]
    fn keys_below_the_data_are_refused() {
        let config = Config { keys: PathBuf::from("data/keys"), ..Config::default() };
        assert!(config.check().unwrap_err().to_string().contains("keys"));
    }
}
