//! The demo's own keys: made once, kept beside the data, readable by their owner only.

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jixue::config::{OidcSection, SmsSection, UkeySection, VoiceSection, WechatLoginSection, WechatPaySection};
use jixue_core::time::Timestamp;
use jixue_simulators::Simulator;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The base that the simulated gateway pays: the first one of the sample city.
const PAYEE_USCC: &str = "12431000MJX000018D";

const ROOT_KEY: &str = "root.key";
const MERCHANT_KEY: &str = "merchant.pem";
const PLATFORM_KEY: &str = "platform.pem";
const APIV3_KEY: &str = "apiv3.key";
const SMS_SECRET: &str = "sms.secret";
const WECHAT_LOGIN_SECRET: &str = "wechat-login.secret";
const OIDC_SECRET: &str = "oidc.secret";

/// The folder of keys that belongs to a folder of data: beside it, never below.
pub fn folder_of(data: &Path) -> PathBuf {
    let name = data.file_name().map_or_else(|| "demo".to_owned(), |name| name.to_string_lossy().into_owned());
    data.with_file_name(format!("{name}-keys"))
}

/// Where the simulated counterparties keep theirs.
pub fn simulator_folder(keys: &Path) -> PathBuf {
    keys.join("simulator")
}

/// Where the simulated UKey is kept, as `jixue-sim --keys … ukey` finds it too.
pub fn ukey_folder(keys: &Path) -> PathBuf {
    simulator_folder(keys).join("ukey")
}

/// The simulated UKey's authority is believed; its software is asked by the page where both are on this machine.
pub fn ukey(keys: &Path, simulator: &Simulator) -> UkeySection {
    let here = simulator.base_url.starts_with("http://127.0.0.1:");
    UkeySection {
        trust: ukey_folder(keys).join("trust"),
        revoked: Vec::new(),
        middleware_url: here.then(|| simulator.base_url.clone()),
    }
}

/// Makes the application's root key where there is none.
pub fn make_root(keys: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(keys).with_context(|| keys.display().to_string())?;
    let path = keys.join(ROOT_KEY);
    if path.exists() {
        return Ok(());
    }
    keep(&path, &BASE64.encode(jixue::keys::random::<32>()))
}

/// Writes a file that only its owner may read.
pub fn keep(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| path.display().to_string())
}

/// The merchant's account at the simulated gateway, with its keys in files as in production.
pub fn wechat_pay(keys: &Path, simulator: &Simulator) -> anyhow::Result<WechatPaySection> {
    let account = &simulator.wechat;
    keep(&keys.join(MERCHANT_KEY), &account.merchant_private_key_pem)?;
    keep(&keys.join(PLATFORM_KEY), &account.platform_public_key_pem)?;
    keep(&keys.join(APIV3_KEY), &account.apiv3_key)?;
    Ok(WechatPaySection {
        base_url: account.base_url.clone(),
        appid: account.appid.clone(),
        mchid: account.mchid.clone(),
        merchant_serial: account.merchant_serial.clone(),
        payee_uscc: PAYEE_USCC.to_owned(),
        platform_public_key_id: account.platform_public_key_id.clone(),
        merchant_key_file: MERCHANT_KEY.to_owned(),
        platform_public_key_file: PLATFORM_KEY.to_owned(),
        apiv3_key_file: APIV3_KEY.to_owned(),
    })
}

/// The account at the simulated SMS operator.
pub fn sms(keys: &Path, simulator: &Simulator) -> anyhow::Result<SmsSection> {
    let account = &simulator.sms;
    keep(&keys.join(SMS_SECRET), &account.access_key_secret)?;
    Ok(SmsSection {
        base_url: account.endpoint.clone(),
        access_key_id: account.access_key_id.clone(),
        sign_name: crate::words::sms_sign_name().to_owned(),
        sign_in_template: crate::world::SIGN_IN_TEMPLATE.to_owned(),
        access_key_secret_file: SMS_SECRET.to_owned(),
        voice: Some(VoiceSection {
            base_url: account.endpoint.clone(),
            sign_in_template: crate::world::SIGN_IN_CALL.to_owned(),
            number: None,
        }),
    })
}

/// The simulated official account, which works in every browser.
pub fn wechat_login(keys: &Path, simulator: &Simulator) -> anyhow::Result<WechatLoginSection> {
    let account = &simulator.wechat_login;
    keep(&keys.join(WECHAT_LOGIN_SECRET), &account.secret)?;
    Ok(WechatLoginSection {
        open_url: account.base_url.clone(),
        api_url: account.base_url.clone(),
        appid: account.appid.clone(),
        secret_file: WECHAT_LOGIN_SECRET.to_owned(),
        anywhere: true,
    })
}

/// The simulated issuer.
pub fn oidc(keys: &Path, simulator: &Simulator) -> anyhow::Result<OidcSection> {
    let client = &simulator.oidc;
    keep(&keys.join(OIDC_SECRET), &client.client_secret)?;
    Ok(OidcSection {
        short_name: "simulated".to_owned(),
        name_zh: "统一身份认证（模拟）".to_owned(),
        name_en: "the identity issuer (simulated)".to_owned(),
        issuer: client.issuer.clone(),
        client_id: client.client_id.clone(),
        client_secret_file: OIDC_SECRET.to_owned(),
        trusted_for_phone: false,
        private_network: false,
    })
}

/// Who signs the certificates of the demo, as the signature names it.
const SIGNER: &str = "郴州市人力资源和社会保障局（演示）";

/// Makes the authority that signs certificates where there is none, valid from `now` of the world's clock.
pub fn make_issuer(keys: &Path, now: Timestamp) -> anyhow::Result<()> {
    jixue::certificate::make_issuer_keys(keys, SIGNER, now)
}

/// The root certificate of that authority, for whoever checks a signature.
pub fn authority_file(keys: &Path) -> PathBuf {
    keys.join("certificate").join("ca.pem")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_lie_beside_the_data() {
        assert_eq!(folder_of(Path::new("./data/demo")), Path::new("./data/demo-keys"));
        assert_eq!(folder_of(Path::new("/srv/city/")), Path::new("/srv/city-keys"));
    }

    /// A root key made anew would lock every sealed number of the database.
    #[test]
    fn the_root_key_is_made_once_for_its_owner() {
        let folder = std::env::temp_dir().join(format!("jixue-demo-keys-{}", std::process::id()));
        make_root(&folder).unwrap();
        let (path, first) = (folder.join(ROOT_KEY), std::fs::read_to_string(folder.join(ROOT_KEY)).unwrap());
        make_root(&folder).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        jixue::keys::Keys::load(&folder).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }
}
