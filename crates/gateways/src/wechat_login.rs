//! Signing in by an official account (公众号网页授权): where the person is sent, and what their code is worth.
//!
//! Only `snsapi_base` is asked for: WeChat tells who it is, and nothing else of the person.
//!
//! Source: WeChat official-account documentation, "网页授权": authorize at `/connect/oauth2/authorize` with the parameters
//! in this very order, exchange at `/sns/oauth2/access_token`. A code works once, for five minutes. The secret travels in
//! the query of the exchange by WeChat's design, so no address of it is ever logged or put into an error.

use crate::answer::{Answer, Unknown};
use crate::connection;
use jixue_standards::acs3_sign::percent_encoded;
use reqwest::Url;
use serde::Deserialize;
use std::fmt;

/// Access to one official account. `Debug` shows no secret.
#[derive(Clone)]
pub struct WechatLoginConfig {
    /// `https://open.weixin.qq.com`, where the person's browser goes.
    pub open_url: String,
    /// `https://api.weixin.qq.com`, where this program asks.
    pub api_url: String,
    pub appid: String,
    pub secret: String,
    /// Where WeChat sends the person back; its host is registered with the official account (网页授权域名).
    pub redirect_uri: String,
}

impl fmt::Debug for WechatLoginConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatLoginConfig")
            .field("open_url", &self.open_url)
            .field("appid", &self.appid)
            .finish_non_exhaustive()
    }
}

/// Who came back.
#[derive(Clone, PartialEq, Eq)]
pub struct WechatUser {
    /// The person's name under this official account.
    pub openid: String,
    /// The same person under every account of one open platform; only where the account belongs to one.
    pub unionid: Option<String>,
}

/// Shows nobody.
impl fmt::Debug for WechatUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatUser").finish_non_exhaustive()
    }
}

/// Why nobody is known to have come back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WechatLoginError {
    #[error("open_url or api_url is not an http or https address")]
    Address,
    #[error("the TLS roots of this machine cannot be read")]
    Tls,
    /// 40029: no such code; 40163: used before; 40125: wrong secret; 40013: wrong appid.
    #[error("refused with {0}")]
    Refused(i64),
    #[error("outcome unknown: {0}")]
    Unknown(Unknown),
}

impl WechatLoginError {
    /// True when the code was at fault, and not our own account with WeChat.
    pub fn is_about_code(&self) -> bool {
        matches!(self, Self::Refused(40_029 | 40_163 | 42_003))
    }
}

/// A client of one official account.
pub struct WechatLogin {
    config: WechatLoginConfig,
    token_url: Url,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct TokenAnswer {
    openid: Option<String>,
    unionid: Option<String>,
    errcode: Option<i64>,
}

impl WechatLogin {
    /// # Errors
    /// When an address is none, or no HTTP client can be made.
    pub fn new(config: WechatLoginConfig) -> Result<Self, WechatLoginError> {
        let is_web = |text: &str| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web(&config.open_url) || !is_web(&config.api_url) {
            return Err(WechatLoginError::Address);
        }
        let token_url = format!("{}/sns/oauth2/access_token", config.api_url.trim_end_matches('/'));
        let token_url = Url::parse(&token_url).map_err(|_| WechatLoginError::Address)?;
        let client = connection::client().map_err(|_| WechatLoginError::Tls)?;
        Ok(Self { config, token_url, client })
    }

    pub fn appid(&self) -> &str {
        &self.config.appid
    }

    /// Where the person's browser goes. WeChat matches the order of the parameters.
    pub fn authorize_url(&self, state: &str) -> String {
        format!(
            "{}/connect/oauth2/authorize?appid={}&redirect_uri={}&response_type=code&scope=snsapi_base&state={}#wechat_redirect",
            self.config.open_url.trim_end_matches('/'),
            percent_encoded(&self.config.appid),
            percent_encoded(&self.config.redirect_uri),
            percent_encoded(state),
        )
    }

    /// What a code is worth. Asked once: a second try with the same code is refused by WeChat.
    ///
    /// # Errors
    /// A code that is none, used or old; an account that WeChat does not know; no whole answer.
    pub async fn exchange(&self, code: &str) -> Result<WechatUser, WechatLoginError> {
        let mut url = self.token_url.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.config.appid)
            .append_pair("secret", &self.config.secret)
            .append_pair("code", code)
            .append_pair("grant_type", "authorization_code");
        let answer = Answer::to(self.client.get(url)).await.map_err(WechatLoginError::Unknown)?;
        if answer.status >= 500 {
            return Err(WechatLoginError::Unknown(Unknown::ServerError { status: answer.status }));
        }
        let unreadable = || WechatLoginError::Unknown(Unknown::Unreadable);
        let read: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        match (read.errcode, read.openid) {
            (Some(code), _) if code != 0 => Err(WechatLoginError::Refused(code)),
            (_, Some(openid)) if !openid.is_empty() => {
                Ok(WechatUser { openid, unionid: read.unionid.filter(|id| !id.is_empty()) })
            }
            _ => Err(unreadable()),
        }
    }
}
