//! WeChat's side of signing in by an official account: the page where a person says yes, and the exchange of the code.
//!
//! Source: WeChat official-account documentation, "网页授权" and "全局返回码".

use crate::keys::random_hex;
use crate::world::{World, locked};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jixue_standards::acs3_sign::percent_encoded;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// How long a code works.
const CODE_MS: i64 = 5 * 60 * 1_000;
/// How many codes are remembered.
const CODES_MAX: usize = 4_096;
/// People who use the simulated WeChat.
pub const SAMPLE_USERS: [&str; 5] = ["微信用户小林", "微信用户阿娟", "微信用户老周", "微信用户何静", "微信用户王敏"];

struct Code {
    user: String,
    made_at_ms: i64,
    is_used: bool,
}

/// One official account and the codes it gave out.
pub struct Official {
    appid: String,
    secret: String,
    /// Hosts registered as 网页授权域名, without a port.
    redirect_hosts: Vec<String>,
    codes: Mutex<HashMap<String, Code>>,
}

impl Official {
    pub fn new(appid: String, secret: String, redirect_hosts: Vec<String>) -> Self {
        Self { appid, secret, redirect_hosts, codes: Mutex::default() }
    }

    /// The person's name under this account: 28 letters that begin with `o`, as WeChat's do.
    pub fn openid(&self, user: &str) -> String {
        format!("o{}", &name_of(&format!("{}/{user}", self.appid))[..27])
    }

    fn may_return_to(&self, redirect_uri: &str) -> bool {
        let host = redirect_uri.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
        let host = host.map(|host| host.rsplit_once(':').map_or(host, |(host, _)| host));
        host.is_some_and(|host| self.redirect_hosts.iter().any(|known| known == host))
    }

    /// A code for a person who said yes.
    pub fn code_for(&self, user: &str, now_ms: i64) -> String {
        let (mut codes, code) = (locked(&self.codes), random_hex(16));
        if codes.len() >= CODES_MAX {
            codes.retain(|_, code| now_ms - code.made_at_ms <= CODE_MS);
        }
        codes.insert(code.clone(), Code { user: user.to_owned(), made_at_ms: now_ms, is_used: false });
        code
    }

    fn take(&self, code: &str, now_ms: i64) -> Result<String, (i64, &'static str)> {
        let mut codes = locked(&self.codes);
        let known = codes.get_mut(code).ok_or((40_029, "invalid code"))?;
        if known.is_used {
            return Err((40_163, "code been used"));
        }
        if now_ms - known.made_at_ms > CODE_MS {
            return Err((40_029, "invalid code"));
        }
        known.is_used = true;
        Ok(known.user.clone())
    }
}

/// Letters as they stand in WeChat's names, the same for the same words.
fn name_of(words: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, words.as_bytes()))
}

pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/connect/oauth2/authorize", get(authorize))
        .route("/connect/oauth2/consent", get(consent))
        .route("/sns/oauth2/access_token", get(access_token))
}

#[derive(Debug, Clone, Deserialize)]
struct Asked {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    state: String,
    user: Option<String>,
}

#[derive(Template)]
#[template(path = "wechat_consent.html")]
struct ConsentPage {
    /// What is wrong with how the person was sent here.
    problem: Option<&'static str>,
    /// Name and address.
    users: Vec<(String, String)>,
}

fn problem(world: &World, asked: &Asked) -> Option<&'static str> {
    let official = &world.official;
    match asked {
        _ if asked.appid != official.appid => Some("appid 参数错误"),
        _ if asked.response_type != "code" => Some("response_type 参数错误"),
        _ if asked.scope != "snsapi_base" => Some("scope 参数错误或没有 scope 权限"),
        _ if !official.may_return_to(&asked.redirect_uri) => Some("redirect_uri 域名与后台配置不一致，错误码：10003"),
        _ => None,
    }
}

/// In the real app nobody is asked for `snsapi_base`; here somebody has to say who holds the phone.
async fn authorize(State(world): State<Arc<World>>, Query(asked): Query<Asked>) -> Response {
    let problem = problem(&world, &asked);
    let address = |user: &str| {
        format!(
            "/connect/oauth2/consent?appid={}&redirect_uri={}&response_type=code&scope=snsapi_base&state={}&user={}",
            percent_encoded(&asked.appid),
            percent_encoded(&asked.redirect_uri),
            percent_encoded(&asked.state),
            percent_encoded(user)
        )
    };
    let users = SAMPLE_USERS.iter().map(|user| ((*user).to_owned(), address(user))).collect();
    let status = if problem.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    match (ConsentPage { problem, users }).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn consent(State(world): State<Arc<World>>, Query(asked): Query<Asked>) -> Response {
    let user = asked.user.clone().unwrap_or_default();
    if problem(&world, &asked).is_some() || !SAMPLE_USERS.contains(&user.as_str()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let code = world.official.code_for(&user, world.now_ms());
    let joint = if asked.redirect_uri.contains('?') { '&' } else { '?' };
    let back = format!("{}{joint}code={code}&state={}", asked.redirect_uri, percent_encoded(&asked.state));
    Redirect::to(&back).into_response()
}

#[derive(Deserialize)]
struct Exchange {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    grant_type: String,
}

/// WeChat answers every refusal with status 200.
async fn access_token(State(world): State<Arc<World>>, Query(asked): Query<Exchange>) -> axum::Json<Value> {
    let refused = |(code, message): (i64, &str)| axum::Json(json!({ "errcode": code, "errmsg": message }));
    let official = &world.official;
    if asked.appid != official.appid {
        return refused((40_013, "invalid appid"));
    }
    if asked.secret != official.secret {
        return refused((40_125, "invalid appsecret"));
    }
    if asked.grant_type != "authorization_code" {
        return refused((40_002, "invalid grant_type"));
    }
    match official.take(&asked.code, world.now_ms()) {
        Ok(user) => axum::Json(json!({
            "access_token": random_hex(32), "expires_in": 7_200, "refresh_token": random_hex(32),
            "openid": official.openid(&user), "scope": "snsapi_base", "unionid": format!("o6{}", &name_of(&user)[..26]),
        })),
        Err(refusal) => refused(refusal),
    }
}
