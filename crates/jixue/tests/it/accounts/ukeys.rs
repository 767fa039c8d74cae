//! UKeys as second factors: what the token signed counts once, for this site, while its certificate is good.

use super::{Answer, OFFICER, Office, first_step};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::config::UkeySection;
use jixue_simulators::{SimulatorKeys, Ukey, UkeyAuthority};

/// An office that believes one authority, which has revoked the UKey of serial 13.
async fn office(engine: Engine, authority: &UkeyAuthority) -> Office {
    let change = |config: &mut jixue::config::Config| {
        let trust = config.keys.join("ukey-trust");
        std::fs::create_dir_all(&trust).expect("a folder");
        std::fs::write(trust.join("ca.pem"), &authority.certificate_pem).expect("a file");
        let revoked = config.keys.join("ukey-revoked.pem");
        let lost = authority.issue("lost", 13, None);
        std::fs::write(&revoked, authority.revoke(&[&lost])).expect("a file");
        let middleware_url = Some("http://127.0.0.1:9999".to_owned());
        config.ukey = Some(UkeySection { trust, revoked: vec![revoked], middleware_url });
    };
    Office::within(TestApp::start_with(engine, change).await).await
}

/// The text that a page asks to sign.
fn asked(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("data-ukey-text").unwrap_or_else(|| panic!("no text in {}", page.text));
    let (_, rest) = rest.split_once('>').expect("a field");
    rest.split('<').next().unwrap_or_default().replace("&#x2F;", "/")
}

async fn add(office: &Office, client: &reqwest::Client, certificate: &str, sign: impl Fn(&str) -> String) -> Answer {
    let page = office.get(client, "/me/factors/ukey").await;
    let answer = sign(&asked(&page));
    let fields = [("ukey_certificate", certificate), ("ukey_answer", &answer), ("label", "")];
    office.post(client, "/me/factors/ukey", &fields).await
}

/// The second step of a sign-in, asked for.
async fn second_step(office: &Office) -> (reqwest::Client, Answer) {
    let client = office.visitor();
    let first = first_step(office, &client, OFFICER).await;
    assert!(first.location.starts_with("/sign-in/factor"), "{}", first.location);
    let page = office.get(&client, "/sign-in/factor").await;
    (client, page)
}

async fn give(office: &Office, client: &reqwest::Client, answer: &str) -> Answer {
    super::answer(client.post(office.url("/sign-in/factor")).form(&[("ukey_answer", answer)])).await
}

/// RSA (PKCS #1 and PSS) and P-256, bare and CMS: each kind of UKey opens the second step.
#[tokio::test]
async fn each_kind_of_ukey_opens_the_second_step() {
    for engine in engines() {
        let authority = UkeyAuthority::new("样例发证机构");
        let office = office(engine, &authority).await;
        let rsa_key = SimulatorKeys::once_per_process().merchant.pair.private;
        let ukeys = [authority.issue("何静", 1, None), authority.issue("何静", 2, Some(&rsa_key))];
        let own = office.sign_in(OFFICER).await;
        let added = add(&office, &own, &ukeys[0].certificate_pem, |text| ukeys[0].sign(text)).await;
        assert!(added.status == 200 && added.text.contains("恢复码"), "{}: {}", added.status, added.text);
        let added = add(&office, &own, "", |text| ukeys[1].sign_cms(text)).await;
        assert_eq!(added.location, "/me/factors?done=factor_added", "{}", added.text);
        let page = office.get(&own, "/me/factors").await;
        assert!(page.text.matches("UKey 证书 · CN=何静").count() == 2, "{}", page.text);
        let ways: [&dyn Fn(&str) -> String; 5] = [
            &|text| ukeys[0].sign(text),
            &|text| ukeys[0].sign_cms(text),
            &|text| ukeys[1].sign(text),
            &|text| ukeys[1].sign_cms(text),
            &|text| ukeys[1].sign_pss(text),
        ];
        for (number, sign) in ways.iter().enumerate() {
            let (client, page) = second_step(&office).await;
            assert_eq!(give(&office, &client, &sign(&asked(&page))).await.status, 303, "{number}");
            assert_eq!(office.get(&client, "/me").await.status, 200);
            office.clock.advance_ms(61_000);
        }
        office.settle().await;
    }
}

/// An answer counts once, for the question that was asked in this very sign-in, by a key of this account.
#[tokio::test]
async fn an_answer_belongs_to_its_question() {
    for engine in engines() {
        let authority = UkeyAuthority::new("样例发证机构");
        let office = office(engine, &authority).await;
        let (ukey, other) = (authority.issue("何静", 1, None), authority.issue("王敏", 2, None));
        let own = office.sign_in(OFFICER).await;
        add(&office, &own, &ukey.certificate_pem, |text| ukey.sign(text)).await;
        office.clock.advance_ms(61_000);
        let (client, page) = second_step(&office).await;
        let right = ukey.sign(&asked(&page));
        assert_eq!(give(&office, &client, &other.sign(&asked(&page))).await.status, 422, "another's key");
        assert_eq!(give(&office, &client, &right).await.status, 422, "the question was used up");
        let again = asked(&office.get(&client, "/sign-in/factor").await);
        assert!(again.contains(&office.base_url) && again != asked(&page), "{again}");
        let elsewhere = ukey.sign(&again.replace(&office.base_url, "https://evil.example"));
        assert_eq!(give(&office, &client, &elsewhere).await.status, 422, "signed for another site");
        let again = asked(&office.get(&client, "/sign-in/factor").await);
        let (thief, _) = {
            office.clock.advance_ms(61_000);
            second_step(&office).await
        };
        assert_eq!(give(&office, &thief, &ukey.sign(&again)).await.status, 422, "of another sign-in");
        office.clock.advance_ms(601_000);
        assert_eq!(give(&office, &client, &ukey.sign(&again)).await.status, 422, "too late");
        office.settle().await;
    }
}

/// A certificate that is not good is refused by its reason, and adds nothing.
#[tokio::test]
async fn a_certificate_that_is_not_good_is_refused_by_its_reason() {
    for engine in engines() {
        let authority = UkeyAuthority::new("样例发证机构");
        let office = office(engine, &authority).await;
        let own = office.sign_in(OFFICER).await;
        let stranger = UkeyAuthority::new("样例发证机构").issue("何静", 1, None);
        let lost = authority.issue("何静", 13, None);
        let good = authority.issue("何静", 1, None);
        let refused = async |ukey: &Ukey, words: &str| {
            let answer = add(&office, &own, &ukey.certificate_pem, |text| ukey.sign(text)).await;
            assert!(answer.status == 422 && answer.text.contains(words), "{words}: {}", answer.text);
        };
        refused(&stranger, "不是认可的机构发的").await;
        refused(&lost, "已被吊销").await;
        let borrowed = add(&office, &own, &good.certificate_pem, |text| lost.sign(text)).await;
        assert!(borrowed.status == 422 && borrowed.text.contains("没有通过"), "another's certificate");
        let nonsense = add(&office, &own, "不是证书", |_| "不是签名".to_owned()).await;
        assert!(nonsense.status == 422 && nonsense.text.contains("读不出来"), "{}", nonsense.text);
        assert!(office.get(&own, "/me/factors").await.text.contains("还没有设置"));
        let policy =
            own.get(office.url("/me")).send().await.expect("an answer").headers()["content-security-policy"].clone();
        assert!(policy.to_str().expect("words").contains("connect-src 'self' http://127.0.0.1:9999"));
        office.settle().await;
    }
}

/// One UKey is one account's; and where none are configured there is no page for them.
#[tokio::test]
async fn a_ukey_belongs_to_one_account() {
    for engine in engines() {
        let authority = UkeyAuthority::new("样例发证机构");
        let office = office(engine, &authority).await;
        let second = super::account(&office, "王敏", super::CLERK).await;
        let reach = jixue_core::scope::Reach::Region { region_code: "431000".to_owned() };
        super::grant(&office, second, jixue_core::role::Role::BureauOfficer, reach).await;
        let ukey = authority.issue("何静", 1, None);
        let (first, second) = (office.sign_in(OFFICER).await, office.sign_in(super::CLERK).await);
        assert_eq!(add(&office, &first, &ukey.certificate_pem, |text| ukey.sign(text)).await.status, 200);
        assert_eq!(add(&office, &second, &ukey.certificate_pem, |text| ukey.sign(text)).await.status, 409);
        office.settle().await;
        let without = Office::start(engine).await;
        let own = without.sign_in(OFFICER).await;
        assert_eq!(without.get(&own, "/me/factors/ukey").await.status, 404);
    }
}
