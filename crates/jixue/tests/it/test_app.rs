//! The application as tests use it: on a database of its own, with gateways that sign for real, and with time that a
//! test can move.

use crate::engines::{Engine, TestDatabase};
use jixue::app::App;
use jixue::clock::Clock;
use jixue::config::{Config, OidcSection, SmsSection, VoiceSection, WechatLoginSection, WechatPaySection};
use jixue_simulators::{Simulator, SimulatorKeys, SimulatorOptions};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The payee that the simulated gateway pays: a base of this code must exist before money can be booked to it.
pub const PAYEE_USCC: &str = "12431000MJX000018D";

/// A running application with its simulated world. Dropping it stops the server and removes its files.
pub struct TestApp {
    pub app: App,
    pub base_url: String,
    pub simulator: Simulator,
    pub config: Config,
    folder: PathBuf,
    /// How many messages to each phone a test has read.
    told: Mutex<HashMap<String, usize>>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<anyhow::Result<()>>>,
    _database: TestDatabase,
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl TestApp {
    /// Starts on a fresh database of `engine`, migrated and empty.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| ()).await
    }

    /// The same with another configuration.
    pub async fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::new(engine).await;
        let folder = std::env::temp_dir().join(format!("jixue-app-{}", jixue::keys::hex(&jixue::keys::random::<8>())));
        let keys = folder.join("keys");
        std::fs::create_dir_all(&keys).expect("a temporary folder");
        let clock = Clock::system();
        let simulator = simulator(&clock).await;
        let listener = jixue::server::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let mut config = configure(&folder, &keys, address, &database.config.url, &simulator);
        change(&mut config);
        let app = App::open(config.clone(), clock).await.expect("the application opens");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = jixue::server::serve(app.clone(), listener, async move {
            let _ = stopped.await;
        });
        Self {
            base_url: config.base_url.clone(),
            app,
            simulator,
            config,
            folder,
            told: Mutex::default(),
            stop: Some(stop),
            server: Some(tokio::spawn(serving)),
            _database: database,
        }
    }

    /// A second application on the same database and keys, as another node would be.
    pub async fn second_node(&self) -> App {
        App::open(self.config.clone(), self.clock.clone()).await.expect("a second node opens")
    }

    /// Works jobs and numbers facts until nothing is left that is due.
    pub async fn settle(&self) {
        for _ in 0..200 {
            let jobs = jixue::outbox::work_once(&self.app).await.expect("jobs run");
            let facts = jixue::outbox::sequence_once(&self.app).await.expect("facts are numbered");
            if jobs + facts == 0 && jixue::outbox::waiting(&self.app).await.expect("jobs are counted") == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the outbox did not become empty");
    }

    /// A full address on this application.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// A new visitor: cookies of their own, no redirects followed.
    pub fn visitor(&self) -> reqwest::Client {
        reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client")
    }

    /// Signs in by phone and the code that the simulated operator received.
    pub async fn sign_in(&self, phone: &str) -> reqwest::Client {
        let visitor = self.visitor();
        let asked = visitor.post(self.url("/sign-in/codes")).form(&[("phone", phone)]).send().await.expect("an answer");
        assert!(asked.status().is_success(), "asking for a code: {}", asked.status());
        let code = self.sms_code(phone).await;
        let form = [("phone", phone), ("code", code.as_str())];
        let signed_in = visitor.post(self.url("/session")).form(&form).send().await.expect("an answer");
        assert_eq!(signed_in.status(), 303, "signing in with a good code");
        visitor
    }

    /// The newest code sent to a phone, each told once; waits for the job that sends it.
    pub async fn sms_code(&self, phone: &str) -> String {
        let told = self.told.lock().expect("nobody panics here").get(phone).copied().unwrap_or(0);
        for _ in 0..200 {
            let inbox = self.simulator.sms_inbox(phone);
            if let Some(sent) = inbox.first().filter(|_| inbox.len() > told) {
                self.told.lock().expect("nobody panics here").insert(phone.to_owned(), inbox.len());
                return sent.template_params.get("code").expect("a code in the message").clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("no message reached {phone}");
    }

    /// The CSRF token that a signed-in visitor's pages carry.
    pub async fn csrf(&self, visitor: &reqwest::Client) -> String {
        let page = visitor.get(self.url("/me")).send().await.expect("an answer").text().await.expect("a page");
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a token in the page");
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

async fn simulator(clock: &Clock) -> Simulator {
    let clock = clock.clone();
    let options = SimulatorOptions {
        keys: Some(SimulatorKeys::once_per_process()),
        clock: Arc::new(move || clock.now().0),
        time_scale: 0.001,
        ..SimulatorOptions::default()
    };
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Simulator::start(listen, options).await.expect("the simulator starts")
}

/// A configuration whose secrets lie in files, as in production.
fn configure(folder: &Path, keys: &Path, address: SocketAddr, url: &str, simulator: &Simulator) -> Config {
    let write = |name: &str, text: &str| std::fs::write(keys.join(name), text).expect("a key file");
    write("root.key", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    write("merchant.pem", &simulator.wechat.merchant_private_key_pem);
    write("platform.pem", &simulator.wechat.platform_public_key_pem);
    write("apiv3.key", &simulator.wechat.apiv3_key);
    write("sms.secret", &simulator.sms.access_key_secret);
    write("wechat-login.secret", &simulator.wechat_login.secret);
    write("oidc.secret", &simulator.oidc.client_secret);
    let issuer = "样例市人力资源和社会保障局（演示）";
    jixue::certificate::make_issuer_keys(keys, issuer, Clock::system().now()).expect("keys for certificates");
    let mut config = Config {
        listen: address.to_string(),
        base_url: format!("http://localhost:{}", address.port()),
        data: folder.join("data"),
        keys: keys.to_owned(),
        ..Config::default()
    };
    config.database.url = url.to_owned();
    config.database.pool_size = 8;
    config.demo = true;
    config.demo_phone_url = Some(simulator.phone_url());
    config.wechat_pay = Some(WechatPaySection {
        base_url: simulator.wechat.base_url.clone(),
        appid: simulator.wechat.appid.clone(),
        mchid: simulator.wechat.mchid.clone(),
        merchant_serial: simulator.wechat.merchant_serial.clone(),
        payee_uscc: PAYEE_USCC.to_owned(),
        platform_public_key_id: simulator.wechat.platform_public_key_id.clone(),
        merchant_key_file: "merchant.pem".to_owned(),
        platform_public_key_file: "platform.pem".to_owned(),
        apiv3_key_file: "apiv3.key".to_owned(),
    });
    config.sms = Some(SmsSection {
        base_url: simulator.sms.endpoint.clone(),
        access_key_id: simulator.sms.access_key_id.clone(),
        sign_name: "继学".to_owned(),
        sign_in_template: "SMS_1".to_owned(),
        access_key_secret_file: "sms.secret".to_owned(),
        voice: Some(VoiceSection {
            base_url: simulator.sms.endpoint.clone(),
            sign_in_template: "TTS_1".to_owned(),
            number: None,
        }),
    });
    config.wechat_login = Some(WechatLoginSection {
        open_url: simulator.wechat_login.base_url.clone(),
        api_url: simulator.wechat_login.base_url.clone(),
        appid: simulator.wechat_login.appid.clone(),
        secret_file: "wechat-login.secret".to_owned(),
        anywhere: false,
    });
    config.oidc = vec![OidcSection {
        short_name: "province".to_owned(),
        name_zh: "省统一认证".to_owned(),
        name_en: "Provincial identity".to_owned(),
        issuer: simulator.oidc.issuer.clone(),
        client_id: simulator.oidc.client_id.clone(),
        client_secret_file: "oidc.secret".to_owned(),
        trusted_for_phone: false,
        private_network: false,
    }];
    config
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(server) = self.server.take() {
            server.abort();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
