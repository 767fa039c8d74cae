//! Activation: from a wrong phone on the roster to a session, through the unit's clerk or the county.

use super::{Answer, Office, answer, first_step};
use crate::engines::{Engine, engines};
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND, City, clerk, identity_number, person, roster};
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::org::import_roster;
use jixue_core::role::Role;
use jixue_core::scope::Reach;

const NEW_PHONE: &str = "13700001234";
const COUNTY: &str = "13900000044";
const OTHER_COUNTY: &str = "13900000055";

/// A city whose first unit employs persons 1 and 2, with an officer in each county.
async fn city(engine: Engine) -> Office {
    let test = TestApp::start(engine).await;
    let city = City::found(&test).await;
    let rows = [person(1), person(2)];
    import_roster(&test, &clerk(city.first), city.first, "a.xlsx", roster(&rows).into()).await.expect("a roster");
    test.settle().await;
    for (phone, region) in [(COUNTY, "431002"), (OTHER_COUNTY, "431003")] {
        let account = super::account(&test, "何静", phone).await;
        super::grant(&test, account, Role::CountyOfficer, Reach::Region { region_code: region.to_owned() }).await;
    }
    Office { test }
}

async fn ask(office: &Office, number: usize, name: &str, phone: &str) -> Answer {
    let identity = identity_number(number);
    let form = [("identity", identity.as_str()), ("name", name), ("phone", phone)];
    answer(office.visitor().post(office.url("/activation")).form(&form)).await
}

/// Addresses of the requests a decider sees.
async fn requests(office: &Office, client: &reqwest::Client) -> Vec<String> {
    let page = office.get(client, "/activation-requests").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let parts = page.text.split("href=\"").skip(1).filter(|part| part.starts_with("/activation-requests/"));
    parts.map(|part| part.split('"').next().unwrap_or_default().to_owned()).collect()
}

fn code_in(page: &Answer) -> String {
    let (_, rest) =
        page.text.split_once("<p class=\"hero code\">").unwrap_or_else(|| panic!("a code in {}", page.text));
    rest.split('<').next().unwrap_or_default().to_owned()
}

async fn complete(
    office: &Office,
    client: &reqwest::Client,
    number: usize,
    unit_code: &str,
    code: Option<&str>,
) -> Answer {
    let identity = identity_number(number);
    let mut form = vec![("identity", identity.as_str()), ("unit_code", unit_code), ("shown", "137****1234")];
    form.extend(code.map(|code| ("code", code)));
    answer(client.post(office.url("/activation/completion")).form(&form)).await
}

#[tokio::test]
async fn a_wrong_phone_is_replaced_with_the_clerks_code() {
    for engine in engines() {
        let office = city(engine).await;
        let name = person(1)[0].clone();
        assert_eq!(ask(&office, 1, &name, NEW_PHONE).await.status, 200);
        assert_eq!(ask(&office, 1, &name, NEW_PHONE).await.status, 200, "asking twice is asking once");
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        let found = requests(&office, &clerk).await;
        assert_eq!(found.len(), 1);
        let other = office.sign_in(CLERK_OF_SECOND).await;
        assert!(requests(&office, &other).await.is_empty());
        let confirmation = format!("{}/confirmation", found[0]);
        assert_eq!(office.post(&other, &confirmation, &[]).await.status, 404, "another unit's");
        office.clock.advance_ms(11 * 60_000);
        let unproved = office.post(&clerk, &confirmation, &[]).await;
        assert_eq!(unproved.location, format!("/me/confirmation?back={}", found[0]), "{}", unproved.text);
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        let confirmed = office.post(&clerk, &confirmation, &[]).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text);
        let unit_code = code_in(&confirmed);
        assert_eq!(office.post(&clerk, &confirmation, &[]).await.status, 409, "decided once");
        let visitor = office.visitor();
        let wrong = complete(&office, &visitor, 1, "AAAA-AAAA", None).await;
        let elsewhere = complete(&office, &visitor, 2, &unit_code, None).await;
        assert_eq!((wrong.status, elsewhere.status), (422, 422));
        assert_eq!(wrong.text, elsewhere.text, "one answer for a wrong code and a wrong number");
        let sent = complete(&office, &visitor, 1, &unit_code.to_lowercase(), None).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        let sms = office.sms_code(NEW_PHONE).await;
        assert_eq!(complete(&office, &visitor, 1, &unit_code, Some("00000x")).await.status, 422);
        assert_eq!(
            complete(&office, &office.visitor(), 1, &unit_code, Some(&sms)).await.status,
            422,
            "another browser"
        );
        let done = complete(&office, &visitor, 1, &unit_code, Some(&sms)).await;
        assert_eq!(done.status, 303, "{}", done.text);
        let me = office.get(&visitor, "/me").await;
        assert!(me.text.contains(&name) && me.text.contains("137****1234"), "{}", me.text);
        assert_eq!(
            complete(&office, &visitor, 1, &unit_code, None).await.status,
            403,
            "now signed in: no stranger's form"
        );
        let again = complete(&office, &office.visitor(), 1, &unit_code, None).await;
        assert_eq!(again.status, 422, "a code works once");
        let old = office.visitor();
        answer(old.post(office.url("/sign-in/codes")).form(&[("phone", person(1)[2].as_str())])).await;
        office.settle().await;
        assert!(office.simulator.sms_inbox(&person(1)[2]).is_empty(), "the old number is nobody's");
    }
}

/// Whether anybody has a number is nobody's business.
#[tokio::test]
async fn attack_case_20_asking_tells_nobody_who_is_known() {
    for engine in engines() {
        let office = city(engine).await;
        let known = ask(&office, 1, &person(1)[0], NEW_PHONE).await;
        let unknown = ask(&office, 77, "周敏", NEW_PHONE).await;
        let other_name = ask(&office, 2, "周敏", NEW_PHONE).await;
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
        assert_eq!(known.text, other_name.text);
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        assert_eq!(requests(&office, &clerk).await.len(), 1, "only who is on the roster, by the right name");
        office.settle().await;
    }
}

/// A clerk on holiday must not keep somebody out of the year's study.
#[tokio::test]
async fn after_three_days_the_county_sees_the_request() {
    for engine in engines() {
        let office = city(engine).await;
        ask(&office, 1, &person(1)[0], NEW_PHONE).await;
        let county = office.sign_in(COUNTY).await;
        assert!(requests(&office, &county).await.is_empty());
        office.clock.advance_ms(3 * 86_400_000 + 1);
        office.clock.advance_ms(61_000);
        let (county, other) = (office.sign_in(COUNTY).await, office.sign_in(OTHER_COUNTY).await);
        let found = requests(&office, &county).await;
        assert_eq!(found.len(), 1);
        assert!(requests(&office, &other).await.is_empty());
        assert_eq!(office.get(&other, &found[0]).await.status, 404);
        let refusal = format!("{}/refusal", found[0]);
        assert_eq!(office.post(&county, &refusal, &[("reason", " ")]).await.status, 422);
        let refused = office.post(&county, &refusal, &[("reason", "本人说没有申请过")]).await;
        assert_eq!(refused.location, "/activation-requests?done=activation_refused");
        assert!(requests(&office, &county).await.is_empty());
        office.settle().await;
    }
}

/// Numbers are given out again. The roster's new owner must not find the old owner's account behind it, and gets in by
/// the unit's code; the old owner's account stays the old owner's.
#[tokio::test]
async fn a_reissued_number_never_opens_the_account_of_its_former_owner() {
    for engine in engines() {
        let office = city(engine).await;
        let former = person(1);
        let clerk = super::account(&office, "前任文员", "13700001234").await;
        let reach = Reach::Region { region_code: "431000".to_owned() };
        super::grant(&office, clerk, Role::Expert, reach).await;
        let own = office.visitor();
        assert_eq!(first_step(&office, &own, &former[2]).await.status, 303);
        ask(&office, 2, &person(2)[0], "13700001234").await;
        let decider = office.sign_in(CLERK_OF_FIRST).await;
        let found = requests(&office, &decider).await;
        let unit_code = code_in(&office.post(&decider, &format!("{}/confirmation", found[0]), &[]).await);
        let visitor = office.visitor();
        complete(&office, &visitor, 2, &unit_code, None).await;
        let sms = office.sms_code("13700001234").await;
        assert_eq!(complete(&office, &visitor, 2, &unit_code, Some(&sms)).await.status, 303);
        let me = office.get(&visitor, "/me").await;
        assert!(me.text.contains(&person(2)[0]), "{}", me.text);
        assert!(!me.text.contains("前任文员"));
        assert_eq!(office.get(&own, "/me").await.status, 200, "person 1 is not concerned");
        office.settle().await;
    }
}

/// Somebody who has a clerk's old number on the roster of another unit signs in: not as the clerk.
#[tokio::test]
async fn a_roster_phone_that_is_another_persons_account_is_refused() {
    for engine in engines() {
        let office = city(engine).await;
        let phone: &'static str = Box::leak(person(2)[2].clone().into_boxed_str());
        super::account(&office, "前任文员", phone).await;
        let refused = first_step(&office, &office.visitor(), phone).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(refused.text.contains("激活账号"));
        office.settle().await;
    }
}

/// A clerk who puts a request in for a colleague, hands the code to nobody and uses it, opens no office that way.
#[tokio::test]
async fn attack_case_09_an_activation_code_opens_no_office() {
    for engine in engines() {
        let office = city(engine).await;
        let [name, _, phone, ..] = person(1);
        let colleague = super::account(&office.test, &name, &phone).await;
        let reach = Reach::Region { region_code: "431002".to_owned() };
        super::grant(&office.test, colleague, Role::CountyOfficer, reach).await;
        // Signing in makes the account the person's on the roster too.
        office.sign_in(&phone).await;
        assert_eq!(ask(&office, 1, &name, NEW_PHONE).await.status, 200);
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        let found = requests(&office, &clerk).await;
        let refused = office.post(&clerk, &format!("{}/confirmation", found[0]), &[]).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(refused.text.contains("还有管理身份") && !refused.text.contains("hero code"), "{}", refused.text);
    }
}

/// Whoever held the old number and took care to stay in is out: password, second factor and sessions.
#[tokio::test]
async fn who_held_the_old_number_keeps_no_other_way_in() {
    const WAYS: &str = "SELECT CAST((SELECT COUNT(*) FROM second_factor WHERE removed_at IS NULL)
        + (SELECT COUNT(*) FROM account WHERE learner_id IS NOT NULL AND password_hash IS NOT NULL)
        + (SELECT COUNT(*) FROM binding WHERE removed_at IS NULL) AS BIGINT)";
    const STAYS: [&str; 3] = [
        "INSERT INTO second_factor (account_id, factor_id, kind, label, added_at)
            SELECT account_id, 1, 'totp', '', 0 FROM account WHERE learner_id IS NOT NULL",
        "UPDATE account SET password_hash = 'known', login = 'known' WHERE learner_id IS NOT NULL",
        "INSERT INTO binding (binding_id, account_id, provider, subject_index, subject_sealed, bound_at)
            SELECT 1, account_id, 'wechat', $1, $1, 0 FROM account WHERE learner_id IS NOT NULL",
    ];
    for engine in engines() {
        let office = city(engine).await;
        let [name, _, phone, ..] = person(1);
        let holder = office.sign_in(&phone).await;
        let stay = async |tx: &Tx<'_>| {
            tx.execute(STAYS[0], values![]).await?;
            tx.execute(STAYS[1], values![]).await?;
            tx.execute(STAYS[2], values![[1_u8].as_slice()]).await
        };
        assert_eq!(office.db.write(stay).await.expect("three more ways in"), 1);
        ask(&office, 1, &name, NEW_PHONE).await;
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        let found = requests(&office, &clerk).await;
        let unit_code = code_in(&office.post(&clerk, &format!("{}/confirmation", found[0]), &[]).await);
        let owner = office.visitor();
        complete(&office, &owner, 1, &unit_code, None).await;
        let sms = office.sms_code(NEW_PHONE).await;
        let done = complete(&office, &owner, 1, &unit_code, Some(&sms)).await;
        assert!(done.status == 303 && !done.location.contains("factor"), "in, with no stranger's factor: {done:?}");
        let ways = office.db.read(async |tx: &Tx<'_>| tx.query_value::<i64>(WAYS, values![]).await);
        assert_eq!(ways.await.expect("a count"), 0);
        assert_eq!(office.get(&holder, "/me").await.status, 303, "signed out");
    }
}

/// Requests under a wrong name, which nobody sees, do not keep the owner's out.
#[tokio::test]
async fn attack_case_20_requests_under_another_name_keep_nobody_out() {
    for engine in engines() {
        let office = city(engine).await;
        for number in 0..6 {
            ask(&office, 1, "周敏", &format!("1370000990{number}")).await;
        }
        ask(&office, 1, &person(1)[0], NEW_PHONE).await;
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        assert_eq!(requests(&office, &clerk).await.len(), 1);
    }
}
