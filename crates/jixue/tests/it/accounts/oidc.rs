//! Other issuers as a way in, against an issuer that signs for real and changes its keys.

use super::elsewhere::{walk, walk_there};
use super::{CLERK, OFFICER, Office, account, answer};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
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
        office.simulator.change_oidc_key();
        let client = office.visitor();
        assert_eq!(walk(&office, &client, &at(&office, "/sign-in/oidc"), HE_JING).await.location, "/me/notice?back=/");
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
    let back = walk_there(&office, &own, &at(&office, "/sign-in/oidc"), HE_JING).await;
    let mixed_up = answer(own.get(format!("{back}&iss=https%3A%2F%2Fevil.example"))).await;
    assert!(mixed_up.location.starts_with("/sign-in?why=binding.failed"), "{}", mixed_up.location);
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
