//! A wrong name or number: asked about by the person, decided by the unit or an officer, put right at once.

use super::{LEARNER, clerk, learner};
use crate::credit::office::{Office, Officer, in_offices};
use crate::org::identity_number;

const NEW_PHONE: &str = "13800000701";
const WHY: &str = "入职时登记错了";

async fn ask(own: &Officer<'_>, field: &str, value: &str) -> (u16, String) {
    let form = [("csrf", own.csrf.as_str()), ("field", field), ("value", value), ("reason", WHY)];
    own.told(own.client.post(own.office.url("/me/corrections")).form(&form)).await
}

/// The number of the only request that waits.
async fn request(office: &Office) -> String {
    office.count("SELECT request_id FROM correction_request WHERE state = 'open' LIMIT 1").await.to_string()
}

async fn decide(by: &Officer<'_>, number: usize, request: &str, decision: &str, answer: &str) -> (u16, String) {
    let address = by.office.url(&format!("/people/{}/corrections", by.office.learner(number)));
    let form = [("csrf", by.csrf.as_str()), ("request", request), ("decision", decision), ("answer", answer)];
    by.told(by.client.post(address).form(&form)).await
}

fn decided() -> (u16, String) {
    (303, "/corrections?done=correction_decided".to_owned())
}

#[tokio::test]
async fn a_name_is_put_right_and_the_person_reads_why() {
    in_offices(async |office| {
        let (own, clerk) = (learner(office).await, clerk(office).await);
        assert_eq!(ask(&own, "name", "王文渤").await, (303, "/me/data?done=correction_asked".to_owned()));
        assert_eq!(ask(&own, "name", "王文博士").await, (409, "correction.asked_already".to_owned()));
        assert!(own.get("/me/data").await.1.contains("待答复"));
        let (_, list) = clerk.get("/corrections").await;
        assert!(list.contains("王文渤") && list.contains(WHY), "{list}");
        let request = request(office).await;
        assert_eq!(decide(&clerk, 1, &request, "grant", "").await.0, 422, "not without a reason");
        assert_eq!(decide(&clerk, 1, &request, "grant", "核对过身份证").await, decided());
        let (_, page) = own.get("/me/data").await;
        assert!(page.contains("王文渤") && page.contains("核对过身份证") && page.contains("已更正"), "{page}");
        let again = (409, "correction.not_open".to_owned());
        assert_eq!(decide(&clerk, 1, &request, "refuse", "再想一想").await, again);
        const KEPT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM correction_request WHERE length(sealed) > 0";
        assert_eq!(office.count(KEPT).await, 0, "what was asked for is not kept twice");
        const NOTED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry WHERE action = 'correction_granted'";
        assert_eq!(office.count(NOTED).await, 1);
    })
    .await;
}

/// Whoever holds the old telephone must not come in any more, nor stay in.
#[tokio::test]
async fn a_new_phone_signs_in_and_the_old_one_does_not() {
    in_offices(async |office| {
        let (own, clerk) = (learner(office).await, clerk(office).await);
        assert_eq!(ask(&own, "phone", "1").await.0, 422);
        assert_eq!(ask(&own, "phone", NEW_PHONE).await.0, 303);
        assert_eq!(decide(&clerk, 1, &request(office).await, "grant", "电话核对过").await, decided());
        let answer = own.client.get(office.url("/learn")).header("accept", "application/json").send().await.unwrap();
        assert_eq!(answer.status(), 401, "the old session is over");
        let client = office.sign_in(NEW_PHONE).await;
        let csrf = office.csrf(&client).await;
        let own = Officer { office, client, csrf };
        assert!(own.get("/me/data").await.1.contains("138****0701"), "the same account");
        let index = office.at().keys.blind_index("phone", LEARNER);
        let found = office.db.read(async move |tx: &jixue::db::Tx<'_>| jixue::org::learner_by_phone(tx, &index).await);
        assert_eq!(found.await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_number_that_is_somebody_elses_is_not_given() {
    in_offices(async |office| {
        let (own, clerk, county) = (learner(office).await, clerk(office).await, office.officer("431002").await);
        assert_eq!(ask(&own, "phone", "13800000002").await.0, 303);
        let asked = request(office).await;
        assert_eq!(decide(&clerk, 1, &asked, "grant", "核对过电话").await, (409, "roster.phone_taken".to_owned()));
        assert!(own.get("/me/data").await.1.contains("138****0001"), "nothing half done");
        assert_eq!(decide(&clerk, 1, &asked, "refuse", "号码是同事的").await, decided());
        assert_eq!(ask(&own, "identity_number", &identity_number(2)).await.0, 303);
        let asked = request(office).await;
        let refused = (403, "correction.officers_decide".to_owned());
        assert_eq!(decide(&clerk, 1, &asked, "grant", "核对过证件").await, refused);
        let taken = (409, "correction.identity_taken".to_owned());
        assert_eq!(decide(&county, 1, &asked, "grant", "核对过证件").await, taken);
        assert_eq!(decide(&county, 1, &asked, "refuse", "与他人重复").await, decided());
        assert_eq!(ask(&own, "identity_number", &identity_number(77)).await.0, 303);
        assert_eq!(decide(&county, 1, &request(office).await, "grant", "核对过证件").await, decided());
        let index = office.at().keys.blind_index("identity", &identity_number(77));
        let scope = jixue_core::scope::Scope::system("test");
        let found = office
            .db
            .read(async move |tx: &jixue::db::Tx<'_>| jixue::org::learner_by_identity(tx, &scope, &index).await);
        assert_eq!(found.await.unwrap().map(|found| found.0), Some(office.learner(1)));
    })
    .await;
}

/// Source: reliability.md §2, case 9: another county's requests are neither seen nor decided.
#[tokio::test]
async fn attack_case_09_requests_are_decided_within_reach_only() {
    in_offices(async |office| {
        let (own, next_door) = (learner(office).await, office.officer("431003").await);
        assert_eq!(ask(&own, "name", "王文渤").await.0, 303);
        let asked = request(office).await;
        assert!(!next_door.get("/corrections").await.1.contains("王文渤"));
        assert_eq!(decide(&next_door, 1, &asked, "grant", "核对过证件").await.0, 404);
        assert_eq!(
            decide(&next_door, 9, &asked, "grant", "核对过证件").await,
            (409, "correction.not_open".to_owned()),
            "under another person's address"
        );
        assert_eq!(decide(&own, 1, &asked, "grant", "我自己同意").await.0, 403);
        assert!(office.officer("431002").await.get("/corrections").await.1.contains("王文渤"));
    })
    .await;
}
