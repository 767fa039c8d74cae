//! What keeps the house when somebody pushes: limits of tries, other people's pages, bodies and addresses that are none.

use crate::engines::{Engine, engines};
use crate::identity::signed_in_officer;
use crate::test_app::TestApp;
use jixue::web::{Body, Declared, Policy};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

/// Larger than a form may be.
const TOO_LARGE: usize = 300 << 10;

async fn code(request: RequestBuilder) -> (u16, String) {
    let answer = request.header("accept", "application/json").send().await.expect("an answer");
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("a whole answer");
    let told: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    (status, told["code"].as_str().unwrap_or_default().to_owned())
}

fn ask_code(test: &TestApp, visitor: &Client, phone: &str) -> RequestBuilder {
    visitor.post(test.url("/sign-in/codes")).form(&[("phone", phone)])
}

/// Messages cost money and wake people up: one a minute, and so many a day; tomorrow there are new ones.
#[tokio::test]
async fn codes_are_sent_once_a_minute_and_ten_times_a_day() {
    const PHONE: &str = "13900000001";
    for engine in engines() {
        println!("on {engine:?}"); // shown when the test fails
        let test = TestApp::start(engine).await;
        signed_in_officer(&test).await;
        let (visitor, most) = (test.visitor(), test.config.limits.sign_in_codes_per_day);
        // A day begins in the middle of none of these minutes.
        let day = 86_400_000;
        let until_noon = (day + day / 2 - (test.clock.now().0 + 8 * 3_600_000) % day) % day;
        test.clock.advance_ms(until_noon + day);
        for sent in 0..most {
            assert_eq!(ask_code(&test, &visitor, PHONE).send().await.unwrap().status(), 200, "code {sent} of the day");
            let early = ask_code(&test, &visitor, PHONE).send().await.unwrap();
            assert_eq!(early.status(), 429, "another one at once");
            assert!(early.text().await.unwrap().contains("name=\"code\""), "the first code is still good: type it");
            test.clock.advance_ms(61_000);
        }
        let over = ask_code(&test, &visitor, PHONE).send().await.unwrap();
        assert_eq!(over.status(), 429, "code {most} and one more");
        assert_eq!(ask_code(&test, &visitor, "13900009999").send().await.unwrap().status(), 200, "another number");
        test.clock.advance_ms(day);
        assert_eq!(ask_code(&test, &visitor, PHONE).send().await.unwrap().status(), 200, "tomorrow");
        test.settle().await;
        let inbox = test.simulator.sms_inbox(PHONE);
        let sent = i64::try_from(inbox.len()).unwrap();
        assert_eq!(sent, 1 + most + 1, "the officer's own sign-in, the day's, and tomorrow's first: {inbox:?}");
    }
}

/// Guessing ends for a name long before it can succeed, and for an address that tries many names; waiting helps.
#[tokio::test]
async fn attack_case_20_tries_to_sign_in_end() {
    let test = TestApp::start(Engine::Sqlite).await;
    let visitor = test.visitor();
    let try_name =
        |login: String| visitor.post(test.url("/session")).form(&[("login", login), ("password", "x".to_owned())]);
    let mut statuses = Vec::new();
    for _ in 0..9 {
        statuses.push(code(try_name("He Jing ".to_owned())).await.0);
    }
    assert_eq!(statuses, [[422; 8].as_slice(), &[429]].concat());
    assert_eq!(
        code(try_name("HE JING".to_owned())).await,
        (429, String::new()),
        "however it is written, and a page that says what to do"
    );
    assert_eq!(code(try_name("another".to_owned())).await.0, 422);
    let page = try_name("he jing".to_owned()).send().await.unwrap();
    assert_eq!(page.headers()["retry-after"], "5");
    assert!(page.text().await.unwrap().contains("</html>"), "people read a page");
    test.clock.advance_ms(61_000);
    assert_eq!(code(try_name("he jing".to_owned())).await.0, 422, "a minute later");
    let mut refused = 0;
    for name in 0..70 {
        refused += u32::from(code(ask_code(&test, &visitor, &format!("1380000{name:04}"))).await.0 == 429);
    }
    assert!((1..=20).contains(&refused), "{refused} of 70 names from one address");
}

/// An office may check a pile of certificates; a robot that counts codes up comes to an end, by page and by machine.
#[tokio::test]
async fn verifications_from_one_address_end() {
    let test = TestApp::start(Engine::Sqlite).await;
    let (visitor, burst) = (test.visitor(), test.config.limits.verification_burst);
    let page = |number: i64| visitor.get(test.url(&format!("/verify/{number}")));
    let (mut answered, mut number) = (0, 0);
    while code(page(number)).await.0 == 200 {
        (answered, number) = (answered + 1, number + 1);
        assert!(answered < 3 * burst, "there is no end");
    }
    assert!(answered >= burst, "{answered} of {burst}");
    // Each request takes some milliseconds, in which a little is let in again; so many at once are beyond that.
    let machine = test.url("/api/v1/verifications/abc");
    let form = visitor.post(test.url("/verify")).form(&[("code", "abc")]);
    let more = [page(0), visitor.get(&machine), form, page(1), visitor.get(&machine), page(2)];
    let told = futures_util::future::join_all(more.into_iter().map(code)).await;
    assert!(told.iter().filter(|told| **told == (429, "request.too_often".to_owned())).count() >= 4, "{told:?}");
    test.clock.advance_ms(10_000);
    for again in 0..10 {
        assert_eq!(code(page(again)).await.0, 200, "one more each second");
    }
}

/// What a machine of our own may change is not asked for its origin; everything else is.
fn is_change(route: &Declared) -> bool {
    !matches!(route.method, Method::GET | Method::HEAD) && route.policy != Policy::Machine
}

async fn declared(test: &TestApp) -> Vec<Declared> {
    jixue::routes(test).declared().to_vec()
}

/// The path of a route with `value` in each of its places.
fn filled(path: &str, value: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { value } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A page elsewhere that makes an officer's browser send a form changes nothing, even with the right token.
#[tokio::test]
async fn attack_case_18_no_change_is_taken_from_another_origin() {
    let test = TestApp::start(Engine::Sqlite).await;
    let officer = signed_in_officer(&test).await;
    let csrf = test.csrf(&officer).await;
    let mut routes = 0;
    for route in declared(&test).await.iter().filter(|route| is_change(route)) {
        let address = test.url(&filled(route.path, "1"));
        for (header, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request = officer.request(route.method.clone(), &address).header("x-csrf", &csrf).header(header, value);
            let told = code(request.form(&[("csrf", &csrf)])).await;
            assert_eq!(
                told,
                (403, "request.other_origin".to_owned()),
                "{} {} {header}: {value}",
                route.method,
                route.path
            );
        }
        routes += 1;
    }
    assert!(routes > 20, "{routes} routes");
    assert_eq!(officer.get(test.url("/me")).send().await.unwrap().status(), 200, "still signed in");
}

/// Nobody fills the memory with a form, signed in or not; what is too large is said to be.
#[tokio::test]
async fn bodies_that_are_too_large_are_turned_away() {
    let test = TestApp::start(Engine::Sqlite).await;
    let officer = signed_in_officer(&test).await;
    let csrf = test.csrf(&officer).await;
    let form = format!("csrf={csrf}&phone={0}&code={0}&lang={0}", "9".repeat(TOO_LARGE / 3));
    let form_kind = "application/x-www-form-urlencoded";
    for route in declared(&test).await.iter().filter(|route| is_change(route) && route.body == Body::Small) {
        let address = test.url(&filled(route.path, "1"));
        let request = officer.request(route.method.clone(), &address).header("content-type", form_kind);
        let (status, told) = code(request.body(form.clone())).await;
        assert!([403, 413].contains(&status), "{} {}: {status} {told}", route.method, route.path);
        if route.policy == Policy::Public {
            assert_eq!((status, told.as_str()), (413, "request.too_large"), "{} {}", route.method, route.path);
        }
    }
    for path in ["/sign-in/codes", "/session", "/setup", "/verify", "/preferences"] {
        let stranger = test.visitor().post(test.url(path)).header("content-type", form_kind).body(form.clone());
        assert_eq!(code(stranger).await, (413, "request.too_large".to_owned()), "{path}");
    }
    for machine in declared(&test).await.iter().filter(|route| route.policy == Policy::Machine) {
        let request =
            test.visitor().request(machine.method.clone(), test.url(machine.path)).body("x".repeat(TOO_LARGE));
        let status = code(request).await.0;
        assert!((400..500).contains(&status), "{}: {status}", machine.path);
    }
}

/// Addresses with bytes that are no text, with nothing, with far too much: somebody's mistake, never ours.
#[tokio::test]
async fn addresses_that_are_none_are_never_our_fault() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let officer = signed_in_officer(&test).await;
        let csrf = test.csrf(&officer).await;
        let (stranger, long) = (test.visitor(), "9".repeat(3_000));
        let mut cells = 0;
        for route in declared(&test).await.iter().filter(|route| route.path != "/session/ending") {
            for value in ["%FF%FE", "%C3%28", "%00", "%2e%2e%2f", "%ED%A0%80", "9223372036854775808", long.as_str()] {
                let path = match route.path.contains('{') {
                    true => filled(route.path, value),
                    false => format!("{}?year={value}&find={value}&state={value}&back={value}", route.path),
                };
                for visitor in [&officer, &stranger] {
                    let request = visitor.request(route.method.clone(), test.url(&path)).header("x-csrf", &csrf);
                    let (status, told) = code(request).await;
                    assert!(status < 500, "{} {path}: {status} {told}", route.method);
                    cells += 1;
                }
            }
        }
        println!("{cells} cells");
    }
}

/// Forms in broken UTF-8 are unreadable, not half read.
#[tokio::test]
async fn forms_in_broken_text_are_refused() {
    let test = TestApp::start(Engine::Sqlite).await;
    for (path, field) in [("/sign-in/codes", "phone"), ("/session", "phone"), ("/verify", "code"), ("/setup", "token")]
    {
        for bytes in [b"=\xff\xfe".as_slice(), b"=%FF%FE&x=\xc3("] {
            let body = [field.as_bytes(), bytes].concat();
            let request =
                test.visitor().post(test.url(path)).header("content-type", "application/x-www-form-urlencoded");
            let told = code(request.body(body)).await;
            assert_eq!(told, (422, "request.unreadable".to_owned()), "{path} {bytes:?}");
        }
        let text = test.visitor().post(test.url(path)).header("content-type", "text/plain").body("x");
        assert_eq!(code(text).await, (415, "request.wrong_type".to_owned()), "{path}");
    }
}
