//! Passkeys through HTTP, with a passkey in software.

use super::{OFFICER, Office, answer, first_step};
use crate::engines::{Engine, engines};
use jixue_simulators::{Passkey, Used};

async fn add(office: &Office, client: &reqwest::Client, passkey: &Passkey) -> super::Answer {
    let page = office.get(client, "/me/factors/passkey").await;
    assert_eq!(page.attribute("data-rp"), "localhost");
    let made = passkey.make(&page.attribute("data-challenge"));
    let fields = [
        ("client_data", made.client_data.as_str()),
        ("attestation_object", made.attestation_object.as_str()),
        ("label", "办公室电脑"),
    ];
    office.post(client, "/me/factors/passkey", &fields).await
}

fn fields(used: &Used) -> [(&'static str, String); 4] {
    [
        ("credential", used.credential.clone()),
        ("client_data", used.client_data.clone()),
        ("authenticator_data", used.authenticator_data.clone()),
        ("signature", used.signature.clone()),
    ]
}

#[tokio::test]
async fn a_passkey_is_added_and_then_asked_for() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let desk = office.sign_in(OFFICER).await;
        let mut passkey = Passkey::new(&office.base_url);
        let added = add(&office, &desk, &passkey).await;
        assert_eq!(added.status, 200, "{}", added.text);
        assert_eq!(add(&office, &desk, &passkey).await.status, 409, "the same one again");
        office.clock.advance_ms(61_000);
        let visitor = office.visitor();
        first_step(&office, &visitor, OFFICER).await;
        office.clock.advance_ms(61_000);
        let page = office.get(&visitor, "/sign-in/factor").await;
        let (challenge, known) = (page.attribute("data-challenge"), page.attribute("data-credentials"));
        let used = passkey.sign(&challenge);
        assert_eq!(known, used.credential);
        let send = |used: &Used| visitor.post(office.url("/sign-in/factor")).form(&fields(used));
        let entered = answer(send(&used)).await;
        assert_eq!(entered.status, 303, "{}", entered.text);
        assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 200);
        office.settle().await;
    }
}

/// A challenge has one answer; a copy that counts behind, another site's answer and another's passkey open nothing.
#[tokio::test]
async fn answers_that_were_not_asked_for_open_nothing() {
    let office = Office::start(Engine::Sqlite).await;
    let desk = office.sign_in(OFFICER).await;
    let mut passkey = Passkey::new(&office.base_url);
    add(&office, &desk, &passkey).await;
    office.clock.advance_ms(10 * 60_000 + 1);
    let challenge = async || office.get(&desk, "/me/confirmation").await.attribute("data-challenge");
    let confirm = async |used: &Used| {
        let fields = fields(used);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post(&desk, "/me/confirmation", &fields).await.status
    };
    let first = passkey.sign(&challenge().await);
    assert_eq!(confirm(&first).await, 303);
    assert_eq!(confirm(&first).await, 422, "the same answer once more");
    passkey.sign_count = 0;
    assert_eq!(confirm(&passkey.sign(&challenge().await)).await, 422, "a copy that counts behind");
    passkey.sign_count = 10;
    passkey.origin = "https://evil.example".to_owned();
    assert_eq!(confirm(&passkey.sign(&challenge().await)).await, 422, "another site's");
    passkey.origin = office.base_url.clone();
    passkey.flags = 0x01;
    assert_eq!(confirm(&passkey.sign(&challenge().await)).await, 422, "nobody was verified");
    office.clock.advance_ms(61_000);
    let mut stranger = Passkey::new(&office.base_url);
    stranger.id.clone_from(&passkey.id);
    assert_eq!(confirm(&stranger.sign(&challenge().await)).await, 422, "another key");
    passkey.flags = 0x05;
    assert_eq!(confirm(&passkey.sign(&challenge().await)).await, 303, "the right one still works");
}

/// The device finds the account itself, and nothing more is asked of an officer.
#[tokio::test]
async fn a_passkey_alone_is_both_steps() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let desk = office.sign_in(OFFICER).await;
        let mut passkey = Passkey::new(&office.base_url);
        assert_eq!(add(&office, &desk, &passkey).await.status, 200);
        let visitor = office.visitor();
        let entered = come_in(&office, &visitor, &mut passkey).await;
        assert_eq!((entered.status, entered.location.starts_with("/me/notice")), (303, true), "{}", entered.location);
        assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 200);
        let page = office.get(&visitor, "/sign-in").await;
        let (passkeys, phones) = (page.text.find("/sign-in/passkey"), page.text.find("/sign-in/codes"));
        assert!(passkeys < phones, "a browser that came in by a passkey is asked for it first");
        office.settle().await;
    }
}

async fn come_in(office: &Office, client: &reqwest::Client, passkey: &mut Passkey) -> super::Answer {
    let question = office.get(client, "/sign-in").await.attribute("data-challenge");
    let used = passkey.sign(&question);
    send(office, client, &question, &used).await
}

async fn send(office: &Office, client: &reqwest::Client, question: &str, used: &Used) -> super::Answer {
    let mut form = vec![("question", question.to_owned())];
    form.extend(fields(used));
    answer(client.post(office.url("/sign-in/passkey")).form(&form)).await
}

/// Each with the same words: the door does not tell a stranger's passkey from a wrong answer.
#[tokio::test]
async fn what_no_passkey_of_ours_answers_opens_nothing() {
    let office = Office::start(Engine::Sqlite).await;
    let desk = office.sign_in(OFFICER).await;
    let mut passkey = Passkey::new(&office.base_url);
    add(&office, &desk, &passkey).await;
    let refused = async |client: &reqwest::Client, question: &str, used: &Used, why: &str| {
        let sent = send(&office, client, question, used).await;
        assert!(sent.location.starts_with("/sign-in?why=sign_in.passkey_wrong"), "{why}: {}", sent.location);
        assert!(office.get(client, &sent.location).await.text.contains("没有认出来"), "{why}");
        assert_eq!(office.get(client, "/bureau/progress").await.status, 303, "{why}");
    };
    let visitor = office.visitor();
    let ask = async |client: &reqwest::Client| office.get(client, "/sign-in").await.attribute("data-challenge");
    let question = ask(&visitor).await;
    refused(&visitor, &question, &Passkey::new(&office.base_url).sign(&question), "nobody's").await;
    let mut copy = Passkey::new(&office.base_url);
    copy.id.clone_from(&passkey.id);
    refused(&visitor, &question, &copy.sign(&question), "another key").await;
    let other = office.visitor();
    let of_other = ask(&other).await;
    refused(&visitor, &of_other, &passkey.sign(&of_other), "a question of another browser").await;
    let mut made_up = question.clone();
    made_up.replace_range(..1, if question.starts_with('B') { "C" } else { "B" });
    refused(&visitor, &made_up, &passkey.sign(&made_up), "a question that nobody asked").await;
    passkey.flags = 0x01;
    refused(&visitor, &question, &passkey.sign(&question), "nobody was verified").await;
    passkey.flags = 0x05;
    let used = passkey.sign(&question);
    assert!(send(&office, &visitor, &question, &used).await.location.starts_with("/me/notice"));
    let session = office.visitor();
    passkey.sign_count += 10;
    refused(&session, &question, &passkey.sign(&question), "a question of another browser, answered before").await;
    let late = ask(&session).await;
    let answer_in_time = passkey.sign(&late);
    office.clock.advance_ms(15 * 60_000 + 1);
    refused(&session, &late, &answer_in_time, "an old question").await;
    office.settle().await;
}

/// Two answers to one question at once: one comes in.
#[tokio::test]
async fn a_question_is_answered_once() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let desk = office.sign_in(OFFICER).await;
        let mut passkey = Passkey::new(&office.base_url);
        add(&office, &desk, &passkey).await;
        let visitor = office.visitor();
        let question = office.get(&visitor, "/sign-in").await.attribute("data-challenge");
        let (first, second) = (passkey.sign(&question), passkey.sign(&question));
        let sent =
            tokio::join!(send(&office, &visitor, &question, &first), send(&office, &visitor, &question, &second));
        let entered = [sent.0, sent.1].iter().filter(|sent| sent.location.starts_with("/me/notice")).count();
        assert_eq!(entered, 1);
        office.settle().await;
    }
}
