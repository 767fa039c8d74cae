//! Authenticator apps and recovery codes: set up, asked for, never accepted twice; compulsory from a day on.

use super::{Answer, OFFICER, Office, answer, first_step};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::config::Config;
use jixue_standards::totp;

/// The secret as the page shows it, as bytes.
fn secret(page: &Answer) -> Vec<u8> {
    let (_, rest) = page.text.split_once("<span class=\"code\">").expect("the secret in the page");
    secret_of(rest.split('<').next().unwrap_or_default())
}

/// The bytes that the letters on a page stand for.
pub fn secret_of(letters: &str) -> Vec<u8> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bits = 0_u64;
    let mut count = 0;
    let mut bytes = Vec::new();
    for letter in letters.chars().filter(|letter| !letter.is_whitespace()) {
        bits = bits << 5 | LETTERS.find(letter).expect("base32") as u64;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

pub fn code(test: &TestApp, secret: &[u8]) -> String {
    totp::code(secret, test.clock.now().0 / 1_000 / totp::STEP_SECONDS)
}

/// Adds an app; gives its secret and the recovery codes.
async fn add_app(office: &Office, client: &reqwest::Client) -> (Vec<u8>, Vec<String>) {
    let page = office.get(client, "/me/factors/totp").await;
    let secret = secret(&page);
    assert_eq!(secret.len(), totp::SECRET_BYTES);
    let wrong = office.post(client, "/me/factors/totp", &[("code", "000000"), ("label", "手机")]).await;
    assert!(wrong.status == 422 || code(office, &secret) == "000000");
    let code = code(office, &secret);
    let added = office.post(client, "/me/factors/totp", &[("code", &code), ("label", "手机")]).await;
    assert_eq!(added.status, 200, "{}", added.text);
    let parts = added.text.split("<span class=\"code\">").skip(1);
    let codes: Vec<String> = parts.map(|part| part.split('<').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

#[tokio::test]
async fn an_app_is_set_up_and_then_asked_for() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let desk = office.sign_in(OFFICER).await;
        let (secret, _) = add_app(&office, &desk).await;
        office.clock.advance_ms(61_000);
        let visitor = office.visitor();
        let asked = first_step(&office, &visitor, OFFICER).await;
        assert_eq!(asked.location, "/sign-in/factor?back=/", "{}", asked.text);
        assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 303, "no session yet");
        let page = office.get(&visitor, "/sign-in/factor").await;
        assert!(page.text.contains("何静"));
        let step = |code: &str| visitor.post(office.url("/sign-in/factor")).form(&[("factor_code", code.to_owned())]);
        assert_eq!(answer(step("000000")).await.status, 422);
        let code = code(&office, &secret);
        let entered = answer(step(&code)).await;
        assert_eq!(entered.status, 303, "{}", entered.text);
        assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 200);
        office.clock.advance_ms(1_000);
        let replayed = office.visitor();
        first_step(&office, &replayed, OFFICER).await;
        let form = [("factor_code", code.as_str())];
        let refused = answer(replayed.post(office.url("/sign-in/factor")).form(&form)).await;
        assert_eq!(refused.status, 422, "a code works once");
        let kinds = office.facts().await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "factor_added").count(), 1);
        office.settle().await;
    }
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let desk = office.sign_in(OFFICER).await;
        let (_, codes) = add_app(&office, &desk).await;
        for (round, expected) in [(0, 303), (1, 422)] {
            office.clock.advance_ms(61_000);
            let visitor = office.visitor();
            first_step(&office, &visitor, OFFICER).await;
            let typed = codes[3].to_lowercase().replace('-', " ");
            let form = [("factor_code", typed.as_str())];
            let entered = answer(visitor.post(office.url("/sign-in/factor")).form(&form)).await;
            assert_eq!(entered.status, expected, "round {round}");
        }
        let page = office.get(&desk, "/me/factors").await;
        assert!(page.text.contains("还有 9 个恢复码"), "{}", page.text);
        office.settle().await;
    }
}

/// A stolen phone must not take the second factor away: the factor itself is asked for.
#[tokio::test]
async fn who_has_a_factor_confirms_with_it() {
    let office = Office::start(Engine::Sqlite).await;
    let desk = office.sign_in(OFFICER).await;
    let (secret, _) = add_app(&office, &desk).await;
    office.clock.advance_ms(10 * 60_000 + 1);
    let page = office.get(&desk, "/me/factors").await;
    let path = page.text.split("action=\"").find(|part| part.starts_with("/me/factors/")).expect("a form");
    let path = path.split('"').next().expect("an address").to_owned();
    assert_eq!(office.post(&desk, &path, &[]).await.status, 409);
    office.post(&desk, "/me/confirmation/codes", &[]).await;
    let sms = office.sms_code(OFFICER).await;
    assert_eq!(
        office.post(&desk, "/me/confirmation", &[("code", &sms)]).await.status,
        422,
        "a text message is not enough"
    );
    let code = code(&office, &secret);
    let right = office.post(&desk, "/me/confirmation", &[("factor_code", &code)]).await;
    assert_eq!(right.status, 303, "{}", right.text);
    assert_eq!(office.post(&desk, &path, &[]).await.location, "/me/factors?done=factor_removed");
    assert_eq!(office.post(&desk, &path, &[]).await.status, 303, "again changes nothing");
    assert_eq!(office.post(&desk, "/me/factors/1/ending", &[]).await.status, 404);
}

/// Guesses at the six digits end with the sign-in, and soon with the account.
#[tokio::test]
async fn guesses_at_a_factor_come_to_an_end() {
    let office = Office::start(Engine::Sqlite).await;
    let desk = office.sign_in(OFFICER).await;
    let (secret, _) = add_app(&office, &desk).await;
    office.clock.advance_ms(61_000);
    let visitor = office.visitor();
    first_step(&office, &visitor, OFFICER).await;
    let guess = |code: String| visitor.post(office.url("/sign-in/factor")).form(&[("factor_code", code)]);
    for _ in 0..6 {
        assert_eq!(answer(guess("not right".to_owned())).await.status, 422);
    }
    let right = answer(guess(code(&office, &secret))).await;
    assert_eq!(right.status, 422, "the right code after six wrong ones");
    assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 303);
}

/// From the day on an officer without a factor sets one up before seeing anybody; a learner goes on as before.
#[tokio::test]
async fn from_its_day_on_a_factor_is_compulsory_for_officers() {
    for engine in engines() {
        let config = Config::default();
        assert_eq!(config.accounts.second_factor_from, None);
        let test = TestApp::start_with(engine, |config| config.accounts.second_factor_from = Some(20_200_101)).await;
        let office = Office::within(test).await;
        let visitor = office.visitor();
        let asked = first_step(&office, &visitor, OFFICER).await;
        assert_eq!(asked.location, "/sign-in/factor?back=/");
        let page = office.get(&visitor, "/sign-in/factor").await;
        let secret = secret(&page);
        assert_eq!(
            secret,
            super::factors::secret(&office.get(&visitor, "/sign-in/factor").await),
            "a reload keeps the picture"
        );
        assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 303);
        let form = [("code", code(&office, &secret))];
        let entered = answer(visitor.post(office.url("/sign-in/factor/enrolment")).form(&form)).await;
        assert_eq!(entered.status, 200, "{}", entered.text);
        assert_eq!(entered.text.matches("<span class=\"code\">").count(), 10, "recovery codes");
        assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 200);
        let page = office.get(&visitor, "/me/factors").await;
        let path = page.text.split("action=\"").find(|part| part.starts_with("/me/factors/")).expect("a form");
        let path = path.split('"').next().expect("an address").to_owned();
        assert_eq!(office.post(&visitor, &path, &[]).await.status, 409, "the last one stays");
        office.settle().await;
    }
}

/// Setting a new app up must not be a way around the one that is there.
#[tokio::test]
async fn who_has_a_factor_cannot_enrol_another_on_the_way_in() {
    let office = Office::start(Engine::Sqlite).await;
    let desk = office.sign_in(OFFICER).await;
    add_app(&office, &desk).await;
    office.clock.advance_ms(61_000);
    let visitor = office.visitor();
    first_step(&office, &visitor, OFFICER).await;
    let form = [("code", "123456")];
    let refused = answer(visitor.post(office.url("/sign-in/factor/enrolment")).form(&form)).await;
    assert_eq!(refused.status, 422);
    assert!(!refused.text.contains("otpauth"), "no new secret is offered");
    assert_eq!(refused.text.matches("<span class=\"code\">").count(), 0);
}
