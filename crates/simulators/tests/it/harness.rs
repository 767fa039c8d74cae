//! One simulator, one merchant that listens for notifications, one client.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jixue_core::money::Fen;
use jixue_core::time::Timestamp;
use jixue_gateways::system_clock;
use jixue_gateways::wechat_pay::{NativeOrder, VerifiedNotification, VerifyError, WechatPay, WechatPayConfig};
use jixue_simulators::{SentNotification, Simulator, SimulatorKeys, SimulatorOptions, WechatCredentials};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long anything may take before a test gives up; nothing is measured by it.
const PATIENCE: Duration = Duration::from_secs(20);
pub const DESCRIPTION: &str = "2026 年度公需科目培训";
pub const AMOUNT: Fen = Fen(4_000);

/// A notification as the merchant's server got it.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

pub struct Harness {
    pub simulator: Simulator,
    pub client: WechatPay,
    pub notify_url: String,
    /// What the merchant answers notifications with.
    pub answer: Arc<AtomicU16>,
    pub received: mpsc::UnboundedReceiver<Received>,
}

type Listening = (Arc<AtomicU16>, mpsc::UnboundedSender<Received>);

async fn hear(State((answer, received)): State<Listening>, headers: HeaderMap, body: Bytes) -> StatusCode {
    received.send(Received { headers, body: body.to_vec() }).unwrap();
    StatusCode::from_u16(answer.load(Ordering::SeqCst)).unwrap()
}

impl Harness {
    /// Repetitions come a thousand times faster than in the world.
    pub async fn start() -> Self {
        Self::with(SimulatorOptions::default()).await
    }

    pub async fn with(options: SimulatorOptions) -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let answer = Arc::new(AtomicU16::new(204));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let notify_url = format!("http://{}/hooks/wechat", listener.local_addr().unwrap());
        let app = axum::Router::new()
            .route("/hooks/wechat", axum::routing::post(hear))
            .with_state((Arc::clone(&answer), sender));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let options = SimulatorOptions { keys: Some(SimulatorKeys::once_per_process()), time_scale: 0.001, ..options };
        let simulator = Simulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let client = client(&simulator.wechat, &notify_url);
        Self { simulator, client, notify_url, answer, received }
    }

    /// The next notification that arrives.
    pub async fn next(&mut self) -> Received {
        tokio::time::timeout(PATIENCE, self.received.recv()).await.expect("a notification within patience").unwrap()
    }

    /// What the merchant makes of a notification.
    pub fn verify(&self, received: &Received) -> Result<VerifiedNotification, VerifyError> {
        self.client.notification(&received.headers, &received.body, now())
    }

    /// The sending about an order that the merchant has answered with 2xx, once there is one.
    pub async fn heard(&self, out_trade_no: &str) -> SentNotification {
        let looking = async {
            loop {
                let sent = self.simulator.notifications(out_trade_no);
                if let Some(heard) = sent.into_iter().find(SentNotification::is_heard) {
                    return heard;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.expect("an answered notification within patience")
    }

    /// Orders, pays, and returns the notification.
    pub async fn paid(&mut self, out_trade_no: &str) -> Received {
        self.client.create_native(&order(out_trade_no)).await.unwrap();
        self.simulator.pay(out_trade_no).unwrap();
        self.next().await
    }
}

pub fn now() -> Timestamp {
    system_clock()()
}

pub fn config(wechat: &WechatCredentials, notify_url: &str) -> WechatPayConfig {
    let wechat = wechat.clone();
    WechatPayConfig {
        base_url: wechat.base_url,
        appid: wechat.appid,
        mchid: wechat.mchid,
        merchant_serial: wechat.merchant_serial,
        merchant_private_key_pem: wechat.merchant_private_key_pem,
        platform_public_key_id: wechat.platform_public_key_id,
        platform_public_key_pem: wechat.platform_public_key_pem,
        platform_certificates: wechat.platform_certificates,
        apiv3_key: wechat.apiv3_key,
        notify_url: notify_url.to_owned(),
    }
}

pub fn client(wechat: &WechatCredentials, notify_url: &str) -> WechatPay {
    WechatPay::new(config(wechat, notify_url), system_clock()).unwrap()
}

/// An order of 40 yuan that expires in half an hour of a fixed day far ahead, so that asking twice is identical.
pub fn order(out_trade_no: &str) -> NativeOrder<'_> {
    NativeOrder {
        out_trade_no,
        description: DESCRIPTION,
        amount: AMOUNT,
        expires_at: Timestamp::from_rfc3339("2099-11-23T20:14:06+08:00").unwrap(),
    }
}

/// A number no other order of this process has.
pub fn number() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("A2026112300{:06}", NEXT.fetch_add(1, Ordering::Relaxed))
}
