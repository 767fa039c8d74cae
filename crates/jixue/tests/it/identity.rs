//! Signing in, hats, sessions: through HTTP, with codes that the simulated operator received.

use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::db::Tx;
use jixue::identity::{Granting, NewAccount, give_grant, open_account};
use jixue_core::id::AccountId;
use jixue_core::org::Phone;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};

const OFFICER: &str = "13900000001";

/// A city officer with a phone, in a city with a root bureau.
async fn officer(test: &TestApp) -> AccountId {
    let at = test.at();
    test.db
        .write(async move |tx: &Tx<'_>| {
            let new = NewAccount {
                name: "何静".to_owned(),
                phone: Some(Phone::parse(OFFICER)?),
                login: None,
                password_hash: None,
                learner: None,
            };
            let account = open_account(tx, &at, &new).await?;
            let reach = Reach::Region { region_code: "431000".to_owned() };
            let granting = Granting { account, role: Role::BureauOfficer, reach, until: None };
            give_grant(tx, &at, &Scope::system("test"), &granting).await?;
            Ok(account)
        })
        .await
        .expect("an officer")
}

/// The officer with a session.
pub async fn signed_in_officer(test: &TestApp) -> reqwest::Client {
    officer(test).await;
    test.sign_in(OFFICER).await
}

#[tokio::test]
async fn an_officer_signs_in_with_a_code_and_lands_on_progress() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        officer(&test).await;
        let visitor = test.sign_in(OFFICER).await;
        let start = visitor.get(test.url("/")).send().await.unwrap();
        assert_eq!(start.headers()["location"], "/bureau/progress");
        let page = visitor.get(test.url("/bureau/progress")).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
        test.settle().await;
    }
}

/// A guessed code must not come through, and guessing must end.
#[tokio::test]
async fn five_wrong_codes_use_up_the_right_one() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        officer(&test).await;
        let visitor = test.visitor();
        visitor.post(test.url("/sign-in/codes")).form(&[("phone", OFFICER)]).send().await.unwrap();
        let right = test.sms_code(OFFICER).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let form = [("phone", OFFICER), ("code", wrong)];
            let answer = visitor.post(test.url("/session")).form(&form).send().await.unwrap();
            assert_eq!(answer.status(), 422);
        }
        let form = [("phone", OFFICER), ("code", right.as_str())];
        let answer = visitor.post(test.url("/session")).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 422, "the right code after five wrong ones");
    }
}

/// Who is on a roster is nobody's business: known and unknown numbers get the same page.
#[tokio::test]
async fn attack_case_20_an_unknown_number_gets_the_same_answer_and_no_message() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    officer(&test).await;
    let visitor = test.visitor();
    let mut pages = Vec::new();
    for phone in [OFFICER, "13900009999"] {
        let answer = visitor.post(test.url("/sign-in/codes")).form(&[("phone", phone)]).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        pages.push(answer.text().await.unwrap().replace(phone, "PHONE"));
    }
    assert_eq!(pages[0], pages[1]);
    test.sms_code(OFFICER).await;
    assert!(test.simulator.sms_inbox("13900009999").is_empty());
}

/// A change without the page's token, or from another site, must not be done in the reader's name.
#[tokio::test]
async fn attack_case_18_a_change_needs_the_token_and_the_origin() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    officer(&test).await;
    let visitor = test.sign_in(OFFICER).await;
    let csrf = test.csrf(&visitor).await;
    let ending = |token: &str| visitor.post(test.url("/session/ending")).form(&[("csrf", token.to_owned())]);
    assert_eq!(ending("wrong").send().await.unwrap().status(), 403);
    let foreign = ending(&csrf).header("origin", "https://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let right = ending(&csrf).header("origin", &test.base_url);
    assert_eq!(right.send().await.unwrap().status(), 303);
    let page = visitor.get(test.url("/me")).send().await.unwrap();
    assert_eq!(page.status(), 303, "signed out");
}

/// Somebody whose grant is taken away has nothing to see in the next request.
#[tokio::test]
async fn a_stranger_and_a_wrong_hat_are_turned_away() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    officer(&test).await;
    let stranger = test.visitor();
    let page = stranger.get(test.url("/bureau/progress")).send().await.unwrap();
    assert_eq!(page.headers()["location"], "/sign-in?back=/bureau/progress");
    let api = stranger.get(test.url("/bureau/progress")).header("accept", "application/json").send().await.unwrap();
    assert_eq!(api.status(), 401);
    let officer = test.sign_in(OFFICER).await;
    let unit = officer.get(test.url("/credit")).send().await.unwrap();
    assert_eq!(unit.status(), 403);
}

/// There is no default password: the first officer is made by a token that works once.
#[tokio::test]
async fn a_setup_token_makes_one_officer() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let at = test.at();
    test.db
        .write(async move |tx: &Tx<'_>| {
            let bureau = jixue::org::RootBureau {
                region_code: "431000".to_owned(),
                uscc: jixue_core::uscc::Uscc::parse("11431000MJX000069Q")?,
                name_zh: "郴州市人力资源和社会保障局".to_owned(),
                name_en: "Chenzhou Bureau".to_owned(),
                certificate_prefix: "CZ".to_owned(),
            };
            let _ = &at;
            jixue::org::add_bureau(tx, &bureau).await
        })
        .await
        .unwrap();
    let token = jixue::identity::make_setup_token(&test).await.unwrap();
    let visitor = test.visitor();
    let form = |password: &'static str, login: &'static str| {
        [
            ("token", token.clone()),
            ("name", "何静".to_owned()),
            ("login", login.to_owned()),
            ("password", password.to_owned()),
        ]
    };
    let short = visitor.post(test.url("/setup")).form(&form("short", "hejing")).send().await.unwrap();
    assert_eq!(short.status(), 422);
    let unfit = visitor.post(test.url("/setup")).form(&form("a long enough one", "何静")).send().await.unwrap();
    assert_eq!(unfit.status(), 422);
    let at = test.at();
    let namesake = NewAccount {
        name: "何静".to_owned(),
        phone: None,
        login: Some("taken".to_owned()),
        password_hash: None,
        learner: None,
    };
    test.db.write(async move |tx: &Tx<'_>| open_account(tx, &at, &namesake).await).await.unwrap();
    let taken = visitor.post(test.url("/setup")).form(&form("a long enough one", "taken")).send().await.unwrap();
    assert_eq!(taken.status(), 409, "and the token is still good");
    let made = visitor.post(test.url("/setup")).form(&form("a long enough one", "hejing")).send().await.unwrap();
    assert_eq!(made.status(), 303);
    let again = visitor.post(test.url("/setup")).form(&form("a long enough one", "other")).send().await.unwrap();
    assert_eq!(again.status(), 403);
    let form = [("login", "HeJing "), ("password", "a long enough one")];
    let signed_in = visitor.post(test.url("/session")).form(&form).send().await.unwrap();
    assert_eq!(signed_in.status(), 303);
    let wrong = [("login", "hejing"), ("password", "a long enough two")];
    let refused = test.visitor().post(test.url("/session")).form(&wrong).send().await.unwrap();
    assert_eq!(refused.status(), 422);
}

/// A phone that was sent along gave each guess a fresh bucket, so that one login could be guessed at without end.
#[tokio::test]
async fn guesses_at_one_login_are_counted_together() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let mut answers = Vec::new();
    for guess in 0..9 {
        let phone = format!("1390000{guess:04}");
        let form = [("phone", phone.as_str()), ("login", " HEjing"), ("password", "a wrong password")];
        answers.push(test.visitor().post(test.url("/session")).form(&form).send().await.unwrap().status().as_u16());
    }
    assert_eq!(answers, [422, 422, 422, 422, 422, 422, 422, 422, 429]);
}

/// The same number written in two ways is one number.
#[tokio::test]
async fn guesses_at_one_phone_are_counted_together() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let mut last = 0;
    for guess in 0..9 {
        let phone = if guess % 2 == 0 { "139 0000 0001" } else { "+86 13900000001" };
        let form = [("phone", phone), ("code", "123456")];
        last = test.visitor().post(test.url("/session")).form(&form).send().await.unwrap().status().as_u16();
    }
    assert_eq!(last, 429);
}

/// A proxy on the same machine has this machine's address; whoever comes through it has not.
#[tokio::test]
async fn metrics_are_not_for_those_who_come_through_a_proxy() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let straight = test.visitor().get(test.url("/metrics")).send().await.unwrap();
    assert_eq!(straight.status(), 200);
    let through = test.visitor().get(test.url("/metrics")).header("x-forwarded-for", "127.0.0.1");
    assert_eq!(through.send().await.unwrap().status(), 404);
}

/// A forgotten desk must not stay an officer's for weeks.
#[tokio::test]
async fn an_officers_session_ends_with_the_working_day() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    let visitor = signed_in_officer(&test).await;
    assert_eq!(visitor.get(test.url("/bureau/progress")).send().await.unwrap().status(), 200);
    test.clock.advance_ms((12 * 3_600 + 1) * 1_000);
    assert_eq!(visitor.get(test.url("/bureau/progress")).send().await.unwrap().status(), 303);
}

/// Reload, back, or another language on the page that a form led to asks for an address that only takes forms.
#[tokio::test]
async fn a_sent_form_that_is_asked_for_again_leads_home() {
    let test = TestApp::start(crate::engines::Engine::Sqlite).await;
    for path in ["/sign-in/codes", "/session", "/preferences"] {
        let ask = || test.visitor().get(test.url(path));
        let page = ask().header("accept", "text/html,*/*").send().await.unwrap();
        assert_eq!((page.status().as_u16(), page.headers()["location"].to_str().unwrap()), (303, "/"), "{path}");
        assert_eq!(ask().send().await.unwrap().status(), 405, "a program is told so");
    }
}
