//! Starts chromedriver and opens one Chromium session in the shape of a phone or of a desk.

use super::wire::{Refused, command};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What the reader holds in the hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// 390 × 844 points at two pixels a point, touch, the user agent of WeChat's webview.
    Phone,
    /// 1440 × 900, a mouse.
    Desktop,
}

/// What the browser asks for in `Accept-Language`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `zh-CN`
    Chinese,
    /// `en`
    English,
}

impl Language {
    fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

const WECHAT_AGENT: &str = "Mozilla/5.0 (Linux; Android 13; zh-CN) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
     Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.47 NetType/WIFI Language/zh_CN ABI/arm64";

/// How often a start is tried.
const STARTS_MAX: usize = 5;

/// A chromedriver process. It is ended when this value goes.
pub struct Driver {
    process: Child,
    address: SocketAddr,
    // Kept open: chromedriver would stop at its next word into a closed pipe.
    words: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts chromedriver on a port that it chooses itself. It looks for one that is free on IPv4 and ends when another
    /// program has the same one on IPv6, so it may need another try.
    pub fn start() -> Self {
        let program = program("JIXUE_CHROMEDRIVER", &["chromedriver"]);
        (0..STARTS_MAX)
            .find_map(|_| Self::try_start(&program))
            .unwrap_or_else(|| panic!("{program} ended {STARTS_MAX} times before it named its port"))
    }

    fn try_start(program: &str) -> Option<Self> {
        let mut process = Command::new(program)
            .args(["--port=0", "--log-level=SEVERE"])
            .env("TZ", "Asia/Shanghai")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start ({error}): run scripts/test.sh --stage tools"));
        let words = BufReader::new(process.stdout.take().expect("stdout was asked for"));
        let mut driver = Self { process, address: SocketAddr::from(([127, 0, 0, 1], 0)), words };
        let mut line = String::new();
        loop {
            line.clear();
            if driver.words.read_line(&mut line).expect("chromedriver speaks UTF-8") == 0 {
                return None;
            }
            let said = line.trim_end().trim_end_matches('.');
            if let Some(port) = said.split_once("on port ").and_then(|(_, port)| port.parse::<u16>().ok())
                && port != 0
            {
                driver.address.set_port(port);
                return Some(driver);
            }
        }
    }

    /// Opens a session and gives its path, `/session/…`.
    pub fn open(&self, device: Device, language: Language) -> Result<String, Refused> {
        let answer = command(self.address, "POST", "/session", &capabilities(device, language))?;
        let id = answer["sessionId"].as_str().expect("a new session has an id");
        Ok(format!("/session/{id}"))
    }

    /// Where commands go.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Already gone is as good as ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn capabilities(device: Device, language: Language) -> Value {
    let mut options = json!({
        "binary": program("JIXUE_CHROMIUM", &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]),
        "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--window-size=1440,900", "--hide-scrollbars", format!("--lang={}", language.tag()),
            format!("--accept-lang={}", language.tag()),
        ],
    });
    if device == Device::Phone {
        options["mobileEmulation"] = json!({
            "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true, "mobile": true },
            "userAgent": WECHAT_AGENT,
        });
    }
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "implicit": 0, "pageLoad": 60_000, "script": 60_000 },
        "unhandledPromptBehavior": "dismiss and notify",
    } } })
}

/// The program that `variable` names, or the first of `names` on the path.
fn program(variable: &str, names: &[&str]) -> String {
    if let Ok(chosen) = std::env::var(variable) {
        return chosen;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = names
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()));
    match found {
        Some(file) => file.to_string_lossy().into_owned(),
        None => panic!("none of {names:?} is installed: run scripts/test.sh --stage tools"),
    }
}
