//! Where strangers' tries are used up, a proof lets somebody on: once, in the browser that was asked, hard enough, in time.

use super::{Answer, OFFICER, Office, answer, first_step};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use std::net::IpAddr;

pub(super) async fn behind_a_proxy(engine: Engine) -> Office {
    let proxy: IpAddr = [127, 0, 0, 1].into();
    Office::within(TestApp::start_with(engine, |config| config.trusted_proxy = Some(proxy)).await).await
}

/// A try with a wrong password, and a proof or none.
async fn guess(office: &Office, client: &reqwest::Client, from: &str, proof: (&str, &str)) -> Answer {
    let form = [("login", OFFICER), ("password", "a wrong password"), ("effort", proof.0), ("effort_answer", proof.1)];
    answer(client.post(office.url("/session")).header("x-forwarded-for", from).form(&form)).await
}

/// Uses up what all strangers together may try at the officer's name.
pub(super) async fn use_up(office: &Office) {
    for place in 0..40 {
        guess(office, &office.visitor(), &format!("10.1.{place}.1"), ("", "")).await;
    }
}

/// How hard an answer is, counted as the page's script counts.
fn zero_bits(challenge: &str, number: u64) -> u32 {
    let digest = jixue::keys::sha256(format!("{challenge}:{number}").as_bytes());
    u128::from_be_bytes(digest[..16].try_into().expect("16 bytes")).leading_zeros()
}

/// The page's question: its line and how hard it is.
fn question(page: &Answer) -> (String, u32) {
    (page.attribute("data-challenge"), page.attribute("data-bits").parse().expect("a number"))
}

fn solve((challenge, bits): &(String, u32)) -> String {
    (0..).find(|number| zero_bits(challenge, *number) >= *bits).expect("an answer").to_string()
}

/// A browser that keeps its name, asked by the page to prove itself.
async fn asked(office: &Office, from: &str) -> (reqwest::Client, (String, u32)) {
    let client = office.visitor();
    let mut page = guess(office, &client, from, ("", "")).await;
    while page.status == 422 {
        // What a slow machine has let refill.
        page = guess(office, &client, from, ("", "")).await;
    }
    assert_eq!(page.status, 429);
    assert!(page.text.contains("不用认图片") && page.text.contains("/activation"), "{}", page.text);
    (client, question(&page))
}

#[tokio::test]
async fn work_is_heard_once_in_the_browser_that_was_asked() {
    for engine in engines() {
        let office = behind_a_proxy(engine).await;
        use_up(&office).await;
        let (client, question) = asked(&office, "10.9.9.9").await;
        let right = solve(&question);
        let stolen = guess(&office, &office.visitor(), "10.9.9.9", (&question.0, &right)).await;
        assert_eq!(stolen.status, 429, "another browser's");
        let easy = (0..).find(|number| zero_bits(&question.0, *number) < question.1).expect("one").to_string();
        assert_eq!(guess(&office, &client, "10.9.9.9", (&question.0, &easy)).await.status, 429, "too easy");
        let (_, rest) = question.0.split_once('.').expect("parts");
        let lowered = (format!("1.{rest}"), 1);
        let lowered_answer = solve(&lowered);
        assert_eq!(guess(&office, &client, "10.9.9.9", (&lowered.0, &lowered_answer)).await.status, 429, "made easy");
        assert_eq!(guess(&office, &client, "10.9.9.9", (&question.0, &right)).await.status, 422, "heard");
        let again = guess(&office, &client, "10.9.9.9", (&question.0, &right)).await;
        assert!(again.status == 429 && again.text.contains("已经用过或过期"), "{}", again.text);
        office.settle().await;
    }
}

#[tokio::test]
async fn an_old_answer_and_one_for_another_name_are_not_heard() {
    for engine in engines() {
        let office = behind_a_proxy(engine).await;
        use_up(&office).await;
        let (client, question) = asked(&office, "10.9.9.9").await;
        let right = solve(&question);
        let form = [("phone", "13900007777"), ("effort", question.0.as_str()), ("effort_answer", right.as_str())];
        let elsewhere = answer(client.post(office.url("/sign-in/codes")).form(&form)).await;
        assert_eq!(elsewhere.status, 200, "a proof that nobody asked for is not needed, and not used up");
        office.clock.advance_ms(15 * 60_000 + 1);
        use_up(&office).await;
        assert_eq!(guess(&office, &client, "10.9.9.9", (&question.0, &right)).await.status, 429, "too old");
        office.settle().await;
    }
}

/// Without scripts, or on a phone that cannot count, a minute of patience does as well.
#[tokio::test]
async fn waiting_does_as_well() {
    for engine in engines() {
        let office = behind_a_proxy(engine).await;
        use_up(&office).await;
        let (client, question) = asked(&office, "10.9.9.9").await;
        office.clock.advance_ms(20_000);
        let early = guess(&office, &client, "10.9.9.9", (&question.0, "")).await;
        assert!(early.status == 429 && early.text.contains("秒"), "{}", early.text);
        assert_eq!(early.attribute("data-challenge"), question.0, "the same question: the waiting counts");
        office.clock.advance_ms(41_000);
        // What has been refilled meanwhile is used up again: the waiting is what counts.
        guess(&office, &office.visitor(), "10.2.2.2", ("", "")).await;
        assert_eq!(guess(&office, &client, "10.9.9.9", (&question.0, "")).await.status, 422, "heard");
        office.settle().await;
    }
}

/// Whoever works to guess uses up what their own network may do; the owner, in a strange browser elsewhere, still gets in.
#[tokio::test]
async fn attack_case_20_who_works_to_guess_locks_nobody_else_out() {
    for engine in engines() {
        let office = behind_a_proxy(engine).await;
        use_up(&office).await;
        let mut heard = 0;
        loop {
            let (client, question) = asked(&office, "10.6.6.6").await;
            let answer = guess(&office, &client, "10.6.6.6", (&question.0, &solve(&question))).await;
            if answer.status == 429 {
                assert!(!answer.text.contains("data-challenge"), "no further proof is asked for");
                break;
            }
            heard += 1;
            assert!(heard < 40, "a network's proofs for one name must end");
        }
        assert!(heard >= 10, "{heard}");
        let (owner, question) = asked(&office, "10.7.7.7").await;
        assert!(question.1 > 15, "the work grows with the tries: {}", question.1);
        assert_eq!(guess(&office, &owner, "10.7.7.7", (&question.0, &solve(&question))).await.status, 422, "heard");
        office.settle().await;
    }
}

/// Messages that strangers used up can still be had for a proof each.
#[tokio::test]
async fn a_proof_brings_one_more_message() {
    for engine in engines() {
        let office = Office::start(engine).await;
        for _ in 0..10 {
            answer(office.visitor().post(office.url("/sign-in/codes")).form(&[("phone", OFFICER)])).await;
            office.sms_code(OFFICER).await;
        }
        let client = office.visitor();
        let page = answer(client.post(office.url("/sign-in/codes")).form(&[("phone", OFFICER)])).await;
        assert_eq!(page.status, 429);
        let question = question(&page);
        let right = solve(&question);
        let form = [("phone", OFFICER), ("effort", question.0.as_str()), ("effort_answer", right.as_str())];
        let sent = answer(client.post(office.url("/sign-in/codes")).form(&form)).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        let code = office.sms_code(OFFICER).await;
        let form = [("phone", OFFICER), ("code", code.as_str())];
        assert_eq!(answer(client.post(office.url("/session")).form(&form)).await.status, 303);
        office.post(&client, "/session/ending", &[]).await;
        office.clock.advance_ms(61_000);
        assert_eq!(first_step(&office, &client, OFFICER).await.status, 303, "from now on the browser is known");
        office.settle().await;
    }
}
