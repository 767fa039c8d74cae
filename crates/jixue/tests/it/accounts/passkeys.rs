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
