//! Taking away, and time running out.

use super::{give, grants_of, unit_in};
use crate::credit::office::in_offices;

const CLERK: &str = "13900000102";

/// Source: reliability.md §2, case 12 (CVE-2016-5014, GHSA-6j4w-g4jh-xjfx).
#[tokio::test]
async fn attack_case_12_a_grant_taken_away_is_gone_in_the_next_request() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let place = unit_in(office, "431002").await.uscc.unwrap();
        give(&root, "unit_clerk", CLERK, &place, "").await;
        let clerk = office.sign_in(CLERK).await;
        assert_eq!(clerk.get(office.url("/unit/people")).send().await.unwrap().status(), 200);
        let (grant, _) = grants_of(office, CLERK).await[0].clone();
        let neighbour = office.officer("431003").await;
        let ending = format!("/grants/{grant}/ending");
        let ended = |officer: &crate::credit::office::Officer<'_>| {
            let form = [("csrf", officer.csrf.clone()), ("reason", "已调离".to_owned())];
            officer.client.post(office.url(&ending)).form(&form)
        };
        assert_eq!(neighbour.told(ended(&neighbour)).await.0, 404, "whether it is there is not told");
        assert_eq!(neighbour.get(&format!("/grants/{grant}")).await.0, 404);
        assert_eq!(root.get(&format!("/grants/{grant}")).await.0, 200);
        assert_eq!(clerk.get(office.url("/unit/people")).send().await.unwrap().status(), 200, "still");
        assert_eq!(root.told(ended(&root)).await, (303, "/grants?done=grant_taken".into()));
        let after = clerk.get(office.url("/unit/people")).header("accept", "application/json").send().await.unwrap();
        assert!([401, 403].contains(&after.status().as_u16()), "{}", after.status());
        assert_eq!(root.told(ended(&root)).await.0, 404, "it is gone");
    })
    .await;
}

#[tokio::test]
async fn a_grant_ends_with_its_last_day() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let place = unit_in(office, "431002").await.uscc.unwrap();
        let day = office.clock.now().plus_days(2).business_date().to_string();
        assert_eq!(give(&root, "unit_clerk", CLERK, &place, &day).await.0, 303);
        let clerk = office.sign_in(CLERK).await;
        office.clock.advance_ms(86_400_000);
        assert_eq!(clerk.get(office.url("/unit/people")).send().await.unwrap().status(), 200);
        office.clock.advance_ms(2 * 86_400_000);
        let after = clerk.get(office.url("/unit/people")).header("accept", "application/json").send().await.unwrap();
        assert!([401, 403].contains(&after.status().as_u16()), "{}", after.status());
    })
    .await;
}
