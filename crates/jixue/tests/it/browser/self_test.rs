//! The client and the page check proved on pages of our own: a good one passes, each planted fault is found.

use super::{Browser, Device, Language};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

const GOOD: &str = r#"<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>好页面 · 继学</title>
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/page.css"></head>
<body><header><a href="/">继学</a></header><main><h1>你还差 12 学时</h1>
<p id="agent">正文。</p><form action="/sent" method="get"><label for="name">姓名</label> <input id="name" name="name">
<label for="roster">名册</label> <input id="roster" type="file" name="roster"> <button>提交</button></form>
</main><script src="/page.js"></script></body></html>"#;

const BAD: &str = r#"<!doctype html><html><head><meta charset="utf-8"><link rel="stylesheet" href="/page.css">
<meta name="viewport" content="width=device-width,initial-scale=1"></head><body><img src="/missing.png"><input name="phone"><button></button>
<p class="pale">看不清</p><table class="wide"><tr><td>很宽的表</td></tr></table>
<script>document.title = "inline"</script></body></html>"#;

/// Without a viewport a phone lays the page out 980 points wide and shows it small.
const NO_VIEWPORT: &str = r#"<!doctype html><html lang="zh-CN"><title>小字</title><main><h1>小字</h1></main></html>"#;

const STYLE: &str = "body{font:16px/1.7 sans-serif;background:#fff;color:#222}button,a{display:inline-block;min-height:48px}\
                     .pale{color:#ddd}.wide{width:2000px}";

const SCRIPT: &str = "setTimeout(() => { document.getElementById('agent').textContent = \
                      navigator.userAgent.includes('MicroMessenger') ? '在微信里' : '在电脑上'; }, 300);";

/// Serves the pages above, each under a policy as strict as the product's, until the test process ends.
fn serve() -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(&stream));
        }
    });
    format!("http://localhost:{port}")
}

fn answer(stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut request, mut line) = (String::new(), String::new());
    reader.read_line(&mut request)?;
    let mut language = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some(tags) = line.to_lowercase().strip_prefix("accept-language:") {
            language = tags.trim().to_owned();
        }
        line.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or("/");
    let (status, kind, body) = match path.split('?').next().unwrap_or(path) {
        "/" => ("200 OK", "text/html", GOOD.to_owned()),
        "/bad" => ("200 OK", "text/html", BAD.to_owned()),
        "/small" => ("200 OK", "text/html", NO_VIEWPORT.to_owned()),
        "/sent" => ("200 OK", "text/html", GOOD.replace("你还差 12 学时", &format!("收到 {language}"))),
        "/page.css" => ("200 OK", "text/css", STYLE.to_owned()),
        "/page.js" => ("200 OK", "text/javascript", SCRIPT.to_owned()),
        "/icon.svg" => ("200 OK", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>".to_owned()),
        _ => ("404 Not Found", "text/plain", String::new()),
    };
    write!(
        &*stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Set-Cookie: seen=1; Path=/; SameSite=Lax\r\nContent-Security-Policy: default-src 'self'; base-uri 'none'; \
         frame-ancestors 'none'\r\n\r\n{body}",
        body.len()
    )
}

/// A check that passes everything would let every page shut people out unseen.
#[test]
fn planted_faults_are_all_found() {
    let browser = Browser::start(Device::Phone, Language::Chinese);
    let base = serve();
    browser.goto(&format!("{base}/bad"));
    let mut faults = browser.faults().join("\n");
    browser.goto(&format!("{base}/small"));
    faults += &format!("\n{}", browser.faults().join("\n"));
    let planted = [
        "button-name",
        "color-contrast",
        "document-title",
        "html-has-lang",
        "image-alt",
        "label",
        "landmark-one-main",
        "2008 wide on 390",
        "980 wide on a screen of 390",
        "missing.png",
        "Content Security Policy",
    ];
    let missed: Vec<_> = planted.iter().filter(|fault| !faults.contains(**fault)).collect();
    assert!(missed.is_empty(), "not found: {missed:?} in\n{faults}");
}

/// A check that fails a good page under the product's content policy would be switched off within a week.
#[test]
fn a_good_page_passes_on_both_devices_under_a_strict_policy() {
    let base = serve();
    for (device, width) in [(Device::Phone, 390), (Device::Desktop, 1440)] {
        let browser = Browser::start(device, Language::Chinese);
        browser.check_page(&base, "self-test");
        assert_eq!(browser.execute_script("return innerWidth", &[]), width);
        let picture = super::screenshots_folder().join(format!("{width}-zh-CN-self-test.png"));
        let bytes = std::fs::read(&picture).expect("check_page saves a picture");
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 2_000, "{} is no picture", picture.display());
    }
}

/// Stories click through forms; a client that reads or sends the wrong thing would test nothing.
#[test]
fn a_form_is_read_filled_and_sent() {
    let base = serve();
    let browser = Browser::start(Device::Phone, Language::English);
    browser.goto(&base);
    assert_eq!(browser.title(), "好页面 · 继学");
    browser.wait_for_text("在微信里", Duration::from_secs(5));
    assert_eq!(browser.text("h1"), "你还差 12 学时");
    browser.fill("#name", "李");
    browser.fill("#name", "欧阳修");
    assert_eq!(browser.value("#name"), "欧阳修");
    browser.set_file("#roster", &super::workspace_root().join("Cargo.toml"));
    assert!(browser.value("#roster").ends_with("Cargo.toml"));
    assert_eq!(browser.attribute("#roster", "type").as_deref(), Some("file"));
    browser.click("//button[contains(., '提交')]");
    browser.wait_for_url("/sent?name=");
    assert!(browser.text("h1").starts_with("收到 en"), "Accept-Language was {}", browser.text("h1"));
    assert_eq!(browser.cookie("seen").as_deref(), Some("1"));
    browser.delete_cookies();
    assert_eq!(browser.cookie("seen"), None);
    browser.reload();
    browser.wait_for("main h1");
    assert_eq!((browser.texts("label"), browser.count("input")), (vec!["姓名".to_owned(), "名册".to_owned()], 2));
    assert!(!browser.exists("#phone"));
    browser.set_media("prefers-color-scheme", "dark");
    assert_eq!(browser.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches", &[]), true);
    let later = "const done = arguments[1]; setTimeout(() => done(arguments[0] + 1), 20)";
    assert_eq!(browser.execute_async_script(later, &[41.into()]), 42);
}
