//! Giving.

use super::{give, grants_of, named, unit_in};
use crate::credit::office::in_offices;
use futures_util::future::join_all;
use jixue_core::role::Role;
use jixue_core::scope::Reach;

const CLERK: &str = "13900000101";

#[tokio::test]
async fn an_officer_names_a_clerk_who_then_works() {
    in_offices(async |office| {
        let unit = unit_in(office, "431002").await;
        let place = unit.uscc.clone().unwrap();
        let county = office.officer("431002").await;
        for _ in 0..2 {
            assert_eq!(give(&county, "unit_clerk", CLERK, &place, "").await, (303, "/grants?done=grant_given".into()));
        }
        assert_eq!(grants_of(office, CLERK).await.len(), 1, "the same again is the same");
        let clerk = office.sign_in(CLERK).await;
        let page = clerk.get(office.url("/unit/people")).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains(&unit.name));
        let (status, list) = county.get("/grants").await;
        assert!(status == 200 && list.contains("周敏") && list.contains(&unit.name), "{list}");
        let (_, elsewhere) = office.officer("431003").await.get("/grants").await;
        assert!(!elsewhere.contains("周敏"), "a grant next door");
        let told = clerk.get(office.url("/api/v1/grants")).send().await.unwrap();
        assert_eq!(told.status(), 403, "a clerk gives nothing and sees no list");
    })
    .await;
}

/// Source: reliability.md §2, case 9 (Vaultwarden GHSA-569v-845w-g82p).
#[tokio::test]
async fn attack_case_09_a_county_cannot_bind_in_the_next_one() {
    in_offices(async |office| {
        let county = office.officer("431003").await;
        let place = unit_in(office, "431002").await.uscc.unwrap();
        let (status, code) = give(&county, "unit_clerk", CLERK, &place, "").await;
        assert_eq!((status, code.as_str()), (403, "grant.beyond_your_reach"));
        assert!(grants_of(office, CLERK).await.is_empty());
    })
    .await;
}

/// Source: reliability.md §2, case 11 (LMS-Laravel#93).
#[tokio::test]
async fn attack_case_11_nobody_gives_their_own_role_or_a_higher_one() {
    in_offices(async |office| {
        let (county, root) = (office.officer("431002").await, office.officer("431000").await);
        for (role, place) in [
            ("county_officer", "431002"),
            ("bureau_officer", "431000"),
            ("security_administrator", "431000"),
            ("finance", "431002"),
        ] {
            let told = give(&county, role, CLERK, place, "").await;
            assert_eq!((told.0, told.1.as_str()), (403, "grant.role_not_yours"), "{role}");
        }
        for (role, place) in [("bureau_officer", "431000"), ("audit_administrator", "431000"), ("teacher", "1")] {
            let status = give(&root, role, CLERK, place, "").await.0;
            assert!(status == 403 || status == 404, "{role}: {status}");
        }
        assert_eq!(give(&root, "learner", CLERK, "431000", "").await.0, 404);
        assert!(grants_of(office, CLERK).await.is_empty());
        assert_eq!(give(&root, "county_officer", CLERK, "431002", "").await.0, 303);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_person_place_or_day_is_refused_by_name() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let place = unit_in(office, "431002").await.uscc.unwrap();
        for (role, phone, place, until, status, code) in [
            ("unit_clerk", "12345", place.as_str(), "", 422, "sign_in.phone_malformed"),
            ("unit_clerk", CLERK, "91350100M000100Y43", "", 404, "grant.unit_unknown"),
            ("unit_clerk", CLERK, "123", "", 422, "uscc.wrong_length"),
            ("unit_clerk", CLERK, place.as_str(), "2020-01-01", 422, "grant.period_unfit"),
            ("unit_clerk", CLERK, place.as_str(), "soon", 422, "year.date_unreadable"),
            ("county_officer", CLERK, "999999", "", 404, "request.not_found"),
        ] {
            let told = give(&root, role, phone, place, until).await;
            assert_eq!((told.0, told.1.as_str()), (status, code), "{role} {phone} {place} {until}");
        }
        assert!(grants_of(office, CLERK).await.is_empty(), "nothing half done");
    })
    .await;
}

/// Two grants in the same moment must not make one person who gives rights and watches over them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn administrators_stay_three_people_also_in_a_race() {
    in_offices(async |office| {
        let region = || Reach::Region { region_code: "431000".to_owned() };
        let roles = [Role::SecurityAdministrator, Role::AuditAdministrator, Role::SystemAdministrator];
        let outcomes = join_all(roles.map(|role| named(office, CLERK, role, region()))).await;
        assert_eq!(outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 1);
        assert_eq!(grants_of(office, CLERK).await.len(), 1);
    })
    .await;
}
