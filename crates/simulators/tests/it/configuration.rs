//! What an operator configures: wrong fields are named at start, secrets are never shown.

use crate::harness::config;
use jixue_gateways::system_clock;
use jixue_gateways::wechat_pay::{ConfigError, WechatPay, WechatPayConfig};
use jixue_simulators::{Simulator, SimulatorKeys, SimulatorOptions};

const NOTIFY_URL: &str = "http://127.0.0.1:9/hooks/wechat";

async fn working() -> WechatPayConfig {
    let keys = Some(SimulatorKeys::once_per_process());
    let options = SimulatorOptions { keys, ..SimulatorOptions::default() };
    let simulator = Simulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
    config(&simulator.wechat, NOTIFY_URL)
}

fn error_of(config: WechatPayConfig) -> ConfigError {
    WechatPay::new(config, system_clock()).unwrap_err()
}

#[tokio::test]
async fn a_wrong_field_is_named_before_any_money_moves() {
    let working = working().await;
    let with = |change: fn(&mut WechatPayConfig)| {
        let mut changed = working.clone();
        change(&mut changed);
        error_of(changed)
    };
    assert!(matches!(with(|config| config.merchant_private_key_pem = "no key".into()), ConfigError::MerchantKey(_)));
    assert!(matches!(
        with(|config| config.platform_public_key_pem = config.merchant_private_key_pem.clone()),
        ConfigError::PlatformKey { .. }
    ));
    assert_eq!(with(|config| config.apiv3_key = "short".into()), ConfigError::ApiV3Key);
    assert_eq!(with(|config| config.base_url = "api.mch.weixin.qq.com".into()), ConfigError::BaseUrl);
    assert_eq!(with(|config| config.base_url.push_str("/v3")), ConfigError::BaseUrl);
    assert_eq!(with(|config| config.notify_url.push_str("?a=1")), ConfigError::NotifyUrl);
    assert!(WechatPay::new(working, system_clock()).is_ok());
}

/// Configurations end up in logs by way of `{:?}`.
#[tokio::test]
async fn debug_shows_no_secret() {
    let working = working().await;
    let client = WechatPay::new(working.clone(), system_clock()).unwrap();
    let shown = format!("{working:?} {client:?} {:?}", client.account());
    assert!(shown.contains(&working.mchid));
    assert!(!shown.contains(&working.apiv3_key));
    assert!(!shown.contains("PRIVATE KEY"));
}
