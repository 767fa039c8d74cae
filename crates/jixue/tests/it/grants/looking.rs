//! Support sees what a learner sees: for a purpose, for a quarter of an hour, and without changing anything.

use super::{grants_of, named, region, signed_in};
use crate::credit::office::{Office, Officer, in_offices};
use crate::org::{identity_number, person};
use jixue::db::{Tx, values};
use jixue::identity::open_session;
use jixue::web::{self, Body, SENT_WHILE_LOOKING};
use jixue_core::role::Role;
use reqwest::header::{COOKIE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};

const SUPPORT: &str = "13900000301";
/// Of person 1, who works in 431002; person 9 works in 431003.
const LEARNER: &str = "13800000001";
const ELSEWHERE: &str = "13800000009";
const PURPOSE: &str = "来电：视频学时没有记上";
const MINUTE_MS: i64 = 60_000;

async fn support(office: &Office) -> Officer<'_> {
    signed_in(office, SUPPORT, Role::Support, region("431002")).await
}

async fn look(support: &Officer<'_>, person: &str, purpose: &str) -> (u16, String) {
    let form = [("csrf", support.csrf.as_str()), ("person", person), ("purpose", purpose)];
    support.told(support.client.post(support.office.url("/learner-views")).form(&form)).await
}

async fn looks(support: &Officer<'_>) {
    assert_eq!(look(support, LEARNER, PURPOSE).await, (303, "/learn".to_owned()));
}

/// The part of a page that is not about who reads it.
fn main_part(page: &str, csrf: &str) -> String {
    let (_, rest) = page.split_once("<main").expect("a main part");
    rest.split("</main>").next().unwrap_or_default().replace(csrf, "")
}

#[tokio::test]
async fn support_sees_what_the_learner_sees() {
    in_offices(async |office| {
        let support = support(office).await;
        assert_eq!(support.get("/learn").await.0, 403, "not before it is said what for");
        looks(&support).await;
        let client = office.sign_in(LEARNER).await;
        let learner = Officer { office, csrf: office.csrf(&client).await, client };
        for path in ["/learn", "/courses", "/certificates", "/credit", "/orders"] {
            let (status, seen) = support.get(path).await;
            assert_eq!(status, 200, "{path}");
            assert_eq!(main_part(&seen, &support.csrf), main_part(&learner.get(path).await.1, &learner.csrf), "{path}");
            let [name, ..] = person(1);
            assert!(seen.contains("只能看，不能改") && seen.contains(&name), "{path} says whose page it is");
        }
        let (_, me) = support.get("/me").await;
        assert!(me.contains("138****0001") && !me.contains("id=\"sessions\""), "devices are the account's own");
        assert!(!learner.get("/learn").await.1.contains("只能看"), "the learner's own page is as always");
    })
    .await;
}

/// Source: reliability.md §2, case 10 (GHSA-h4hq-rgvh-wh27): whoever may only look changes nothing, by no address.
#[tokio::test]
async fn attack_case_10_every_change_is_refused_while_support_looks() {
    in_offices(async |office| {
        let support = support(office).await;
        looks(&support).await;
        let before = office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM fact").await;
        let mut asked = 0;
        for route in jixue::routes(&office.test).declared().iter().filter(|route| route.method != Method::GET) {
            if SENT_WHILE_LOOKING.contains(&route.path)
                || matches!(route.policy, web::Policy::Machine | web::Policy::Operator)
            {
                continue;
            }
            let path = route.path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
            let address = office.url(&path.collect::<Vec<_>>().join("/"));
            let request = support.client.request(route.method.clone(), address).header("x-csrf", &support.csrf);
            let request = match route.body {
                Body::Upload => {
                    request.header("content-type", "multipart/form-data; boundary=line").body("--line--\r\n")
                }
                Body::Small => request.form(&[("csrf", &support.csrf)]),
            };
            let (status, code) = support.told(request).await;
            let shut = if matches!(route.policy, web::Policy::Hats(_)) {
                "session.wrong_hat"
            } else {
                "learner_view.read_only"
            };
            assert_eq!((status, code.as_str()), (403, shut), "{} {}", route.method, route.path);
            asked += 1;
        }
        assert!(asked > 20, "{asked} addresses");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM fact").await, before, "nothing happened");
    })
    .await;
}

#[tokio::test]
async fn looking_ends_by_itself_after_a_quarter_of_an_hour() {
    in_offices(async |office| {
        let support = support(office).await;
        looks(&support).await;
        office.clock.advance_ms(15 * MINUTE_MS - 10_000);
        assert_eq!(support.get("/learn").await.0, 200);
        office.clock.advance_ms(10_000);
        assert_eq!(support.get("/learn").await.0, 403);
        let (status, page) = support.get("/learner-views").await;
        assert!(
            status == 200 && page.contains(PURPOSE) && !page.contains("class=\"looking\""),
            "one's own work goes on"
        );
    })
    .await;
}

#[tokio::test]
async fn looking_is_ended_by_hand_and_only_in_this_browser() {
    in_offices(async |office| {
        let support = support(office).await;
        let (account, _) = named(office, SUPPORT, Role::Support, region("431002")).await;
        let token = open_session(&office.app, account, "another browser").await.expect("a session");
        let cookie = HeaderValue::from_str(&format!("jixue_session={token}")).expect("a cookie");
        let client = Client::builder().default_headers([(COOKIE, cookie)].into_iter().collect());
        let client = client.redirect(Policy::none()).build().expect("an HTTP client");
        let other = Officer { office, csrf: office.csrf(&client).await, client };
        looks(&support).await;
        assert_eq!(other.get("/learn").await.0, 403, "another browser looks at nothing");
        let end = |officer: &Officer<'_>| {
            let form = [("csrf", officer.csrf.clone())];
            officer.client.post(office.url("/learner-views/ending")).form(&form)
        };
        assert_eq!(other.told(end(&other)).await, (303, "/".to_owned()), "nothing to end");
        assert_eq!(support.get("/learn").await.0, 200);
        let ended = (303, "/learner-views?done=learner_view_ended".to_owned());
        assert_eq!(support.told(end(&support)).await, ended);
        assert_eq!(support.get("/learn").await.0, 403);
        const ENDED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM fact WHERE kind = 'learner_view_ended'";
        assert_eq!(office.count(ENDED).await, 1);
    })
    .await;
}

/// Source: reliability.md §2, case 12 (CVE-2016-5014): what hangs on a grant is gone with it.
#[tokio::test]
async fn attack_case_12_looking_ends_with_the_grant() {
    in_offices(async |office| {
        let support = support(office).await;
        looks(&support).await;
        assert_eq!(support.get("/credit").await.0, 200);
        let (grant, _) = grants_of(office, SUPPORT).await[0].clone();
        let root = office.officer("431000").await;
        let form = [("csrf", root.csrf.as_str()), ("reason", "离岗")];
        let ended = root.told(root.client.post(office.url(&format!("/grants/{grant}/ending"))).form(&form)).await;
        assert_eq!(ended.0, 303);
        let request = support.client.get(office.url("/credit")).header("accept", "application/json");
        assert_eq!(request.send().await.unwrap().status(), 401);
    })
    .await;
}

/// A caller knows their name, not their number: support finds them, and whom it looked for and why is on record.
#[tokio::test]
async fn support_finds_people_by_name_or_the_end_of_a_phone_number() {
    in_offices(async |office| {
        let support = support(office).await;
        let ask = async |person: &str, purpose: &str| {
            let form = [("csrf", support.csrf.as_str()), ("person", person), ("purpose", purpose)];
            let answer = support.client.post(support.office.url("/learner-views")).form(&form).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let logged = "SELECT COUNT(*) FROM audit_entry WHERE action = 'learners_searched'";
        let name = &person(1)[0];
        let (status, page) = ask(name, PURPOSE).await;
        assert_eq!(status, 200);
        assert!(page.contains("找到 1 人") && page.contains("138****0001"), "{page}");
        assert!(!page.contains(&identity_number(1)), "numbers stay masked");
        assert_eq!(office.count(logged).await, 1);
        let (_, page) = ask("0001", PURPOSE).await;
        assert!(page.contains("找到 1 人") && page.contains(name.as_str()), "{page}");
        for (typed, why) in [(person(9)[0].as_str(), "elsewhere"), ("0009", "elsewhere"), ("%%", "no sign of its own")]
        {
            assert!(ask(typed, PURPOSE).await.1.contains("找到 0 人"), "{typed}: {why}");
        }
        assert_eq!(office.count(logged).await, 5, "each search, found or not");
        assert_eq!(ask(name, "").await.0, 422, "nobody searches without saying what for");
        assert_eq!(office.count(logged).await, 5);
        let words =
            "SELECT COUNT(*) FROM audit_entry WHERE action = 'learners_searched' AND words = '来电：视频学时没有记上'";
        assert_eq!(office.count(words).await, 5);
        let chosen = office.learner(1).to_string();
        let form = [("csrf", support.csrf.as_str()), ("learner", &chosen), ("purpose", PURPOSE)];
        let opened = support.told(support.client.post(office.url("/learner-views")).form(&form)).await;
        assert_eq!(opened, (303, "/learn".to_owned()));
        let other = signed_in(office, "13900000309", Role::Support, region("431003")).await;
        let form = [("csrf", other.csrf.as_str()), ("learner", &chosen), ("purpose", PURPOSE)];
        let far = other.told(other.client.post(office.url("/learner-views")).form(&form)).await;
        assert_eq!(far.0, 404, "an id is no right");
    })
    .await;
}

/// Source: reliability.md §2, case 1: a number that is known elsewhere is no more than one that nobody has.
#[tokio::test]
async fn attack_case_01_support_looks_within_its_reach_only() {
    in_offices(async |office| {
        let support = support(office).await;
        let unknown = (404, "learner_view.person_unknown".to_owned());
        for person in [ELSEWHERE, "13812345678", &identity_number(9), &identity_number(77)] {
            assert_eq!(look(&support, person, PURPOSE).await, unknown, "{person}");
        }
        for (person, purpose, code) in [
            ("1", PURPOSE, "learner_view.person_unreadable"),
            (LEARNER, "", "learner_view.purpose_missing"),
            (LEARNER, "……", "learner_view.purpose_missing"),
        ] {
            assert_eq!(look(&support, person, purpose).await, (422, code.to_owned()), "{person} {purpose}");
        }
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM learner_view").await, 0);
        let root = office.officer("431000").await;
        assert_eq!(look(&root, LEARNER, PURPOSE).await, (403, "session.wrong_hat".to_owned()), "support's alone");
        let own = signed_in(office, "13800000002", Role::Support, region("431002")).await;
        assert_eq!(look(&own, "13800000002", PURPOSE).await, (409, "learner_view.oneself".to_owned()));
        assert_eq!(look(&support, &identity_number(1), PURPOSE).await.0, 303, "by the identity number too");
        assert_eq!(look(&support, LEARNER, PURPOSE).await, (403, "session.wrong_hat".to_owned()), "one at a time");
    })
    .await;
}

/// The log is for those who watch support: whose pages, who, when, why. Facts bind the purpose without telling it.
#[tokio::test]
async fn the_log_tells_who_looked_and_why() {
    in_offices(async |office| {
        let support = support(office).await;
        looks(&support).await;
        let root = signed_in(office, "13900000302", Role::AuditAdministrator, region("431000")).await;
        let (status, page) = root.get("/learner-views").await;
        let [name, ..] = person(1);
        assert!(status == 200 && page.contains(PURPOSE) && page.contains(&name) && page.contains("正在查看"), "{page}");
        assert!(!page.contains("name=\"person\""), "auditors read, they do not look");
        let neighbour = signed_in(office, "13900000303", Role::AuditAdministrator, region("431003")).await;
        assert!(!neighbour.get("/learner-views").await.1.contains(PURPOSE), "another county's");
        named(office, "13900000304", Role::Expert, region("431002")).await.1.expect("a grant");
        let expert = office.sign_in("13900000304").await;
        assert_eq!(expert.get(office.url("/learner-views")).send().await.unwrap().status(), 403);
        const FACTS: &str = "SELECT body FROM fact WHERE kind = 'learner_view_begun' ORDER BY fact_id LIMIT 10";
        let read = async |tx: &Tx<'_>| tx.query(FACTS, values![], |row| row.get::<Vec<u8>>(0)).await;
        let facts = office.db.read(read).await.expect("facts");
        let body = String::from_utf8(facts[0].clone()).expect("JSON");
        assert!(facts.len() == 1 && body.contains("purpose_digest") && !body.contains("学时"), "{body}");
    })
    .await;
}
