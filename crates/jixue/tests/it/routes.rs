//! Every route declares a policy, and every part of the API is documented.

use crate::engines::Engine;
use crate::test_app::TestApp;
use jixue::web::{Body, Declared, Policy};
use jixue_core::role::Role;

/// Addresses that anybody may use; a new one must be thought about here.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/activation"),
    ("GET", "/activation/completion"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/v1/verifications/{code}"),
    ("GET", "/assets/{edition}/{name}"),
    ("GET", "/healthz"),
    ("GET", "/oidc/{issuer}/answer"),
    ("GET", "/readyz"),
    ("GET", "/registration"),
    ("GET", "/setup"),
    ("GET", "/sign-in"),
    ("GET", "/sign-in/factor"),
    ("GET", "/sign-in/oidc"),
    ("GET", "/sign-in/wechat"),
    ("GET", "/verify"),
    ("GET", "/verify/{code}"),
    ("GET", "/wechat/answer"),
    ("POST", "/activation"),
    ("POST", "/activation/completion"),
    ("POST", "/preferences"),
    ("POST", "/registration"),
    ("POST", "/session"),
    ("POST", "/setup"),
    ("POST", "/sign-in/codes"),
    ("POST", "/sign-in/factor"),
    ("POST", "/sign-in/factor/enrolment"),
    ("POST", "/sign-in/passkey"),
    ("POST", "/verify"),
];

async fn declared(test: &TestApp) -> Vec<Declared> {
    jixue::routes(test).declared().to_vec()
}

/// A route that anybody can use by oversight is how data leaks begin.
#[tokio::test]
async fn attack_case_03_only_the_listed_addresses_are_public() {
    let test = TestApp::start(Engine::Sqlite).await;
    let mut public: Vec<(String, &str)> = declared(&test)
        .await
        .iter()
        .filter(|route| route.policy == Policy::Public)
        .map(|route| (route.method.to_string(), route.path))
        .collect();
    public.sort();
    let expected: Vec<(String, &str)> = PUBLIC.iter().map(|(method, path)| ((*method).to_owned(), *path)).collect();
    assert_eq!(public, expected);
}

/// Every address under /api/v1 stands in the document that other programs are written from.
#[tokio::test]
async fn the_api_document_names_every_api_route() {
    let test = TestApp::start(Engine::Sqlite).await;
    let document = jixue::api();
    for route in declared(&test).await.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        assert!(document.paths.paths.contains_key(route.path), "{} is not documented", route.path);
    }
}

/// Strangers, and people in the wrong hat, get nothing from any address that is not theirs.
#[tokio::test]
async fn attack_case_03_each_route_turns_away_who_is_not_named() {
    let test = TestApp::start(Engine::Sqlite).await;
    let officer = crate::identity::signed_in_officer(&test).await;
    let csrf = test.csrf(&officer).await;
    let stranger = test.visitor();
    let mut cells = 0;
    // Ending the session is what it says: the matrix would go on as a stranger.
    let endings = ["/session/ending", "/me/devices/ending"];
    let lasting = |route: &Declared| !endings.contains(&route.path);
    for route in declared(&test).await.into_iter().filter(lasting) {
        let path = route.path.replace(['{', '}'], "");
        let ask = |visitor: &reqwest::Client, csrf: &str| {
            let request = visitor.request(route.method.clone(), test.url(&path)).header("accept", "application/json");
            let request = request.header("x-csrf", csrf.to_owned());
            if route.body == Body::Upload {
                request.header("content-type", "multipart/form-data; boundary=x")
            } else {
                request
            }
        };
        let by_stranger = ask(&stranger, "").send().await.unwrap().status().as_u16();
        let by_officer = ask(&officer, &csrf).send().await.unwrap().status().as_u16();
        match route.policy {
            Policy::Public | Policy::Machine | Policy::Operator => {}
            Policy::SignedIn => assert_eq!(by_stranger, 401, "{} {path}", route.method),
            Policy::Learner => {
                assert_eq!(by_stranger, 401, "{} {path}", route.method);
                assert_eq!(by_officer, 403, "{} {path}", route.method);
            }
            Policy::Hats(roles) => {
                assert_eq!(by_stranger, 401, "{} {path}", route.method);
                let named = roles.contains(&Role::BureauOfficer);
                assert_eq!(by_officer == 403, !named, "{} {path}: {by_officer}", route.method);
            }
        }
        assert!(by_officer < 500 && by_stranger < 500, "{} {path}: {by_officer} {by_stranger}", route.method);
        cells += 2;
    }
    println!("{cells} cells of the matrix");
}
