//! The official account as its client sees it: codes that work once and for five minutes, refusals by WeChat's numbers.

use crate::harness::Harness;
use jixue_gateways::wechat_login::{WechatLogin, WechatLoginConfig, WechatLoginError};
use jixue_simulators::{Simulator, SimulatorOptions, WECHAT_USERS};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

fn config(simulator: &Simulator) -> WechatLoginConfig {
    let account = simulator.wechat_login.clone();
    WechatLoginConfig {
        open_url: account.base_url.clone(),
        api_url: account.base_url,
        appid: account.appid,
        secret: account.secret,
        redirect_uri: "http://localhost:8080/wechat/answer".to_owned(),
    }
}

#[tokio::test]
async fn a_code_is_worth_one_person_once() {
    let simulator = Harness::start().await.simulator;
    let client = WechatLogin::new(config(&simulator)).unwrap();
    let code = simulator.wechat_code(WECHAT_USERS[0]);
    let user = client.exchange(&code).await.unwrap();
    assert!(user.openid.len() == 28 && user.openid.starts_with('o') && user.unionid.is_some());
    assert_eq!(client.exchange(&code).await, Err(WechatLoginError::Refused(40_163)), "used");
    assert_eq!(client.exchange("none").await, Err(WechatLoginError::Refused(40_029)), "unknown");
    let again = client.exchange(&simulator.wechat_code(WECHAT_USERS[0])).await.unwrap();
    let another = client.exchange(&simulator.wechat_code(WECHAT_USERS[1])).await.unwrap();
    assert!(again == user && another.openid != user.openid && another.unionid != user.unionid);
}

#[tokio::test]
async fn a_code_is_old_after_five_minutes() {
    let now = Arc::new(AtomicI64::new(1_800_000_000_000));
    let clock = Arc::clone(&now);
    let options =
        SimulatorOptions { clock: Arc::new(move || clock.load(Ordering::SeqCst)), ..SimulatorOptions::default() };
    let simulator = Harness::with(options).await.simulator;
    let client = WechatLogin::new(config(&simulator)).unwrap();
    let (young, old) = (simulator.wechat_code(WECHAT_USERS[0]), simulator.wechat_code(WECHAT_USERS[0]));
    now.fetch_add(300_000, Ordering::SeqCst);
    assert!(client.exchange(&young).await.is_ok());
    now.fetch_add(1, Ordering::SeqCst);
    assert_eq!(client.exchange(&old).await, Err(WechatLoginError::Refused(40_029)));
}

/// A wrong secret is our own fault, and is told apart from a wrong code; neither is ever printed.
#[tokio::test]
async fn a_wrong_account_is_refused_by_its_number() {
    let simulator = Harness::start().await.simulator;
    let right = config(&simulator);
    let wrong_secret = WechatLoginConfig { secret: "wrong".to_owned(), ..right.clone() };
    let wrong_appid = WechatLoginConfig { appid: "wx0".to_owned(), ..right.clone() };
    for (config, number) in [(wrong_secret, 40_125), (wrong_appid, 40_013)] {
        let error =
            WechatLogin::new(config).unwrap().exchange(&simulator.wechat_code(WECHAT_USERS[0])).await.unwrap_err();
        assert_eq!(error, WechatLoginError::Refused(number));
        assert!(!error.is_about_code());
    }
    assert!(!format!("{right:?}").contains(&right.secret));
    let nobody = WechatLoginConfig { api_url: "http://127.0.0.1:1".to_owned(), ..right.clone() };
    let error = WechatLogin::new(nobody).unwrap().exchange("a code").await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains(&right.secret), "{error:?}");
}

/// WeChat sends nobody to a host that is not registered, and matches the order of the parameters.
#[tokio::test]
async fn the_page_refuses_another_host_and_another_account() {
    let simulator = Harness::start().await.simulator;
    let right = config(&simulator);
    let get = async |config: &WechatLoginConfig| {
        let address = WechatLogin::new(config.clone()).unwrap().authorize_url("a state");
        assert!(address.ends_with("&state=a%20state#wechat_redirect"), "{address}");
        reqwest::get(address).await.unwrap().status().as_u16()
    };
    assert_eq!(get(&right).await, 200);
    for redirect_uri in ["https://evil.example/wechat/answer", "http://localhost.evil.example/", "nonsense"] {
        let config = WechatLoginConfig { redirect_uri: redirect_uri.to_owned(), ..right.clone() };
        assert_eq!(get(&config).await, 403, "{redirect_uri}");
    }
    assert_eq!(get(&WechatLoginConfig { appid: "wx0".to_owned(), ..right.clone() }).await, 403);
}
