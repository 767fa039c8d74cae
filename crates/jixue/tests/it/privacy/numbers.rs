//! Whole numbers: for a purpose, within reach, on record, and only as long as the person lets the unit.

use super::{LEARNER, PURPOSE, ask, clerk, learner};
use crate::credit::office::in_offices;
use crate::org::{identity_number, person};

const DISCLOSED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry WHERE action = 'disclosed'";

#[tokio::test]
async fn a_number_is_shown_once_and_the_person_reads_of_it() {
    in_offices(async |office| {
        let (clerk, number) = (clerk(office).await, identity_number(1));
        let path = format!("/people/{}/disclosures", office.learner(1));
        let (status, page) = clerk.get(&path).await;
        assert!(status == 200 && !page.contains(&number) && !page.contains(LEARNER), "masked before it is asked for");
        let (status, page) = ask(&clerk, 1, "identity_number", PURPOSE).await;
        assert!(status == 200 && page.contains(&number) && !page.contains(LEARNER), "no more than was asked for");
        assert!(!clerk.get(&path).await.1.contains(&number), "masked again");
        let (status, page) = ask(&clerk, 1, "phone", PURPOSE).await;
        assert!(status == 200 && page.contains(LEARNER) && !page.contains(&number));
        assert_eq!(office.count(DISCLOSED).await, 2);
        let own = learner(office).await;
        let (status, page) = own.get("/me/data").await;
        assert!(status == 200 && page.contains(PURPOSE) && page.contains("周敏"), "{page}");
        assert!(!page.contains(&number), "one's own page is masked too");
    })
    .await;
}

#[tokio::test]
async fn a_number_without_a_purpose_stays_hidden() {
    in_offices(async |office| {
        let (clerk, number) = (clerk(office).await, identity_number(1));
        for purpose in ["", "看", "……", "    "] {
            let (status, page) = ask(&clerk, 1, "identity_number", purpose).await;
            assert!(status == 422 && !page.contains(&number), "{purpose}");
        }
        assert_eq!(ask(&clerk, 1, "password", PURPOSE).await.0, 404);
        assert_eq!(office.count(DISCLOSED).await, 0);
    })
    .await;
}

/// Source: reliability.md §2, case 1: a learner's id is worth nothing beyond one's reach.
#[tokio::test]
async fn attack_case_01_numbers_are_shown_within_reach_only() {
    in_offices(async |office| {
        let (clerk, county) = (clerk(office).await, office.officer("431002").await);
        let [name, ..] = person(9);
        for asker in [&clerk, &county] {
            let (status, page) = ask(asker, 9, "phone", PURPOSE).await;
            assert!(status == 404 && !page.contains(&name), "somebody of the next county");
            let path = format!("/people/{}/disclosures", office.learner(9));
            assert_eq!(asker.get(&path).await.0, 404);
        }
        let own = learner(office).await;
        assert_eq!(ask(&own, 1, "phone", PURPOSE).await.0, 403, "not even one's own this way");
        assert_eq!(office.count(DISCLOSED).await, 0);
    })
    .await;
}

/// What was said to follow from taking a consent back does follow, in the next request.
#[tokio::test]
async fn a_consent_taken_back_hides_the_number_from_the_unit_at_once() {
    in_offices(async |office| {
        let (clerk, county, own) = (clerk(office).await, office.officer("431002").await, learner(office).await);
        let read = |sensitive: &'static str| {
            let form = [("csrf", own.csrf.clone()), ("back", "/learn".into()), ("sensitive", sensitive.into())];
            own.client.post(office.url("/me/notice")).form(&form)
        };
        assert_eq!(ask(&clerk, 1, "phone", PURPOSE).await.0, 200, "not asked yet");
        assert_eq!(own.told(read("yes")).await, (303, "/learn".to_owned()));
        assert_eq!(ask(&clerk, 1, "phone", PURPOSE).await.0, 200, "agreed");
        let change = |gives: &'static str| {
            let form = [("csrf", own.csrf.clone()), ("kind", "sensitive".into()), ("gives", gives.into())];
            own.client.post(office.url("/me/consents")).form(&form)
        };
        assert_eq!(own.told(change("")).await, (303, "/me/data?done=consent_withdrawn".to_owned()));
        let (status, page) = ask(&clerk, 1, "phone", PURPOSE).await;
        assert!(status == 409 && !page.contains(LEARNER) && page.contains("没有同意"), "{page}");
        assert_eq!(ask(&county, 1, "phone", PURPOSE).await.0, 200, "what the law asks of officers goes on");
        assert_eq!(ask(&clerk, 2, "phone", PURPOSE).await.0, 200, "others are not concerned");
        assert_eq!(own.told(change("yes")).await.0, 303);
        assert_eq!(ask(&clerk, 1, "phone", PURPOSE).await.0, 200);
        const ROWS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM consent WHERE kind = 'sensitive'";
        assert_eq!(office.count(ROWS).await, 2, "what was taken back stays as evidence");
    })
    .await;
}
