//! Registrations: a firm and a free-lancer find their own way in, through their county's officer.

use super::{Answer, Office, answer, first_step};
use crate::engines::{Engine, engines};
use crate::org::{City, clerk, identity_number, person, roster};
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::org::import_roster;
use jixue_core::role::Role;
use jixue_core::scope::Reach;

const CONTACT: &str = "13700005678";
const COUNTY: &str = "13900000044";
const OTHER_COUNTY: &str = "13900000055";
/// A code with a right check character that no unit has.
const USCC: &str = "12431002MA9A1A0138";

async fn city(engine: Engine) -> Office {
    founded(engine).await.0
}

async fn founded(engine: Engine) -> (Office, City) {
    let test = TestApp::start(engine).await;
    let city = City::found(&test).await;
    for (phone, region) in [(COUNTY, "431002"), (OTHER_COUNTY, "431003")] {
        let account = super::account(&test, "何静", phone).await;
        super::grant(&test, account, Role::CountyOfficer, Reach::Region { region_code: region.to_owned() }).await;
    }
    (Office { test }, city)
}

async fn send(office: &Office, client: &reqwest::Client, fields: &[(&str, &str)], code: Option<&str>) -> Answer {
    let mut form = fields.to_vec();
    form.extend(code.map(|code| ("code", code)));
    answer(client.post(office.url("/registration")).form(&form)).await
}

fn firm() -> Vec<(&'static str, &'static str)> {
    vec![
        ("kind", "firm"),
        ("uscc", USCC),
        ("unit_name", "青禾口腔诊所"),
        ("region", "431002"),
        ("industry", "health"),
        ("contact", "周敏"),
        ("phone", CONTACT),
    ]
}

/// Both steps; the phone's code is the newest.
async fn register(office: &Office, fields: &[(&str, &str)]) -> Answer {
    register_by(office, fields, CONTACT).await
}

async fn register_by(office: &Office, fields: &[(&str, &str)], phone: &str) -> Answer {
    let client = office.visitor();
    let sent = send(office, &client, fields, None).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let code = office.sms_code(phone).await;
    assert_eq!(send(office, &client, fields, Some("00000x")).await.status, 422);
    send(office, &client, fields, Some(&code)).await
}

async fn waiting(office: &Office, client: &reqwest::Client) -> Vec<String> {
    let page = office.get(client, "/registrations").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let parts = page.text.split("href=\"").skip(1).filter(|part| part.starts_with("/registrations/"));
    parts.map(|part| part.split('"').next().unwrap_or_default().to_owned()).collect()
}

/// Nothing is chosen beforehand, so whoever overlooks a list is told which, before a code is spent on them.
#[tokio::test]
async fn what_was_not_chosen_is_named_beside_its_list() {
    let (office, _) = founded(Engine::Sqlite).await;
    let page = office.get(&office.visitor(), "/registration").await;
    assert!(
        page.text.contains("<option value=\"\" selected>") || page.text.contains("<option value=\"\">"),
        "{}",
        page.text
    );
    for (field, words) in [("region", "请选择所在的县（市、区）"), ("industry", "请选择行业"), ("uscc", "uscc-error")]
    {
        let fields: Vec<_> =
            firm().into_iter().map(|(name, value)| (name, if name == field { "" } else { value })).collect();
        let answer = send(&office, &office.visitor(), &fields, None).await;
        assert_eq!(answer.status, 422, "{field}");
        assert!(
            answer.text.contains(words) && answer.text.contains(&format!("id=\"{field}-error\"")),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("青禾口腔诊所"), "what was typed stays");
    }
    assert!(office.simulator.sms_inbox(CONTACT).is_empty(), "no message was sent");
}

#[tokio::test]
async fn an_accepted_firm_is_a_unit_and_its_contact_the_clerk() {
    for engine in engines() {
        let office = city(engine).await;
        assert_eq!(register(&office, &firm()).await.status, 200);
        let (county, other) = (office.sign_in(COUNTY).await, office.sign_in(OTHER_COUNTY).await);
        assert!(waiting(&office, &other).await.is_empty(), "another county's");
        let found = waiting(&office, &county).await;
        assert_eq!(found.len(), 1);
        let page = office.get(&county, &found[0]).await;
        assert!(page.text.contains("青禾口腔诊所") && page.text.contains(USCC));
        let acceptance = format!("{}/acceptance", found[0]);
        assert_eq!(office.post(&other, &acceptance, &[]).await.status, 404);
        office.clock.advance_ms(61_000);
        let visitor = office.visitor();
        let early = answer(visitor.post(office.url("/sign-in/codes")).form(&[("phone", CONTACT)])).await;
        assert_eq!(early.status, 200, "nobody learns whether a phone is known");
        let accepted = office.post(&county, &acceptance, &[]).await;
        assert_eq!(accepted.location, "/registrations?done=registration_accepted", "{}", accepted.text);
        assert_eq!(office.post(&county, &acceptance, &[]).await.status, 409, "once");
        office.clock.advance_ms(61_000);
        let clerk = office.visitor();
        assert_eq!(first_step(&office, &clerk, CONTACT).await.status, 303);
        assert_eq!(office.get(&clerk, "/unit/people").await.status, 200);
        assert_eq!(office.get(&clerk, "/registrations").await.status, 403);
        assert!(office.facts().await.contains(&"registration_accepted".to_owned()));
        office.settle().await;
    }
}

#[tokio::test]
async fn an_accepted_free_lancer_studies_and_is_the_clerk_of_one() {
    for engine in engines() {
        let office = city(engine).await;
        let number = identity_number(31);
        let fields = [
            ("kind", "freelancer"),
            ("region", "431002"),
            ("industry", "culture"),
            ("contact", "周敏"),
            ("identity", number.as_str()),
            ("phone", CONTACT),
        ];
        assert_eq!(register(&office, &fields).await.status, 200);
        let county = office.sign_in(COUNTY).await;
        let found = waiting(&office, &county).await;
        let page = office.get(&county, &found[0]).await;
        assert!(!page.text.contains(&number), "masked");
        const NAME: &str = "SELECT unit_name FROM registration LIMIT 1";
        let name = office.db.read(async |tx: &Tx<'_>| tx.query_value::<String>(NAME, values![]).await).await.unwrap();
        assert!(name.starts_with("周敏（") && !name.contains(&number[14..]), "{name}");
        assert_eq!(office.post(&county, &format!("{}/acceptance", found[0]), &[]).await.status, 303);
        office.clock.advance_ms(61_000);
        let own = office.visitor();
        assert_eq!(first_step(&office, &own, CONTACT).await.status, 303);
        let me = office.get(&own, "/me").await;
        assert!(me.text.contains("学员") && me.text.contains("单位管理员"), "{}", me.text);
        office.settle().await;
    }
}

/// Whoever knows the name and number of somebody whom nobody employs must not come into that person's years.
#[tokio::test]
async fn nobody_registers_into_another_persons_record() {
    for engine in engines() {
        let (office, city) = founded(engine).await;
        let rows = [person(1)];
        import_roster(&office, &clerk(city.first), city.first, "a.xlsx", roster(&rows).into()).await.expect("a roster");
        office.settle().await;
        const LEAVE: &str = "UPDATE employment SET ended_on = started_on";
        office.db.write(async |tx: &Tx<'_>| tx.execute(LEAVE, values![]).await).await.expect("they leave");
        let ([name, _, own_phone, ..], number) = (person(1), identity_number(1));
        let fields = |phone| {
            let mut fields = vec![("kind", "freelancer"), ("region", "431002"), ("industry", "culture")];
            fields.extend([("contact", name.as_str()), ("identity", number.as_str()), ("phone", phone)]);
            fields
        };
        assert_eq!(register(&office, &fields(CONTACT)).await.status, 200);
        let county = office.sign_in(COUNTY).await;
        let found = waiting(&office, &county).await;
        let refused = office.post(&county, &format!("{}/acceptance", found[0]), &[]).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(refused.text.contains("激活账号"), "{}", refused.text);
        assert_eq!(waiting(&office, &county).await.len(), 1, "nothing half done");
        const ACCOUNTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM account WHERE learner_id IS NOT NULL";
        let accounts = office.db.read(async |tx: &Tx<'_>| tx.query_value::<i64>(ACCOUNTS, values![]).await).await;
        assert_eq!(accounts.unwrap(), 0, "nobody came into the record");
        office.post(&county, &format!("{}/refusal", found[0]), &[("reason", "请用激活账号")]).await;
        office.clock.advance_ms(61_000);
        assert_eq!(register_by(&office, &fields(&own_phone), &own_phone).await.status, 200);
        let found = waiting(&office, &county).await;
        let accepted = office.post(&county, &format!("{}/acceptance", found[0]), &[]).await;
        assert_eq!(accepted.status, 303, "with their own phone: {}", accepted.text);
        office.clock.advance_ms(61_000);
        let own = office.visitor();
        assert_eq!(first_step(&office, &own, &own_phone).await.status, 303);
        assert!(office.get(&own, "/me").await.text.contains("学员"));
        office.settle().await;
    }
}

#[tokio::test]
async fn what_is_not_sound_is_refused_before_a_message_is_sent() {
    let office = city(Engine::Sqlite).await;
    let client = office.visitor();
    for (name, value) in [
        ("uscc", "12431002MA9A1A0139"),
        ("unit_name", "诊"),
        ("phone", "12345"),
        ("contact", ""),
        ("region", "999999"),
        ("industry", "alchemy"),
    ] {
        let mut fields = firm();
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        let answer = send(&office, &client, &fields, (name == "region").then_some("000000")).await;
        assert!((400..500).contains(&answer.status), "{name}: {}", answer.status);
    }
    assert!(office.simulator.sms_inbox(CONTACT).is_empty());
}

/// A firm that is there already, one that waits already, and a phone that is somebody's.
#[tokio::test]
async fn what_is_known_already_is_not_registered_again() {
    for engine in engines() {
        let office = city(engine).await;
        let mut known = firm();
        known[1] = ("uscc", "12431021MJX000034G");
        assert_eq!(register(&office, &known).await.status, 409);
        office.clock.advance_ms(61_000);
        assert_eq!(register(&office, &firm()).await.status, 200);
        office.clock.advance_ms(61_000);
        assert_eq!(register(&office, &firm()).await.status, 409, "it waits");
        super::account(&office, "赵远", CONTACT).await;
        let county = office.sign_in(COUNTY).await;
        let found = waiting(&office, &county).await;
        assert_eq!(office.post(&county, &format!("{}/acceptance", found[0]), &[]).await.status, 409);
        assert_eq!(waiting(&office, &county).await.len(), 1, "nothing half done");
        let refusal = format!("{}/refusal", found[0]);
        assert_eq!(office.post(&county, &refusal, &[("reason", "手机号是别人的")]).await.status, 303);
        assert!(waiting(&office, &county).await.is_empty());
        office.settle().await;
    }
}
