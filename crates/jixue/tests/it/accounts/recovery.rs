//! Recovery: an officer without any factor left gets in again by two others, or by one and the operator.

use super::{OFFICER, Office, account, answer, first_step, grant};
use crate::engines::{Engine, engines};
use jixue::db::{Tx, values};
use jixue::identity::open_by_operator;
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use jixue_simulators::Passkey;

const FIRST: &str = "13900000061";
const SECOND: &str = "13900000062";

/// The officer has a passkey and loses it; two more administrators are there, and one of another city.
async fn lost(engine: Engine) -> Office {
    let office = Office::start(engine).await;
    let region = |code: &str| Reach::Region { region_code: code.to_owned() };
    let first = account(&office, "李安", FIRST).await;
    grant(&office, first, Role::SecurityAdministrator, region("431000")).await;
    let second = account(&office, "王平", SECOND).await;
    grant(&office, second, Role::BureauOfficer, region("431000")).await;
    let desk = office.sign_in(OFFICER).await;
    let page = office.get(&desk, "/me/factors/passkey").await;
    let made = Passkey::new(&office.base_url).make(&page.attribute("data-challenge"));
    let fields = [("client_data", made.client_data.as_str()), ("attestation_object", made.attestation_object.as_str())];
    assert_eq!(office.post(&desk, "/me/factors/passkey", &fields).await.status, 200);
    office.clock.advance_ms(61_000);
    office
}

/// Whether the phone alone opens a session.
async fn comes_in(office: &Office) -> bool {
    office.clock.advance_ms(61_000);
    let visitor = office.visitor();
    first_step(office, &visitor, OFFICER).await;
    office.get(&visitor, "/bureau/progress").await.status == 200
}

async fn confirmation(office: &Office, client: &reqwest::Client) -> Option<String> {
    let page = office.get(client, "/recoveries").await;
    let mut parts = page.text.split("action=\"").skip(1).filter(|part| part.starts_with("/recoveries/"));
    parts.next().and_then(|part| part.split('"').next()).map(str::to_owned)
}

#[tokio::test]
async fn two_administrators_take_lost_factors_away() {
    for engine in engines() {
        let office = lost(engine).await;
        assert!(!comes_in(&office).await);
        let (first, second) = (office.sign_in(FIRST).await, office.sign_in(SECOND).await);
        let form = [("name", OFFICER), ("reason", "手机丢失，已当面核对身份")];
        assert_eq!(office.post(&first, "/recoveries", &[("name", OFFICER), ("reason", "")]).await.status, 422);
        assert_eq!(office.post(&first, "/recoveries", &[("name", FIRST), ("reason", "自己")]).await.status, 409);
        assert_eq!(office.post(&first, "/recoveries", &form).await.location, "/recoveries?done=recovery_opened");
        assert!(confirmation(&office, &first).await.is_none(), "the first person cannot be the second");
        let path = confirmation(&office, &second).await.expect("a form for the second person");
        assert_eq!(office.post(&first, &path, &[]).await.status, 409);
        assert_eq!(office.post(&second, &path, &[]).await.location, "/recoveries?done=recovery_done");
        assert_eq!(office.post(&second, &path, &[]).await.status, 409, "once");
        assert!(comes_in(&office).await);
        assert!(office.facts().await.contains(&"account_recovered".to_owned()));
        office.settle().await;
    }
}

/// One administrator must not make the second one, nor act as both through a deputy.
#[tokio::test]
async fn the_second_person_owes_nothing_to_the_first() {
    const TIES: [(&str, &str); 5] = [
        ("given_by = (SELECT account_id FROM account WHERE display_name = '李安')", "given_by = 0"),
        (
            "deputy_for_account = (SELECT account_id FROM account WHERE display_name = '李安')",
            "deputy_for_account = NULL",
        ),
        ("given_at = given_at + 600000", "given_at = given_at - 600000"),
        ("given_by = (SELECT account_id FROM account WHERE display_name = '王平')", "given_by = 0"),
        (
            "deputy_for_account = (SELECT account_id FROM account WHERE display_name = '王平')",
            "deputy_for_account = NULL",
        ),
    ];
    for engine in engines() {
        let office = lost(engine).await;
        let (first, second) = (office.sign_in(FIRST).await, office.sign_in(SECOND).await);
        let form = [("name", OFFICER), ("reason", "手机丢失，已当面核对身份")];
        assert_eq!(office.post(&first, "/recoveries", &form).await.status, 303);
        let path = confirmation(&office, &second).await.expect("a form");
        for (number, (tie, undo)) in TIES.into_iter().enumerate() {
            let of = if number < 3 { "王平" } else { "李安" };
            change_grant(&office, of, tie).await;
            let refused = office.post(&second, &path, &[]).await;
            assert_eq!(refused.status, 409, "{tie}: {}", refused.text);
            assert!(refused.text.contains("授权或代理关系"), "{tie}: {}", refused.text);
            change_grant(&office, of, undo).await;
        }
        assert_eq!(office.post(&second, &path, &[]).await.location, "/recoveries?done=recovery_done");
        office.settle().await;
    }
}

async fn change_grant(office: &Office, of: &str, change: &str) {
    let sql: &'static str = Box::leak(
        format!(
            "UPDATE role_grant SET {change} WHERE account_id = (SELECT account_id FROM account WHERE display_name = '{of}')"
        )
        .into_boxed_str(),
    );
    let write = async move |tx: &Tx<'_>| tx.execute(sql, values![]).await;
    assert_eq!(office.db.write(write).await.expect("a change"), 1);
}

#[tokio::test]
async fn one_administrator_needs_the_operators_token() {
    for engine in engines() {
        let office = lost(engine).await;
        let token = open_by_operator(&office, OFFICER, "手机丢失").await.expect("a token");
        assert!(open_by_operator(&office, "13900009999", "手机丢失").await.is_err());
        let second = office.sign_in(SECOND).await;
        let path = confirmation(&office, &second).await.expect("a form");
        assert_eq!(office.post(&second, &path, &[("token", "guess")]).await.status, 422);
        assert!(!comes_in(&office).await);
        assert_eq!(office.post(&second, &path, &[("token", &token)]).await.status, 303);
        assert!(comes_in(&office).await);
        office.settle().await;
    }
}

/// An administrator of another city, a county's officer, and anybody after a day: no such recovery.
#[tokio::test]
async fn attack_case_09_nobody_outside_recovers_an_account() {
    let office = lost(Engine::Sqlite).await;
    let stranger = account(&office, "赵远", "13900000063").await;
    let reach = Reach::Region { region_code: "431100".to_owned() };
    grant(&office, stranger, Role::BureauOfficer, reach).await;
    let (first, far) = (office.sign_in(FIRST).await, office.sign_in("13900000063").await);
    let form = [("name", OFFICER), ("reason", "手机丢失")];
    assert_eq!(office.post(&far, "/recoveries", &form).await.status, 404);
    assert_eq!(office.post(&first, "/recoveries", &form).await.status, 303);
    let second = office.sign_in(SECOND).await;
    let path = confirmation(&office, &second).await.expect("a form");
    assert_eq!(office.post(&far, &path, &[]).await.status, 404);
    assert!(confirmation(&office, &far).await.is_none());
    office.clock.advance_ms(24 * 3_600_000 + 1);
    let second = office.sign_in(SECOND).await;
    assert_eq!(office.post(&second, &path, &[]).await.status, 404, "too late");
    let stranger = office.visitor();
    assert_eq!(answer(stranger.post(office.url(&path))).await.status, 303, "to the sign-in page");
}
