//! Other issuers as a way in, against an issuer that signs for real and changes its keys.

use super::elsewhere::{walk, walk_there};
use super::{CLERK, OFFICER, Office, account, answer};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue_simulators::SimulatorKeys;
use serde_json::json;

/// The names on the issuer's page.
const HE_JING: &str = "何静 +8613900000001";
const UNPROVED: &str = "周强 +8613900000001";

fn at(office: &Office, path: &str) -> String {
    format!("{path}?issuer={}", office.simulator.oidc.issuer.replace(':', "%3A").replace('/', "%2F"))
}

async fn trusting(engine: Engine) -> Office {
    Office::within(TestApp::start_with(engine, |config| config.oidc[0].trusted_for_phone = true).await).await
}

#[tokio::test]
async fn an_account_elsewhere_signs_in_once_it_is_bound() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let stranger = walk(&office, &office.visitor(), &at(&office, "/sign-in/oidc"), HE_JING).await;
        assert_eq!(
            stranger.location, "/sign-in?why=binding.missing&back=/me/issuers",
            "a phone that the issuer tells links nothing by itself"
        );
        let own = office.sign_in(OFFICER).await;
        let bound = walk(&office, &own, &at(&office, "/me/issuers/authorization"), HE_JING).await;
        assert_eq!(bound.location, "/me/issuers?done=binding_added");
        let client = office.visitor();
        assert_eq!(walk(&office, &client, &at(&office, "/sign-in/oidc"), HE_JING).await.location, "/me/notice?back=/");
        assert_eq!(office.get(&client, "/me").await.status, 200);
        let issuer = office.simulator.oidc.issuer.clone();
        let ended = office.post(&client, "/me/issuers/ending", &[("issuer", &issuer)]).await;
        assert_eq!(ended.location, "/me/issuers?done=binding_removed");
        let unknown = office.post(&client, "/me/issuers/ending", &[("issuer", "https://evil.example")]).await;
        assert_eq!(unknown.status, 404);
        assert_eq!(office.get(&client, "/sign-in/oidc?issuer=https%3A%2F%2Fevil.example").await.status, 404);
        office.settle().await;
    }
}

/// Issuers change their keys without telling anybody.
#[tokio::test]
async fn a_changed_key_is_fetched_and_the_old_one_is_not_believed() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.sign_in(OFFICER).await;
        walk(&office, &own, &at(&office, "/me/issuers/authorization"), HE_JING).await;
        let rsa_key = SimulatorKeys::once_per_process().merchant.pair.private;
        let changes: [&dyn Fn(); 2] =
            [&|| office.simulator.change_oidc_key(), &|| office.simulator.change_oidc_key_to_rsa(&rsa_key)];
        for change in changes {
            change();
            let client = office.visitor();
            let back = walk(&office, &client, &at(&office, "/sign-in/oidc"), HE_JING).await;
            assert_eq!(back.location, "/me/notice?back=/");
        }
        // What is signed RS256 says no more than what is signed ES256.
        office.simulator.forge_oidc_claims(json!({ "aud": "another" }));
        let back = walk(&office, &office.visitor(), &at(&office, "/sign-in/oidc"), HE_JING).await;
        assert!(back.location.starts_with("/sign-in?why=binding.failed"), "{}", back.location);
        office.settle().await;
    }
}

/// What an issuer says wrongly, or says to somebody else, lets nobody in.
#[tokio::test]
async fn a_wrong_word_of_the_issuer_lets_nobody_in() {
    let office = Office::start(Engine::Sqlite).await;
    let own = office.sign_in(OFFICER).await;
    walk(&office, &own, &at(&office, "/me/issuers/authorization"), HE_JING).await;
    for forged in [
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "another" }),
        json!({ "nonce": "another" }),
        json!({ "exp": 1 }),
        json!({ "at_hash": "AAAA" }),
        json!({ "sub": "" }),
    ] {
        office.simulator.forge_oidc_claims(forged.clone());
        let client = office.visitor();
        let back = walk(&office, &client, &at(&office, "/sign-in/oidc"), HE_JING).await;
        assert!(back.location.starts_with("/sign-in?why=binding.failed"), "{forged}: {}", back.location);
        assert_eq!(office.get(&client, "/me").await.status, 303, "{forged}");
    }
    office.simulator.forge_oidc_claims(json!({}));
    let other = office.visitor();
    let back = walk_there(&office, &other, &at(&office, "/sign-in/oidc"), HE_JING).await;
    let elsewhere = answer(office.visitor().get(&back)).await;
    assert!(elsewhere.location.starts_with("/sign-in?why=binding.failed"), "another browser's state");
    assert_eq!(answer(other.get(&back)).await.location, "/me/notice?back=/");
    assert!(answer(other.get(&back)).await.location.contains("binding.failed"), "once");
    office.settle().await;
}

/// An issuer that is trusted for phones lets the owner of a proved phone in; an unproved one counts for nothing.
#[tokio::test]
async fn a_proved_phone_of_a_trusted_issuer_finds_its_account() {
    for engine in engines() {
        let office = trusting(engine).await;
        account(&office, "王敏", CLERK).await;
        let client = office.visitor();
        let unproved = walk(&office, &client, &at(&office, "/sign-in/oidc"), UNPROVED).await;
        assert!(unproved.location.starts_with("/sign-in?why=binding.missing"), "{}", unproved.location);
        assert_eq!(walk(&office, &client, &at(&office, "/sign-in/oidc"), HE_JING).await.location, "/me/notice?back=/");
        assert!(office.get(&client, "/me").await.text.contains("何静"));
        let page = office.get(&client, "/me/issuers").await;
        assert!(page.text.contains("/me/issuers/ending"), "bound from then on");
        office.settle().await;
    }
}

/// A wicked issuer that has somebody bring another's code to it, or its own code as another's (mix-up).
///
/// Source: RFC 9207; RFC 9700, 4.4.
#[tokio::test]
async fn an_issuers_answer_is_heard_at_its_own_address_and_in_its_own_name_only() {
    for engine in engines() {
        let second = |config: &mut jixue::config::Config| {
            let section = jixue::config::OidcSection {
                short_name: "second".to_owned(),
                issuer: "http://127.0.0.1:9/second".to_owned(),
                ..config.oidc[0].clone()
            };
            config.oidc.push(section);
        };
        let office = Office::within(TestApp::start_with(engine, second).await).await;
        let own = office.sign_in(OFFICER).await;
        walk(&office, &own, &at(&office, "/me/issuers/authorization"), HE_JING).await;
        let spoil: [fn(&str) -> String; 4] = [
            |back| back.replace("/oidc/province/", "/oidc/second/"),
            |back| back.split("&iss=").next().expect("one").to_owned(),
            |back| back.split("&iss=").next().expect("one").to_owned() + "&iss=https%3A%2F%2Fevil.example",
            |back| back.split("&iss=").next().expect("one").to_owned() + "&iss=",
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let client = office.visitor();
            let back = walk_there(&office, &client, &at(&office, "/sign-in/oidc"), HE_JING).await;
            assert!(back.contains("/oidc/province/answer?") && back.contains("&iss="), "{back}");
            let mixed_up = answer(client.get(spoil(&back))).await;
            assert!(mixed_up.location.starts_with("/sign-in?why=binding.failed"), "{number}: {}", mixed_up.location);
            assert_eq!(office.get(&client, "/me").await.status, 303, "{number}");
        }
        let client = office.visitor();
        assert_eq!(office.get(&client, "/oidc/nobody/answer?code=x&state=y").await.status, 404);
        assert_eq!(office.get(&client, "/oidc/answer?code=x&state=y").await.status, 404, "no address for all of them");
        assert_eq!(walk(&office, &client, &at(&office, "/sign-in/oidc"), HE_JING).await.location, "/me/notice?back=/");
        office.settle().await;
    }
}

/// An issuer beside this program whose discovery document names other machines' addresses.
async fn wicked_issuer(named: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let issuer = format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port());
    let own = issuer.clone();
    let discovery = move || async move {
        axum::Json(json!({
            "issuer": own, "authorization_endpoint": format!("{own}/authorize"), "token_endpoint": named,
            "jwks_uri": format!("{own}/jwks"),
        }))
    };
    let router = axum::Router::new().route("/.well-known/openid-configuration", axum::routing::get(discovery));
    tokio::spawn(async move { axum::serve(listener, router).await });
    issuer
}

/// What an issuer says of itself must not make this program call its neighbours.
#[tokio::test]
async fn attack_case_19_ssrf_addresses_that_an_issuer_names_are_not_believed() {
    for named in ["http://10.0.0.1/token", "http://169.254.169.254/latest", "https://192.168.0.1/token", "file:///x"] {
        let issuer = wicked_issuer(named).await;
        let change = |config: &mut jixue::config::Config| config.oidc[0].issuer = issuer;
        let office = Office::within(TestApp::start_with(Engine::Sqlite, change).await).await;
        let begun = office.get(&office.visitor(), "/sign-in/oidc").await;
        assert_eq!(begun.location, "/sign-in?why=binding.failed&back=/", "{named}");
    }
}

/// A key that the issuer has taken back signs nothing for long, also while nothing is signed with its new one.
#[tokio::test]
async fn keys_of_an_issuer_are_believed_for_an_hour_and_then_fetched_again() {
    let office = Office::start(Engine::Sqlite).await;
    let own = office.sign_in(OFFICER).await;
    walk(&office, &own, &at(&office, "/me/issuers/authorization"), HE_JING).await;
    office.simulator.withhold_oidc_keys();
    let came = async || walk(&office, &office.visitor(), &at(&office, "/sign-in/oidc"), HE_JING).await.location;
    assert_eq!(came().await, "/me/notice?back=/", "as fetched a moment ago");
    office.clock.advance_ms(3_600_000);
    assert_eq!(came().await, "/sign-in?why=binding.failed&back=/", "no longer published, no longer believed");
    office.settle().await;
}
