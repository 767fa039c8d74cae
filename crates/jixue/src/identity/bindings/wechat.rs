//! WeChat: the way there and back by the official account.

use super::Outsider;
use super::setting_off::{Comer, come_back, set_off, set_off_to_bind};
use super::side::{Brought, Side, Vouched};
use crate::app::App;
use crate::error::Result;
use crate::identity::browsers::Browser;
use crate::identity::confirmation::Confirmed;
use crate::web::Visitor;
use crate::web::forms::Query;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use jixue_gateways::wechat_login::WechatLogin;
use serde::Deserialize;

/// Where bindings of this kind are kept.
pub(super) const PAGE: &str = "/me/wechat";

pub(super) fn provider(wechat: &WechatLogin) -> String {
    format!("wechat:{}", wechat.appid())
}

/// Whether WeChat's sign-in works in the browser that asks: in WeChat's own, or in any where it is configured so.
pub(in super::super) fn is_offered(app: &App, headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let section = app.config.wechat_login.as_ref();
    section.is_some_and(|section| section.anywhere || agent.contains("MicroMessenger"))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct BackQuery {
    #[serde(default)]
    back: String,
}

/// `GET /sign-in/wechat`.
pub(super) async fn begin_sign_in(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Query(query): Query<BackQuery>,
) -> Result<Response> {
    set_off(&app, &visitor, &browser, Side::wechat(&app)?, &query.back).await
}

/// `POST /me/wechat/authorization`, after a fresh proof: no other site's link begins a binding.
pub(super) async fn begin_binding(
    State(app): State<App>,
    confirmed: Result<Confirmed, Response>,
    browser: Browser,
) -> Result<Response> {
    set_off_to_bind(&app, confirmed, &browser, Side::wechat(&app)?).await
}

/// `GET /wechat/answer`: the browser brings a code, WeChat says whose it is.
pub(super) async fn answer(State(app): State<App>, comer: Comer, Query(brought): Query<Brought>) -> Result<Response> {
    come_back(&app, comer, Side::wechat(&app)?, &brought).await
}

/// Whom WeChat names for a code.
pub(super) async fn who(wechat: &WechatLogin, brought: &Brought) -> Option<Vouched> {
    match wechat.exchange(&brought.code).await {
        Ok(user) => {
            let outsider = Outsider { provider: provider(wechat), subject: user.openid, union: user.unionid };
            Some(Vouched { outsider, phone: None })
        }
        Err(error) => {
            match error.is_about_code() {
                true => tracing::info!(%error, "WeChat refused a code"),
                false => tracing::error!(%error, "WeChat's sign-in does not work"),
            }
            None
        }
    }
}
