//! Other sides that vouch for people: how each sends somebody off, and how each says who came back.

use super::{Outsider, Trip, oidc, wechat};
use crate::app::App;
use crate::config::OidcSection;
use crate::error::{Refused, Result};
use crate::web::Page;
use jixue_core::org::Phone;
use jixue_gateways::oidc::Oidc;
use jixue_gateways::wechat_login::WechatLogin;
use serde::Deserialize;

/// One of them.
#[derive(Clone, Copy)]
pub(super) enum Side<'a> {
    Wechat(&'a WechatLogin),
    Issuer(&'a Oidc, &'a OidcSection),
}

/// What a browser brings back from there.
#[derive(Deserialize)]
pub(super) struct Brought {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub state: String,
    /// Where the issuer says who it is (RFC 9207), it must be the one that was asked.
    pub iss: Option<String>,
}

/// Whom the other side vouches for, and a phone of theirs that we believe.
pub(super) struct Vouched {
    pub outsider: Outsider,
    pub phone: Option<Phone>,
}

impl<'a> Side<'a> {
    pub fn wechat(app: &'a App) -> Result<Self> {
        app.wechat_login.as_ref().map(Self::Wechat).ok_or_else(|| Refused::not_found().into())
    }

    /// An issuer by its address; the first one where none is named.
    pub fn issuer(app: &'a App, address: &str) -> Result<Self> {
        Self::issuer_that(app, |section| address.is_empty() || section.issuer == address)
    }

    /// An issuer by the name it has in our addresses.
    pub fn issuer_named(app: &'a App, short_name: &str) -> Result<Self> {
        Self::issuer_that(app, |section| section.short_name == short_name)
    }

    fn issuer_that(app: &'a App, is_it: impl Fn(&OidcSection) -> bool) -> Result<Self> {
        let found = app.oidc.iter().zip(&app.config.oidc).find(|(_, section)| is_it(section));
        found.map(|(oidc, section)| Self::Issuer(oidc, section)).ok_or_else(|| Refused::not_found().into())
    }

    /// The name under which bindings are kept.
    pub fn provider(self) -> String {
        match self {
            Self::Wechat(wechat) => wechat::provider(wechat),
            Self::Issuer(_, section) => section.issuer.clone(),
        }
    }

    /// The page of the bindings of this kind.
    pub fn page(self) -> &'static str {
        match self {
            Self::Wechat(_) => wechat::PAGE,
            Self::Issuer(..) => oidc::PAGE,
        }
    }

    /// As the reader of a page knows it.
    pub fn name(self, page: &Page) -> String {
        match self {
            Self::Wechat(_) => page.t.bindings_wechat().to_owned(),
            Self::Issuer(_, section) => page.t.pick(&section.name_zh, &section.name_en).to_owned(),
        }
    }

    /// What the protocol keeps for the way back.
    pub fn secret(self) -> Vec<u8> {
        match self {
            Self::Wechat(_) => Vec::new(),
            Self::Issuer(..) => oidc::secret(),
        }
    }

    /// The address there; none when the other side does not answer.
    pub async fn address(self, state: &str, secret: &[u8]) -> Result<Option<String>> {
        match self {
            Self::Wechat(wechat) => Ok(Some(wechat.authorize_url(state))),
            Self::Issuer(oidc, _) => oidc::address(oidc, state, secret).await,
        }
    }

    /// Who came back, as the other side tells this program alone; nobody when it vouches for nobody.
    pub async fn who(self, trip: &Trip, brought: &Brought) -> Result<Option<Vouched>> {
        match self {
            Self::Wechat(wechat) => Ok(wechat::who(wechat, brought).await),
            Self::Issuer(oidc, section) => oidc::who((oidc, section), trip, brought).await,
        }
    }
}
